"""MIDI files in: a melody, chords or drums as notes on the song's grid, timing kept."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np

from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.errors import ParameterError, reason
from workbench.domain.score import Note
from workbench.domain.theory import Chord
from workbench.models.grid import quantise, slot_to_beats

_DRUM_CHANNEL = 9
_MISSING, _FOREIGN = 0.9, 0.7
"""What a chord tone that is not played, and a played tone that is not in the chord, cost in matching a chord."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One note of a file, in quarter notes from the file's beginning."""

    start_beats: float
    length_beats: float
    pitch: int
    velocity: int
    channel: int


@dataclass(frozen=True, slots=True)
class MidiFile:
    """What a file holds: the notes of each track that has any, chord symbols where it writes some, and its hash."""

    tracks: tuple[tuple[Heard, ...], ...]
    symbols: tuple[tuple[float, str], ...]
    sha256: str

    @property
    def notes(self) -> tuple[Heard, ...]:
        """All notes of all tracks, in order."""
        return tuple(sorted((note for track in self.tracks for note in track), key=lambda n: (n.start_beats, n.pitch)))


def read_midi(path: str | Path) -> MidiFile:
    """Read a standard MIDI file; its tempo does not matter, since time is told in quarter notes.

    Raises
    ------
    ParameterError
        If it cannot be read, is no MIDI file, or holds no notes and no chord symbols.
    """
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise ParameterError(f"MIDI file {path} cannot be read: {reason(error)}") from None
    try:
        file = mido.MidiFile(file=io.BytesIO(data))
        division = file.ticks_per_beat
        if division <= 0:
            raise ValueError("its time is not told in quarter notes")
        tracks = [_notes(track, division) for track in file.tracks]
        symbols = [symbol for track in file.tracks for symbol in _symbols(track, division)]
    except (OSError, EOFError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ParameterError(f"MIDI file {path} is not a standard MIDI file: {error or 'it ends too early'}") from None
    if not any(tracks) and not symbols:
        raise ParameterError(f"MIDI file {path} holds no notes")
    return MidiFile(tuple(track for track in tracks if track), tuple(symbols), hashlib.sha256(data).hexdigest())


def melody_notes(file: MidiFile, track: int | None) -> tuple[Heard, ...]:
    """The melody: the track asked for (from 1), else the first with notes that are no drums.

    Raises
    ------
    ParameterError
        If there is no such track.
    """
    if track is not None:
        return _track(file, track)
    pitched = [tuple(note for note in notes if note.channel != _DRUM_CHANNEL) for notes in file.tracks]
    found = next((notes for notes in pitched if notes), None)
    if found is None:
        raise ParameterError("the MIDI file holds drums alone: import it with the role drums")
    return found


def drum_notes(file: MidiFile, track: int | None) -> tuple[Heard, ...]:
    """The drums: the track asked for, else all notes of channel 10, else all notes."""
    if track is not None:
        return _track(file, track)
    return tuple(note for note in file.notes if note.channel == _DRUM_CHANNEL) or file.notes


def placed(notes: Sequence[Heard], start_beats: float, tempo_bpm: float, bar_beats: float) -> tuple[Note, ...]:
    """Notes of a file on the song's grid from `start_beats` on; how far each lies off the grid is kept."""
    starts = np.array([note.start_beats for note in notes])
    bar, slot, _ = quantise(starts, tempo_bpm, round(bar_beats))
    result = []
    for note, in_bar, in_slot in zip(notes, bar.tolist(), slot.tolist(), strict=True):
        onset = in_bar * bar_beats + slot_to_beats(in_slot)
        shift = round(note.start_beats - onset, 6)
        result.append(Note(start_beats + onset, note.pitch, round(note.length_beats, 6), note.velocity, shift))
    return tuple(sorted(result))


def read_chords(file: MidiFile, track: int | None, beats: float) -> tuple[Chord, ...]:
    """Chords over `beats` quarter notes: the symbols that the file writes, else what its notes sound like.

    Raises
    ------
    ParameterError
        If no chord is found.
    """
    changes = list(file.symbols) if track is None else []
    found = [(at, Chord.parse(symbol)) for at, symbol in changes] or _heard_chords(melody_notes(file, track), beats)
    if not found:
        raise ParameterError(
            "the MIDI file holds no chords: expected chord symbols as texts, or at least two tones at once"
        )
    starts = [0.0, *(at for at, _ in found[1:])]
    ends = [*starts[1:], beats]
    return tuple(
        Chord(start, end - start, chord.root, chord.quality, chord.bass)
        for start, end, (_, chord) in zip(starts, ends, found, strict=True)
        if end > start
    )


def _track(file: MidiFile, number: int) -> tuple[Heard, ...]:
    if number > len(file.tracks):
        raise ParameterError(f"track {number} is not in the MIDI file: expected 1 to {len(file.tracks)}")
    return file.tracks[number - 1]


def _notes(track: mido.MidiTrack, division: int) -> tuple[Heard, ...]:
    now = 0
    sounding: dict[tuple[int, int], list[tuple[int, int]]] = {}
    found: list[Heard] = []
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        key = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            sounding.setdefault(key, []).append((now, message.velocity))
        elif sounding.get(key):
            start, velocity = sounding[key].pop(0)
            length = max(now - start, 1) / division
            found.append(Heard(start / division, length, message.note, velocity, message.channel))
    return tuple(sorted(found, key=lambda note: (note.start_beats, note.pitch)))


def _symbols(track: mido.MidiTrack, division: int) -> list[tuple[float, str]]:
    now, found = 0, []
    for message in track:
        now += message.time
        if message.type in ("text", "marker", "lyrics", "cue_marker") and _is_chord(message.text):
            found.append((now / division, message.text.strip()))
    return found


def _is_chord(text: str) -> bool:
    try:
        Chord.parse(text)
    except ParameterError:
        return False
    return True


def _heard_chords(notes: Sequence[Heard], beats: float) -> list[tuple[float, Chord]]:
    """The best chord of each beat in which at least two tones sound; held where nothing new is heard."""
    found: list[tuple[float, Chord]] = []
    for beat in range(int(np.ceil(beats))):
        heard = [n for n in notes if n.start_beats < beat + 0.75 and n.start_beats + n.length_beats > beat + 0.25]
        if len({note.pitch % 12 for note in heard}) < 2:
            continue
        chord = _best_chord({note.pitch % 12 for note in heard}, min(heard, key=lambda note: note.pitch).pitch % 12)
        last = found[-1][1] if found else None
        if last is None or (last.root, last.quality, last.bass) != (chord.root, chord.quality, chord.bass):
            found.append((float(beat), chord))
    return found


def _best_chord(classes: set[int], bass: int) -> Chord:
    def fit(root: int, quality: str) -> tuple[float, int]:
        tones = {(root + interval) % 12 for interval in CHORD_QUALITIES[quality]}
        score = len(tones & classes) - _MISSING * len(tones - classes) - _FOREIGN * len(classes - tones)
        return round(score + 0.3 * (root == bass), 6), -len(tones)

    root, quality = max(((r, q) for r in range(12) for q in CHORD_QUALITIES), key=lambda pair: fit(*pair))
    return Chord(0.0, 4.0, root, quality, bass)
