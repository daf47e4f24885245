"""What a saved notebook holds of its widgets stays in it, although no kernel holds them any more.

JupyterLab writes the states of the widgets that its kernels hold. A notebook that is opened again shows the widgets
that were saved, but no kernel holds these: without this, saving would take them out of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_VIEW, _STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
_REFERENCE = re.compile(r"IPY_MODEL_([0-9a-zA-Z-]+)")


def keep_states(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """Give a notebook that is saved the states that its outputs show and it lacks, from the file as it was.

    A hook of the Jupyter server (`ContentsManager.pre_save_hook`); what it cannot read is saved as it comes.
    """
    if model.get("type") != "notebook":
        return
    notebook = model.get("content")
    place = Path(contents_manager.root_dir, path.strip("/"))
    try:
        before = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(notebook, dict) and isinstance(before, dict):
        with_states_of(notebook, before)


def with_states_of(notebook: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Add to a notebook the widgets' states that its outputs show and only an earlier one holds.

    Examples
    --------
    >>> shown = {"cells": [{"outputs": [{"data": {_VIEW: {"model_id": "a"}}}]}], "metadata": {}}
    >>> state = {"a": {"state": {"layout": "IPY_MODEL_b"}}, "b": {"state": {}}, "c": {"state": {}}}
    >>> with_states_of(shown, {"metadata": {"widgets": {_STATE: {"state": state, "version_major": 2}}}})
    >>> sorted(shown["metadata"]["widgets"][_STATE]["state"])
    ['a', 'b']
    """
    held, old = _states(notebook), _states(before)
    missing = [name for name in _shown(notebook) if name not in held]
    added: dict[str, Any] = {}
    while missing:
        name = missing.pop()
        if name in old and name not in added and name not in held:
            added[name] = old[name]
            missing += _REFERENCE.findall(json.dumps(old[name]))
    if added:
        versions = before["metadata"]["widgets"][_STATE]
        widgets = notebook.setdefault("metadata", {}).setdefault("widgets", {})
        widgets[_STATE] = {**versions, **widgets.get(_STATE, {}), "state": {**added, **held}}


def _states(notebook: Mapping[str, Any]) -> Mapping[str, Any]:
    states: Mapping[str, Any] = notebook.get("metadata", {}).get("widgets", {}).get(_STATE, {}).get("state", {})
    return states


def _shown(notebook: Mapping[str, Any]) -> Iterator[str]:
    """Ids of the widgets that outputs show."""
    for cell in notebook.get("cells", ()):
        for output in cell.get("outputs", ()):
            view = output.get("data", {}).get(_VIEW)
            if isinstance(view, Mapping) and isinstance(view.get("model_id"), str):
                yield view["model_id"]
