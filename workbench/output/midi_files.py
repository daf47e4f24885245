"""Standard MIDI files: the whole song, or one element, as it was written, microtiming included.

Format 1 at 960 ticks a quarter note (0.5 ms at 120 BPM). Track 0 conducts: tempo, metre, key signature, section names
as markers and chord symbols as texts; then one track an element, which repeats metre and keys, since notation programs
take them from the instrument's own track. The same score gives the same bytes. `docs/midi.md` tells what programs do.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import mido

from workbench.domain.errors import OutputError, ParameterError, reason
from workbench.domain.score import Note, Score
from workbench.domain.song import ELEMENTS
from workbench.domain.theory import Key
from workbench.midi.programs import program_of

TICKS_PER_BEAT = 960
"""Resolution in ticks a quarter note."""

_DRUM_CHANNEL = 9
_PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != _DRUM_CHANNEL)
_MAJOR_NAMES = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINOR_NAMES = ("Abm", "Ebm", "Bbm", "Fm", "Cm", "Gm", "Dm", "Am", "Em", "Bm", "F#m", "C#m", "G#m", "D#m", "A#m")

# A message with its tick; the middle number orders what falls on one tick: notes end before notes begin.
_Event = tuple[int, int, mido.Message | mido.MetaMessage]


def midi_bytes(score: Score, element: str | None = None, patches: Mapping[str, str] | None = None) -> bytes:
    """The song, or one element of it, as the bytes of a Standard MIDI File.

    `patches` names by element what the song is played on (`Plan.patches`): its General MIDI programs are written.

    Raises
    ------
    ParameterError
        If the score holds no such element.
    """
    if element is not None and element not in score.parts:
        raise ParameterError(f"element {element!r} is not in the score: expected one of {', '.join(score.parts)}")
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    end = _ticks(score.length_beats)
    file.tracks.append(_track(_conductor(score), end))
    for name, channel in _channels(score.parts):
        if element in (None, name):
            program = program_of(name, (patches or {}).get(name))
            file.tracks.append(
                _track([*_signatures(score), *_voice(name, score.parts[name].notes, channel, program)], end)
            )
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def write_midi(
    score: Score, path: str | Path, element: str | None = None, patches: Mapping[str, str] | None = None
) -> Path:
    """Write the song, or one element of it, as a Standard MIDI File; `patches` as for `midi_bytes`.

    Raises
    ------
    ParameterError
        If the score holds no such element.
    OutputError
        If the file cannot be written.
    """
    data = midi_bytes(score, element, patches)
    try:
        Path(path).write_bytes(data)
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be written: {reason(error)}") from None
    return Path(path)


def key_signature_name(key: Key) -> str:
    """The MIDI key signature of a key: the accidentals of its scale, major or minor by its third.

    MIDI knows no other modes: D dorian has no accidentals and a minor third, as A minor has.

    Examples
    --------
    >>> key_signature_name(Key.parse("F minor")), key_signature_name(Key.parse("D dorian"))
    ('Fm', 'Am')
    """
    names = _MINOR_NAMES if key.has_minor_third else _MAJOR_NAMES
    return names[key.signature + 7]


def _conductor(score: Score) -> list[_Event]:
    head = [
        mido.MetaMessage("track_name", name=score.title),
        mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(score.tempo_map.tempo_at(0.0))),
        mido.MetaMessage("text", text=f"key: {score.key}"),
    ]
    events: list[_Event] = [(0, 0, message) for message in head]
    tempo_bpm = score.tempo_map.tempo_at(0.0)
    for section in score.sections:
        tick = _ticks(section.start_bar * score.metre.bar_beats)
        events.append((tick, 1, mido.MetaMessage("marker", text=section.name)))
        if (section.tempo_bpm or score.tempo_bpm) != tempo_bpm:
            tempo_bpm = section.tempo_bpm or score.tempo_bpm
            events.append((tick, 0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo_bpm))))
    for chord in score.chords:
        symbol = chord.symbol(score.key_at(chord.onset_beats))
        events.append((_ticks(chord.onset_beats), 2, mido.MetaMessage("text", text=symbol)))
    return [*events, *_signatures(score)]


def _signatures(score: Score) -> list[_Event]:
    """Metre and keys, one of each at a time."""
    metre = mido.MetaMessage(
        "time_signature",
        numerator=score.metre.numerator,
        denominator=score.metre.denominator,
        clocks_per_click=round(24 * score.metre.beat_beats),
    )
    events: list[_Event] = [(0, 0, metre)]
    written = ""
    for section in score.sections:
        name = key_signature_name(section.key or score.key)
        if name != written:
            tick = _ticks(section.start_bar * score.metre.bar_beats)
            events.append((tick, 0, mido.MetaMessage("key_signature", key=name)))
            written = name
    return events


def _voice(element: str, notes: Sequence[Note], channel: int, program: int) -> list[_Event]:
    events: list[_Event] = [
        (0, 0, mido.MetaMessage("track_name", name=element)),
        (0, 0, mido.Message("program_change", channel=channel, program=0 if channel == _DRUM_CHANNEL else program)),
    ]
    for start, end, pitch, velocity in note_spans(notes):
        events.append((start, 2, mido.Message("note_on", channel=channel, note=pitch, velocity=velocity)))
        events.append((end, 1, mido.Message("note_off", channel=channel, note=pitch, velocity=0)))
    return events


def note_spans(notes: Iterable[Note]) -> list[tuple[int, int, int, int]]:
    """Start tick, end tick, pitch, velocity of every note; one ends where its own pitch sounds again.

    Notes of one pitch that begin on one tick follow each other a tick apart, the longest last: none is lost.
    """
    spans: list[tuple[int, int, int, int]] = []
    by_pitch: dict[int, list[Note]] = {}
    for note in sorted(notes, key=lambda note: (_ticks(note.start_beats), note.end_beats, note.velocity)):
        by_pitch.setdefault(note.pitch, []).append(note)
    for pitch, line in by_pitch.items():
        starts: list[int] = []
        for note in line:
            starts.append(max(_ticks(note.start_beats), starts[-1] + 1 if starts else 0))
        for note, start, following in zip(line, starts, [*starts[1:], None], strict=True):
            end = max(start + 1, _ticks(note.end_beats))
            spans.append((start, end if following is None else min(end, following), pitch, note.velocity))
    return sorted(spans)


def _channels(elements: Iterable[str]) -> list[tuple[str, int]]:
    """Elements in the house's order, then others by name; percussion on MIDI channel 10, the rest from 1 up.

    Each of the house's elements has its own channel whether the others play or not.
    """
    names = sorted(elements, key=lambda name: (ELEMENTS.index(name) if name in ELEMENTS else len(ELEMENTS), name))
    pitched = [*(name for name in ELEMENTS if name != "percussion"), *(name for name in names if name not in ELEMENTS)]
    channels = dict(zip(pitched, _PITCHED_CHANNELS, strict=False))
    return [(name, channels.get(name, _DRUM_CHANNEL)) for name in names]


def _track(events: list[_Event], end_tick: int) -> mido.MidiTrack:
    track = mido.MidiTrack()
    now = 0
    for tick, _, message in sorted(events, key=lambda event: (event[0], event[1])):
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(0, end_tick - now)))
    return track


def _ticks(beats: float) -> int:
    return round(beats * TICKS_PER_BEAT)
