"""The editing notebook runs through: pictures before and after, a refusal, and stems that stay the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from tests.notebooks.executing import count, execute, make_workspace, text_of

# Warnings of the kernel's own machinery are not ours.
pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


def test_a_song_is_composed_and_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_workspace(tmp_path, monkeypatch)
    outputs = execute("21_compose_and_edit", workspace)
    assert count(outputs, "image/png") == 5
    text = text_of(outputs)
    assert "bass is locked in bars 5 to 8" in text
    assert text.count("same samples") == 2
    assert "patch: element bass, patch sub-sine" in text
    bundle = workspace / "out" / "edited"
    assert [entry["edit"] for entry in json.loads((bundle / "manifest.json").read_text())["edits"]] == [
        "regenerate",
        "patch",
    ]
