"""The notebook on words and parameters runs through and shows tables, pictures and rolls."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from tests.notebooks.executing import count, execute, text_of

WIDGET = "application/vnd.jupyter.widget-view+json"

# Warnings of the kernel's own machinery are not ours.
pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


def test_words_become_parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = tmp_path / "workspace"
    (workspace / "notebooks").mkdir(parents=True)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    for name in ("BEATSFOUNDRY_CONCEPT", "BEATSFOUNDRY_REFERENCE"):
        monkeypatch.delenv(name, raising=False)
    outputs = execute("20_from_words_to_parameters", workspace)
    text = text_of(outputs)
    assert "moved by 'a bit slower than usual'" in text.replace("&#x27;", "'")
    assert "the text says 'no melody'" in text.replace("&#x27;", "'")
    assert "the statement wins" in text
    assert "D minor" in text
    assert "the preset 'night-drive' says so" in text.replace("&#x27;", "'")
    assert count(outputs, "image/png") == 2
    assert text.count("mountRoll(root, data)") == 2
    assert {path.name for path in workspace.iterdir()} == {"notebooks"}
