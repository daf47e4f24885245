"""While it writes, a network is shown exactly what it was shown in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.models.test_sampling import BARS, make_context, make_model
from workbench.models.batch import Job, write_batch
from workbench.models.elements import SPECS
from workbench.models.history import STEP_COLUMN, History, Rows, recent_attributes
from workbench.models.sampling import PartWriter
from workbench.models.spec import BAR_STEP, RECENT_NOTES, SAME_STEP, UNKNOWN_STEP, Settings, surroundings
from workbench.models.tokenizer import with_bar_lines
from workbench.models.transformer import ElementTransformer
from workbench.models.window import build_item, line_starts

SETTINGS = Settings(polyphony=3)


class Watched:
    """A network that notes what it is shown, row by row."""

    def __init__(self, model: ElementTransformer, patch: pytest.MonkeyPatch) -> None:
        self.next_steps: list[np.ndarray] = []
        self.memory: list[np.ndarray] = []
        trunk, notes = model.run_trunk, model.with_symbol

        def run_trunk(x: torch.Tensor, next_steps: torch.Tensor, cache: Any = None) -> Any:
            self.next_steps += list(next_steps[0].numpy())
            return trunk(x, next_steps, cache)

        def with_symbol(stream: torch.Tensor, symbol: torch.Tensor, memory: torch.Tensor, cache: Any = None) -> Any:
            self.memory += list(memory[0].numpy())
            return notes(stream, symbol, memory, cache)

        patch.setattr(model, "run_trunk", run_trunk)
        patch.setattr(model, "with_symbol", with_symbol)


def shown_in_training(rows: Rows, element: str) -> tuple[np.ndarray, np.ndarray]:
    around = surroundings(SPECS[element], make_context(BARS))
    item = build_item(rows, line_starts(rows), around, SPECS[element], 0, len(rows), 0)
    return item["next_steps"], item["memory"]


@pytest.mark.parametrize("element", ["percussion", "pads", "bass"])
def test_one_part_alone(element: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_model(element)
    watched = Watched(model, monkeypatch)
    writer = PartWriter(model, surroundings(SPECS[element], make_context(BARS)), 4, SETTINGS)
    writer.sample(2, np.random.default_rng(1))  # within one run: no row is entered twice
    next_steps, memory = shown_in_training(writer.rows, element)
    assert np.array_equal(np.array(watched.next_steps)[: len(writer.rows)], next_steps)
    assert np.array_equal(np.array(watched.memory), memory)


@pytest.mark.parametrize("element", ["percussion", "pads", "bass"])
def test_parts_in_lockstep(element: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make_model(element)
    watched = Watched(model, monkeypatch)
    (rows,) = write_batch(model, [Job(surroundings(SPECS[element], make_context(BARS)), 4, 1)], SETTINGS)
    next_steps, memory = shown_in_training(rows, element)
    assert np.array_equal(np.array(watched.next_steps)[: len(rows)], next_steps)
    assert np.array_equal(np.array(watched.memory)[: len(rows)], memory)


def rows_of(*notes: tuple[int, int, int], bars: int = 4) -> Rows:
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
