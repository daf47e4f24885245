"""What a part did one, two, four bars ago, cell by cell: the memory that lets a network repeat and vary.

Attention alone learns to copy slowly on small data. Here each choice is shown the same place in earlier bars: before
the step the onsets of those bars, before the symbol which symbols stood in that slot, before the attributes the
values that the same cell had.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.spec import ElementSpec

Rows = npt.NDArray[np.int64]
"""Rows of a part: columns bar, slot, step, symbol, attributes; bar lines have step 0 and symbol 0."""
BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, FIRST_ATTRIBUTE = 0, 1, 2, 3, 4


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
        shape = (bars + self._pad, SLOTS_PER_BAR, spec.symbols, len(spec.attributes))
        self._cells = np.zeros(shape, np.int8)
        self._onsets = np.zeros((bars + self._pad, SLOTS_PER_BAR, spec.group_count), np.uint8)
        self._groups = np.array(spec.groups)

    def add(self, rows: Rows) -> None:
        """Enter the notes of `rows`; bar lines are passed over."""
        notes = rows[rows[:, STEP_COLUMN] > 0]
        bar, slot, symbol = notes[:, BAR_COLUMN] + self._pad, notes[:, SLOT_COLUMN], notes[:, SYMBOL_COLUMN]
        self._cells[bar, slot, symbol] = notes[:, FIRST_ATTRIBUTE:] + 1
        self._onsets[bar, slot, self._groups[symbol]] = 1

    def bar_features(self, bars: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Onsets of the earlier bars by lag, slot and group, (n, lags * 48 * groups)."""
        lagged = [self._onsets[bars + self._pad - lag].reshape(len(bars), -1) for lag in self._spec.lags]
        return np.concatenate(lagged, axis=1)

    def cell_features(self, bars: npt.NDArray[np.int64], slots: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Which symbols stood in the slot in earlier bars, (n, lags * symbols)."""
        lagged = [(self._cells[bars + self._pad - lag, slots, :, 0] > 0) for lag in self._spec.lags]
        return np.concatenate(lagged, axis=1).astype(np.uint8)

    def memory(
        self, bars: npt.NDArray[np.int64], slots: npt.NDArray[np.int64], symbols: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Attribute values plus one of the same cell in earlier bars, 0 where it was empty, (n, lags, attributes)."""
        lagged = [self._cells[bars + self._pad - lag, slots, symbols] for lag in self._spec.lags]
        return np.stack(lagged, axis=1).astype(np.int64)
