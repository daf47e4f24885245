"""Verbatim copies of the training set: bars, and pairs of bars, whose every cell stands there too.

Conventions
-----------
A bar is its set of cells (slot and symbol, so pitches against chord or tonic); velocity, length and timing do not
count. Bars with fewer than four notes are left out: they say too little to be copied.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, Rows
from workbench.models.spec import BAR_STEP

LEAST_NOTES = 4
_EMPTY = b""


@dataclass(frozen=True, slots=True)
class Copies:
    """Share of bars and of pairs of bars that are copies, and how many of either were looked at."""

    bars: float
    pairs: float
    n_bars: int
    n_pairs: int


def copy_shares(tables: Sequence[Rows], training: Iterable[Rows]) -> Copies:
    """How much of `tables` (rows of one excerpt or part each) stands in the training parts."""
    known, known_pairs = set(), set()
    for rows in training:
        bars = bar_words(rows)
        known.update(bars)
        known_pairs.update(_pairs(bars))
    own = [bar_words(rows) for rows in tables]
    bars = [bar in known for words in own for bar in words if bar != _EMPTY]
    pairs = [pair in known_pairs for words in own for pair in _pairs(words)]
    return Copies(_mean(bars), _mean(pairs), len(bars), len(pairs))


def bar_words(rows: Rows) -> list[bytes]:
    """Each bar's cells as bytes; empty bytes for a bar with too few notes."""
    notes = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    bars = int(rows[:, BAR_COLUMN].max()) + 1 if len(rows) else 0
    cells = (notes[:, SLOT_COLUMN] * 256 + notes[:, SYMBOL_COLUMN]).astype(np.uint16)
    ends = np.searchsorted(notes[:, BAR_COLUMN], np.arange(bars + 1))
    return [
        cells[start:end].tobytes() if end - start >= LEAST_NOTES else _EMPTY for start, end in itertools.pairwise(ends)
    ]


def _pairs(bars: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for first, second in itertools.pairwise(bars):
        if first != _EMPTY and second != _EMPTY:
            yield first, second


def _mean(flags: npt.ArrayLike) -> float:
    return float(np.mean(flags)) if np.size(flags) else 0.0
