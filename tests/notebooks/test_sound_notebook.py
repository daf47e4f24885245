"""The sound design notebook runs through: every player and every picture is there."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from tests.notebooks.executing import count, execute, text_of

WIDGET = "application/vnd.jupyter.widget-view+json"

# Warnings of the kernel's own machinery are not ours.
pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


def test_sounds_are_heard_and_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = tmp_path / "workspace"
    (workspace / "notebooks").mkdir(parents=True)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATSFOUNDRY_SECONDS", "6")
    outputs = execute("30_sound_design", workspace)
    # A bar; a switcher each for crossed and found patches, kits, strip, master and styles.
    assert count(outputs, WIDGET) == 1
    assert count(outputs, "image/png") == 6
    assert text_of(outputs).count("mountSwitcher(root, data)") == 6
    assert "grain-cloud" in text_of(outputs)
