"""The quickstart is tidy, and runs from its first cell to its last in a kernel of its own."""

from __future__ import annotations

import ast
import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")

LONGEST_CELL = 20
NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def test_notebooks_are_there() -> None:
    assert [path.name for path in NOTEBOOKS][:1] == ["00_quickstart.ipynb"]


def test_no_outputs_are_committed_and_cells_are_short(notebook: Any) -> None:
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        assert len(cell.source.splitlines()) <= LONGEST_CELL
        if cell.cell_type == "code":
            ast.parse(cell.source)
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.notebook
@pytest.mark.filterwarnings("ignore")  # of the kernel's own machinery
def test_the_quickstart_runs_through(tmp_path: Path, monkeypatch: Any) -> None:
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    workspace = tmp_path / "workspace"
    for folder in ("notebooks", "runs"):
        (workspace / folder).mkdir(parents=True)
    copy = Path(shutil.copy(NOTEBOOKS[0], workspace / "notebooks"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{workspace}/runs/mlflow.db")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    book = nbformat.read(copy, as_version=4)
    started = time.monotonic()
    nbclient.NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(copy.parent)}}
    ).execute()
    print(f"quickstart ran in {time.monotonic() - started:.0f} s on {os.cpu_count()} cores")
    _check_outputs(book)
    _check_bundle(workspace / "out" / "quickstart")
    assert {path.name for path in workspace.iterdir()} == {"notebooks", "out", "runs"}
    assert (workspace / "runs" / "mlflow.db").is_file()


def _check_outputs(book: Any) -> None:
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type in ("error", "stream")]
    text = json.dumps(outputs)
    assert "checks pass" in text
    assert "this run in MLflow](http://127.0.0.1:5000/#/experiments/" in text
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 4
    assert sum("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs) == 4


def _check_bundle(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {"master.wav", "midi/song.mid", "report.html", "plan.json"} <= manifest["files"].keys()
    assert json.loads((folder / "report.json").read_text())["references"].keys() == {"zaz-contemplation"}
