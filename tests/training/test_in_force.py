"""Each promise of a recipe is truly in force: warm-up, cosine, clipping, early stopping, bf16, and what is logged."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from lightning.pytorch.callbacks import Callback

from training import fit as fitting
from training.commands.train import main
from training.config import load_config
from training.module import ElementModule

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    model = {"width": 32, "heads": 2, "trunk_blocks": 1, "note_blocks": 1}
    data = {"element": "percussion", "corpora": {"groove": 1.0}, "model": model, "rows": 64, "batch": 2}
    data |= {"steps": 20, "warm_up": 4, "validate_every": 2, "sample_every": 0}
    path = tmp_path / "recipe.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def test_the_rate_warms_up_and_falls_as_a_cosine(recipe: Path) -> None:
    config = load_config(recipe)
    parts = ElementModule(config).configure_optimizers()
    optimizer, scheduler = parts["optimizer"], parts["lr_scheduler"]["scheduler"]
    rates = []
    for _ in range(config.steps + 1):
        rates.append(optimizer.param_groups[0]["lr"] / config.learning_rate)
        optimizer.step()
        scheduler.step()
    assert rates[:4] == pytest.approx([(step + 1) / 4 * _cosine(step / 20) for step in range(4)])
    assert rates[4:] == pytest.approx([_cosine(step / 20) for step in range(4, 21)])
    assert rates[-1] == pytest.approx(0.03)
    assert parts["lr_scheduler"]["interval"] == "step"


def _cosine(progress: float) -> float:
    return 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * progress))


class Watch(Callback):
    """Norms of the gradient before and after it is clipped, and the arithmetic of the matrix products."""

    def __init__(self) -> None:
        self.before: list[float] = []
        self.after: list[float] = []

    def on_before_optimizer_step(self, trainer: Any, module: Any, optimizer: Any) -> None:
        self.before.append(self._norm(module))

    def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        self.after.append(self._norm(module))

    @staticmethod
    def _norm(module: torch.nn.Module) -> float:
        return float(torch.nn.utils.get_total_norm([p.grad for p in module.parameters() if p.grad is not None]))


def test_gradients_are_clipped(recipe: Path, groove_data: Path, tmp_path: Path) -> None:
    watch = Watch()
    config = load_config(recipe, gradient_clip=0.25, steps=3)
    fitting.fit(config, groove_data, tmp_path / "run", progress=False, callbacks=(watch,))
    assert min(watch.before) > 0.3
    assert max(watch.after) == pytest.approx(0.25, rel=0.01)


def test_training_stops_when_nothing_is_gained(recipe: Path, groove_data: Path, tmp_path: Path) -> None:
    config = load_config(recipe, learning_rate=0.0, patience=2)
    card = _card(fitting.fit(config, groove_data, tmp_path / "run", progress=False))
    assert card["steps"] == 6
    assert card["recipe"]["steps"] == 20


@pytest.mark.parametrize(("able", "precision"), [(True, "bf16-mixed"), (False, "32-true")])
def test_bf16_where_the_processor_has_it(
    recipe: Path, groove_data: Path, tmp_path: Path, monkeypatch: Any, able: bool, precision: str
) -> None:
    monkeypatch.setattr(fitting, "_has_bf16", lambda: able)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    seen = []

    class Look(Callback):
        def on_train_batch_start(self, trainer: Any, module: Any, batch: Any, batch_idx: int) -> None:
            module.network.trunk[0].qkv.register_forward_hook(lambda *call: seen.append(call[2].dtype))

    card = _card(
        fitting.fit(load_config(recipe, steps=1), groove_data, tmp_path / "run", progress=False, callbacks=(Look(),))
    )
    assert card["precision"] == precision
    assert seen[0] is (torch.bfloat16 if able else torch.float32)


def test_the_card_tells_command_time_and_origin(recipe: Path, groove_data: Path, tmp_path: Path) -> None:
    arguments = ["percussion", "--data", str(groove_data), "--out", str(tmp_path / "a"), "--config", str(recipe)]
    assert main([*arguments, "--steps", "2", "--seed", "5", "--no-track"]) == 0
    card = json.loads((tmp_path / "a" / "percussion.json").read_text(encoding="utf-8"))
    told = "beatsfoundry train percussion --data DIR --config recipe.yaml --steps 2 --seed 5"
    assert card["command"] == told
    assert (card["recipe"]["seed"], card["recipe"]["steps"], card["steps"]) == (5, 2, 2)
    assert card["minutes"] >= 0.0
    assert card["torch"] == torch.__version__.split("+")[0]
    assert len(card["data_sha256"]) == 64
    assert str(tmp_path) not in json.dumps(card)
    arguments[4] = str(tmp_path / "b")
    assert main([*arguments, "--steps", "2", "--seed", "5", "--no-track", "--limit", "4"]) == 0
    other = json.loads((tmp_path / "b" / "percussion.json").read_text(encoding="utf-8"))
    assert other["data_sha256"] != card["data_sha256"]


def test_a_run_in_mlflow_has_curves_and_origin(
    recipe: Path, groove_data: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    from mlflow import MlflowClient

    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    arguments = ["percussion", "--data", str(groove_data), "--config", str(recipe), "--steps", "20"]
    assert main([*arguments, "--sample-every", "20"]) == 0
    client = MlflowClient(f"sqlite:///{tmp_path}/runs/mlflow.db")
    experiment = client.get_experiment_by_name("beatsfoundry/training")
    (run,) = client.search_runs([experiment.experiment_id])
    assert {"data_sha256", "torch", "precision", "command", "seed"} <= run.data.params.keys()
    curves = {"train_nats_per_row", "val_nll", "rows_per_second", "notes_per_second", "learning_rate", "gradient_norm"}
    assert curves <= run.data.metrics.keys()
    assert not [name for name in run.data.metrics if name.startswith("system/")]
    assert run.data.metrics["rows_per_second"] > run.data.metrics["notes_per_second"] > 0
    assert 0 < run.data.metrics["learning_rate"] < 1e-3
    steps = [point.step for point in client.get_metric_history(run.info.run_id, "val_nll")]
    assert steps == sorted(steps)
    assert len(steps) >= 10
    logged = {item.path for item in client.list_artifacts(run.info.run_id, "samples/step-000020")}
    assert {f"samples/step-000020/1.{suffix}" for suffix in ("mid", "mp3", "png")} <= logged
    assert {item.path for item in client.list_artifacts(run.info.run_id, "weights")} == {
        "weights/percussion.json",
        "weights/percussion.safetensors",
    }


def _card(weights: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(weights.with_suffix(".json").read_text(encoding="utf-8"))
    return card
