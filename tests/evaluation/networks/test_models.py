"""The whole judge on a small drum corpus of its own, with an untrained network as the player."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from evaluation.cli import main
from evaluation.criteria import Criterion, at_least, at_most
from evaluation.networks.element_data import ElementData
from evaluation.networks.excerpts import with_rows
from evaluation.networks.judge import ElementResult, judge, to_json, to_table
from evaluation.networks.likeness import judge_samples
from training.config import TrainingConfig
from training.corpora.song import CorpusSong, NoteTable
from training.dataset import EncodedPart, encode_part
from training.session import quiet
from workbench.domain.errors import WorkbenchError
from workbench.models.elements import PERCUSSION
from workbench.models.history import FIRST_ATTRIBUTE
from workbench.models.threads import one_thread
from workbench.models.transformer import ElementTransformer, ModelConfig

STYLES = ("rock", "funk", "jazz")


def song(number: int, split: str) -> CorpusSong:
    """Eight bars of a groove of the style, with the habits of its own drummer."""
    rng = np.random.default_rng([number, split == "train"])
    style = STYLES[number % 3]
    hats = {"rock": 0.5, "funk": 0.25, "jazz": 1 / 3}[style]
    beats = np.arange(0, 4, hats)
    habit, touch = rng.normal(0, 0.015, len(beats)), rng.normal(0, 8, len(beats))
    hits = []
    for bar in range(8):
        for index, beat in enumerate(beats):
            hits.append((4 * bar + beat + habit[index] + rng.normal(0, 0.002), 42, 70 + touch[index]))
        hits += [(4.0 * bar + beat, 36, 100 + rng.normal(0, 3)) for beat in (0, 2, *rng.choice([1.5, 2.5, 3.5], 1))]
        hits += [(4.0 * bar + beat, 38, 105 + rng.normal(0, 3)) for beat in (1, 3)]
    table = np.array(sorted(hits))
    onsets = np.maximum(table[:, 0], 0)
    notes = NoteTable(onsets, np.full(len(table), 0.25), table[:, 1].astype(np.int64), table[:, 2].astype(np.int64))
    return CorpusSong(
        song_id=f"{split}{number}", corpus="groove", tier="A", split=split, style=style, source="played",
        tempo_bpm=100.0, bar_beats=4, bars=8, key=None, chords=(), sections=("",) * 8,
        remaining=np.zeros(8, np.int64), parts={"percussion": notes},
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.fixture(scope="module")
def parts() -> list[EncodedPart]:
    songs = [song(number, split) for split in ("train", "validation") for number in range(12)]
    return [part for one in songs if (part := encode_part(one, PERCUSSION)) is not None]


@pytest.fixture(scope="module")
def element_data(parts: list[EncodedPart]) -> ElementData:
    size = ModelConfig(width=32, heads=2, trunk_blocks=1, note_blocks=1)
    config = TrainingConfig("percussion", {"groove": 1.0}, model=size)
    return ElementData("percussion", parts, config, ElementTransformer(PERCUSSION, size).eval(), n=36)


@pytest.fixture(scope="module")
def result(element_data: ElementData) -> ElementResult:
    with quiet():  # Lightning warns of its own imports.
        return judge(element_data, validity_n=30)


def by_name(rows) -> dict[str, float]:  # type: ignore[no-untyped-def]
    return {row.name.removeprefix("percussion: "): row.value for row in rows}


def test_every_bar_of_an_element_is_there(result: ElementResult) -> None:
    names = {bar.name.removeprefix("percussion: ") for bar in result.criteria}
    assert names == {
        "nats a note below 5-grams", "nats a note below 5-grams that see the previous bar",
        "two-sample accuracy", "overlap area, share of human-human",
        "offset by role and slot, against human-human", "offset from bar to bar, times closer than jitter",
        "velocity by role and slot, against human-human", "velocity from bar to bar, times closer than jitter",
        "distinct bars, shift from human", "bar-to-bar similarity, shift from human",
        "groove consistency, difference from human", "bars copied from the training set",
        "pairs of bars copied from the training set", "runs of four bars copied from the training set",
        "density asked against density written", "style heard as asked, times chance",
        "style heard as asked, share of human", "invalid samples",
    }  # fmt: skip


def test_an_untrained_network_fails_and_is_still_valid(result: ElementResult) -> None:
    bars = {bar.name: bar for bar in result.criteria}
    assert not bars["percussion: nats a note below 5-grams"].holds
    assert bars["percussion: two-sample accuracy"].value > 0.9
    assert bars["percussion: invalid samples"].holds
    assert bars["percussion: invalid samples"].n >= 30
    assert all(isinstance(bar.holds, bool) for bar in result.criteria)


def test_fields_add_up(result: ElementResult) -> None:
    assert result.likelihood is not None
    for nats in (result.likelihood.network, result.likelihood.five_gram, result.likelihood.copy):
        assert nats["nll"] == pytest.approx(sum(value for name, value in nats.items() if name != "nll"), abs=1e-3)


def test_published_forms(result: ElementResult) -> None:
    document = json.loads(json.dumps(to_json([result])))
    assert all(set(bar) == {"name", "value", "bar", "unit", "n", "holds"} for bar in document["bars"])
    assert all(set(value) == {"name", "value", "unit", "n"} for value in document["figures"])
    table = to_table([result])
    assert all(bar.name in table for bar in result.criteria)
    assert "NO" in table


def test_human_music_passes_where_damaged_music_fails(element_data: ElementData) -> None:
    human = by_name(judge_samples(element_data.compare(element_data.matched.excerpts)))
    rng = np.random.default_rng(0)
    damaged = []
    for excerpt in element_data.matched.excerpts:
        rows = excerpt.rows.copy()
        note = rows[:, 2] > 0
        rows[note, FIRST_ATTRIBUTE] = rng.integers(0, 16, note.sum())
        rows[note, FIRST_ATTRIBUTE + 1] = rng.integers(0, 25, note.sum())
        damaged.append(with_rows(excerpt, rows))
    worse = by_name(judge_samples(element_data.compare(damaged)))
    assert human["overlap area, share of human-human"] == 1.0 > worse["overlap area, share of human-human"]
    assert human["two-sample accuracy"] < worse["two-sample accuracy"]
    assert human["offset by role and slot, against human-human"] == 1.0
    for name in ("offset", "velocity"):
        closer = f"{name} from bar to bar, times closer than jitter"
        assert human[closer] > worse[closer]


def test_samples_follow_seed_and_settings(element_data: ElementData, parts: list[EncodedPart]) -> None:
    def rows(**changes):  # type: ignore[no-untyped-def]
        settings = changes.pop("settings", element_data.settings)
        other = ElementData(
            "percussion", parts, element_data.config, element_data.model, n=4, settings=settings, **changes
        )
        return [excerpt.rows.tolist() for excerpt in other.written[0]]

    assert rows() == rows()
    assert rows() != rows(seed=1)
    assert rows() != rows(settings=replace(element_data.settings, step_temperature=0.5))


def test_likelihood_can_be_left_out(element_data: ElementData) -> None:
    quick = judge(element_data, likelihood=False, validity_n=0)
    assert quick.likelihood is None
    assert not any("nats" in bar.name for bar in quick.criteria)


def test_threads_come_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)


def test_bars_know_their_direction() -> None:
    assert (at_most("a", 1, 2, "", 1).holds, at_least("a", 1, 2, "", 1).holds) == (True, False)
    assert not at_most("a", float("nan"), 2, "", 1).holds
    assert at_least("a", 0.98000001, 0.98, "", 1) == Criterion("a", 0.98, 0.98, "", 1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["models", "--data", "/nowhere"], "data folder /nowhere is not there"),
        (["oboes"], "invalid choice"),
        (["models", "--n", "0"], "above 0"),
    ],
)
def test_mistakes_are_reported_in_a_line(arguments: list[str], message: str) -> None:
    with pytest.raises(WorkbenchError, match=message) as caught:
        main(arguments)
    assert "\n" not in str(caught.value)


def test_an_unknown_element_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="oboes"):
        main(["models", "oboes", "--data", str(tmp_path)])
