"""The doctor in a real JupyterLab and a real browser: asked, read, watched, in both themes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.instrument_pages import dark, keep, light, ready

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

_CELL = """from workbench.widgets import Doctor

Doctor(services=["redis://127.0.0.1:9"], logs="runs/logs", interval_seconds=0.5)
"""
_LOG = (
    {"timestamp": "2026-11-30T10:00:00+00:00", "level": "info", "event": "run began", "run_id": "a1"},
    {
        "timestamp": "2026-11-30T10:00:05+00:00", "level": "warning", "event": "run failed", "run_id": "a1",
        "kind_of_error": "ModelError", "reason": "weights bass.safetensors are missing",
    },
    {"timestamp": "2026-11-30T10:00:06+00:00", "event": "run ended", "run_id": "a1", "state": "failed"},
)  # fmt: skip


def test_the_doctor_tells_what_helps(
    visit: Any,
    lab: Callable[[Path, Path], str],
    run_all_cells: Callable[..., list[str]],
    repository: Path,
    workspace: Callable[..., Path],
) -> None:
    import nbformat

    root = workspace()
    (root / "runs" / "logs").mkdir(parents=True)
    (root / "runs" / "logs" / "one.log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in _LOG))
    notebook = root / "doctor.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_code_cell(_CELL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), notebook)
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 800})
    assert run_all_cells(page, lab(root, notebook)) == []
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    doctor = ready(page, "doctor")
    doctor.locator(".bf-examine").click()
    page.wait_for_function("() => document.querySelectorAll('.bf-doctor .bf-findings tbody tr').length > 8")
    # What fails stands first, with its code and remedy.
    first = doctor.locator(".bf-findings tbody tr").first
    assert first.locator("td").first.text_content() == "failure"
    assert "BFD0" in first.locator(".bf-remedy b").text_content()
    assert "nats a note" in doctor.locator(".bf-findings").text_content()
    doctor.locator(".bf-watch").click()
    page.wait_for_function("() => document.querySelector('.bf-doctor .bf-read').textContent.includes('cores')")
    doctor.locator(".bf-logs").click()
    page.wait_for_function("() => document.querySelector('.bf-doctor .bf-failures tbody tr')")
    assert "BFD010" in doctor.locator(".bf-failures").text_content()
    light(page, "doctor")
    keep(page, repository, "doctor")
    dark(page, "doctor")
    doctor.locator(".bf-watch").click()
    page.wait_for_function("() => document.querySelector('.bf-doctor .bf-watch').textContent === 'Watch'")
    page.wait_for_function("() => document.querySelector('.bf-doctor .bf-findings').textContent.includes('monitor')")
    assert [error for error in visit.errors if not error.startswith("Failed to load resource")] == []
    assert visit.outside == []
