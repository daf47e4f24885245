"""While it writes, a network is shown exactly what it was shown in training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import default_rng

from tests.models.test_part_writer import BARS, make_context, make_model
from workbench.domain.arrays import Integers, Singles
from workbench.models.elements import SPECS
from workbench.models.history import STEP_COLUMN, History, recent_attributes
from workbench.models.kernels import Memory
from workbench.models.network import CompiledNetwork
from workbench.models.part_writer import PartWriter
from workbench.models.spec import BAR_STEP, RECENT_NOTES, SAME_STEP, UNKNOWN_STEP, Settings, conditioning_of
from workbench.models.tokenizer import with_bar_lines
from workbench.models.transformer import ElementTransformer
from workbench.models.window import build_item, line_starts

SETTINGS = Settings(polyphony=3)


class Watched(CompiledNetwork):
    """A network that notes what it is shown, row by row."""

    def __init__(self, model: ElementTransformer) -> None:
        super().__init__(model.spec, model.config, {name: part.numpy() for name, part in model.state_dict().items()})
        self.next_steps: dict[int, np.ndarray] = {}
        self.seen: dict[int, np.ndarray] = {}

    def run_trunk(self, rows: Singles, next_steps: Integers, memory: Memory, places: Integers) -> Singles:
        self.next_steps |= dict(zip(places[:, 1].tolist(), next_steps, strict=True))
        return super().run_trunk(rows, next_steps, memory, places)

    def with_symbol(
        self, stream: Singles, symbol: Integers, seen: Integers, memory: Memory, places: Integers
    ) -> Singles:
        self.seen |= dict(zip(places[:, 1].tolist(), seen, strict=True))
        return super().with_symbol(stream, symbol, seen, memory, places)


def shown_in_training(rows: Integers, element: str) -> tuple[np.ndarray, np.ndarray]:
    conditioning = conditioning_of(SPECS[element], make_context(BARS))
    item = build_item(rows, line_starts(rows), conditioning, SPECS[element], 0, len(rows), 0)
    return item["next_steps"], item["memory"]


@pytest.mark.parametrize("guidance", [0.0, 0.5])
@pytest.mark.parametrize("element", SPECS)
def test_a_part(element: str, guidance: float) -> None:
    """Bars that are drawn, copied, left empty, played again and drawn once more, as far as they are remembered."""
    watched = Watched(make_model(element))
    settings = replace(SETTINGS, guidance=guidance)
    writer, rng = PartWriter(watched, conditioning_of(SPECS[element], make_context(BARS)), 4, settings), default_rng(1)
    writer.sample(1, rng, may_rest=False)
    writer.copy(0, 1)
    writer.rest(1)
    writer.replay(0, 1, rng)
    writer.sample(1, rng, may_rest=False)
    assert len(writer.rows) < SPECS[element].window_rows - 32  # nothing was entered twice
    next_steps, memory = shown_in_training(writer.rows, element)
    rows = range(len(writer.rows))
    assert np.array_equal([watched.next_steps[row] for row in rows], next_steps)
    assert np.array_equal([watched.seen[row] for row in rows], memory)


def rows_of(*notes: tuple[int, int, int], bars: int = 4) -> Integers:
    return with_bar_lines(np.array([[bar, slot, 0, symbol, 5, 6] for bar, slot, symbol in notes], np.int64), bars)


def test_a_neighbour_tells_where_it_goes_on() -> None:
    history = History(SPECS["percussion"], 4)
    history.add(rows_of((0, 0, 0), (0, 0, 3), (0, 24, 1)))
    places = [(-1, -1), (0, 0), (0, 3), (24, 1)]
    bars, slots, symbols = np.ones(4, np.int64), *np.array(places).T
    assert history.next_steps(bars, slots, symbols)[:, 0].tolist() == [1, SAME_STEP, 25, BAR_STEP]
    assert (history.next_steps(bars, slots, symbols)[:, 1] == UNKNOWN_STEP).all()


def test_later_bars_are_followed_only_where_they_stand() -> None:
    spec = SPECS["percussion"]
    place = (np.array([1]), np.array([-1]), np.array([-1]))
    hidden, standing = History(spec, 4), History(spec, 4)
    hidden.add(rows_of((2, 12, 0)))
    standing.add_ahead(rows_of((2, 12, 0))[2:])
    assert hidden.next_steps(*place)[0, len(spec.lags)] == UNKNOWN_STEP
    assert standing.next_steps(*place)[0, len(spec.lags)] == 13


def test_the_notes_before_come_last_first() -> None:
    rows = rows_of((0, 0, 0), (0, 0, 3), (1, 24, 1), bars=2)
    rows[rows[:, STEP_COLUMN] > 0, 4] = [7, 8, 9]
    recent = recent_attributes(rows, 2)[:, :, 0]
    assert recent.shape == (5, RECENT_NOTES)
    assert recent.tolist() == [[0, 0, 0], [0, 0, 0], [8, 0, 0], [9, 8, 0], [9, 8, 0]]
