"""The notebook of the HTTP API runs through: a song, an edit, undo, another format, and a refusal in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed")

from tests.notebooks.executing import execute, text_of

pytestmark = [pytest.mark.notebook, pytest.mark.filterwarnings("ignore")]


def test_a_song_by_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = tmp_path / "workspace"
    (workspace / "notebooks").mkdir(parents=True)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEATSFOUNDRY_API_HOME", str(tmp_path / "api"))
    monkeypatch.setenv("BEATSFOUNDRY_SECONDS", "8")
    text = text_of(execute("50_http_api", workspace))
    assert "end: 100 %, completed" in text
    assert "(2, ['from-a-notebook/1', 'from-a-notebook/2'], 1)" in text
    assert "-16.0" in text
    assert "422: parameters.technical.tempo" in text
