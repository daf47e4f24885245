"""Music written by the n-gram baseline, under the same conditions as a network: the floor of every comparison.

All jobs are written in lockstep. What the contexts need is kept as one array a column, so that a decision is a few
table look-ups for all jobs at once. A choice that breaks the grammar is drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from evaluation.networks.ngram.baseline import Baseline
from evaluation.networks.ngram.columns import LAGS, next_onset, surrounding_columns
from workbench.domain.arrays import Integers
from workbench.models.batch import WritingJob
from workbench.models.context import PREFIX_SIZES
from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.history import FIRST_ATTRIBUTE
from workbench.models.spec import BAR_STEP, SAME_STEP

_TRIES = 40


def write_with_ngram(baseline: Baseline, jobs: Sequence[WritingJob]) -> list[Integers]:
    """Rows of each job. All must have the same metre of 4/4; what is given or ahead is not looked at.

    Parameters
    ----------
    baseline : Baseline
    jobs : sequence of WritingJob
    """
    return _Lockstep(baseline, jobs).run() if jobs else []


class _Lockstep:
    def __init__(self, baseline: Baseline, jobs: Sequence[WritingJob]) -> None:
        self._spec, self._fields, self._jobs = baseline.spec, baseline.fields, jobs
        size, self._bars = len(jobs), max(len(job.conditioning.prefix) for job in jobs)
        self._rng = np.random.default_rng(np.concatenate([np.atleast_1d(job.seed) for job in jobs]))
        self._end = np.array([len(job.conditioning.prefix) for job in jobs])
        self._prefix = _stack([job.conditioning.prefix for job in jobs], self._bars)
        self._cell = _stack([job.conditioning.cell for job in jobs], self._bars).reshape(
            size * self._bars, SLOTS_PER_BAR, -1
        )
        shape = (size, self._bars + 1, SLOTS_PER_BAR, self._spec.symbols, len(self._spec.attributes))
        # What each cell holds, plus one; the first bar of the table stands for the empty one before the part.
        self._held = np.zeros(shape, np.int8)
        names = ("place", "shown", *self._spec.attributes)
        self._before = {name: np.full((len(LAGS), size), -2, np.int64) for name in names}
        self._last = {name: np.full((size, self._spec.symbols), -2, np.int64) for name in self._spec.attributes}
        self._all = np.arange(size)

    def run(self) -> list[Integers]:
        size = len(self._jobs)
        bar, slot = np.full(size, -1), np.full(size, -1)
        symbol, together = np.full(size, -1), np.zeros(size, np.int64)
        rows: list[list[list[int]]] = [[] for _ in self._jobs]
        going = np.ones(size, bool)
        while going.any():
            row = self._row(bar, slot, symbol, together)
            bar, line = row[:, 0], row[:, 2] == BAR_STEP
            going &= bar < self._end
            for number in np.flatnonzero(going):
                rows[number].append(row[number].tolist())
            slot, symbol = np.where(line, -1, row[:, 1]), np.where(line, -1, row[:, 3])
            together = np.where(line, 0, np.where(row[:, 2] == SAME_STEP, together + 1, 1))
            self._remember(row, line, going)
        return [np.array(table, np.int64) for table in rows]

    def _row(self, bar: Integers, slot: Integers, symbol: Integers, together: Integers) -> Integers:
        columns, symbols = self._at_step(bar), self._spec.symbols
        more = (symbol >= 0) & (symbol < symbols - 1) & (together < self._spec.settings.polyphony)
        step = self._drawn("step", columns, lambda drawn: _step_allowed(drawn, slot, more))
        if self._spec.settings.on_downbeat:
            step = np.where(slot < 0, 1, step)
        step = np.where((bar < 0) | (step < 0), BAR_STEP, step)
        line, same = step == BAR_STEP, step == SAME_STEP
        under_way, bar = np.clip(bar, 0, self._end - 1), np.minimum(bar + line, self._end)
        slot = np.where(line, 0, np.where(same, slot, step - 1))
        columns |= self._at_symbol(under_way, bar, slot, step)
        lowest = np.where(same, symbol + 1, 0)
        symbol = np.maximum(self._drawn("symbol", columns, lambda drawn: line | (drawn >= lowest)), lowest)
        row = np.zeros((len(bar), FIRST_ATTRIBUTE + len(self._spec.attributes)), np.int64)
        row[:, 0], row[:, 1], row[:, 2], row[:, 3] = bar, slot, step, np.where(line, 0, symbol)
        columns |= {"symbol": row[:, 3]} | {
            f"last_{name}": table[self._all, row[:, 3]] for name, table in self._last.items()
        }
        memory = self._held[self._all, bar, slot, row[:, 3]].astype(np.int64)
        for number, name in enumerate(self._spec.attributes):
            columns[f"copy_{name}"] = memory[:, number]
            value = self._drawn(name, columns, lambda drawn: drawn >= 0)
            row[:, FIRST_ATTRIBUTE + number] = columns[name] = np.where(line, 0, value)
        return row

    def _at_step(self, bar: Integers) -> dict[str, Integers]:
        """What is known before the step: the last rows, the conditions of the bar under way, its predecessor."""
        under_way = np.clip(bar, 0, self._end - 1)
        columns = {name: self._prefix[self._all, under_way, index] for index, name in enumerate(PREFIX_SIZES)}
        columns |= {"slot": self._before["place"][0], "slot2": self._before["place"][1]}
        for lag in LAGS:
            columns[f"symbol{lag}"] = self._before["shown"][lag - 1]
            columns |= {f"{name}{lag}": self._before[name][lag - 1] for name in self._spec.attributes}
        held = self._held[self._all, under_way, ..., 0].max(axis=2) > 0
        columns["copy_next"] = next_onset(held, self._all, columns["slot"])
        # Only what stands before the slot is read of these columns when the step is drawn.
        return columns | self._surrounding(under_way, columns["slot"], under_way, np.zeros_like(bar))

    def _at_symbol(self, under_way: Integers, bar: Integers, slot: Integers, step: Integers) -> dict[str, Integers]:
        """What is known once the slot is."""
        together = step == SAME_STEP
        columns = {"step": step, "step_slot": slot, "beat_slot": slot % 12, "together": together.astype(np.int64)}
        columns |= self._surrounding(under_way, self._before["place"][0], np.minimum(bar, self._end - 1), slot)
        for name in self._spec.attributes:
            columns[f"here_{name}"] = np.where(together, self._before[name][0], -1)
        floor = np.where(together, self._before["shown"][0], -1)
        above = (self._held[self._all, bar, slot, :, 0] > 0) & (np.arange(self._spec.symbols) > floor[:, None])
        return columns | {"copy_symbol": np.where(above.any(1), above.argmax(1), -1)}

    def _surrounding(self, under_way: Integers, before: Integers, bar: Integers, slot: Integers) -> dict[str, Integers]:
        first = self._all * self._bars
        return surrounding_columns(self._cell, self._spec, first + under_way, before, first + bar, slot)

    def _drawn(
        self, field: str, columns: dict[str, Integers], allowed: Callable[[Integers], npt.NDArray[np.bool_]]
    ) -> Integers:
        """A draw for each job; -1 where every try broke the grammar."""
        result = np.full(len(self._all), -1, np.int64)
        missing = self._all
        for _ in range(_TRIES):
            drawn = np.full(len(self._all), -1, np.int64)
            chosen = {name: column[missing] for name, column in columns.items()}
            drawn[missing] = self._fields[field].draw(chosen, self._rng.random(len(missing)))
            result[missing] = np.where(allowed(drawn), drawn, -1)[missing]
            missing = np.flatnonzero(result < 0)
            if not len(missing):
                break
        return result

    def _remember(self, row: Integers, line: npt.NDArray[np.bool_], going: npt.NDArray[np.bool_]) -> None:
        note = np.flatnonzero(~line & going)
        bar, slot, symbol = row[note, 0], row[note, 1], row[note, 3]
        self._held[note, bar + 1, slot, symbol] = row[note, FIRST_ATTRIBUTE:] + 1
        new = {"place": row[:, 1], "shown": row[:, 3]}
        new |= {name: row[:, FIRST_ATTRIBUTE + number] for number, name in enumerate(self._spec.attributes)}
        for name, table in self._before.items():
            table[1:] = table[:-1].copy()
            table[0] = np.where(line, -1, new[name])
        for name, table in self._last.items():
            table[note, symbol] = new[name][note]


def _step_allowed(step: Integers, slot: Integers, more_together: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    later = (step > slot + 1) & (step < SAME_STEP)
    allowed: npt.NDArray[np.bool_] = (step == BAR_STEP) | np.where(step == SAME_STEP, more_together, later)
    return allowed


def _stack(tables: list[np.ndarray], bars: int) -> np.ndarray:
    stacked = np.zeros((len(tables), bars, *tables[0].shape[1:]), tables[0].dtype)
    for number, table in enumerate(tables):
        stacked[number, : len(table)] = table
    return stacked
