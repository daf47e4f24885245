"""The quickstart is tidy, and runs from its first cell to its last in a kernel of its own."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.executing import count, execute, make_workspace, text_of

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


def test_it_says_first_how_long_it_takes_and_last_where_to_go_on(notebook: Any) -> None:
    first, last = notebook.cells[0], notebook.cells[-1]
    assert (first.cell_type, last.cell_type) == ("markdown", "markdown")
    assert re.search(r"takes .*minute", " ".join(first.source.split()))
    named = set(re.findall(r"`(\d\d_\w+)`", last.source))
    assert named
    assert named <= {path.stem for path in NOTEBOOKS}


@pytest.mark.notebook
@pytest.mark.filterwarnings("ignore")  # of the kernel's own machinery
def test_the_quickstart_runs_through(tmp_path: Path, monkeypatch: Any) -> None:
    pytest.importorskip("nbclient", reason="nbclient is not installed")
    workspace = make_workspace(tmp_path, monkeypatch)
    _check_outputs(execute("00_quickstart", workspace))
    _check_bundle(workspace / "out" / "quickstart")
    assert {path.name for path in workspace.iterdir()} == {"notebooks", "out", "runs"}
    assert (workspace / "runs" / "mlflow.db").is_file()


def _check_outputs(outputs: list[Any]) -> None:
    text = text_of(outputs)
    assert "checks pass" in text
    assert "this run in MLflow](http://127.0.0.1:5000/#/experiments/" in text
    assert count(outputs, "image/png") == 4
    assert count(outputs, "application/vnd.jupyter.widget-view+json") == 3


def _check_bundle(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {"master.wav", "midi/song.mid", "report.html", "plan.json"} <= manifest["files"].keys()
    assert json.loads((folder / "report.json").read_text())["references"].keys() == {"zaz-contemplation"}
