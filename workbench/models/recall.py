"""What a network remembers of a part that is being written: the rows of the last bars, as keys and values.

Rows are entered once. What stands already (bars that were copied or given) is entered together before the next choice;
what was taken back is overwritten. Where the longest run of rows that the network was trained on is nearly full, it
begins anew with the last bars.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Integers, Singles
from workbench.models.guidance import Guidance
from workbench.models.history import (
    BAR_COLUMN,
    FIRST_ATTRIBUTE,
    SLOT_COLUMN,
    STEP_COLUMN,
    SYMBOL_COLUMN,
    recent_attributes,
)
from workbench.models.kernels import Memory
from workbench.models.network import Network, room
from workbench.models.spec import BAR_STEP
from workbench.models.standing import Standing

_KEPT_BARS = 4
"""Most bars that are remembered when the memory begins anew."""
_SPARE_ROWS = 32
"""Rows of a bar that should still fit when it begins."""


class Recall:
    """The memory of one part.

    Parameters
    ----------
    network : Network
    guidance : Guidance
    standing : Standing
        The part as far as it stands; it grows and shrinks beside the memory.
    """

    def __init__(self, network: Network, guidance: Guidance, standing: Standing) -> None:
        self._network, self._guidance, self._standing = network, guidance, standing
        self._window, self._twins = network.spec.window_rows, np.arange(guidance.twins)[:, None]
        self._memory = room(network.config, guidance.twins, self._window)
        self._states: dict[int, Singles] = {}
        self._first = self._entered = 0

    def clear(self) -> None:
        """Begin anew with the next row."""
        self._first, self._entered = self._standing.count, 0
        self._states.clear()

    def shrink(self) -> None:
        """Follow the part after its last bar was taken back."""
        if self._standing.count < self._first:
            self._first = self._start()
            self._entered = 0
        self._entered = min(self._entered, self._standing.count - self._first)

    def open_bar(self) -> None:
        """Make room for another bar, before its line stands."""
        if self._standing.count - self._first + _SPARE_ROWS >= self._window:
            self._first, self._entered = self._start(), 0

    def advance(self) -> Singles:
        """Enter the rows that wait; the stream (twins, W) from which the next row is decided."""
        waiting = self._standing.count - self._first - self._entered
        places = self._places(waiting + 1)
        stream = self._network.run_trunk(self._inputs(waiting), self._next_steps(waiting), self._memory, places)
        by_twin = stream.reshape(self._guidance.twins, waiting + 1, -1)
        if waiting:
            self._enter_notes(np.ascontiguousarray(by_twin[:, :-1]).reshape(-1, stream.shape[1]), waiting)
        return np.ascontiguousarray(by_twin[:, -1])

    def with_symbol(self, stream: Singles, symbol: int, seen: Integers) -> Singles:
        """The stream of the next row once its symbol is known; the row has to be added to the part then."""
        symbols = np.full(self._guidance.twins, symbol)
        stream = self._network.with_symbol(stream, symbols, self._guidance.twice(seen), self._memory, self._places(1))
        self._entered += 1
        return stream

    def _start(self) -> int:
        """The row from which the last bars are remembered."""
        standing = self._standing
        bar = first = standing.bars
        while first > max(standing.origin, bar - _KEPT_BARS):
            if standing.count - standing.start(first - 1) > self._window // 2:
                break
            first -= 1
        return standing.start(first)

    def _places(self, rows: int) -> Integers:
        """Stream and position of the next rows, (twins * rows, 2)."""
        end = self._entered + rows
        if end > self._memory.keys.shape[-1]:
            self._memory = _grown(self._memory, 2 * end)
        places = np.empty((self._guidance.twins, rows, 2), np.int64)
        places[:, :, 0], places[:, :, 1] = self._twins, np.arange(self._entered, end)
        return places.reshape(-1, 2)

    def _inputs(self, waiting: int) -> Singles:
        """What enters the trunk for the rows that wait and the next one, (twins * (waiting + 1), W)."""
        table, begin = self._standing.rows, self._first + self._entered
        before = table[max(begin - 1, self._first) : begin + waiting, STEP_COLUMN:]
        rows = self._network.embed_rows(before)
        if begin == self._first:
            rows = np.concatenate([self._network.start[None], rows])
        states = np.stack([self._state(bar) for bar in self._bars_under_way(waiting).tolist()], axis=1)
        entered: Singles = rows + states
        return entered.reshape(-1, rows.shape[1])

    def _bars_under_way(self, waiting: int) -> Integers:
        """The bar that is under way when each of the rows that wait, and the next one, are decided."""
        table, begin = self._standing.rows, self._first + self._entered
        bars: Integers = table[np.maximum(np.arange(begin, begin + waiting + 1) - 1, self._first), BAR_COLUMN]
        return bars

    def _next_steps(self, waiting: int) -> Integers:
        table, begin = self._standing.rows, self._first + self._entered
        before = np.arange(begin, begin + waiting + 1) - 1
        rows = table[np.maximum(before, self._first)]
        line = (before < self._first) | (rows[:, STEP_COLUMN] == BAR_STEP)
        slots, symbols = (np.where(line, -1, rows[:, column]) for column in (SLOT_COLUMN, SYMBOL_COLUMN))
        return self._guidance.twice(self._standing.history.next_steps(rows[:, BAR_COLUMN], slots, symbols))

    def _enter_notes(self, stream: Singles, waiting: int) -> None:
        """The rows that wait through the note blocks."""
        begin, twice = self._first + self._entered, self._guidance.twice
        rows = self._standing.rows[begin : begin + waiting]
        bars, slots, symbols = rows[:, BAR_COLUMN], rows[:, SLOT_COLUMN], rows[:, SYMBOL_COLUMN]
        cells = self._guidance.cells(self._standing.cells(bars, slots))
        stream = self._network.with_step(stream, twice(rows[:, STEP_COLUMN]), cells)
        known = self._standing.rows[self._standing.start(self._standing.origin) :]
        recent = recent_attributes(known, rows.shape[1] - FIRST_ATTRIBUTE)[-self._standing.count + begin :][:waiting]
        seen = np.concatenate([self._standing.history.memory(bars, slots, symbols), recent], axis=1)
        self._network.with_symbol(stream, twice(symbols), twice(seen), self._memory, self._places(waiting))
        self._entered += waiting

    def _state(self, bar: int) -> Singles:
        """What is shown of a bar, (twins, W)."""
        if bar not in self._states:
            prefix, features = self._standing.bar(bar)
            twins = self._guidance.conditions(prefix), self._guidance.twice(features)
            self._states[bar] = self._network.embed_bars(*twins)
        return self._states[bar]


def _grown(memory: Memory, positions: int) -> Memory:
    more = positions - memory.keys.shape[-1]
    keys = np.pad(memory.keys, [(0, 0)] * 4 + [(0, more)])
    return Memory(keys, np.pad(memory.values, [(0, 0)] * 3 + [(0, more), (0, 0)]))
