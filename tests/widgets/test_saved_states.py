"""A notebook that is saved after its kernel has gone keeps its widgets: held to Jupyter's own manager of files."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from workbench.widgets.lab import lab_command

largefilemanager = pytest.importorskip("jupyter_server.services.contents.largefilemanager")

VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"


def notebook(shown: str, states: dict[str, Any]) -> dict[str, Any]:
    output = {"output_type": "display_data", "data": {VIEW: {"model_id": shown, "version_major": 2}}, "metadata": {}}
    cell = {
        "cell_type": "code", "id": "a", "metadata": {}, "source": "mixer", "execution_count": 1, "outputs": [output],
    }  # fmt: skip
    widgets = {"widgets": {STATE: {"state": states, "version_major": 2, "version_minor": 0}}} if states else {}
    return {"cells": [cell], "metadata": widgets, "nbformat": 4, "nbformat_minor": 5}


def saved(folder: Path, content: dict[str, Any]) -> dict[str, Any]:
    """What lies in the file once Jupyter, started as the workbench starts it, has saved the notebook."""
    command = lab_command(folder, folder / "one.ipynb", 8888)
    hook = next(word.partition("=")[2] for word in command if word.startswith("--ContentsManager.pre_save_hook="))
    manager = largefilemanager.AsyncLargeFileManager(root_dir=str(folder), pre_save_hook=hook)
    asyncio.run(manager.save({"type": "notebook", "format": "json", "content": content}, "one.ipynb"))
    written: dict[str, Any] = json.loads((folder / "one.ipynb").read_text())
    return written


def model(value: int, *references: str) -> dict[str, Any]:
    held = {"value": value} | {f"child{number}": f"IPY_MODEL_{name}" for number, name in enumerate(references)}
    return {"model_name": "AnyModel", "model_module": "anywidget", "model_module_version": "0.9", "state": held}


def states(written: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = written["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    return found


def test_states_that_outputs_show_stay_and_others_go(tmp_path: Path) -> None:
    before = {"mixer": model(1, "layout"), "layout": model(2), "gone": model(3)}
    assert states(saved(tmp_path, notebook("mixer", before))) == before
    without_kernel = saved(tmp_path, notebook("mixer", {}))
    assert states(without_kernel) == {"mixer": before["mixer"], "layout": before["layout"]}
    assert saved(tmp_path, notebook("mixer", {})) == without_kernel, "and so it remains"


def test_what_the_kernel_holds_wins(tmp_path: Path) -> None:
    saved(tmp_path, notebook("mixer", {"mixer": model(1, "layout"), "layout": model(2)}))
    assert states(saved(tmp_path, notebook("mixer", {"mixer": model(5)}))) == {"mixer": model(5)}
    assert states(saved(tmp_path, notebook("new", {"new": model(6)}))) == {"new": model(6)}


def test_what_cannot_be_read_is_saved_as_it_comes(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"metadata": []}', '{"metadata": {"widgets": 3}}'):
        (tmp_path / "one.ipynb").write_text(text)
        assert states(saved(tmp_path, notebook("mixer", {}))) == {}
