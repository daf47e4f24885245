"""A part as far as it stands: its rows, where its bars begin, and what it shows to the bars after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.domain.arrays import Bytes, Integers
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE, STEP_COLUMN, History, recent_attributes
from workbench.models.spec import BAR_STEP, RECENT_NOTES, Conditioning, ElementSpec


class Standing:
    """Rows of whole bars, and of the one under way.

    Parameters
    ----------
    spec : ElementSpec
    conditioning : Conditioning
    ahead : Rows, optional
        Whole bars, up to the song's last, that stand already.
    """

    def __init__(self, spec: ElementSpec, conditioning: Conditioning, ahead: Integers | None) -> None:
        self._spec, self._conditioning, self._ahead = spec, conditioning, ahead
        self._table = np.zeros((256, FIRST_ATTRIBUTE + len(spec.attributes)), np.int64)
        self._starts: list[int] = []
        self.history = History(spec, len(conditioning.prefix))
        self.count = self.origin = 0
        self.forget()

    @property
    def rows(self) -> Integers:
        """The rows, (count, 4 + A)."""
        return self._table[: self.count]

    @property
    def bars(self) -> int:
        """Bars that stand, the one under way included."""
        return len(self._starts)

    def start(self, bar: int) -> int:
        """The row at which a bar begins; the number of rows for the bar to come."""
        return self._starts[bar] if bar < len(self._starts) else self.count

    def forget(self) -> None:
        """Show nothing of what stands to the bars after it."""
        self.origin = self.bars
        self.recent = np.zeros((RECENT_NOTES, len(self._spec.attributes)), np.int64)
        self.history.clear()
        if self._ahead is not None:
            self.history.add_ahead(self._ahead)

    def add(self, rows: Integers) -> None:
        """Add rows: the rest of the bar under way, and bars after it."""
        end = self.count + len(rows)
        if end > len(self._table):
            self._table = np.concatenate([self._table, np.zeros((end, self._table.shape[1]), np.int64)])
        self._table[self.count : end] = rows
        self._starts += (self.count + np.flatnonzero(rows[:, STEP_COLUMN] == BAR_STEP)).tolist()
        self.count = end
        self.history.add(rows)
        notes = rows[rows[:, STEP_COLUMN] != BAR_STEP][: -RECENT_NOTES - 1 : -1, FIRST_ATTRIBUTE:] + 1
        self.recent = np.concatenate([notes, self.recent])[:RECENT_NOTES]

    def add_note(self, row: Sequence[int]) -> None:
        """Add one note to the bar under way."""
        if self.count == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        self._table[self.count] = row
        self.count += 1
        bar, slot, _, symbol, *attributes = row
        self.history.enter(bar, slot, symbol, attributes)
        self.recent[1:] = self.recent[:-1].copy()
        self.recent[0] = self._table[self.count - 1, FIRST_ATTRIBUTE:] + 1

    def undo(self) -> None:
        """Take the last bar back."""
        self.count = self._starts.pop()
        if self.bars < self.origin:
            self.forget()
            return
        self.history.remove(self.bars)
        line = np.zeros((1, self._table.shape[1]), np.int64)
        known = np.concatenate([self.rows[self.start(self.origin) :], line])
        self.recent = recent_attributes(known, len(self._spec.attributes))[-1]

    def bar(self, bar: int) -> tuple[Integers, Bytes]:
        """Conditions (1, P) and features (1, D1) of a bar."""
        index = np.array([bar])
        features = np.concatenate([self._conditioning.bar[index], self.history.bar_features(index)], axis=1)
        return self._conditioning.prefix[index], features

    def cells(self, bars: Integers, slots: Integers) -> Bytes:
        """Features of slots, (n, D2)."""
        return np.concatenate([self._conditioning.cell[bars, slots], self.history.cell_features(bars, slots)], axis=1)

    def of_bar(self, bar: int) -> Integers:
        """The notes of a bar."""
        return self.rows[self.start(bar) + 1 : self.start(bar + 1)]

    def since(self, bar: int) -> Integers:
        """The notes since a bar began."""
        rows = self.rows[self.start(max(bar, 0)) :]
        notes: Integers = rows[rows[:, STEP_COLUMN] != BAR_STEP]
        return notes


def moved(rows: Integers, bars: int) -> Integers:
    """Rows so many bars later."""
    later = rows.copy()
    later[:, BAR_COLUMN] += bars
    return later
