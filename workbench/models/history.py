"""What a part did one, two, four bars ago, and what it does in bars ahead that stand already, cell by cell.

Attention alone learns to copy slowly on small data. Here each choice is shown the same place in neighbouring bars:
before the step the onsets of those bars and where each of them goes on from the same place, before the symbol which
symbols stand in that slot, before the attributes the values that the same cell has. Earlier bars let a network repeat
and vary; later bars, where they are known, let it fill in the middle, so that a range can be composed anew between its
neighbours.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Integers
from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.spec import BAR_STEP, RECENT_NOTES, SAME_STEP, UNKNOWN_STEP, ElementSpec

BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, FIRST_ATTRIBUTE = 0, 1, 2, 3, 4
"""Columns of the rows of a part; bar lines have step 0 and symbol 0."""


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
        # Earlier bars, which are always shown, then later ones, which are where they stand.
        self._lags = np.array([*spec.lags, *(-lag for lag in spec.lags)])

    def add(self, rows: Integers) -> None:
        """Enter the notes of `rows`; bar lines are passed over. Only later bars are shown them."""
        notes = rows[rows[:, STEP_COLUMN] > 0]
        bar, slot, symbol = notes[:, BAR_COLUMN] + self._pad, notes[:, SLOT_COLUMN], notes[:, SYMBOL_COLUMN]
        self._cells[bar, slot, symbol] = notes[:, FIRST_ATTRIBUTE:] + 1
        self._onsets[bar, slot, self._groups[symbol]] = 1

    def clear(self) -> None:
        """Take everything out again."""
        self._cells[:], self._onsets[:], self._stands[:] = 0, 0, 0

    def enter(self, bar: int, slot: int, symbol: int, attributes: Sequence[int]) -> None:
        """Enter one note, as `add` does."""
        self._cells[bar + self._pad, slot, symbol] = [value + 1 for value in attributes]
        self._onsets[bar + self._pad, slot, self._groups[symbol]] = 1

    def remove(self, bar: int) -> None:
        """Take the notes of a bar out again."""
        self._cells[bar + self._pad] = 0
        self._onsets[bar + self._pad] = 0

    def add_ahead(self, rows: Integers) -> None:
        """Enter whole bars that stand already although the bars before them are still to be written."""
        self.add(rows)
        self._stands[np.unique(rows[:, BAR_COLUMN]) + self._pad] = 1

    def bar_features(self, bars: Integers) -> npt.NDArray[np.uint8]:
        """What is shown once a bar, (n, 2 * lags * 48 * groups + lags).

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
        steps: Integers = _next_steps(
            self._cells, self._onsets, self._stands, self._lags, bars + self._pad, slots, symbols
        )
        return steps

    def cell_features(self, bars: Integers, slots: Integers) -> npt.NDArray[np.uint8]:
        """Which symbols stand in the slot in earlier, then in later bars, (n, 2 * lags * symbols)."""
        features: npt.NDArray[np.uint8] = _cell_features(self._cells, self._stands, self._lags, bars + self._pad, slots)
        return features

    def memory(self, bars: Integers, slots: Integers, symbols: Integers) -> Integers:
        """Attribute values plus one of the same cell in earlier, then in later bars, 0 where it is empty or unknown,
        (n, 2 * lags, attributes).
        """
        attributes: Integers = _memory(self._cells, self._stands, self._lags, bars + self._pad, slots, symbols)
        return attributes


@numba.njit(nogil=True, cache=True)
def _next_steps(
    cells: npt.NDArray[np.int8], onsets: npt.NDArray[np.uint8], stands: npt.NDArray[np.uint8], lags: Integers,
    places: Integers, slots: Integers, symbols: Integers,
) -> Integers:  # fmt: skip
    steps = np.full((len(places), len(lags)), UNKNOWN_STEP)
    for row in range(len(places)):
        for column, lag in enumerate(lags):
            bar = places[row] - lag
            if lag > 0 or stands[bar]:
                steps[row, column] = _step_in(cells[bar], onsets[bar], slots[row], symbols[row])
    return steps


@numba.njit(nogil=True, cache=True)
def _step_in(cells: npt.NDArray[np.int8], onsets: npt.NDArray[np.uint8], slot: int, symbol: int) -> int:
    """The step that one bar takes after a slot and symbol."""
    if slot >= 0 and (cells[slot, symbol + 1 :, 0] > 0).any():
        return SAME_STEP
    for later in range(slot + 1, SLOTS_PER_BAR):
        if onsets[later].any():
            return later + 1
    return BAR_STEP if onsets.any() else UNKNOWN_STEP


@numba.njit(nogil=True, cache=True)
def _cell_features(
    cells: npt.NDArray[np.int8], stands: npt.NDArray[np.uint8], lags: Integers, places: Integers, slots: Integers
) -> npt.NDArray[np.uint8]:
    symbols = cells.shape[2]
    features = np.zeros((len(places), len(lags) * symbols), np.uint8)
    for row in range(len(places)):
        for column, lag in enumerate(lags):
            bar = places[row] - lag
            if lag > 0 or stands[bar]:
                for symbol in range(symbols):
                    features[row, column * symbols + symbol] = cells[bar, slots[row], symbol, 0] > 0
    return features


@numba.njit(nogil=True, cache=True)
def _memory(
    cells: npt.NDArray[np.int8], stands: npt.NDArray[np.uint8], lags: Integers, places: Integers, slots: Integers,
    symbols: Integers,
) -> Integers:  # fmt: skip
    attributes = np.zeros((len(places), len(lags), cells.shape[3]), np.int64)
    for row in range(len(places)):
        for column, lag in enumerate(lags):
            bar = places[row] - lag
            if lag > 0 or stands[bar]:
                attributes[row, column] = cells[bar, slots[row], symbols[row]]
    return attributes


def same_at_end(rows: Integers, bar_slots: int, parts: int = 1) -> int:
    """How many bars at the end of a part hold the very same notes, each bar taken as `parts` equal ones."""
    cells = _bars_from_end(rows, bar_slots // parts, parts)
    last = next(cells, None)
    if last is None or not len(last):
        return 0
    return 1 + sum(1 for _ in itertools.takewhile(lambda cell: np.array_equal(cell, last), cells))


def _bars_from_end(rows: Integers, slots: int, parts: int) -> Iterator[Integers]:
    """Slot and symbol of the notes of each part of a bar, the last one first."""
    end = len(rows)
    for first in np.flatnonzero(rows[:, STEP_COLUMN] == BAR_STEP)[::-1].tolist():
        bar = rows[first + 1 : end][:, [SLOT_COLUMN, SYMBOL_COLUMN]]
        for part in reversed(range(parts)):
            yield bar[bar[:, 0] // slots == part] - (part * slots, 0)
        end = first


def recent_attributes(rows: Integers, attributes: int) -> Integers:
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
