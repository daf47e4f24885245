"""The editing notebook runs through: pictures before and after, a refusal, and stems that stay the same."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "21_compose_and_edit.ipynb"

# Warnings of the kernel's own machinery are not ours.
pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


def test_a_song_is_composed_and_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = tmp_path / "workspace"
    for folder in ("notebooks", "runs"):
        (workspace / folder).mkdir(parents=True)
    copy = Path(shutil.copy(NOTEBOOK, workspace / "notebooks"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    book = nbformat.read(copy, as_version=4)
    started = time.monotonic()
    nbclient.NotebookClient(
        book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(copy.parent)}}
    ).execute()
    print(f"{NOTEBOOK.stem} ran in {time.monotonic() - started:.0f} s on {os.cpu_count()} cores")
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type in ("error", "stream")]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 5
    text = json.dumps(outputs)
    assert "bass is locked in bars 5 to 8" in text
    assert text.count("same samples") == 2
    assert "patch: element bass, patch sub-sine" in text
    bundle = workspace / "out" / "edited"
    assert [entry["edit"] for entry in json.loads((bundle / "manifest.json").read_text())["edits"]] == [
        "regenerate",
        "patch",
    ]
