"""Arguments that fine-tuning cannot take are refused in one line, before any work is done."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from training import finetuning
from training.provenance import data_hash
from training.tuned_run import finetune_run
from workbench.domain.errors import WorkbenchError


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps": 0}, "steps 0: expected at least 1"),
        ({"steps": -5}, "steps -5: expected at least 1"),
        ({"learning_rate": -1.0}, "learning rate -1: expected a number above 0"),
        ({"learning_rate": float("nan")}, "learning rate nan: expected a number above 0"),
        ({"seed": -1}, "seed -1: expected 0 or more"),
        ({"method": "lara"}, "method 'lara' is not known"),
    ],
)
def test_wrong_numbers_are_refused(tmp_path: Path, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(WorkbenchError, match=message):
        finetuning.finetune("bass", tmp_path, "mine", library=tmp_path, **wrong)


def test_what_is_refused_leaves_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def logger(name: str) -> None:
        raise AssertionError("a run was opened")

    monkeypatch.setattr("training.session.mlflow_logger", logger)
    with pytest.raises(WorkbenchError, match="steps 0"):
        finetune_run("bass", tmp_path, "mine", samples=None, steps=0, library=tmp_path)


def test_a_file_name_that_is_no_text_can_be_hashed() -> None:
    part = SimpleNamespace(
        corpus="midi", song_id="lat\udce9", split="train", rows=np.zeros((2, 3), np.int64),
        conditioning=SimpleNamespace(prefix=np.zeros(3, np.int64)),
    )  # fmt: skip
    assert len(data_hash([part])) == 64  # type: ignore[list-item]
