"""MIDI files for the import: a melody, chords or drums as notes on the song's grid, timing kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.elements import is_drums, kind_of
from workbench.domain.errors import MidiFileError, ParameterError
from workbench.domain.score import Note
from workbench.domain.theory import Chord
from workbench.midi.chord_texts import written_chords
from workbench.midi.file import MidiFile, MidiPart, read_file
from workbench.midi.file import read_midi as read_music
from workbench.midi.notes import NoteColumns
from workbench.midi.parts import Guess, describe, guess
from workbench.models.grid import quantise, slot_to_beats

_MISSING, _FOREIGN = 0.9, 0.7
"""What a chord tone that is not played, and a played tone that is not in the chord, cost in matching a chord."""
_MOST_NAMED = 12
"""Tracks, or texts, that one line names."""


@dataclass(frozen=True, slots=True)
class PlayedNote:
    """One note of a file, in quarter notes from the file's beginning."""

    start_beats: float
    length_beats: float
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class MidiVoice:
    """What plays on one channel of one track; `number` counts those of a file from 1, `guess` says what it plays."""

    number: int
    name: str
    guess: Guess
    notes: tuple[PlayedNote, ...]

    def __str__(self) -> str:
        low, high = (extreme(note.pitch for note in self.notes) for extreme in (min, max))
        name = f' "{self.name}"' if self.name else ""
        return f"{self.number}{name} ({self.guess.role}, {len(self.notes)} notes, MIDI {low} to {high})"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A MIDI file's voices, all that it holds beside them, and its hash."""

    voices: tuple[MidiVoice, ...]
    music: MidiFile
    sha256: str

    @property
    def pitched(self) -> tuple[MidiVoice, ...]:
        """Voices that are no drums."""
        return tuple(voice for voice in self.voices if not is_drums(voice.guess.role))


def read_midi(path: str | Path) -> ImportedFile:
    """Read a MIDI file; its tempo does not matter, since time is given in quarter notes.

    Raises
    ------
    ParameterError
        If it cannot be read, is no MIDI file, or holds neither notes nor chord symbols.
    """
    try:
        data = read_file(path)
        music = read_music(data)
    except MidiFileError as error:
        raise ParameterError(f"MIDI file {path} cannot be read: {error}") from None
    if not music.parts and not written_chords(music).changes:
        remarks = f" ({music.remarks[0]})" if music.remarks else ""
        raise ParameterError(f"MIDI file {path} holds no notes{remarks}")
    grouped = groupby(music.parts, lambda part: (part.track, part.channel))
    voices = tuple(
        _voice(number, list(parts), music.ticks_per_beat) for number, (_, parts) in enumerate(grouped, start=1)
    )
    return ImportedFile(voices, music, hashlib.sha256(data).hexdigest())


def melody_voice(file: ImportedFile, track: int | str | None, element: str) -> MidiVoice:
    """The melody: the track asked for, else the only one that is no drums, else the only one that plays the element.

    Raises
    ------
    ParameterError
        If there is no such track, or if several could be meant; the message lists them.
    """
    if track is not None:
        return find_voice(file, track)
    if not file.pitched:
        raise ParameterError("the MIDI file holds drums alone: import it with the role drums")
    fitting = [voice for voice in file.pitched if voice.guess.role == element]
    if len(file.pitched) == 1 or len(fitting) == 1:
        return (fitting or list(file.pitched))[0]
    raise ParameterError(
        f"the MIDI file holds {len(file.pitched)} tracks that could be the {element}: "
        f'say which by "track", its number or name: {_listed(file.pitched)}'
    )


def drum_voices(file: ImportedFile, track: int | str | None) -> tuple[MidiVoice, ...]:
    """The drums: the track asked for, else all that are drums, else the only one there is.

    Raises
    ------
    ParameterError
        If there is no such track, or if none of several is drums; the message lists them.
    """
    if track is not None:
        return (find_voice(file, track),)
    drums = tuple(voice for voice in file.voices if is_drums(voice.guess.role))
    if not drums and len(file.voices) != 1:
        raise ParameterError(
            f'no track of the MIDI file looks like drums: say which by "track", its number or name: '
            f"{_listed(file.voices)}"
        )
    return drums or file.voices


