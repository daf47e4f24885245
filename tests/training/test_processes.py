"""Several processes share the work of one: the same windows, the same loss, the same figure on validation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lightning
import pytest
import torch
import yaml

from training.cli import main
from training.config import load_config
from training.fit import fit, load_parts
from training.module import ElementData, _From
from workbench.domain.errors import ParameterError

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_each_step_draws_the_same_windows(processes: int) -> None:
    shares = [list(_From(8, 24, 8, rank, processes)) for rank in range(processes)]
    share = 8 // processes
    for step in range(2):
        drawn = [index for own in shares for index in own[step * share : (step + 1) * share]]
        assert drawn == list(range(8 + step * 8, 16 + step * 8))
    assert {len(_From(0, 24, 8, rank, processes)) for rank in range(processes)} == {24 // processes}


def write_recipe(path: Path, **changes: object) -> Path:
    model = {"width": 32, "heads": 2, "trunk_blocks": 1, "note_blocks": 1, "dropout": 0.0}
    data = {"element": "percussion", "corpora": {"groove": 1.0}, "model": model, "rows": 64, "batch": 4}
    data |= {"steps": 6, "warm_up": 2, "validate_every": 3, "checkpoint_every": 6, **changes}
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def arguments(recipe: Path, data: Path, out: Path) -> list[str]:
    options = ["--data", str(data), "--out", str(out), "--config", str(recipe), "--no-track", "--accelerator", "cpu"]
    return ["percussion", *options]


def train_by_two(repository: Path, options: list[str]) -> str:
    """Train with two processes over gloo; returns what they print."""
    paths = os.pathsep.join([str(repository), os.environ.get("PYTHONPATH", "")])
    shared = subprocess.run(
        [sys.executable, "-m", "training", *options, "--devices", "2", "--strategy", "ddp"], cwd=repository,
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert shared.returncode == 0, shared.stderr[-2000:]
    return shared.stdout


def cards_of(tmp_path: Path, *runs: str) -> list[dict[str, Any]]:
    return [json.loads((tmp_path / run / "percussion.json").read_text()) for run in runs]


def test_two_processes_learn_what_one_learns(repository: Path, groove_data: Path, tmp_path: Path) -> None:
    """Two processes over gloo, two windows each, against one with four: without dropout the figures agree."""
    recipe = write_recipe(tmp_path / "recipe.yaml")
    assert main(arguments(recipe, groove_data, tmp_path / "alone")) == 0
    printed = train_by_two(repository, arguments(recipe, groove_data, tmp_path / "shared"))
    assert printed.count("nats a note on validation") == 1
    cards = cards_of(tmp_path, "alone", "shared")
    assert cards[0]["steps"] == cards[1]["steps"] == 6
    figures = [card["validation_nats_per_note"] for card in cards]
    assert figures[1] == pytest.approx(figures[0], abs=5e-3)


class _StoppedError(Exception):
    """The pretended end of a process."""


class _StopAfter(lightning.Callback):
    """Stops the training after a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: object) -> None:
        if trainer.global_step == self.step:
            raise _StoppedError


def test_a_stopped_run_goes_on_with_another_number_of_processes(
    repository: Path, groove_data: Path, tmp_path: Path
) -> None:
    """One process stops after its checkpoint at step 3; two go on from it as one goes on."""
    recipe = write_recipe(tmp_path / "recipe.yaml", checkpoint_every=3)
    config = load_config(recipe)
    with pytest.raises(_StoppedError):
        fit(config, groove_data, tmp_path / "one", progress=False, callbacks=[_StopAfter(4)])
    assert torch.load(tmp_path / "one" / "last.ckpt", weights_only=True)["global_step"] == 3
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert main(arguments(recipe, groove_data, tmp_path / "one")) == 0
    train_by_two(repository, arguments(recipe, groove_data, tmp_path / "two"))
    one, two = cards_of(tmp_path, "one", "two")
    assert one["steps"] == two["steps"] == 6
    assert two["validation_nats_per_note"] == pytest.approx(one["validation_nats_per_note"], abs=5e-3)


def test_a_batch_that_cannot_be_shared_is_reported(groove_data: Path, tmp_path: Path) -> None:
    config = load_config(write_recipe(tmp_path / "recipe.yaml", batch=3))
    data = ElementData(load_parts(groove_data, config), config)
    data.trainer = SimpleNamespace(global_step=0, global_rank=0, world_size=2)  # type: ignore[assignment]
    with pytest.raises(ParameterError, match="batch 3 cannot be shared by 2 processes"):
        data.train_dataloader()
