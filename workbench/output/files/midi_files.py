"""Standard MIDI files: the whole song, or one element, as it was written, microtiming included.

Format 1 at 960 ticks a quarter note (0.5 ms at 120 BPM). Track 0 conducts: tempo, metre, key signature, section names
as markers and chord symbols as texts; then one track an element, which repeats metre and keys, since notation programs
take them from the instrument's own track. The same score gives the same bytes. `docs/midi.md` tells what programs do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from workbench.domain.elements import ELEMENTS, is_drums
from workbench.domain.errors import OutputError, ParameterError, reason
from workbench.domain.recordings import only_notes
from workbench.domain.score import Note, Score
from workbench.midi import writing
from workbench.midi.programs import program_of
from workbench.midi.writing import Event

TICKS_PER_BEAT = 960
"""Resolution in ticks a quarter note."""

_DRUM_CHANNEL = 9
_PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != _DRUM_CHANNEL)

# What falls on one tick: signatures and programs first, then notes end before notes begin.
_FIRST, _SECOND, _THIRD = range(3)


def midi_bytes(score: Score, element: str | None = None, patches: Mapping[str, str] | None = None) -> bytes:
    """The song, or one element of it, as the bytes of a Standard MIDI File.

    `patches` names by element what the song is played on (`Plan.patches`): its General MIDI programs are written. An
    element that plays a recording has no notes.

    Raises
    ------
    ParameterError
        If the score holds no such element.
    """
    if element is not None and element not in score.parts:
        raise ParameterError(f"element {element!r} is not in the score: expected one of {', '.join(score.parts)}")
    score = only_notes(score, patches or {})
    end = _ticks(score.length_beats)
    tracks = [writing.track_chunk(_conductor(score), end)]
    for name, channel in _channels(score.parts):
        if element in (None, name):
            program = program_of(name, (patches or {}).get(name))
            voice = _voice(name, score.parts[name].notes, channel, program)
            tracks.append(writing.track_chunk([*_signatures(score), *voice], end))
    return writing.file_bytes(tracks, TICKS_PER_BEAT)


def write_midi(
    score: Score, path: str | Path, element: str | None = None, patches: Mapping[str, str] | None = None
) -> Path:
    """Write the song, or one element of it, as a Standard MIDI File.

    Parameters
    ----------
    score : Score
    path : path
        Where to.
    element : str, optional
        The whole song by default.
    patches : mapping of str to str, optional
        As for `midi_bytes`.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        If the score holds no such element.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import workbench
    >>> sections = (workbench.SectionPlan("verse", "verse", 0, 1, 0.5, ("bass",)),)
    >>> parts = {"bass": workbench.Part("bass", (Note(0, 36, 1, 90),))}
    >>> score = Score("", 120.0, workbench.Metre(), workbench.Key.parse("C"), sections, (), parts)
    >>> with TemporaryDirectory() as folder:
    ...     write_midi(score, f"{folder}/song.mid").read_bytes()[:4]
    b'MThd'
    """
    data = midi_bytes(score, element, patches)
    try:
        Path(path).write_bytes(data)
    except (OSError, ValueError) as error:
        raise OutputError(f"{path} cannot be written: {reason(error)}") from None
    return Path(path)


def _conductor(score: Score) -> list[Event]:
    tempo_bpm = score.tempo_map.tempo_at(0.0)
    head = [
        writing.text_event(writing.TRACK_NAME, score.title),
        writing.tempo_event(tempo_bpm),
        writing.text_event(writing.TEXT, f"key: {score.key}"),
    ]
    events = [Event(0, _FIRST, data) for data in head]
    for section in score.sections:
        tick = _ticks(section.start_bar * score.metre.bar_beats)
        events.append(Event(tick, _SECOND, writing.text_event(writing.MARKER, section.name)))
        if (section.tempo_bpm or score.tempo_bpm) != tempo_bpm:
            tempo_bpm = section.tempo_bpm or score.tempo_bpm
            events.append(Event(tick, _FIRST, writing.tempo_event(tempo_bpm)))
    for chord in score.chords:
        symbol = chord.symbol(score.key_at(chord.onset_beats))
        events.append(Event(_ticks(chord.onset_beats), _THIRD, writing.text_event(writing.TEXT, symbol)))
    return [*events, *_signatures(score)]


def _signatures(score: Score) -> list[Event]:
    """Metre and keys, one of each at a time.

    MIDI knows no modes but major and minor: D dorian has no accidentals and a minor third, as A minor has.
    """
    metre = score.metre
    click = metre.beat_beats if metre.bar_beats % metre.beat_beats == 0 else 4 / metre.denominator
    clocks = round(24 * click)
    events = [Event(0, _FIRST, writing.metre_event(metre.numerator, metre.denominator, clocks))]
    written = b""
    for section in score.sections:
        key = section.key or score.key
        data = writing.key_event(key.signature, minor=key.has_minor_third)
        if data != written:
            events.append(Event(_ticks(section.start_bar * metre.bar_beats), _FIRST, data))
            written = data
    return events


def _voice(element: str, notes: Sequence[Note], channel: int, program: int) -> list[Event]:
    program = 0 if channel == _DRUM_CHANNEL else program
    events = [
        Event(0, _FIRST, writing.text_event(writing.TRACK_NAME, element)),
        Event(0, _FIRST, writing.channel_event(writing.PROGRAM_CHANGE | channel, program)),
    ]
    on, off = writing.NOTE_ON | channel, writing.NOTE_OFF | channel
    for start, end, pitch, velocity in note_spans(notes):
        events.append(Event(start, _THIRD, writing.channel_event(on, pitch, velocity)))
        events.append(Event(end, _SECOND, writing.channel_event(off, pitch, 0)))
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
    pitched = [*(name for name in ELEMENTS if not is_drums(name)), *(name for name in names if name not in ELEMENTS)]
    channels = dict(zip(pitched, _PITCHED_CHANNELS, strict=False))
    return [(name, channels.get(name, _DRUM_CHANNEL)) for name in names]


def _ticks(beats: float) -> int:
    return round(beats * TICKS_PER_BEAT)
