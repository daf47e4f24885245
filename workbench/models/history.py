"""What a part did one, two, four bars ago, and what it does in bars ahead that stand already, cell by cell.

Attention alone learns to copy slowly on small data. Here each choice is shown the same place in neighbouring bars:
before the step the onsets of those bars and where each of them goes on from the same place, before the symbol which
symbols stand in that slot, before the attributes the values that the same cell has. Earlier bars let a network repeat
and vary; later bars, where they are known, let it fill in the middle, so that a range can be composed anew between its
neighbours.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.spec import BAR_STEP, RECENT_NOTES, SAME_STEP, UNKNOWN_STEP, ElementSpec

Rows = npt.NDArray[np.int64]
"""Rows of a part: columns bar, slot, step, symbol, attributes; bar lines have step 0 and symbol 0."""
BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, FIRST_ATTRIBUTE = 0, 1, 2, 3, 4

Integers = npt.NDArray[np.int64]


class History:
    """A growing table of the cells of a part.

    Parameters
    ----------
    spec : ElementSpec
    bars : int
        Bars that the table can hold; bar numbers passed in lie in 0..bars-1.
    """

    def __init__(self, spec: ElementSpec, bars: int) -> None:
        self._spec = spec
        self._pad = max(spec.lags)
        length = bars + 2 * self._pad
        self._cells = np.zeros((length, SLOTS_PER_BAR, spec.symbols, len(spec.attributes)), np.int8)
        self._onsets = np.zeros((length, SLOTS_PER_BAR, spec.group_count), np.uint8)
        self._stands = np.zeros(length, np.uint8)
        self._groups = np.array(spec.groups)

    def add(self, rows: Rows) -> None:
        """Enter the notes of `rows`; bar lines are passed over. Only later bars are shown them."""
        notes = rows[rows[:, STEP_COLUMN] > 0]
        bar, slot, symbol = notes[:, BAR_COLUMN] + self._pad, notes[:, SLOT_COLUMN], notes[:, SYMBOL_COLUMN]
        self._cells[bar, slot, symbol] = notes[:, FIRST_ATTRIBUTE:] + 1
        self._onsets[bar, slot, self._groups[symbol]] = 1

    def add_ahead(self, rows: Rows) -> None:
        """Enter whole bars that stand already although the bars before them are still to be written."""
        self.add(rows)
        self._stands[np.unique(rows[:, BAR_COLUMN]) + self._pad] = 1

    def bar_features(self, bars: Integers) -> npt.NDArray[np.uint8]:
        """What is told once a bar, (n, 2 * lags * 48 * groups + lags).

        Onsets of the earlier bars by lag, slot and group, the same of the later ones, and which of these stand.
        """
        tables = [self._onsets[bars + self._pad - lag].reshape(len(bars), -1) for lag in self._spec.lags]
        flags = [self._stands[bars + self._pad + lag][:, None] for lag in self._spec.lags]
        for lag, flag in zip(self._spec.lags, flags, strict=True):
            tables.append(self._onsets[bars + self._pad + lag].reshape(len(bars), -1) * flag)
        return np.concatenate(tables + flags, axis=1)

    def next_steps(self, bars: Integers, slots: Integers, symbols: Integers) -> Integers:
        """The step that each neighbouring bar takes from the same place, (n, 2 * lags).

        Parameters
        ----------
        bars : array (n,)
            Bars under way.
        slots, symbols : array (n,)
            Slot and symbol of the row before; -1 each after a bar line.

        Returns
        -------
        array of int
            A step: a higher symbol in the same slot, the next slot that holds one, or the bar line; `UNKNOWN_STEP`
            where that bar is empty or not known.
        """
        later_slot = np.arange(SLOTS_PER_BAR) > slots[:, None]
        higher_symbol = np.arange(self._spec.symbols) > symbols[:, None]
        columns = []
        for place, flag in self._neighbours(bars):
            onsets = self._onsets[place].any(axis=2) & (flag > 0)[:, None]
            ahead = onsets & later_slot
            step = np.where(ahead.any(axis=1), ahead.argmax(axis=1) + 1, BAR_STEP)
            same = ((self._cells[place, np.maximum(slots, 0), :, 0] > 0) & higher_symbol).any(axis=1) & (slots >= 0)
            step = np.where(same, SAME_STEP, step)
            columns.append(np.where(onsets.any(axis=1), step, UNKNOWN_STEP))
        return np.stack(columns, axis=1)

    def cell_features(self, bars: Integers, slots: Integers) -> npt.NDArray[np.uint8]:
        """Which symbols stand in the slot in earlier, then in later bars, (n, 2 * lags * symbols)."""
        neighbours = self._neighbours(bars)
        tables = [(self._cells[place, slots, :, 0] > 0) * flag[:, None] for place, flag in neighbours]
        return np.concatenate(tables, axis=1).astype(np.uint8)

    def memory(self, bars: Integers, slots: Integers, symbols: Integers) -> Integers:
        """Attribute values plus one of the same cell in earlier, then in later bars, 0 where it is empty or unknown,
        (n, 2 * lags, attributes).
        """
        tables = [self._cells[place, slots, symbols] * flag[:, None] for place, flag in self._neighbours(bars)]
        return np.stack(tables, axis=1).astype(np.int64)

    def _neighbours(self, bars: Integers) -> list[tuple[Integers, npt.NDArray[np.uint8]]]:
        """Table places of the neighbouring bars by lag, earlier ones first, and whether they may be shown (0 or 1)."""
        places = bars + self._pad
        known = np.ones(len(bars), np.uint8)
        earlier = [(places - lag, known) for lag in self._spec.lags]
        return earlier + [(places + lag, self._stands[places + lag]) for lag in self._spec.lags]


def same_at_end(rows: Rows, bar_slots: int, parts: int = 1) -> int:
    """How many bars at the end of a part hold the very same notes, each bar taken as `parts` equal ones."""
    starts = [*np.flatnonzero(rows[:, STEP_COLUMN] == BAR_STEP).tolist(), len(rows)]
    bars = [
        rows[first + 1 : last][:, [SLOT_COLUMN, SYMBOL_COLUMN]]
        for first, last in zip(starts[-2::-1], starts[:0:-1], strict=True)
    ]
    slots = bar_slots // parts
    cells = [bar[bar[:, 0] // slots == part] - (part * slots, 0) for bar in bars for part in reversed(range(parts))]
    if not cells or not len(cells[0]):
        return 0
    return next((n for n, cell in enumerate(cells) if not np.array_equal(cell, cells[0])), len(cells))


def recent_attributes(rows: Rows, attributes: int) -> Integers:
    """Attribute values plus one of the notes before each row, the last one first, 0 where there is none.

    Parameters
    ----------
    rows : Rows
        In order, with bar lines, which are passed over.
    attributes : int
        How many attributes a note has.

    Returns
    -------
    array of int, (n, RECENT_NOTES, attributes)
    """
    is_note = rows[:, STEP_COLUMN] > 0
    notes = np.concatenate([np.zeros((RECENT_NOTES, attributes), np.int64), rows[is_note, FIRST_ATTRIBUTE:] + 1])
    before: Integers = np.cumsum(is_note) - is_note
    recent: Integers = notes[before[:, None] + RECENT_NOTES - 1 - np.arange(RECENT_NOTES)]
    return recent
