"""What engineers watch, as plain objects: a training that stops and goes on, songs to look through, trials."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="anywidget is not installed: the extra lab has it")

from tests.widgets.conftest import Page
from training import panels
from training.config import TrainingConfig
from training.corpora import read_corpus, read_folder
from training.panels.monitor.monitor import thinned
from workbench.domain.errors import CorpusError, ParameterError
from workbench.models.transformer import ModelConfig
from workbench.widgets import ModelBrowser

pytestmark = pytest.mark.filterwarnings("ignore")
SMALL = ModelConfig(width=16, heads=2, trunk_blocks=1, note_blocks=1, dropout=0.0)


def recipe(**changes: Any) -> TrainingConfig:
    fields: dict[str, Any] = {
        "model": SMALL, "rows": 48, "batch": 2, "steps": 6, "warm_up": 2, "validate_every": 3, "sample_every": 6,
    }  # fmt: skip
    return TrainingConfig("percussion", {"groove": 1.0}, **(fields | changes))


def monitor(data: Path, folder: Path, **changes: Any) -> Page:
    return Page(panels.TrainingMonitor(recipe(**changes), data, folder, track=False))


def test_a_training_is_seen_and_heard(groove_data: Path, tmp_path: Path) -> None:
    page = monitor(groove_data, tmp_path / "run")
    page.ask("start")
    page.widget.wait()
    widget = page.widget
    assert (widget.state, widget.step, widget.progress) == ("done", 6, -1.0), widget.message
    assert [step for step, _ in widget.losses] == [1, 2, 3, 4, 5, 6]
    assert [step for step, _ in widget.validation["nll"]] == [3, 6]
    assert [one["name"] for one in widget.moments] == ["step-000000", "step-000006", "songs"]
    page.ask("hear", moment="songs", song=1)
    content, (sound, picture) = page.messages[-1]
    assert content["sound"]["moment"] == "songs"
    assert len(sound) > 10_000
    assert picture.startswith(b"\x89PNG")
    page.ask("start")
    assert "is finished" in widget.message
    assert widget.run is not None
    assert widget.run.weights.is_file()


def test_a_trained_network_is_kept_and_compared(
    groove_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a training to two networks on one prompt, by what the two panels offer."""
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    page, browser = monitor(groove_data, tmp_path / "run", sample_every=0), Page(ModelBrowser("percussion"))
    page.ask("keep", name="mine")
    assert "a training writes it when it is finished" in page.widget.message
    browser.ask("compare", first="in use", second="in use", concept="house, 8 seconds")
    assert "choose two networks" in browser.widget.message
    page.ask("start")
    page.widget.wait()
    assert page.widget.has_weights
    page.ask("keep", name="mine")
    assert not page.widget.failed, page.widget.message
    assert [one["name"] for one in browser.widget.networks] == ["in use", "mine"]
    page.ask("keep", name="mine")
    assert "there is a network mine of percussion already" in page.widget.message
    page.ask("keep", name="../mine")
    assert page.widget.failed
    browser.ask("compare", first="in use", second="mine", concept="house, 120 bpm, 8 seconds")
    browser.widget.wait()
    assert not browser.widget.failed, browser.widget.message
    assert (browser.widget.compared["a"], browser.widget.compared["b"]) == ("in use", "mine")
    assert browser.widget.compared["same"] < browser.widget.compared["notes"]


def test_a_training_stops_and_goes_on_where_it_was(groove_data: Path, tmp_path: Path) -> None:
    page = monitor(groove_data, tmp_path / "run", steps=400, validate_every=200, sample_every=0)
    page.ask("start")
    deadline = time.monotonic() + 60
    while page.widget.step < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    page.ask("stop")
    page.widget.wait()
    stopped = page.widget.step
    assert page.widget.state == "stopped"
    assert page.widget.message == f"stopped at step {stopped} of 400: it goes on from there"
    assert 3 <= stopped < 400
    # The number of steps is in the recipe: another kernel goes on to an earlier end.
    again = monitor(groove_data, tmp_path / "run", steps=stopped + 2, validate_every=1, sample_every=0)
    assert again.widget.state == "stopped"
    again.ask("start")
    again.widget.wait()
    assert again.widget.state == "done", again.widget.message
    assert [step for step, _ in again.widget.losses] == list(range(1, stopped + 3))


def test_what_fails_is_told_in_one_line(tmp_path: Path) -> None:
    page = monitor(tmp_path, tmp_path / "run")
    page.ask("start")
    page.widget.wait()
    assert page.widget.failed
    assert page.widget.state == "failed"
    assert "\n" not in page.widget.message
    page.ask("hear", moment="songs", song=1)
    assert page.widget.message == "sample 1 of 'songs' is not there: none yet"


