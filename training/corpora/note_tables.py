"""Reading MIDI files into note tables, and what cannot be read out of them but must be guessed: key and chords."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.corpora.items import SkippedError
from training.corpora.song import NoteTable
from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.errors import MidiFileError
from workbench.domain.theory import SCALES, Chord, Key
from workbench.midi.file import MidiFile, MidiPart, read_file
from workbench.midi.file import read_midi as read_music

_GUESSED_QUALITIES = ("maj", "min", "5", "7", "maj7", "min7", "sus4", "dim")
_COMPLEXITY_COST = {"maj": 0.0, "min": 0.0, "5": 0.02, "7": 0.05, "maj7": 0.05, "min7": 0.04, "sus4": 0.06, "dim": 0.08}


def read_midi(path: Path) -> MidiFile:
    """The music in a MIDI file.

    Raises
    ------
    SkippedError
        If the file is not readable MIDI.
    """
    try:
        return parse_midi(read_bytes(path))
    except SkippedError as skipped:
        raise SkippedError(f"{path.name} is not readable MIDI: {skipped}", skipped.reason) from None


def read_bytes(path: Path) -> bytes:
    """The bytes of a file.

    Raises
    ------
    SkippedError
        If it is no plain file, cannot be read, or is larger than `LARGEST_FILE_BYTES`.
    """
    try:
        return read_file(path)
    except MidiFileError as error:
        raise SkippedError(str(error), error.reason) from None


def parse_midi(data: bytes) -> MidiFile:
    """The music in the bytes of a MIDI file.

    Raises
    ------
    SkippedError
        If the bytes are no MIDI file with notes in beats; `workbench.midi.read_midi` says more.
    """
    try:
        return read_music(data)
    except MidiFileError as error:
        raise SkippedError(str(error), error.reason) from None


def note_table(parts: Sequence[MidiPart], ticks_per_beat: float) -> NoteTable:
    """Notes of one or more parts as one table sorted by onset."""
    columns = [
        np.concatenate([np.asarray(getattr(part.notes, name), np.float64) for part in parts] or [np.zeros(0)])
        for name in ("onsets", "lengths", "pitches", "velocities")
    ]
    onsets, lengths, pitches, velocities = (column[np.lexsort((columns[2], columns[0]))] for column in columns)
    return NoteTable(
        onsets / ticks_per_beat,
        lengths / ticks_per_beat,
        pitches.astype(np.int64),
        velocities.astype(np.int64),
    )


def guess_mode(tonic: int, chords: tuple[Chord, ...]) -> Key:
    """Major or minor on a known tonic: by the third of the tonic chords, else by the scale that fits better.

    The scale alone mistakes blues for minor, since its sevenths and flat thirds lie outside the major scale.
    """
    thirds = {"major": 0.0, "minor": 0.0}
    for chord in chords:
        if chord.root == tonic and {3, 4} & set(CHORD_QUALITIES[chord.quality]):
            thirds["minor" if 3 in CHORD_QUALITIES[chord.quality] else "major"] += chord.duration_beats
    if thirds["major"] != thirds["minor"]:
        return Key(tonic, max(thirds, key=thirds.__getitem__))
    weight = np.zeros(12)
    for chord in chords:
        weight[[(pitch - tonic) % 12 for pitch in chord.pitch_classes]] += chord.duration_beats
    inside = {mode: weight[list(SCALES[mode])].sum() for mode in ("major", "minor")}
    return Key(tonic, max(inside, key=inside.__getitem__))


def guess_key(parts: list[NoteTable]) -> Key:
    """Key by correlation of the duration-weighted pitch classes with Krumhansl and Kessler's (1982) profiles."""
    profiles = {
        "major": [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
        "minor": [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
    }
    chroma = sum((_chroma(part, 0.0, np.inf) for part in parts), np.zeros(12)) + 1e-6
    scores = {
        (tonic, mode): float(np.corrcoef(np.roll(profile, tonic), chroma)[0, 1])
        for mode, profile in profiles.items()
        for tonic in range(12)
    }
    return Key(*max(scores, key=scores.__getitem__))


def guess_chords(bass: NoteTable | None, others: list[NoteTable], bars: int, bar_beats: int) -> tuple[Chord, ...]:
    """One chord for each half bar (each bar of 3/4) by template; the bass is witness for the root; equal ones join.

    A heuristic for corpora without chord labels: about what a listener would write as a simple lead sheet.
    """
    half = bar_beats / 2 if bar_beats % 2 == 0 else float(bar_beats)
    found: list[Chord] = []
    for index in range(round(bars * bar_beats / half)):
        start, end = index * half, (index + 1) * half
        chroma = sum((_chroma(part, start, end) for part in others), np.zeros(12))
        low = _chroma(bass, start, end) if bass is not None else np.zeros(12)
        chroma = chroma + 1.5 * low
        if chroma.sum() < 0.2:
            word = (found[-1].root, found[-1].quality) if found else None
        else:
            word = _best_template(chroma / np.linalg.norm(chroma), low / max(low.sum(), 1e-6))
        if word is None:
            continue
        if found and (found[-1].root, found[-1].quality) == word:
            found[-1] = Chord(found[-1].onset_beats, end - found[-1].onset_beats, *word, word[0])
        else:
            found.append(Chord(start, half, *word, word[0]))
    return tuple(found)


def _best_template(chroma: npt.NDArray[np.float64], low: npt.NDArray[np.float64]) -> tuple[int, str]:
    best, best_score = (0, "maj"), -np.inf
    for root in range(12):
        for quality in _GUESSED_QUALITIES:
            template = _template(root, quality)
            score = float(chroma @ template) / np.sqrt(template.sum()) + 0.35 * low[root] - _COMPLEXITY_COST[quality]
            if score > best_score:
                best, best_score = (root, quality), score
    return best


@cache
def _template(root: int, quality: str) -> npt.NDArray[np.float64]:
    template = np.zeros(12)
    template[[(root + step) % 12 for step in CHORD_QUALITIES[quality]]] = 1.0
    return template


def _chroma(part: NoteTable, start: float, end: float) -> npt.NDArray[np.float64]:
    overlap = np.minimum(part.onsets_beats + part.durations_beats, end) - np.maximum(part.onsets_beats, start)
    weights = np.clip(overlap, 0, 8)
    return np.bincount(part.pitches % 12, weights=weights, minlength=12).astype(np.float64)


def top_line(part: NoteTable) -> NoteTable:
    """The highest note of each onset (within a 32nd): the melody of a part that also plays chords."""
    slot = np.rint(part.onsets_beats * 8).astype(np.int64)
    order = np.lexsort((-part.pitches, slot))
    first = np.r_[True, slot[order][1:] != slot[order][:-1]] if len(order) else np.zeros(0, bool)
    keep = np.sort(order[first])
    return NoteTable(part.onsets_beats[keep], part.durations_beats[keep], part.pitches[keep], part.velocities[keep])
