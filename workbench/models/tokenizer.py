"""Notes to rows and back. Rows are (n, 4 + attributes) integers: bar, slot, step, symbol, attributes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Integers
from workbench.domain.chord_symbols import CHORD_QUALITIES, known_quality
from workbench.domain.score import Note
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.domain.theory import Chord, Key
from workbench.models.context import SongContext
from workbench.models.elements.harmony import NO_CHORD
from workbench.models.grid import SLOTS_PER_BEAT, quantise, slot_to_beats
from workbench.models.spec import (
    BAR_STEP,
    DURATIONS_BEATS,
    SAME_STEP,
    VELOCITY_BINS,
    ElementSpec,
    base_pitches,
)

_ROLE_INDEX = {role: index for index, role in enumerate(DRUM_ROLES)}
_ROLE_PITCHES = tuple(DRUM_ROLES.values())
_QUALITIES = tuple(CHORD_QUALITIES)
_LOG_DURATIONS = np.log(np.array(DURATIONS_BEATS))


def velocity_to_bin(velocity: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """MIDI velocity to one of 16 classes."""
    bins: npt.NDArray[np.int64] = np.minimum(velocity // 8, VELOCITY_BINS - 1)
    return bins


def duration_to_bin(duration_beats: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Length in quarter notes to the nearest of `DURATIONS_BEATS` by ratio."""
    distance = np.abs(np.log(np.maximum(duration_beats, 0.02))[:, None] - _LOG_DURATIONS)
    nearest: npt.NDArray[np.int64] = distance.argmin(axis=1)
    return nearest


def with_bar_lines(notes: Integers, bars: int) -> Integers:
    """Put a bar line before each bar, mark repeated slots, and sort. One row for each (bar, slot, symbol) is kept."""
    order = np.lexsort((notes[:, 3], notes[:, 1], notes[:, 0]))
    notes = notes[order]
    if len(notes):
        first = np.ones(len(notes), bool)
        first[1:] = np.any(notes[1:, [0, 1, 3]] != notes[:-1, [0, 1, 3]], axis=1)
        notes = notes[first]
        same = np.zeros(len(notes), bool)
        same[1:] = np.all(notes[1:, :2] == notes[:-1, :2], axis=1)
        notes[:, 2] = np.where(same, SAME_STEP, notes[:, 1] + 1)
    lines = np.zeros((bars, notes.shape[1]), np.int64)
    lines[:, 0] = np.arange(bars)
    lines[:, 2] = BAR_STEP
    rows = np.concatenate([lines, notes])
    return rows[np.lexsort((np.r_[np.zeros(bars), 1 + np.arange(len(notes))], rows[:, 0]))]


def encode_drums(
    onsets_beats: npt.NDArray[np.float64],
    pitches: npt.NDArray[np.int64],
    velocities: npt.NDArray[np.int64],
    context: SongContext,
) -> Integers:
    """Drum notes (General MIDI pitches) to rows; of two hits of one role in one slot the louder is kept."""
    bar, slot, offset = quantise(onsets_beats, context.tempo_bpm, context.bar_beats)
    role = np.array([_ROLE_INDEX[drum_role(int(pitch))] for pitch in pitches], np.int64)
    table = np.stack([bar, slot, np.zeros_like(bar), role, velocity_to_bin(velocities), offset], axis=1)
    table = table[np.argsort(-velocities, kind="stable")]
    return with_bar_lines(table[(table[:, 0] >= 0) & (table[:, 0] < context.bars)], context.bars)


