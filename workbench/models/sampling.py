"""Writing music with a network: one part of one song, bar by bar, on the song's own timeline.

A part is written in order. A run of bars is either sampled or copied from earlier bars; what stands already is what
the network remembers. Every draw comes from a generator that the caller seeds for the run, and the network runs one
sequence at a time, so neither batching nor order of other parts can change a note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workbench.models.drawing import Logits, draw
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.guidance import Guidance
from workbench.models.history import (
    BAR_COLUMN,
    SLOT_COLUMN,
    STEP_COLUMN,
    SYMBOL_COLUMN,
    History,
    Rows,
    recent_attributes,
    same_at_end,
)
from workbench.models.pace import LOOK_BACK_BARS, Holding
from workbench.models.prior import CellPrior
from workbench.models.spec import BAR_STEP, SAME_STEP, STEPS, Settings, Surroundings
from workbench.models.tokenizer import with_bar_lines
from workbench.models.transformer import Cache, ElementTransformer
from workbench.models.window import build_item, collate


class PartWriter:
    """Writes one part of a song.

    Parameters
    ----------
    model : ElementTransformer
    around : Surroundings
        What the part sees of the song.
    bar_beats : int
        Quarter notes in a bar (3 or 4).
    settings : Settings
    prior : CellPrior, optional
        What is plausible cell by cell, multiplied into the network's choice.
    symbol_bias : array (bars * bar_beats, symbols), optional
        Added to the symbol logits, by beat of the song.
    attribute_bias : mapping name -> array (symbols, size), optional
        Added to the logits of an attribute, by symbol.
    ahead : Rows, optional
        Whole bars, up to the song's last, that stand already: the network writes towards them.
    """

    def __init__(
        self,
        model: ElementTransformer,
        around: Surroundings,
        bar_beats: int,
        settings: Settings,
        *,
        prior: CellPrior | None = None,
        symbol_bias: Logits | None = None,
        attribute_bias: Mapping[str, Logits] | None = None,
        ahead: Rows | None = None,
    ) -> None:
        self._model, self._spec, self._around = model, model.spec, around
        self._bar_beats, self._settings = bar_beats, settings
        self._prior, self._symbol_bias, self._attribute_bias = prior, symbol_bias, attribute_bias or {}
        self._columns = 4 + len(model.spec.attributes)
        self._history = History(model.spec, len(around.prefix))
        self._ahead = ahead
        if ahead is not None:
            self._history.add_ahead(ahead)
        self.rows: Rows = np.zeros((0, self._columns), np.int64)
        self._starts: list[int] = []
        self._holding = Holding(model.spec, settings, around, bar_beats)
        self._origin = 0

    @property
    def bars(self) -> int:
        """Bars that stand already."""
        return len(self._starts)

    @property
    def length(self) -> int:
        """Bars of the whole song."""
        return len(self._around.prefix)

    def take(self, rows: Rows) -> None:
        """Write given rows: whole bars that follow those that stand."""
        self._append(rows)

    def forget(self) -> None:
        """Let the network write on as if nothing stood before: another section begins with another idea.

        Half of the windows that networks learn from remember nothing either, so they know how to begin.
        """
        self._origin = self.bars
        self._remember()

    def undo(self) -> None:
        """Take the last bar back."""
        self.rows = self.rows[: self._starts.pop()]
        self._origin = min(self._origin, self.bars)
        self._remember()

    def same_bars(self, parts: int = 1) -> int:
        """How many bars at the end hold the very same notes; 0 if the last one is empty.

        With `parts` beyond one each bar is that many equal bars, as a bar of 12/8 is two of 6/8.
        """
        return same_at_end(self.rows, self._bar_beats * SLOTS_PER_BEAT, parts)

    def _remember(self) -> None:
        """Show the network what stands since it last forgot, and what lies ahead."""
        self._history = History(self._spec, len(self._around.prefix))
        if self._ahead is not None:
            self._history.add_ahead(self._ahead)
        self._history.add(self.rows[self.rows[:, BAR_COLUMN] >= self._origin])

    def rest(self, bars: int) -> None:
        """Leave the next bars empty."""
        lines = np.zeros((bars, self._columns), np.int64)
        lines[:, BAR_COLUMN] = np.arange(self.bars, self.bars + bars)
        self._append(lines)

    def copy(self, first_bar: int, bars: int) -> None:
        """Write the notes of `bars` earlier bars from `first_bar` again."""
        starts = [*self._starts, len(self.rows)]
        again = self.rows[starts[first_bar] : starts[first_bar + bars]].copy()
        again[:, BAR_COLUMN] += self.bars - first_bar
        self._append(again)

    @torch.inference_mode()
    def sample(self, bars: int, rng: np.random.Generator, *, may_rest: bool = True) -> None:
        """Let the network write the next bars; unless it may rest, each of them holds a note."""
        end = self.bars + bars
        while self.bars < end:
            self._write_until_full(end, lambda run, bar: run.notes_of_bar(bar, rng, may_rest=may_rest))

    @torch.inference_mode()
    def replay(self, first_bar: int, bars: int, rng: np.random.Generator, *, without: tuple[int, ...] = ()) -> None:
        """Play earlier bars again as a player would: the same notes and lengths, with new velocities and timing.

        Notes whose symbol is in `without` are left out.
        """
        shift = self.bars - first_bar
        end = self.bars + bars
        while self.bars < end:
            self._write_until_full(end, lambda run, bar: run.play_again(self._notes_of(bar - shift, without), bar, rng))

    @torch.inference_mode()
    def echo(self, first_bar: int, rng: np.random.Generator) -> None:
        """Write the rhythm of an earlier bar of a single line again, with pitches that suit the present one."""
        self._write_until_full(
            self.bars + 1, lambda run, bar: run.play_again(self._notes_of(first_bar, ()), bar, rng, anew=True)
        )

    @torch.inference_mode()
    def vary(self, first_bar: int, from_slot: int, rng: np.random.Generator, *, may_rest: bool = True) -> None:
        """Write an earlier bar again up to a slot; from there on the network writes another ending."""
        notes = self._notes_of(first_bar, ())
        head = notes[notes[:, SLOT_COLUMN] < from_slot]
        self._write_until_full(
            self.bars + 1,
            lambda run, bar: run.notes_of_bar(bar, rng, may_rest=may_rest, head=head, from_slot=from_slot),
        )

    def _notes_of(self, bar: int, without: tuple[int, ...]) -> Rows:
        starts = [*self._starts, len(self.rows)]
        notes = self.rows[starts[bar] + 1 : starts[bar + 1]]
        if not np.isin(notes[:, SYMBOL_COLUMN], without).any():
            return notes
        # Leaving a note out changes which of the others is the first of its slot.
        return with_bar_lines(notes[~np.isin(notes[:, SYMBOL_COLUMN], without)].copy(), 0)

    def _append(self, rows: Rows) -> None:
        lines = np.flatnonzero(rows[:, STEP_COLUMN] == BAR_STEP)
        self._starts += [len(self.rows) + int(line) for line in lines]
        self.rows = np.concatenate([self.rows, rows])
        self._history.add(rows)

    def _write_until_full(self, end: int, notes_of_bar: Callable[[_Run, int], list[list[int]]]) -> None:
        """Prime the caches with the bars just before, then write bars until the window is full or `end` is reached."""
        bar = self.bars
        run = _Run(self, bar)
        first_of_run = bar
        while bar < end and (bar == first_of_run or run.length + 32 < self._spec.window_rows):
            self._append(np.array([run.bar_line(bar)], np.int64))
            notes = notes_of_bar(run, bar)
            if notes:
                self._append(np.array(notes, np.int64))
            bar += 1


class _Run:
    """The network's state while it writes a few bars: caches and the last row."""

    def __init__(self, writer: PartWriter, bar: int) -> None:
        self._writer, self._model = writer, writer._model
        self._spec, self._settings = writer._spec, writer._settings
        self._trunk: Cache | None = None
        self._notes: Cache | None = None
        self._bar_state: dict[int, Tensor] = {}
        self._guidance = Guidance(self._spec, self._settings.guidance)
        self._pending = writer._model.start.view(1, 1, -1)
        self._place = (-1, -1)
        self._now: list[list[int]] = []
        self._ahead: Tensor | None = None
        self.length = 0
        line = np.array([self._line(bar)], np.int64)
        self._recent = recent_attributes(np.concatenate([writer.rows, line]), len(self._spec.attributes))[-1]
        self._prime(bar)

    def _prime(self, bar: int) -> None:
        first = bar
        starts = [*self._writer._starts, len(self._writer.rows)]
        origin = self._writer._origin
        while first > max(origin, bar - 4) and starts[bar] - starts[first - 1] <= self._spec.window_rows // 2:
            first -= 1
        model = self._model
        if first == bar:
            return
        item = build_item(
            self._writer.rows, np.array(starts[:-1]), self._writer._around, self._spec, starts[first], starts[bar], 0,
            ahead=self._writer._ahead, origin=max(origin, first - max(self._spec.lags)),
        )  # fmt: skip
        batch, twice = collate([item]), self._guidance.twice
        bars = model.embed_bars(self._guidance.conditions(batch.prefix), twice(batch.bar))
        state = bars[:, batch.bar_index[0]]
        embedded = model.embed_rows(batch.fields)
        entered = twice(torch.cat([self._pending, embedded[:, :-1]], 1)) + state
        stream, self._trunk = model.run_trunk(entered, twice(batch.next_steps))
        stream = model.with_step(stream, twice(batch.fields[..., 0]), self._guidance.cells(batch.cell))
        _, self._notes = model.with_symbol(stream, twice(batch.fields[..., 1]), twice(batch.memory))
        self._pending = embedded[:, -1:]
        self._place = self._place_after(self._writer.rows[-1].tolist())
        self._bar_state[bar - 1] = bars[:, -1:]
        self.length = batch.fields.shape[1]

    def _state(self, bar: int) -> Tensor:
        if bar not in self._bar_state:
            around, history = self._writer._around, self._writer._history
            index = np.array([bar])
            features = np.concatenate([around.bar[index], history.bar_features(index)], axis=1)
            prefix = self._guidance.conditions(torch.from_numpy(around.prefix[index])[None])
            bars = self._guidance.twice(torch.from_numpy(features)[None].float())
            self._bar_state[bar] = self._model.embed_bars(prefix, bars)
        return self._bar_state[bar]

    def _advance(self, bar_under_way: int) -> Tensor:
        """Feed the last row; the stream from which the next one is decided."""
        place = [np.array([value]) for value in (bar_under_way, *self._place)]
        next_steps = self._guidance.twice(torch.from_numpy(self._writer._history.next_steps(*place))[None])
        pending = self._guidance.twice(self._pending) + self._state(bar_under_way)
        stream, self._trunk = self._model.run_trunk(pending, next_steps, self._trunk)
        self.length += 1
        return stream

    def _decide(
        self, stream: Tensor, bar: int, slot: int, row: list[int], rng: np.random.Generator, kept: tuple[str, ...] = ()
    ) -> list[int]:
        """Finish a row whose step is set: symbol (if negative) and attributes but those kept; returns the whole row."""
        model, twice = self._model, self._guidance.twice
        index, slots = np.array([bar]), np.array([slot])
        cell = np.concatenate(
            [self._writer._around.cell[index, slots], self._writer._history.cell_features(index, slots)], axis=1
        )
        cells = self._guidance.cells(torch.from_numpy(cell)[None].float())
        stream = model.with_step(stream, twice(torch.tensor([[row[2]]])), cells)
        if row[3] < 0:
            row[3] = self._choose_symbol(model.choose_symbol(stream), bar, slot, -row[3] - 1, rng)
        same_cell = self._writer._history.memory(index, slots, np.array([row[3]]))
        memory = np.concatenate([same_cell, self._recent[None]], axis=1)
        stream, self._notes = model.with_symbol(
            stream, twice(torch.tensor([[row[3]]])), twice(torch.from_numpy(memory)[None]), self._notes
        )
        if row[2] != BAR_STEP:
            for number, (name, head) in enumerate(zip(self._spec.attributes, model.attribute_heads, strict=True)):
                if name not in kept:
                    values = self._lead(head(stream))
                    if name in self._writer._attribute_bias:
                        values = values + self._writer._attribute_bias[name][row[3]]
                    row[4 + number] = draw(values, rng, temperature=self._settings.temperature(name))
                if number < len(model.attribute_chosen):
                    stream = stream + model.attribute_chosen[number](twice(torch.tensor([[row[4 + number]]])))
            self._recent = np.concatenate([np.array([row[4:]]) + 1, self._recent[:-1]])
        self._pending, self._place = model.embed_rows(torch.tensor([[row[2:]]])), self._place_after(row)
        return row

    def _line(self, bar: int) -> list[int]:
        return [bar, 0, BAR_STEP, 0] + [0] * len(self._spec.attributes)

    @staticmethod
    def _place_after(row: list[int]) -> tuple[int, int]:
        """Slot and symbol that the next row goes on from."""
        return (-1, -1) if row[2] == BAR_STEP else (row[1], row[3])

    def bar_line(self, bar: int) -> list[int]:
        """Enter the bar line of `bar`, which is certain."""
        stream = self._advance(bar - 1 if self.length else bar) if self._ahead is None else self._ahead
        self._ahead = None
        return self._decide(stream, bar, 0, self._line(bar), np.random.default_rng(0))

    def notes_of_bar(
        self,
        bar: int,
        rng: np.random.Generator,
        *,
        may_rest: bool,
        head: Rows | None = None,
        from_slot: int = 0,
    ) -> list[list[int]]:
        """Write the notes of one bar, after those of `head` only from `from_slot` on."""
        self._now = notes = []
        for first, *row in head[:, 1:].tolist() if head is not None else []:
            stream = self._advance(bar)
            notes.append(self._decide(stream, bar, first, [bar, first, *row], rng, kept=tuple(self._spec.attributes)))
        slot, symbol, together = from_slot - 1, -1, 0
        while True:
            stream = self._advance(bar)
            ending = may_rest or bool(notes)
            step = self._choose_step(self._model.choose_step(stream), bar, slot, symbol, together, rng, ending=ending)
            if step == BAR_STEP:
                self._ahead = stream
                return notes
            if step != SAME_STEP:
                slot, symbol, together = step - 1, -1, 0
            row = [bar, slot, step, -(symbol + 1) - 1] + [0] * len(self._spec.attributes)
            row = self._decide(stream, bar, slot, row, rng)
            symbol, together = row[3], together + 1
            notes.append(row)

    def play_again(self, rows: Rows, bar: int, rng: np.random.Generator, *, anew: bool = False) -> list[list[int]]:
        """Enter given notes in `bar` with velocity and deviation drawn anew; with `anew` the symbols as well."""
        self._now = notes = []
        for slot, *row in rows[:, 1:].tolist():
            stream = self._advance(bar)
            if anew:
                row[1] = -1
            notes.append(self._decide(stream, bar, slot, [bar, slot, *row], rng, kept=("duration", "quality", "bass")))
        return notes

    def _looked_back(self) -> Rows:
        """The rows of the last bars, those of the bar under way included."""
        writer = self._writer
        start = writer._starts[-min(LOOK_BACK_BARS, len(writer._starts))]
        return np.array([*writer.rows[start:].tolist(), *self._now], np.int64)

    def _choose_step(
        self,
        logits: Tensor,
        bar: int,
        slot: int,
        symbol: int,
        together: int,
        rng: np.random.Generator,
        *,
        ending: bool,
    ) -> int:
        if self._settings.on_downbeat and slot < 0:
            return 1
        values = self._lead(logits) + self._writer._holding.steps(self._looked_back(), bar, slot, together)
        allowed = np.zeros(STEPS, bool)
        allowed[BAR_STEP] = ending
        allowed[slot + 2 : self._writer._bar_beats * SLOTS_PER_BEAT + 1] = True
        allowed[SAME_STEP] = 0 <= symbol < self._spec.symbols - 1 and together < self._settings.polyphony
        if self._writer._prior is not None:
            values = values + self._writer._prior.step_bias(bar, slot, symbol)
        return self._draw_structure("step", values, allowed, rng)

    def _choose_symbol(self, logits: Tensor, bar: int, slot: int, lowest: int, rng: np.random.Generator) -> int:
        values = self._lead(logits) + self._writer._holding.symbols(self._looked_back(), bar, slot)
        allowed = np.arange(self._spec.symbols) >= lowest
        if self._writer._prior is not None:
            values = values + self._writer._prior.symbol_bias(bar, slot, lowest)
        if self._writer._symbol_bias is not None:
            values = values + self._writer._symbol_bias[bar * self._writer._bar_beats + slot // SLOTS_PER_BEAT]
        return self._draw_structure("symbol", values, allowed, rng)

    def _lead(self, logits: Tensor) -> Logits:
        led: Logits = self._guidance.lead(logits)[0]
        return led

    def _draw_structure(
        self, field: str, values: Logits, allowed: npt.NDArray[np.bool_], rng: np.random.Generator
    ) -> int:
        temperature, nucleus = self._settings.temperature(field), self._settings.nucleus
        return draw(np.where(allowed, values, -np.inf), rng, temperature=temperature, nucleus=nucleus)
