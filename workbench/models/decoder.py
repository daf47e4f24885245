"""The one way in which music is drawn from a network: row by row, step, symbol, attributes.

Whoever writes a part, for a song or for a judge, writes it here. Each row takes the same count of random numbers from
the generator that it is given, and a part is drawn by itself, so neither others nor threads can change a note.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Integers, Singles
from workbench.models.density_control import Holding
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.guidance import Guidance
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE
from workbench.models.network import Network
from workbench.models.pattern_prior import PatternPrior
from workbench.models.recall import Recall
from workbench.models.sampling import index_at
from workbench.models.spec import BAR_STEP, SAME_STEP, STEPS, Conditioning, Settings
from workbench.models.standing import Standing

_STEP, _SYMBOL, _ATTRIBUTES = range(3)
"""Fields of a row in the order in which they are drawn."""


class Decoder:
    """Draws the rows of one part; parameters as of `sampling.PartWriter`."""

    def __init__(
        self,
        network: Network,
        conditioning: Conditioning,
        bar_beats: int,
        settings: Settings,
        *,
        prior: PatternPrior | None = None,
        symbol_bias: Floats | None = None,
        attribute_bias: Mapping[str, Floats] | None = None,
        ahead: Integers | None = None,
    ) -> None:
        self._network, self._spec, self._settings, self._bar_beats = network, network.spec, settings, bar_beats
        self._prior, self._symbol_bias, self._attribute_bias = prior, symbol_bias, attribute_bias or {}
        self._holding = Holding(network.spec, settings, conditioning, bar_beats)
        self._guidance = Guidance(network.spec, settings.guidance)
        self.standing = Standing(network.spec, conditioning, ahead)
        self._recall = Recall(network, self._guidance, self.standing)

    def add(self, rows: Integers) -> None:
        """Rows that need not be drawn."""
        self.standing.add(rows)

    def forget(self) -> None:
        """Go on as if nothing stood."""
        self.standing.forget()
        self._recall.clear()

    def undo(self) -> None:
        """Take the last bar back."""
        self.standing.undo()
        self._recall.shrink()

    def open_bar(self) -> None:
        """Draw the line of the next bar, which is certain."""
        self._recall.open_bar()
        line = np.zeros((1, FIRST_ATTRIBUTE + len(self._spec.attributes)), np.int64)
        line[0, BAR_COLUMN] = self.standing.bars
        self.add(line)

    def write_notes(self, rng: np.random.Generator, *, may_rest: bool, from_slot: int = 0) -> None:
        """Draw notes until the bar under way is full; unless it may rest, it holds one at least."""
        bar = self.standing.bars - 1
        slot, symbol, together = from_slot - 1, -1, 0
        while True:
            stream, chance = self._recall.advance(), rng.random(_ATTRIBUTES + len(self._spec.attributes))
            ending = may_rest or len(self.standing.of_bar(bar)) > 0
            step = self._step(stream, bar, slot, symbol, together, chance[_STEP], ending=ending)
            if step == BAR_STEP:
                return
            if step != SAME_STEP:
                slot, symbol, together = step - 1, -1, 0
            stream = self._with_step(stream, bar, slot, step)
            symbol = self._symbol(stream, bar, slot, symbol + 1, chance[_SYMBOL])
            self._finish(stream, [bar, slot, step, symbol], chance)
            together += 1

    def play(self, notes: Integers, rng: np.random.Generator, *, kept: tuple[str, ...], anew: bool = False) -> None:
        """Enter notes in the bar under way with all attributes drawn anew but those kept; with `anew` symbols too."""
        bar = self.standing.bars - 1
        for _, slot, step, symbol, *attributes in notes.tolist():
            stream, chance = self._recall.advance(), rng.random(_ATTRIBUTES + len(attributes))
            stream = self._with_step(stream, bar, slot, step)
            if anew:
                symbol = self._symbol(stream, bar, slot, 0, chance[_SYMBOL])
            given = {name: value for name, value in zip(self._spec.attributes, attributes, strict=True) if name in kept}
            self._finish(stream, [bar, slot, step, symbol], chance, given)

    def _step(
        self, stream: Singles, bar: int, slot: int, symbol: int, together: int, chance: float, *, ending: bool
    ) -> int:
        if self._settings.on_downbeat and slot < 0:
            return 1
        values = self._guidance.extrapolate(self._network.choose(_STEP, stream))
        counted = self.standing.since(self._holding.first_bar_for_density(bar))
        values += self._holding.steps(counted, bar, slot, together)
        if self._prior is not None:
            values += self._prior.step_bias(bar, slot, symbol)
        allowed = np.zeros(STEPS, bool)
        allowed[BAR_STEP] = ending
        allowed[slot + 2 : self._bar_beats * SLOTS_PER_BEAT + 1] = True
        allowed[SAME_STEP] = 0 <= symbol < self._spec.symbols - 1 and together < self._settings.polyphony
        return self._draw("step", values, allowed, chance)

    def _with_step(self, stream: Singles, bar: int, slot: int, step: int) -> Singles:
        cells = self._guidance.cells(self.standing.cells(np.array([bar]), np.array([slot])))
        return self._network.with_step(stream, np.full(len(stream), step), cells)

    def _symbol(self, stream: Singles, bar: int, slot: int, lowest: int, chance: float) -> int:
        values = self._guidance.extrapolate(self._network.choose(_SYMBOL, stream))
        counted = self.standing.since(self._holding.first_bar_for_register(bar))
        values += self._holding.symbols(counted, bar, slot)
        if self._prior is not None:
            values += self._prior.symbol_bias(bar, slot, lowest)
        if self._symbol_bias is not None:
            values += self._symbol_bias[bar * self._bar_beats + slot // SLOTS_PER_BEAT]
        return self._draw("symbol", values, np.arange(self._spec.symbols) >= lowest, chance)

    def _finish(
        self, stream: Singles, place: list[int], chance: npt.NDArray[np.float64], given: Mapping[str, int] | None = None
    ) -> None:
        """Draw the attributes of a note that are not given, and let it stand."""
        bar, slot, _, symbol = place
        same_cell = self.standing.history.memory(np.array([bar]), np.array([slot]), np.array([symbol]))
        seen = np.concatenate([same_cell, self.standing.recent[None]], axis=1)
        stream = self._recall.with_symbol(stream, symbol, seen)
        row = list(place)
        for number, name in enumerate(self._spec.attributes):
            if given is not None and name in given:
                row.append(given[name])
            else:
                row.append(self._attribute(stream, number, name, symbol, chance[_ATTRIBUTES + number]))
            if number < len(self._spec.attributes) - 1:
                stream = self._network.with_attribute(stream, number, np.full(len(stream), row[-1]))
        self.standing.add_note(row)

    def _attribute(self, stream: Singles, number: int, name: str, symbol: int, chance: float) -> int:
        values = self._guidance.extrapolate(self._network.choose(_ATTRIBUTES + number, stream))
        if name in self._attribute_bias:
            values += self._attribute_bias[name][symbol]
        return self._draw(name, values, None, chance)

    def _draw(self, field: str, values: Floats, allowed: npt.NDArray[np.bool_] | None, chance: float) -> int:
        """Draw a field; only structure, which grammar rules, is kept to the nucleus."""
        if allowed is None:
            return index_at(values, chance, self._settings.temperature(field), 1.0)
        values[~allowed] = -np.inf
        return index_at(values, chance, self._settings.temperature(field), self._settings.nucleus)