def find_voice(file: ImportedFile, track: int | str) -> MidiVoice:
    """The voice of a number from 1, or of a name, in whatever case, as long as it is the only one.

    Raises
    ------
    ParameterError
        If there is none or more than one; the message lists them.
    """
    if not file.voices:
        raise ParameterError(f"track {track!r} cannot be chosen: no track of the MIDI file holds notes; leave it out")
    if isinstance(track, str):
        wanted = track.strip().casefold()
        exact = [voice for voice in file.voices if voice.name.casefold() == wanted]
        found = exact or [voice for voice in file.voices if wanted in voice.name.casefold()]
        if not found and wanted.isdecimal():
            return find_voice(file, int(wanted))
    else:
        found = [voice for voice in file.voices if voice.number == track]
    if len(found) == 1:
        return found[0]
    what = "is there more than once" if found else "is not in the MIDI file"
    raise ParameterError(f"track {track!r} {what}: expected a number or name of {_listed(found or file.voices)}")


def placed(
    notes: Sequence[PlayedNote], start_beats: float, tempo_bpm: float, bar_beats: float, length_beats: float
) -> tuple[Note, ...]:
    """Notes of a file on the song's grid from `start_beats` on; how far each lies off the grid is kept.

    A note nearer to the end than to the last slot of the `length_beats` belongs to that slot.
    """
    last = length_beats - slot_to_beats(1)
    starts = np.array([note.start_beats for note in notes])
    bar, slot, _ = quantise(starts, tempo_bpm, round(bar_beats))
    result = []
    for note, in_bar, in_slot in zip(notes, bar.tolist(), slot.tolist(), strict=True):
        onset = min(in_bar * bar_beats + slot_to_beats(in_slot), last)
        shift = round(note.start_beats - onset, 6)
        result.append(Note(start_beats + onset, note.pitch, round(note.length_beats, 6), note.velocity, shift))
    return tuple(sorted(result))


def read_chords(
    file: ImportedFile, track: int | str | None, start_beats: float, beats: float
) -> tuple[tuple[Chord, ...], list[str]]:
    """Chords over `beats` quarter notes of a file, and remarks on them.

    They are the symbols that the file writes, else what its pads, or all that is pitched, sound like.

    Raises
    ------
    ParameterError
        If no chord is found.
    """
    written = written_chords(file.music) if track is None else None
    found = [(at - start_beats, chord) for at, chord in written.changes] if written else []
    remarks = []
    if written and found and written.unread:
        names = ", ".join(dict.fromkeys(text.text for text in written.unread[:_MOST_NAMED]))
        remarks.append(f"{len(written.unread)} texts among the chords are not known, the chord before holds: {names}")
    if not found:
        pads = tuple(voice for voice in file.pitched if kind_of(voice.guess.role) == "chords")
        voices = (find_voice(file, track),) if track is not None else pads or file.pitched
        notes = [replace(n, start_beats=n.start_beats - start_beats) for voice in voices for n in voice.notes]
        found = heard_chords(notes, beats)
        remarks += [f"heard in {_listed(voices)}"] if len(file.voices) > 1 else []
    if not found:
        raise ParameterError(
            "the MIDI file holds no chords: expected chord symbols as texts, or at least two tones at once"
        )
    starts = [0.0, *(at for at, _ in found[1:])]
    ends = [*starts[1:], beats]
    chords = tuple(
        replace(chord, onset_beats=start, duration_beats=end - start)
        for start, end, (_, chord) in zip(starts, ends, found, strict=True)
        if end > start
    )
    return chords, remarks


def _voice(number: int, parts: Sequence[MidiPart], ticks_per_beat: float) -> MidiVoice:
    columns = [
        np.concatenate([getattr(part.notes, name) for part in parts])
        for name in ("onsets", "lengths", "pitches", "velocities")
    ]
    onsets, lengths, pitches, velocities = (column[np.lexsort((columns[2], columns[0]))] for column in columns)
    first = parts[0]
    held = sum(part.held for part in parts)
    joined = replace(first, notes=NoteColumns(onsets, lengths, pitches, velocities), held=held)
    notes = zip(onsets.tolist(), lengths.tolist(), pitches.tolist(), velocities.tolist(), strict=True)
    heard = tuple(PlayedNote(at / ticks_per_beat, max(1, length) / ticks_per_beat, p, v) for at, length, p, v in notes)
    # A melody of three notes is one: the user says so.
    return MidiVoice(number, first.name, guess(describe(number, joined, ticks_per_beat), repeats=8), heard)


def _listed(voices: Sequence[MidiVoice]) -> str:
    more = f" and {len(voices) - _MOST_NAMED} more" if len(voices) > _MOST_NAMED else ""
    return ", ".join(map(str, voices[:_MOST_NAMED])) + more


def heard_chords(notes: Sequence[PlayedNote], beats: float) -> list[tuple[float, Chord]]:
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
