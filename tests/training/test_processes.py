"""Several processes share the work of one: the same windows, the same loss, the same figure on validation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lightning
import numpy as np
import pytest
import torch
import yaml

from tests.tracking.stores import BUCKET, object_store
from training.checkpoints import read_checkpoint
from training.commands.train import main
from training.config import load_config
from training.fit import fit, load_parts
from training.module import ElementDataModule, _From
from workbench.domain.errors import ModelError, ParameterError

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


def test_checkpoints_lie_in_an_object_store_and_a_run_goes_on_from_there(groove_data: Path, tmp_path: Path) -> None:
    """In memory, which fsspec reaches as it does `s3:`: a run that stopped ends as one that did not."""
    place = f"memory://{tmp_path.name}"
    config = load_config(write_recipe(tmp_path / "recipe.yaml", checkpoint_every=3))
    fit(config, groove_data, tmp_path / "whole", progress=False)
    with pytest.raises(_StoppedError):
        fit(config, groove_data, tmp_path / "a", progress=False, callbacks=[_StopAfter(4)], checkpoints=place)
    assert not list((tmp_path / "a").rglob("*.ckpt"))
    assert read_checkpoint(f"{place}/last.ckpt")["global_step"] == 3
    fit(config, groove_data, tmp_path / "b", progress=False, checkpoints=place)
    assert read_checkpoint(f"{place}/last.ckpt")["global_step"] == 6
    weights = [(tmp_path / run / "percussion.safetensors").read_bytes() for run in ("whole", "b")]
    assert weights[0] == weights[1]


def test_a_place_for_checkpoints_that_cannot_be_written_is_reported(groove_data: Path, tmp_path: Path) -> None:
    config = load_config(write_recipe(tmp_path / "recipe.yaml"))
    (tmp_path / "file").write_text("")
    for place in (str(tmp_path / "file"), "nowhere://bucket"):
        with pytest.raises(ModelError, match="checkpoints cannot") as caught:
            fit(config, groove_data, tmp_path / "run", progress=False, checkpoints=place)
        assert "\n" not in str(caught.value)


SHARED_TRAINING = """
import hashlib, json, sys
from pathlib import Path
import lightning
from training.config import load_config
from training.fit import fit
from training.machines import Machines

class Witness(lightning.Callback):
    def __init__(self):
        self.nats = []
    def on_train_batch_end(self, trainer, module, outputs, batch, index):
        self.nats.append(float(outputs["loss"]))
    def on_train_end(self, trainer, module):
        state = module.network.state_dict()
        weights = {name: one.full_tensor() if hasattr(one, "full_tensor") else one for name, one in state.items()}
        digest = hashlib.sha256(b"".join(weights[name].detach().numpy().tobytes() for name in sorted(weights)))
        held = sum(getattr(value, "to_local", lambda value=value: value)().numel() for value in module.parameters())
        told = {"nats": self.nats, "sha256": digest.hexdigest(), "held": held, "step": trainer.global_step}
        (out / f"rank-{trainer.global_rank}.json").write_text(json.dumps(told))

if __name__ == "__main__":
    recipe, data, out, place, devices, strategy, steps = sys.argv[1:]
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    machines = Machines(int(devices), 1, strategy, "cpu")
    config = load_config(recipe, steps=int(steps))
    fit(config, Path(data), out, progress=False, callbacks=[Witness()], machines=machines, checkpoints=place)
"""


def train_shared(repository: Path, tmp_path: Path, name: str, *arguments: str) -> list[dict[str, Any]]:
    """Train in processes of their own; what each of them tells."""
    script = tmp_path / "shared_training.py"
    script.write_text(SHARED_TRAINING)
    out = tmp_path / name
    ended = subprocess.run(
        [sys.executable, str(script), arguments[0], arguments[1], str(out), *arguments[2:]], cwd=repository,
        capture_output=True, text=True, timeout=600,
        env={**os.environ, "PYTHONPATH": str(repository), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-3000:]
    return [json.loads(path.read_text()) for path in sorted(out.glob("rank-*.json"))]


@pytest.mark.long
@pytest.mark.parametrize("store", ["file", "s3"])
@pytest.mark.parametrize("strategy", ["ddp", "fsdp"])
def test_two_processes_hold_the_same_weights_and_one_goes_on(
    strategy: str, store: str, repository: Path, groove_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes over gloo: the loss falls, both end with the same weights; one goes on, then two again."""
    with ExitStack() as stack:
        place = f"file://{tmp_path}/checkpoints"
        if store == "s3":
            pytest.importorskip("s3fs", reason="s3fs is not installed: pip install s3fs")
            for variable, value in stack.enter_context(object_store(tmp_path)).items():
                monkeypatch.setenv(variable, value)
            place = f"s3://{BUCKET}/checkpoints"
        model = {"width": 32, "heads": 2, "trunk_blocks": 1, "note_blocks": 1, "dropout": 0.0}
        recipe = str(write_recipe(tmp_path / "recipe.yaml", model=model, validate_every=20, checkpoint_every=20))
        given = (recipe, str(groove_data), place)
        two = train_shared(repository, tmp_path, "two", *given, "2", strategy, "40")
        assert two[0]["sha256"] == two[1]["sha256"]
        assert np.mean(two[0]["nats"][-5:]) < np.mean(two[0]["nats"][:5]) - 0.3
        one = train_shared(repository, tmp_path, "one", *given, "1", "auto", "60")
        assert (len(one), len(one[0]["nats"]), one[0]["step"]) == (1, 20, 60)
        again = train_shared(repository, tmp_path, "again", *given, "2", strategy, "80")
        assert [len(rank["nats"]) for rank in again] == [20, 20]
        assert again[0]["sha256"] == again[1]["sha256"] != two[0]["sha256"]
        # What each holds of the weights: all of them, or its share (small vectors are padded to whole rows).
        assert two[0]["held"] <= one[0]["held"] * (0.55 if strategy == "fsdp" else 1.0)
        assert (tmp_path / "again" / "percussion.safetensors").is_file()


def test_a_batch_that_cannot_be_shared_is_reported(groove_data: Path, tmp_path: Path) -> None:
    config = load_config(write_recipe(tmp_path / "recipe.yaml", batch=3))
    data = ElementDataModule(load_parts(groove_data, config), config)
    data.trainer = SimpleNamespace(global_step=0, global_rank=0, world_size=2)  # type: ignore[assignment]
    with pytest.raises(ParameterError, match="batch 3 cannot be shared by 2 processes"):
        data.train_dataloader()
