"""Is a sample music at all? The grammar that every part must keep, checked row by row.

Conventions
-----------
Rows are sorted, each bar begins with its bar line, slots lie in the bar, symbols rise within a slot, each step says
what slot and symbol say, and every value lies in its field.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Integers
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, SAME_STEP, ElementSpec


def fault(rows: Integers, spec: ElementSpec, *, bars: int, bar_beats: int = 4, polyphony: int = 8) -> str:
    """What is wrong with the rows of a part of `bars` bars; "" if nothing.

    Parameters
    ----------
    rows : Rows
    spec : ElementSpec
    bars, bar_beats : int
        Length of the part, and quarter notes in a bar.
    polyphony : int
        Most notes in a slot.
    """
    if rows.ndim != 2 or rows.shape[1] != FIRST_ATTRIBUTE + len(spec.attributes):
        return f"rows have shape {rows.shape}"
    bar, slot, step, symbol = (rows[:, column] for column in (BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN))
    line = step == BAR_STEP
    if not np.array_equal(bar[line], np.arange(bars)):
        return f"expected one bar line for each of {bars} bars"
    if not np.array_equal(bar, np.cumsum(line) - 1):
        return "a note lies outside the bar that its line opens"
    note = ~line
    if np.any((slot[note] < 0) | (slot[note] >= bar_beats * SLOTS_PER_BEAT)):
        return "a note lies beyond the end of its bar"
    if np.any((symbol[note] < 0) | (symbol[note] >= spec.symbols)):
        return "a symbol lies outside the vocabulary"
    for index, (name, size) in enumerate(spec.attributes.items()):
        value = rows[note, FIRST_ATTRIBUTE + index]
        if np.any((value < 0) | (value >= size)):
            return f"a {name} lies outside its classes"
    return _fault_in_order(bar[note], slot[note], step[note], symbol[note], polyphony)


def _fault_in_order(bar: np.ndarray, slot: np.ndarray, step: np.ndarray, symbol: np.ndarray, polyphony: int) -> str:
    place = bar * 48 + slot
    same = np.r_[np.zeros(min(1, len(place)), bool), np.diff(place) == 0]
    if np.any(np.diff(place) < 0) or np.any(np.diff(symbol)[same[1:]] <= 0):
        return "notes are not in order"
    if not np.array_equal(step, np.where(same, SAME_STEP, slot + 1)):
        return "a step does not tell its slot"
    if len(place) and np.unique(place, return_counts=True)[1].max() > polyphony:
        return f"more than {polyphony} notes in a slot"
    return ""
