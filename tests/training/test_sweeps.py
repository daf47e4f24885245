"""A search finds a recipe that can be trained by, goes on where it was, prunes, and is shared by processes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from training.commands.sweep import main
from training.config import load_config
from training.search_space import DEFAULT_SPACE, Range, apply, load_space, recipe_text
from training.sweeps import Sweep, open_study, sweep
from workbench.domain.errors import ParameterError, WorkbenchError

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "recipe.yaml"
    model = {"width": 16, "heads": 2, "trunk_blocks": 1, "note_blocks": 1, "dropout": 0.1}
    data = {"element": "percussion", "corpora": {"groove": 1.0}, "model": model, "rows": 48, "batch": 2}
    data |= {"steps": 4, "warm_up": 1, "validate_every": 2, "checkpoint_every": 4}
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


@pytest.fixture
def space(tmp_path: Path) -> Path:
    path = tmp_path / "space.yaml"
    path.write_text(
        "{learning_rate: {low: 0.001, high: 0.01, log: true}, batch: [2, 4], model.width: [16, 24]}", encoding="utf-8"
    )
    return path


def test_finds_a_recipe_and_goes_on(recipe: Path, space: Path, groove_data: Path, tmp_path: Path) -> None:
    more = {"config": recipe, "space": space, "out": tmp_path / "out"}
    first = sweep("percussion", groove_data, trials=2, **more)  # type: ignore[arg-type]
    again = sweep("percussion", groove_data, trials=3, **more)  # type: ignore[arg-type]
    assert (first.finished, again.finished + again.pruned) == (2, 3)
    assert again.nll <= first.nll
    best = load_config(again.recipe_path)
    assert best == again.config
    assert best.model.width in (16, 24)
    assert 0.001 <= best.learning_rate <= 0.01
    assert len(again.frame()) == 3
    assert "trials finished" in again._repr_html_()
    assert not list((tmp_path / "out").rglob("*.ckpt"))


def test_another_space_under_the_same_name_is_refused(
    recipe: Path, space: Path, groove_data: Path, tmp_path: Path
) -> None:
    job = _job(recipe, load_space(space), groove_data, tmp_path)
    open_study(job)
    with pytest.raises(ParameterError, match="another element or search space"):
        open_study(_job(recipe, {"batch": (2, 4)}, groove_data, tmp_path))


def test_lagging_trials_are_pruned(recipe: Path, groove_data: Path, tmp_path: Path) -> None:
    """With the pruner patched to be hasty, a rate that cannot learn is cut short."""
    import optuna

    from training import sweeps

    job = _job(recipe, {"learning_rate": Range(1e-9, 1e-2, log=True)}, groove_data, tmp_path, trials=7)
    study = open_study(job)
    for rate in (1e-2, 1e-2, 1e-2, 1e-2, 1e-9):
        study.enqueue_trial({"learning_rate": rate})
    sweeps.work(job)
    states = {trial.params["learning_rate"]: trial.state for trial in study.get_trials()[:5]}
    assert states[1e-9] == optuna.trial.TrialState.PRUNED
    assert states[1e-2] == optuna.trial.TrialState.COMPLETE


def test_every_trial_is_a_run_below_the_study(
    recipe: Path, space: Path, groove_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    for _ in range(2):
        arguments = ["percussion", "--data", str(groove_data), "--trials", "2", "--out", str(tmp_path / "out")]
        assert main([*arguments, "--config", str(recipe), "--space", str(space)]) == 0
    client = MlflowClient(tracking_uri=uri)
    runs = client.search_runs([client.get_experiment_by_name("beatsfoundry/training").experiment_id])
    parents = [run for run in runs if "sweep.study" in run.data.tags]
    assert len(parents) == 1
    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parents[0].info.run_id]
    assert len(children) == len(runs) - 1 == 2
    assert all("val_nll" in child.data.metrics for child in children)
    assert parents[0].data.metrics["best_val_nll"] > 0
    assert "best.yaml" in [item.path for item in client.list_artifacts(parents[0].info.run_id)]


def _job(recipe: Path, space: dict[str, object], data: Path, folder: Path, trials: int = 2) -> Sweep:
    storage = f"sqlite:///{folder / 'study.db'}"
    return Sweep(load_config(recipe), space, data, folder / "out", "percussion", storage, trials)


def test_the_shipped_space_fits_every_recipe() -> None:
    space = load_space()
    assert DEFAULT_SPACE.is_file()
    for name, entry in space.items():
        values = entry if isinstance(entry, tuple) else (entry.low, entry.high)
        for value in values:
            assert apply(load_config("bass"), {name: value}).element == "bass"


def test_a_recipe_survives_its_yaml(tmp_path: Path) -> None:
    config = load_config("percussion")
    path = tmp_path / "r.yaml"
    path.write_text(recipe_text(config, "a remark"), encoding="utf-8")
    assert load_config(path) == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "expected fields"),
        ("{stepz: [1]}", "'stepz' is not known"),
        ("{seed: [1, 2]}", "'seed' is not known"),
        ("{batch: []}", "needs a list"),
        ("{learning_rate: {low: 1.0}}", "needs a list"),
        ("{learning_rate: {low: 2.0, high: 1.0}}", "needs a list"),
        ("{learning_rate: {low: 0.0, high: 1.0, log: true}}", "needs a list"),
        ("{", "cannot be read"),
    ],
)
def test_mistakes_in_a_space_are_reported(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "space.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParameterError, match=message) as caught:
        load_space(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bass", "--data", "/nowhere", "--trials", "1"], "data folder /nowhere is not there"),
        (["bass", "--data", ".", "--trials", "0"], "above 0"),
        (["bass", "--data", "."], "--trials"),
    ],
)
def test_mistakes_are_reported_in_a_line(arguments: list[str], message: str) -> None:
    with pytest.raises(WorkbenchError, match=message):
        main(arguments)


def test_heads_that_do_not_fit_are_reported() -> None:
    with pytest.raises(ParameterError, match="width 90 cannot be parted into 4 heads"):
        apply(load_config("bass"), {"model.width": 90})


@pytest.mark.long
def test_two_processes_share_a_study(recipe: Path, space: Path, groove_data: Path, tmp_path: Path) -> None:
    result = sweep("percussion", groove_data, trials=3, jobs=2, config=recipe, space=space, out=tmp_path / "out")
    assert 3 <= result.finished + result.pruned <= 4
