"""The edit that takes music from a MIDI file and composes around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.composition.rewrite import rewrite_chords, with_chords
from workbench.domain.elements import ELEMENTS, is_drums
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.domain.seeding import derived_seed
from workbench.domain.theory import Chord
from workbench.editing.edits import Add, Import
from workbench.editing.laying import in_compass, lay, single
from workbench.editing.midi_reading import (
    ImportedFile,
    drum_voices,
    find_voice,
    melody_voice,
    placed,
    read_chords,
    read_midi,
)
from workbench.editing.rewriting import introduced, with_harmony, written
from workbench.editing.song import Song, open_bars, spelled
from workbench.midi.chord_texts import written_chords

_HARMONIES = 8
"""Progressions that are drawn under a melody; in each four bars the one that fits it best is taken."""
_BLOCK_BARS = 4


def take_in(song: Song, edit: Import, seed: int) -> Song:
    """Put a melody, chords or drums from a file in place, and compose the rest there to fit.

    Raises
    ------
    ParameterError
        If the file is broken or another than the one that is meant, does not fit into the song, or meets a lock.
    """
    file = read_midi(edit.file)
    if edit.sha256 not in (None, file.sha256):
        raise ParameterError(f"MIDI file {edit.file} is not the file that was imported before: its content differs")
    song = song.with_remarks(*file.music.remarks)
    if edit.role == "chords":
        return _with_chords(song, edit, file, seed)
    return _with_notes(song, edit, file, seed)


def _with_chords(song: Song, edit: Import, file: ImportedFile, seed: int) -> Song:
    written = written_chords(file.music).changes if edit.track is None else ()
    voices = file.voices if edit.track is None else (find_voice(file, edit.track),)
    starts = [at for at, _ in written] or [note.start_beats for voice in voices for note in voice.notes]
    ends = [note.start_beats + note.length_beats for voice in voices for note in voice.notes]
    laid, song = lay(song, edit, file.music, min(starts), max([*ends, *(at + 1.0 for at, _ in written)]))
    place, start = laid.place, laid.place.start * song.bar_beats
    chords, remarks = read_chords(file, edit.track, start - laid.offset_beats, len(place) * song.bar_beats)
    line = [replace(chord.transposed(edit.semitones), onset_beats=chord.onset_beats + start) for chord in chords]
    song = song.with_remarks(*remarks)
    open_bars(song, "harmony", (place,), named=True)
    fresh = with_chords(song.score.chords, line, [(place.start, place.stop)], song.bar_beats)
    if edit.around:
        return with_harmony(song, fresh, (place,), seed, stated=True)
    return replace(song, score=replace(song.score, chords=fresh))


def _with_notes(song: Song, edit: Import, file: ImportedFile, seed: int) -> Song:
    drums = edit.role == "drums"
    element = "percussion" if drums else edit.element
    voices = drum_voices(file, edit.track) if drums else (melody_voice(file, edit.track, element),)
    heard, doubled = single([note for voice in voices for note in voice.notes])
    remarks = [f"taken from {', '.join(map(str, voices))}"] if len(file.voices) > len(voices) else []
    remarks += [f"{doubled} notes that double another are left out"] * (doubled > 0)
    remarks += [f"track {voice.number}: {voice.guess.doubt}" for voice in voices if voice.guess.doubt]
    if drums:
        remarks += [f"track {one.number} looks like {one.guess.role}" for one in voices if not is_drums(one.guess.role)]
    moved = heard
    if not drums:
        moved, octaves = in_compass([replace(n, pitch=n.pitch + edit.semitones) for n in heard], element)
        remarks += [octaves] if octaves else []
    last = max(note.start_beats + min(note.length_beats, 0.01) for note in moved)
    laid, song = lay(song.with_remarks(*remarks), edit, file.music, min(note.start_beats for note in moved), last)
    place, start = laid.place, laid.place.start * song.bar_beats
    there = [replace(n, start_beats=n.start_beats + laid.offset_beats - start) for n in moved]
    length = len(place) * song.bar_beats
    notes = placed(there, start, song.score.tempo_map.tempo_at(start), song.bar_beats, length)
    song = _replaced(song, element, place, notes)
    if not edit.around:
        return song
    if not drums and not song.locked_bars("harmony") & set(place):
        song = _harmonised(song, element, place, notes, seed)
    for other in _after(song, element, drums):
        song = written(song, other, open_bars(song, other, (place,), named=False), seed)
    return song


def _after(song: Song, element: str, drums: bool) -> list[str]:
    """Elements that are composed anew around another: all that see it, or its chords."""
    others = [name for name in ELEMENTS if name in song.score.parts and name != element]
    return others if drums else [name for name in others if not is_drums(name)]


def _replaced(song: Song, element: str, place: range, notes: Sequence[Note]) -> Song:
    """The song with the notes of an element in some bars replaced; it is brought in if it was not there."""
    if song.locked_bars(element) & set(place):
        raise ParameterError(f"{element} is locked in {spelled((place,))}: unlock it first, or choose another place")
    song = introduced(song, Add(element=element)).with_players(element, place, playing=True)
    kept = [note for note in song.score.parts[element].notes if song.bar_of(note) not in place]
    return song.with_notes(element, [*kept, *notes])


def _harmonised(song: Song, element: str, place: range, melody: Sequence[Note], seed: int) -> Song:
    """The song on chords of the network's own that carry a melody: several lines are drawn, the best of each taken."""
    bare = song.with_sections(
        replace(section, chords=()) if section.start_bar < place.stop and place.start < section.end_bar else section
        for section in song.plan.sections
    )
    lines = [
        rewrite_chords(bare.plan, bare.score, (place,), derived_seed(seed, "harmony", n)) for n in range(_HARMONIES)
    ]
    chords: Sequence[Chord] = song.score.chords
    for first in range(place.start, place.stop, _BLOCK_BARS):
        block = (first, min(first + _BLOCK_BARS, place.stop))
        best = max([chords, *lines], key=lambda line: _fit(line, melody, block, song.bar_beats))
        chords = with_chords(chords, best, [block], song.bar_beats)
    return replace(song, score=replace(song.score, chords=tuple(chords)))


def _fit(chords: Sequence[Chord], melody: Sequence[Note], block: tuple[int, int], bar_beats: float) -> float:
    """Melody time on tones of the sounding chord; the first beat of a bar counts twice."""
    total = 0.0
    for note in melody:
        if block[0] * bar_beats <= note.onset_beats < block[1] * bar_beats:
            chord = next(chord for chord in chords if chord.end_beats > note.onset_beats + 1e-6)
            weight = 2.0 if note.onset_beats % bar_beats < 1e-6 else 1.0
            total += weight * note.duration_beats * (note.pitch % 12 in chord.pitch_classes)
    return total
