"""Writing many parts in lockstep: samples for a judge, candidates, previews.

Each step every unfinished job decides one row, in one pass of the network. A job draws from a generator of its own,
so its neighbours in the batch cannot change it but through the last digits of sums; what must be the same byte for
byte is written by `sampling.PartWriter`, alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workbench.models.context import DENSITY_COLUMN, REGISTER_COLUMN
from workbench.models.drawing import Logits, draw_rows
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.guidance import Guidance
from workbench.models.history import BAR_COLUMN, STEP_COLUMN, History, Rows
from workbench.models.pace import bars_alike, pace_bias, register_bias
from workbench.models.spec import BAR_STEP, RECENT_NOTES, SAME_STEP, STEPS, Settings, Surroundings
from workbench.models.transformer import Cache, ElementTransformer

_FIELDS = 2
"""Choices of a row beside its attributes: step and symbol."""
_NOTES, _PITCHES = range(2)
"""What is added up of the notes so far."""

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One part to be written, from its first bar.

    Parameters
    ----------
    around : Surroundings
        What is seen of the song, for as many bars as are to stand in the end.
    bar_beats : int
        Quarter notes in a bar (3 or 4).
    seed : int or sequence of int
        Seeds the job's generator.
    given : Rows, optional
        Whole first bars, from bar 0, that stand already.
    ahead : Rows, optional
        Whole last bars that stand already: the network writes towards them and stops before them.
    """

    around: Surroundings
    bar_beats: int
    seed: int | Sequence[int]
    given: Rows | None = None
    ahead: Rows | None = None

    @property
    def end_bar(self) -> int:
        """The bar before which the network stops."""
        if self.ahead is None or not len(self.ahead):
            return len(self.around.prefix)
        return int(self.ahead[0, BAR_COLUMN])


def write_batch(
    model: ElementTransformer, jobs: Sequence[Job], settings: Settings, *, batch_size: int = 64
) -> list[Rows]:
    """Rows of each job, those given and ahead included.

    Parameters
    ----------
    model : ElementTransformer
    jobs : sequence of Job
    settings : Settings
    batch_size : int
        Jobs in one pass; the longest jobs share a batch.

    Examples
    --------
    >>> from workbench.models.registry import load_model
    >>> write_batch(load_model("bass"), [], Settings())
    []
    """
    order = sorted(range(len(jobs)), key=lambda index: -jobs[index].end_bar)
    written: dict[int, Rows] = {}
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        with torch.inference_mode():
            rows = _Lockstep(model, [jobs[index] for index in chosen], settings).run()
        written.update(zip(chosen, rows, strict=True))
    return [written[index] for index in range(len(jobs))]