def test_a_monitor_wants_a_recipe(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="expected a recipe"):
        panels.TrainingMonitor("percussion", tmp_path, tmp_path)  # type: ignore[arg-type]


def test_thinning_keeps_the_mean() -> None:
    points = [(step, float(step)) for step in range(1, 1001)]
    kept = thinned(points, 400)
    assert len(kept) <= 400
    assert kept[-1][0] == 1000
    assert np.average([loss for _, loss in kept], weights=np.diff([0, *[step for step, _ in kept]])) == 500.5
    assert thinned([], 10) == []


@pytest.fixture(scope="module")
def songs(groove_data: Path) -> Any:
    return read_corpus(groove_data, "groove")


def test_songs_are_found_and_heard_bar_by_bar(songs: Any) -> None:
    page = Page(panels.DatasetBrowser(songs))
    widget = page.widget
    assert (widget.corpora[0]["name"], widget.found) == ("groove", 7)
    page.ask("search", text="VALIDATION take5")
    assert [row["cells"][0] for row in widget.rows] == ["take5"]
    row = widget.rows[0]
    page.ask("hear", corpus="groove", number=row["number"])
    bars = int(row["cells"][7])
    assert (widget.shown["first"], widget.shown["last"], widget.shown["bars"]) == (1, min(8, bars), bars)
    sound = page.messages[-1][0]["sound"]
    assert sound["seconds"] == pytest.approx(min(8, bars) * 4 * 60 / float(row["cells"][5]), rel=0.02)
    first = widget.roll
    page.ask("hear", corpus="groove", number=row["number"], bar=bars)
    assert widget.shown["last"] == bars
    assert widget.roll != first


def test_corpora_are_found_in_a_folder(groove_data: Path) -> None:
    assert [one["name"] for one in Page(panels.DatasetBrowser(groove_data)).widget.corpora] == ["groove"]


def test_what_was_dropped_is_told_with_its_reason(tmp_path: Path, groove_data: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "broken.mid").write_bytes(b"no midi")
    good = next(groove_data.rglob("*.mid"))
    (folder / "good.mid").write_bytes(good.read_bytes())
    for source in (folder, read_folder(folder)):
        page = Page(panels.DatasetBrowser(source))
        assert (page.widget.corpora[0]["kept"], page.widget.corpora[0]["dropped"]) == (1, 1)
        (reason,) = page.widget.reasons
        assert (reason["count"], reason["examples"]) == (1, "broken.mid")
        assert reason["reason"]


def test_a_folder_without_music_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError):
        panels.DatasetBrowser(tmp_path)


@pytest.mark.parametrize(
    "message",
    [
        {"corpus": "nothing", "number": 0},
        {"corpus": "groove", "number": 10**6},
        {"corpus": "groove", "number": -1},
        {"corpus": "groove", "number": "x"},
        {"corpus": "groove", "number": 0, "bar": 0},
        {"corpus": "groove", "number": 0, "bar": 9999},
    ],
    ids=range(6),
)
def test_songs_that_are_not_there_are_one_line(message: dict[str, Any], songs: Any) -> None:
    page = Page(panels.DatasetBrowser(songs))
    page.ask("hear", **message)
    assert page.widget.failed
    assert page.messages == []


def test_trials_of_a_sweep(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna", reason="optuna is not installed")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with pytest.raises(ParameterError, match="no sweep 'bass'"):
        panels.SweepView("bass", folder=tmp_path)
    study = optuna.create_study(study_name="bass", storage=f"sqlite:///{tmp_path}/study.db")
    page = Page(panels.SweepView("bass", folder=tmp_path, every_seconds=0.05))
    assert page.widget.message == "no trial yet"

    def objective(trial: Any) -> float:
        rate = trial.suggest_float("learning_rate", 0.001, 0.1)
        trial.suggest_categorical("batch", [2, 4])
        trial.report(2 * rate, 5)
        if trial.number == 2:
            raise optuna.TrialPruned
        return float(rate)

    page.ask("follow", on=True)
    study.optimize(objective, n_trials=4)
    deadline = time.monotonic() + 20
    while len(page.widget.trials) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    page.ask("follow", on=False)
    page.ask("look")
    assert page.widget.message == "3 complete, 1 pruned"
    assert page.widget.parameters == ["batch", "learning_rate"]
    assert page.widget.best["value"] == min(one["value"] for one in page.widget.trials if one["state"] == "complete")
    pruned = page.widget.trials[2]
    assert (pruned["state"], pruned["value"]) == ("pruned", pytest.approx(2 * pruned["params"]["learning_rate"]))
