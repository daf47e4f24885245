"""Verbatim copies of the training set: bars, and runs of bars, whose every cell stands there too.

Conventions
-----------
A bar is its set of cells (slot and symbol, so pitches against chord or tonic); velocity, length and timing do not
count. Chords are compared with quality and bass. Bars with too few notes are left out: they hold too little to copy.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.arrays import Integers
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, ElementSpec

_EMPTY = b""
_LEAST_NOTES = {"harmony": 1, "bass": 2, "leads": 3}
_OTHER_LEAST_NOTES = 4


@dataclass(frozen=True, slots=True)
class CopyShare:
    """Share of runs of bars that are copies, and how many runs were looked at."""

    share: float
    n: int


def copy_share(
    tables: Sequence[Integers], training: Iterable[Integers], spec: ElementSpec, *, run: int = 1
) -> CopyShare:
    """How many runs of `run` bars of `tables` (rows of one excerpt each) stand in the training parts."""
    known: set[tuple[bytes, ...]] = set()
    for rows in training:
        known.update(_runs(bar_words(rows, spec), run))
    own = [word in known for rows in tables for word in _runs(bar_words(rows, spec), run)]
    return CopyShare(float(np.mean(own)) if own else 0.0, len(own))


def bar_words(rows: Integers, spec: ElementSpec) -> list[bytes]:
    """Each bar's cells as bytes; empty bytes for a bar with too few notes."""
    notes = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    bars = int(rows[:, BAR_COLUMN].max()) + 1 if len(rows) else 0
    columns = [SLOT_COLUMN, SYMBOL_COLUMN]
    if spec.name == "harmony":
        columns += range(FIRST_ATTRIBUTE, FIRST_ATTRIBUTE + len(spec.attributes))
    cells = np.ascontiguousarray(notes[:, columns].astype(np.uint8))
    ends = np.searchsorted(notes[:, BAR_COLUMN], np.arange(bars + 1))
    least = _LEAST_NOTES.get(spec.name, _OTHER_LEAST_NOTES)
    return [
        cells[start:end].tobytes() if end - start >= least else _EMPTY
        for start, end in itertools.pairwise(ends.tolist())
    ]


def _runs(bars: Sequence[bytes], length: int) -> list[tuple[bytes, ...]]:
    runs = (tuple(bars[start : start + length]) for start in range(len(bars) - length + 1))
    return [run for run in runs if _EMPTY not in run]