class _Lockstep:
    """The state of a batch: one history for all jobs, a stretch of bars each, and the network's caches."""

    def __init__(self, model: ElementTransformer, jobs: Sequence[Job], settings: Settings) -> None:
        self._model, self._spec, self._jobs, self._settings = model, model.spec, jobs, settings
        self._length = max(len(job.around.prefix) for job in jobs)
        self._stride = self._length + max(self._spec.lags)
        self._history = History(self._spec, self._stride * len(jobs))
        self._prefix = self._stack([job.around.prefix for job in jobs])
        self._bar = self._stack([job.around.bar for job in jobs])
        self._cell = self._stack([job.around.cell for job in jobs])
        for number, job in enumerate(jobs):
            if job.ahead is not None:
                self._history.add_ahead(self._placed(job.ahead, number))
        self._given = [_with_next_line(job.given) for job in jobs]
        self._rngs = [np.random.default_rng(job.seed) for job in jobs]
        self._rows: list[list[list[int]]] = [[] for _ in jobs]
        self._ids = np.arange(len(jobs))
        self._bars, self._slots, self._symbols, self._together = (np.full(len(jobs), value) for value in (-1, 0, 0, 0))
        self._end = np.array([job.end_bar for job in jobs])
        self._slot_limit = np.array([job.bar_beats * SLOTS_PER_BEAT for job in jobs])
        self._recent = np.zeros((len(jobs), RECENT_NOTES, len(self._spec.attributes)), np.int64)
        self._base = self._stack([job.around.base for job in jobs])
        # Notes, and the sum of their pitches, up to each bar; how many bars are asked for the same of each.
        self._sums = np.zeros((2, len(jobs), self._length + 1), np.int64)
        self._alike = [
            self._stack([bars_alike(job.around.prefix[:, column]) for job in jobs])
            for column in (DENSITY_COLUMN, REGISTER_COLUMN)
        ]
        self._guidance = Guidance(self._spec, settings.guidance)
        self._state = torch.zeros(self._guidance.twins * len(jobs), model.config.width)
        self._trunk: Cache | None = None
        self._notes: Cache | None = None

    def run(self) -> list[Rows]:
        pending = self._model.start.expand(len(self._jobs), 1, -1)
        self._refresh_states(np.arange(len(self._ids)), np.zeros(len(self._ids), np.int64))
        while len(self._ids):
            entered = self._guidance.twice(pending) + self._state[:, None]
            next_steps = self._guidance.twice(self._next_steps())
            stream, self._trunk = self._model.run_trunk(entered, next_steps, self._trunk)
            rows = self._decide(stream)
            finished = self._enter(rows)
            pending = self._model.embed_rows(torch.from_numpy(rows[:, None, STEP_COLUMN:]))
            self._forget_far()
            if finished.any():
                pending = self._drop(finished, pending)
        return [self._whole(number) for number in range(len(self._jobs))]

    def _decide(self, stream: Tensor) -> Rows:
        lead, twice = self._guidance.lead, self._guidance.twice
        forced = [self._forced(number) for number in self._ids.tolist()]
        chance = np.stack([self._rngs[number].random(_FIELDS + len(self._spec.attributes)) for number in self._ids])
        rows = np.zeros((len(self._ids), 4 + len(self._spec.attributes)), np.int64)
        steps = lead(self._model.choose_step(stream)) + self._pace_bias()
        step = self._draw("step", steps, self._steps_allowed(), chance[:, 0])
        step = np.where(self._bars < 0, BAR_STEP, step)
        if self._settings.on_downbeat:
            step = np.where((self._bars >= 0) & (self._slots < 0), 1, step)
        step = _with_forced(step, forced, STEP_COLUMN)
        line, same = step == BAR_STEP, step == SAME_STEP
        slot = np.where(line, 0, np.where(same, self._slots, step - 1))
        bar = self._bars + line
        # A bar line beyond the end is never kept; its features are those of the last bar.
        known_bar = np.minimum(bar, self._length - 1)
        place = self._ids * self._stride + known_bar
        around = self._cell[self._ids, known_bar, slot]
        cell = torch.from_numpy(np.concatenate([around, self._history.cell_features(place, slot)], axis=1))
        cells = self._guidance.cells(cell[:, None].float())
        stream = self._model.with_step(stream, twice(torch.from_numpy(step)[:, None]), cells)
        above = np.where(same, self._symbols, -1)
        allowed = np.arange(self._spec.symbols) > above[:, None]
        symbols = lead(self._model.choose_symbol(stream)) + self._register_bias(known_bar, slot)
        symbol = self._draw("symbol", symbols, allowed, chance[:, 1])
        symbol = _with_forced(np.where(line, 0, symbol), forced, 3)
        memory = np.concatenate([self._history.memory(place, slot, symbol), self._recent], axis=1)
        stream, self._notes = self._model.with_symbol(
            stream, twice(torch.from_numpy(symbol)[:, None]), twice(torch.from_numpy(memory)[:, None]), self._notes
        )
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = bar, slot, step, symbol
        for number, name in enumerate(self._spec.attributes):
            logits = lead(self._model.attribute_heads[number](stream))
            value = draw_rows(logits, None, chance[:, _FIELDS + number], temperature=self._settings.temperature(name))
            value = _with_forced(np.where(line, 0, value), forced, 4 + number)
            rows[:, 4 + number] = value
            if number < len(self._model.attribute_chosen):
                stream = stream + self._model.attribute_chosen[number](twice(torch.from_numpy(value)[:, None]))
        return rows

    def _draw(self, field: str, logits: Logits, allowed: Flags, chance: npt.NDArray[np.float64]) -> Integers:
        settings = self._settings
        return draw_rows(logits, allowed, chance, temperature=settings.temperature(field), nucleus=settings.nucleus)

    def _next_steps(self) -> torch.Tensor:
        place = self._ids * self._stride + np.maximum(self._bars, 0)
        slots = np.where(self._bars < 0, -1, self._slots)
        symbols = np.where(self._bars < 0, -1, self._symbols)
        return torch.from_numpy(self._history.next_steps(place, slots, symbols))[:, None]

    def _pace_bias(self) -> npt.NDArray[np.float64] | float:
        if self._settings.pace == 0.0:
            return 0.0
        bars = np.clip(self._bars, 0, self._length - 1)
        notes, _ = self._so_far(_NOTES, bars)
        classes = self._prefix[self._ids, bars, DENSITY_COLUMN]
        alike = self._alike[_NOTES][self._ids, bars]
        place = (notes, alike - 1, self._slots, self._together, self._slot_limit)
        return pace_bias(self._spec, self._settings.pace, classes, *place)

    def _register_bias(self, bars: Integers, slots: Integers) -> npt.NDArray[np.float64] | float:
        settings = self._settings
        if not (settings.register or settings.compass):
            return 0.0
        pitches = self._base[self._ids, bars, slots // SLOTS_PER_BEAT][:, None] + np.arange(self._spec.symbols)
        classes = self._prefix[self._ids, bars, REGISTER_COLUMN]
        return register_bias(settings.register, settings.compass, classes, *self._so_far(_PITCHES, bars), pitches)

    def _so_far(self, kind: int, bars: Integers) -> tuple[Integers, Integers]:
        """Notes, and the sum of a kind, in the bars that are looked back over, the one under way included."""
        first = bars + 1 - self._alike[kind][self._ids, bars]
        # Where a bar line opens the bar its sums are still to come, and nothing is held.
        notes, sums = (
            np.maximum(self._sums[which, self._ids, bars + 1] - self._sums[which, self._ids, first], 0)
            for which in (_NOTES, kind)
        )
        return notes, sums

    def _steps_allowed(self) -> Flags:
        steps = np.arange(STEPS)
        inside = (steps > self._slots[:, None] + 1) & (steps <= self._slot_limit[:, None])
        allowed: Flags = inside | (steps == BAR_STEP)
        more = (self._symbols >= 0) & (self._symbols < self._spec.symbols - 1)
        allowed[:, SAME_STEP] = more & (self._together < self._settings.polyphony)
        return allowed

    def _enter(self, rows: Rows) -> Flags:
        """Book the rows; tells which jobs are finished."""
        line, same = rows[:, 2] == BAR_STEP, rows[:, 2] == SAME_STEP
        finished: Flags = line & (rows[:, 0] >= self._end)
        for index in np.flatnonzero(~finished):
            self._rows[self._ids[index]].append(rows[index].tolist())
        placed = rows[~finished].copy()
        placed[:, 0] += self._ids[~finished] * self._stride
        self._history.add(placed)
        note = ~line
        ids, bar = self._ids[note], rows[note, 0]
        self._sums[_NOTES, ids, bar + 1] += 1
        self._sums[_PITCHES, ids, bar + 1] += self._base[ids, bar, rows[note, 1] // SLOTS_PER_BEAT] + rows[note, 3]
        opened = np.flatnonzero(line & ~finished)
        ids, bar = self._ids[opened], rows[opened, 0]
        self._sums[:, ids, bar + 1] = self._sums[:, ids, bar]
        self._bars = rows[:, 0]
        self._slots, self._symbols = np.where(line, -1, rows[:, 1]), np.where(line, -1, rows[:, 3])
        self._together = np.where(line, 0, np.where(same, self._together + 1, 1))
        grown = np.concatenate([rows[:, None, 4:] + 1, self._recent[:, :-1]], axis=1)
        self._recent = np.where(line[:, None, None], self._recent, grown)
        self._refresh_states(opened, self._bars[opened])
        return finished

    def _refresh_states(self, which: Integers, bars: Integers) -> None:
        if not len(which):
            return
        ids = self._ids[which]
        features = np.concatenate([self._bar[ids, bars], self._history.bar_features(ids * self._stride + bars)], axis=1)
        prefix = self._guidance.conditions(torch.from_numpy(self._prefix[ids, bars])[:, None])
        states = self._model.embed_bars(prefix, self._guidance.twice(torch.from_numpy(features)[:, None].float()))
        self._state[self._guidance.members(torch.from_numpy(which), len(self._ids))] = states[:, 0]

    def _forget_far(self) -> None:
        # Rotary positions only tell distances, and none may exceed those of training.
        limit = self._spec.window_rows
        if self._trunk is not None and self._trunk[0][0].shape[2] > limit:
            self._trunk = [(key[:, :, -limit:], value[:, :, -limit:]) for key, value in self._trunk]
        if self._notes is not None and self._notes[0][0].shape[2] > limit:
            self._notes = [(key[:, :, -limit:], value[:, :, -limit:]) for key, value in self._notes]

    def _drop(self, finished: Flags, pending: Tensor) -> Tensor:
        kept = np.flatnonzero(~finished)
        index = torch.from_numpy(kept)
        for name in ("_ids", "_bars", "_slots", "_symbols", "_together", "_end", "_slot_limit", "_recent"):
            setattr(self, name, getattr(self, name)[kept])
        members = self._guidance.members(index, len(finished))
        self._state = self._state[members]
        self._trunk = [(key[members], value[members]) for key, value in self._trunk or []]
        self._notes = [(key[members], value[members]) for key, value in self._notes or []]
        return pending[index]

    def _forced(self, number: int) -> list[int] | None:
        given, count = self._given[number], len(self._rows[number])
        return None if given is None or count >= len(given) else given[count].tolist()

    def _whole(self, number: int) -> Rows:
        ahead = self._jobs[number].ahead
        written = np.array(self._rows[number], np.int64).reshape(-1, 4 + len(self._spec.attributes))
        return written if ahead is None else np.concatenate([written, ahead])

    def _placed(self, rows: Rows, number: int) -> Rows:
        moved = rows.copy()
        moved[:, BAR_COLUMN] += number * self._stride
        return moved

    def _stack(self, tables: list[np.ndarray]) -> np.ndarray:
        stacked = np.zeros((len(tables), self._length, *tables[0].shape[1:]), tables[0].dtype)
        for number, table in enumerate(tables):
            stacked[number, : len(table)] = table
        return stacked


def _with_next_line(given: Rows | None) -> Rows | None:
    """Given bars are whole, so the row after them is certain too."""
    if given is None or not len(given):
        return None
    line = np.zeros((1, given.shape[1]), np.int64)
    line[0, BAR_COLUMN] = given[-1, BAR_COLUMN] + 1
    return np.concatenate([given, line])


def _with_forced(values: Integers, forced: Sequence[list[int] | None], column: int) -> Integers:
    return np.array([value if row is None else row[column] for value, row in zip(values, forced, strict=True)])
