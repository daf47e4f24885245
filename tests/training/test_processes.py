"""Several processes share the work of one: the same windows, the same loss, the same figure on validation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from training.cli import main
from training.config import load_config
from training.fit import load_parts
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


def test_two_processes_learn_what_one_learns(repository: Path, groove_data: Path, tmp_path: Path) -> None:
    """Two processes over gloo, two windows each, against one with four: without dropout the figures agree."""
    recipe = write_recipe(tmp_path / "recipe.yaml")
    assert main(arguments(recipe, groove_data, tmp_path / "alone")) == 0
    command = [sys.executable, "-m", "training", *arguments(recipe, groove_data, tmp_path / "shared")]
    paths = os.pathsep.join([str(repository), os.environ.get("PYTHONPATH", "")])
    shared = subprocess.run(
        [*command, "--devices", "2", "--strategy", "ddp"], cwd=repository, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert shared.returncode == 0, shared.stderr[-2000:]
    assert shared.stdout.count("nats a note on validation") == 1
    cards = [json.loads((tmp_path / run / "percussion.json").read_text()) for run in ("alone", "shared")]
    assert cards[0]["steps"] == cards[1]["steps"] == 6
    figures = [card["validation_nats_per_note"] for card in cards]
    assert figures[1] == pytest.approx(figures[0], abs=5e-3)


def test_a_batch_that_cannot_be_shared_is_reported(groove_data: Path, tmp_path: Path) -> None:
    config = load_config(write_recipe(tmp_path / "recipe.yaml", batch=3))
    data = ElementData(load_parts(groove_data, config), config)
    data.trainer = SimpleNamespace(global_step=0, global_rank=0, world_size=2)  # type: ignore[assignment]
    with pytest.raises(ParameterError, match="batch 3 cannot be shared by 2 processes"):
        data.train_dataloader()
