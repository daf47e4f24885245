"""Runs a notebook in a workspace and looks at what it shows."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def make_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Path:
    """A project's folder with a store and a home of its own; `environment` is set for the notebook's kernel."""
    folder = tmp_path / "workspace"
    for name in ("notebooks", "runs"):
        (folder / name).mkdir(parents=True)
    own = {
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/runs/mlflow.db",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "BEATSFOUNDRY_HOME": str(tmp_path / "home"),
        "BEATSFOUNDRY_SONG_FOLDER": str(folder / "out"),
    }
    for name, value in {**own, **environment}.items():
        monkeypatch.setenv(name, value)
    return folder


def execute(name: str, workspace: Path) -> list[Any]:
    """Run a notebook from its first cell to its last; returns its outputs."""
    import nbclient
    import nbformat

    copy = Path(shutil.copy(NOTEBOOKS / f"{name}.ipynb", workspace / "notebooks"))
    book = nbformat.read(copy, as_version=4)
    started = time.monotonic()
    nbclient.NotebookClient(
        book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(copy.parent)}}
    ).execute()
    print(f"{name} ran in {time.monotonic() - started:.0f} s on {os.cpu_count()} cores")
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type in ("error", "stream")]
    return outputs


def count(outputs: list[Any], kind: str) -> int:
    return sum(kind in output.get("data", {}) for output in outputs)


def text_of(outputs: list[Any]) -> str:
    """Everything that outputs say."""
    return json.dumps(outputs, ensure_ascii=False)
