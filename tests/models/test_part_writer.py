"""Writing row by row agrees with the network's own likelihood, is valid, and is repeatable."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from workbench.domain.theory import Chord, Key
from workbench.models.context import SongContext
from workbench.models.decoder import Decoder
from workbench.models.elements import SPECS
from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.network import CompiledNetwork
from workbench.models.part_writer import PartWriter
from workbench.models.pattern_prior import PatternPrior
from workbench.models.sampling import draw
from workbench.models.spec import BAR_STEP, SAME_STEP, Settings, conditioning_of
from workbench.models.torch_network import compiled
from workbench.models.transformer import ElementTransformer, ModelConfig
from workbench.models.window import build_item, collate, line_starts

BARS = 8


def make_context(bars: int = BARS, bar_beats: int = 4) -> SongContext:
    chords = tuple(Chord(4.0 * bar, 4.0, (5 * bar) % 12, "min7", (5 * bar) % 12) for bar in range(bars))
    kick = np.zeros((bars, SLOTS_PER_BAR), np.uint8)
    kick[:, ::12] = 1
    return SongContext(
        bars, bar_beats, 100.0, Key.parse("A minor"), chords, "pop", "played", ("verse",) * bars,
        np.arange(bars, 0, -1), np.full(bars, 4), {"kick": kick, "snare": kick, "bass": kick},
    )  # fmt: skip


def make_model(element: str) -> ElementTransformer:
    torch.manual_seed(7)
    model = ElementTransformer(SPECS[element], ModelConfig(width=48, heads=2, trunk_blocks=1, note_blocks=1))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3.0 if parameter.dim() > 1 else 1.0)
    return model.eval()


def make_network(element: str) -> CompiledNetwork:
    return compiled(make_model(element))


AS_LEARNED = Settings(nucleus=1.0, attribute_temperature=1.0)


def write(element: str, bars: int = BARS, seed: int = 0, bar_beats: int = 4, **kwargs: object) -> PartWriter:
    model = make_network(element)
    writer = PartWriter(
        model, conditioning_of(model.spec, make_context(bars, bar_beats)), bar_beats, AS_LEARNED, **kwargs
    )  # type: ignore[arg-type]
    writer.sample(bars, np.random.default_rng(seed))
    return writer


@pytest.mark.parametrize("element", SPECS)
def test_likelihood_of_what_was_written(element: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative log probabilities of the draws add up to the loss that training would see for the same rows."""
    model = make_model(element)
    conditioning = conditioning_of(model.spec, make_context())
    drawn: list[float] = []

    def nats(logits: np.ndarray, index: int) -> float:
        return float(np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[index])

    def noted(decoder: Decoder, field: str, values: np.ndarray, allowed: np.ndarray | None, chance: float) -> int:
        # Likelihood over the whole vocabulary, as in training; the grammar only rules choices out.
        whole = values.copy()
        drawn.append(nats(whole, index := draw_as_it_is(decoder, field, values, allowed, chance)))
        return index

    draw_as_it_is = Decoder._draw
    monkeypatch.setattr(Decoder, "_draw", noted)
    writer = PartWriter(compiled(model), conditioning, 4, AS_LEARNED)
    writer.sample(1, np.random.default_rng(3))
    before = len(writer.rows)
    drawn.clear()
    writer.sample(1, np.random.default_rng(4))
    rows = writer.rows
    item = build_item(rows, line_starts(rows), conditioning, model.spec, 0, len(rows), before + 1)
    with torch.inference_mode():
        losses = model.losses(collate([item]))
    expected = sum(float(field.double().sum()) for field in losses.values())
    closing_line = drawn[-1]  # drawn, but a row only once the next bar begins
    assert sum(drawn) - closing_line == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("element", SPECS)
