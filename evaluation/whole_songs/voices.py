"""One part of a song as arrays, and the values that every kind of part shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Integers
from workbench.domain.score import Score

Row = dict[str, float]
"""Features of one song by name."""

STEPS_A_BEAT = 12
LAGS_BARS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """Notes of one part, sorted by onset, then pitch; times in quarter notes.

    `steps` are onsets in twelfths of a quarter note. `bars` and `bar_beats` are those of the song.
    """

    onsets: Floats
    lengths: Floats
    pitches: Integers
    velocities: Integers
    shifts: Floats
    bars: int
    bar_beats: int

    def __len__(self) -> int:
        return len(self.onsets)

    @property
    def steps(self) -> Integers:
        """Onsets in twelfths of a quarter note."""
        return np.rint(self.onsets * STEPS_A_BEAT).astype(np.int64)

    @property
    def bar_steps(self) -> int:
        """Twelfths of a quarter note in a bar."""
        return self.bar_beats * STEPS_A_BEAT

    @property
    def bar(self) -> Integers:
        """The bar of each note, from 0."""
        return np.minimum(self.steps // self.bar_steps, self.bars - 1)

    @property
    def notes_by_bar(self) -> Integers:
        """Notes in each bar, (bars,)."""
        return np.bincount(self.bar, minlength=self.bars)

    def line(self, *, highest: bool) -> Voice:
        """One note for each onset: the highest or the lowest that begins there."""
        steps = self.steps
        change = np.flatnonzero(np.diff(steps)) if len(steps) else np.zeros(0, np.int64)
        kept = np.r_[change, len(steps) - 1] if highest else np.r_[0, change + 1]
        return self.only(kept[: len(steps)])

    def only(self, kept: Integers | npt.NDArray[np.bool_]) -> Voice:
        """Some of the notes."""
        return Voice(
            self.onsets[kept],
            self.lengths[kept],
            self.pitches[kept],
            self.velocities[kept],
            self.shifts[kept],
            self.bars,
            self.bar_beats,
        )


def voice_of(score: Score, element: str) -> Voice:
    """A part of a score; empty if the score has none."""
    notes = sorted(score.parts[element].notes) if element in score.parts else []
    return Voice(
        np.array([note.onset_beats for note in notes]),
        np.array([note.duration_beats for note in notes]),
        np.array([note.pitch for note in notes], np.int64),
        np.array([note.velocity for note in notes], np.int64),
        np.array([note.shift_beats for note in notes]),
        max(1, score.bars),
        round(score.metre.bar_beats),
    )


def share(flags: npt.NDArray[np.bool_]) -> float:
    """Share that is true; 0 of nothing."""
    return float(flags.mean()) if len(flags) else 0.0


def mean(values: npt.NDArray[np.number]) -> float:
    """Mean; 0 of nothing."""
    return float(values.mean()) if len(values) else 0.0


def spread(values: npt.NDArray[np.number]) -> float:
    """Standard deviation; 0 of nothing."""
    return float(values.std()) if len(values) else 0.0


def entropy_bits(words: npt.NDArray[np.integer]) -> float:
    """Entropy of the words' distribution in bits.

    Examples
    --------
    >>> entropy_bits(np.array([1, 1, 2, 2]))
    1.0
    """
    if not len(words):
        return 0.0
    _, counts = np.unique(words, return_counts=True)
    chance = counts / counts.sum()
    return float(-(chance * np.log2(chance)).sum()) + 0.0


def repetition(voice: Voice, *, pitched: bool) -> Row:
    """How much of each bar is what was 1, 2, 4 or 8 bars before: F1 of its notes, mean over bars that hold some.

    With `pitched` a note is its place and pitch, otherwise its place alone.
    """
    cells = _cells_by_bar(voice, pitched=pitched)
    kind = "notes" if pitched else "rhythm"
    result = {}
    for lag in LAGS_BARS:
        pairs = [(cells[bar], cells[bar - lag]) for bar in range(lag, voice.bars) if cells[bar]]
        likeness = [2 * len(now & before) / (len(now) + len(before)) for now, before in pairs]
        result[f"{kind}_again_{lag}"] = float(np.mean(likeness)) if likeness else 0.0
    return result


def distinct_bars(voice: Voice) -> float:
    """Distinct bars among those that hold notes, as a share."""
    filled = [frozenset(cell) for cell in _cells_by_bar(voice, pitched=True) if cell]
    return len(set(filled)) / len(filled) if filled else 0.0


def _cells_by_bar(voice: Voice, *, pitched: bool) -> list[set[tuple[int, int]]]:
    cells: list[set[tuple[int, int]]] = [set() for _ in range(voice.bars)]
    within = voice.steps - voice.bar * voice.bar_steps
    pitches = voice.pitches if pitched else np.zeros(len(voice), np.int64)
    for bar, step, pitch in zip(voice.bar.tolist(), within.tolist(), pitches.tolist(), strict=True):
        cells[bar].add((step, pitch))
    return cells