def encode_pitched(
    onsets_beats: npt.NDArray[np.float64],
    durations_beats: npt.NDArray[np.float64],
    pitches: npt.NDArray[np.int64],
    velocities: npt.NDArray[np.int64],
    spec: ElementSpec,
    context: SongContext,
) -> Integers:
    """Pitched notes to rows. A pitch beyond the vocabulary is moved by octaves into it."""
    bar, slot, offset = quantise(onsets_beats, context.tempo_bpm, context.bar_beats)
    inside = (bar >= 0) & (bar < context.bars)
    bar, slot, offset = bar[inside], slot[inside], offset[inside]
    symbol = pitches[inside] - base_pitches(spec, context)[bar * context.bar_beats + slot // SLOTS_PER_BEAT]
    symbol = np.where(symbol < 0, symbol % 12, symbol)
    top = spec.symbols - 1
    symbol = np.where(symbol > top, top - (top - symbol) % 12, symbol)
    columns = [
        bar, slot, np.zeros_like(bar), symbol, duration_to_bin(durations_beats[inside]),
        velocity_to_bin(velocities[inside]), offset,
    ]  # fmt: skip
    table = np.stack(columns, axis=1)
    return with_bar_lines(table[np.argsort(-velocities[inside], kind="stable")], context.bars)


def _quality(chord: Chord) -> int:
    """The class of a chord's quality, of one with tensions that of the nearest that the networks know."""
    return _QUALITIES.index(known_quality(chord.quality)) if chord.sounds else 0


def encode_chords(chords: Sequence[Chord], key: Key, bars: int, bar_beats: int) -> Integers:
    """Chords to rows, one for each change and for each bar that begins under a held chord."""
    table = []
    for chord in chords:
        start, end = round(chord.onset_beats), round(chord.end_beats)
        onsets = [start, *range((start // bar_beats + 1) * bar_beats, end, bar_beats)] if end > start else []
        for beat in onsets:
            bar, within = divmod(beat, bar_beats)
            root = (chord.root - key.tonic) % 12 if chord.sounds else NO_CHORD
            quality, bass = _quality(chord), (chord.bass - chord.root) % 12
            table.append((bar, within * SLOTS_PER_BEAT, 0, root, quality, bass))
    rows = np.array(table, np.int64).reshape(-1, 6)
    return with_bar_lines(rows[rows[:, 0] < bars], bars)


def decode_drums(rows: Integers, bar_beats: int) -> tuple[Note, ...]:
    """Rows to drum notes of a 16th's length; velocity is the middle of its class."""
    return tuple(
        Note(
            onset_beats=bar * bar_beats + slot_to_beats(slot),
            pitch=_ROLE_PITCHES[role],
            duration_beats=0.25,
            velocity=min(127, velocity * 8 + 4),
            shift_beats=(offset - 12) / 96,
        )
        for bar, slot, step, role, velocity, offset in rows.tolist()
        if step != BAR_STEP
    )


def decode_pitched(rows: Integers, spec: ElementSpec, context: SongContext) -> tuple[Note, ...]:
    """Rows to pitched notes."""
    bases = base_pitches(spec, context).tolist()
    return tuple(
        Note(
            onset_beats=bar * context.bar_beats + slot_to_beats(slot),
            pitch=symbol + bases[bar * context.bar_beats + slot // SLOTS_PER_BEAT],
            duration_beats=DURATIONS_BEATS[duration],
            velocity=min(127, velocity * 8 + 4),
            shift_beats=(offset - 12) / 96,
        )
        for bar, slot, step, symbol, duration, velocity, offset in rows.tolist()
        if step != BAR_STEP
    )


def decode_chords(rows: Integers, key: Key, bars: int, bar_beats: int) -> tuple[Chord, ...]:
    """Rows to chords that cover `bars` without gaps; equal neighbours are joined."""
    changes: list[tuple[float, int, str, int]] = []
    for bar, slot, step, root, quality, bass in rows.tolist():
        if step == BAR_STEP or root == NO_CHORD:
            continue
        pitch = (root + key.tonic) % 12
        word = (pitch, _QUALITIES[quality], (pitch + bass) % 12)
        if not changes or changes[-1][1:] != word:
            changes.append((bar * bar_beats + slot_to_beats(slot), *word))
    if not changes:
        changes = [(0.0, key.tonic, "min" if key.has_minor_third else "maj", key.tonic)]
    starts = [0.0, *(change[0] for change in changes[1:])]
    ends = [*starts[1:], float(bars * bar_beats)]
    return tuple(
        Chord(start, end - start, *change[1:]) for start, end, change in zip(starts, ends, changes, strict=True)
    )