@pytest.mark.parametrize("bar_beats", [3, 4])
def test_rows_are_valid(element: str, bar_beats: int) -> None:
    rows = write(element, bar_beats=bar_beats).rows
    assert (rows[:, STEP_COLUMN] == BAR_STEP).sum() == BARS
    notes = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    assert len(notes) > 0
    assert notes[:, SLOT_COLUMN].max() < bar_beats * 12
    order = np.lexsort((notes[:, SYMBOL_COLUMN], notes[:, SLOT_COLUMN], notes[:, BAR_COLUMN]))
    assert (order == np.arange(len(notes))).all()
    cells = notes[:, [BAR_COLUMN, SLOT_COLUMN, SYMBOL_COLUMN]]
    assert len(np.unique(cells, axis=0)) == len(cells)


def test_same_seed_same_rows_other_seed_others() -> None:
    first, again, other = (write("percussion", seed=seed).rows for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not (first.shape == other.shape and np.array_equal(first, other))


def test_copy_repeats_the_notes() -> None:
    model = make_network("leads")
    writer = PartWriter(model, conditioning_of(model.spec, make_context()), 4, Settings())
    writer.sample(2, np.random.default_rng(0))
    writer.rest(1)
    writer.copy(0, 2)
    rows = writer.rows
    first, later = rows[rows[:, 0] < 2].copy(), rows[rows[:, 0] >= 3].copy()
    later[:, 0] -= 3
    assert np.array_equal(first, later)
    assert (rows[rows[:, 0] == 2, STEP_COLUMN] == BAR_STEP).all()


def test_replay_can_leave_symbols_out() -> None:
    model = make_network("percussion")
    writer = PartWriter(model, conditioning_of(model.spec, make_context()), 4, Settings())
    writer.sample(2, np.random.default_rng(0))
    notes = writer.rows[writer.rows[:, STEP_COLUMN] != BAR_STEP]
    unwanted = int(np.bincount(notes[:, SYMBOL_COLUMN]).argmax())
    writer.replay(0, 2, np.random.default_rng(1), without=(unwanted,))
    again = writer.rows[(writer.rows[:, 0] >= 2) & (writer.rows[:, STEP_COLUMN] != BAR_STEP)]
    assert len(again) == (notes[:, SYMBOL_COLUMN] != unwanted).sum()
    first_of_slot = np.r_[True, (again[1:, :2] != again[:-1, :2]).any(axis=1)]
    assert (again[~first_of_slot, STEP_COLUMN] == SAME_STEP).all()
    assert (again[first_of_slot, STEP_COLUMN] == again[first_of_slot, SLOT_COLUMN] + 1).all()


def test_polyphony_is_bounded() -> None:
    model = make_network("pads")
    writer = PartWriter(model, conditioning_of(model.spec, make_context()), 4, Settings(polyphony=1))
    writer.sample(4, np.random.default_rng(0))
    assert not (writer.rows[:, STEP_COLUMN] == SAME_STEP).any()


def test_strict_prior_decides() -> None:
    grid = np.full((SLOTS_PER_BAR, 13), 1e-6)
    grid[[0, 12, 24, 36], 0] = 1 - 1e-6
    prior = PatternPrior([grid], [0] * BARS, weight=8.0)
    notes = write("percussion", prior=prior).rows
    notes = notes[notes[:, STEP_COLUMN] != BAR_STEP]
    assert set(notes[:, SYMBOL_COLUMN]) == {0}
    assert set(notes[:, SLOT_COLUMN]) == {0, 12, 24, 36}
    assert len(notes) == 4 * BARS


def test_prior_is_a_distribution() -> None:
    rng = np.random.default_rng(0)
    prior = PatternPrior([rng.uniform(0.01, 0.9, (SLOTS_PER_BAR, 13))], [0], weight=1.0)
    steps = prior.step_bias(0, 5, 3)
    possible = [BAR_STEP, SAME_STEP, *range(7, SLOTS_PER_BAR + 1)]
    assert np.exp(steps[possible]).sum() == pytest.approx(1.0)
    symbols = prior.symbol_bias(0, 9, 4)[4:]
    grid_some = np.exp(symbols).sum()
    assert 0 < grid_some < 1


@pytest.mark.parametrize(("temperature", "nucleus"), [(1.0, 1.0), (0.7, 0.9)])
def test_draw_keeps_the_nucleus(temperature: float, nucleus: float) -> None:
    rng = np.random.default_rng(0)
    logits = np.log(np.array([0.6, 0.3, 0.1]))
    counts = np.bincount(
        [draw(logits, rng, temperature=temperature, nucleus=nucleus) for _ in range(4000)], minlength=3
    )
    if nucleus == 1.0:
        assert counts / 4000 == pytest.approx([0.6, 0.3, 0.1], abs=0.03)
    else:
        assert counts[2] == 0


def test_a_bar_is_taken_back_as_if_it_never_was() -> None:
    model = make_network("bass")
    conditioning = conditioning_of(model.spec, make_context())
    plain, other = (PartWriter(model, conditioning, 4, Settings()) for _ in range(2))
    for writer in (plain, other):
        writer.sample(2, np.random.default_rng(1), may_rest=False)
    other.sample(1, np.random.default_rng(2), may_rest=False)
    other.undo()
    for writer in (plain, other):
        writer.sample(1, np.random.default_rng(3), may_rest=False)
    assert np.array_equal(plain.rows, other.rows)


def test_bars_that_are_the_same_are_counted_from_the_end() -> None:
    model = make_network("bass")
    writer = PartWriter(model, conditioning_of(model.spec, make_context()), 4, Settings())
    writer.sample(1, np.random.default_rng(5), may_rest=False)
    writer.copy(writer.bars - 1, 1)
    assert writer.same_bars() == 2
    writer.rest(1)
    assert writer.same_bars() == 0


def test_same_halves_of_bars_are_counted_as_bars_of_their_own() -> None:
    model = make_network("bass")
    writer = PartWriter(model, conditioning_of(model.spec, make_context()), 4, Settings())
    halves = np.zeros((3, 4 + len(model.spec.attributes)), np.int64)
    halves[1:, [SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN]] = [[6, 7, 3], [30, 31, 3]]
    writer.take(halves)
    writer.copy(0, 1)
    assert (writer.same_bars(), writer.same_bars(2)) == (2, 4)
    writer.rest(1)
    assert writer.same_bars(2) == 0


def notes_of(writer: PartWriter, bar: int) -> np.ndarray:
    rows = writer.rows[(writer.rows[:, BAR_COLUMN] == bar) & (writer.rows[:, STEP_COLUMN] != BAR_STEP)]
    return rows[:, [SLOT_COLUMN, *range(SYMBOL_COLUMN, rows.shape[1])]]


def test_vary_keeps_the_head_and_echo_the_rhythm() -> None:
    model = make_network("leads")
    writer = PartWriter(model, conditioning_of(model.spec, make_context()), 4, Settings(polyphony=1))
    writer.sample(1, np.random.default_rng(1), may_rest=False)
    writer.vary(0, 24, np.random.default_rng(2))
    writer.echo(0, np.random.default_rng(3))
    first, varied, echoed = (notes_of(writer, bar) for bar in range(3))
    assert np.array_equal(first[first[:, 0] < 24], varied[varied[:, 0] < 24])
    assert np.array_equal(first[:, 0], echoed[:, 0])


def test_after_forgetting_nothing_before_matters() -> None:
    model = make_network("bass")
    conditioning = conditioning_of(model.spec, make_context())
    ends = []
    for seed in (1, 2):
        writer = PartWriter(model, conditioning, 4, Settings())
        writer.sample(2, np.random.default_rng(seed), may_rest=False)
        writer.forget()
        writer.sample(2, np.random.default_rng(9), may_rest=False)
        ends.append(writer.rows[writer.rows[:, BAR_COLUMN] >= 2])
    assert np.array_equal(*ends)
