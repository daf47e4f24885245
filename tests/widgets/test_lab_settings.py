"""JupyterLab starts on this machine only, without a news prompt, with one experiment store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.errors import OutputError
from workbench.widgets.lab import SETTINGS, find_notebook, lab_command, lab_environment


def test_the_command_opens_the_notebook_on_this_machine(tmp_path: Path) -> None:
    notebook = tmp_path / "notebooks" / "a song.ipynb"
    command = lab_command(tmp_path, notebook, 8899, open_browser=False, token="secret")
    assert "--ip=127.0.0.1" in command
    assert "--port=8899" in command
    assert "--LabApp.default_url=/lab/tree/notebooks/a%20song.ipynb" in command
    assert "--no-browser" in command
    assert "--IdentityProvider.token=secret" in command


def test_a_browser_is_opened_unless_told_otherwise(tmp_path: Path) -> None:
    assert "--no-browser" not in lab_command(tmp_path, tmp_path / "a.ipynb", 8888)


def test_news_and_updates_are_off() -> None:
    settings = json.loads((SETTINGS / "labconfig" / "default_setting_overrides.json").read_text())
    notification = settings["@jupyterlab/apputils-extension:notification"]
    assert notification["fetchNews"] == "false"
    assert notification["checkForUpdates"] is False


def test_a_kernel_starts_without_a_question() -> None:
    """Cells that are run while a kernel starts made JupyterLab ask which one, and then run none of them."""
    settings = json.loads((SETTINGS / "labconfig" / "default_setting_overrides.json").read_text())
    assert settings["@jupyterlab/notebook-extension:tracker"]["autoStartDefaultKernel"] is True


def test_the_kernel_writes_to_the_workspace_store(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/elsewhere")
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BEATSFOUNDRY_SONG_FOLDER")
    environment = lab_environment(tmp_path)
    assert environment["BEATSFOUNDRY_SONG_FOLDER"] == f"{tmp_path}/out"
    assert environment["MLFLOW_TRACKING_URI"] == f"sqlite:///{tmp_path}/runs/mlflow.db"
    assert environment["JUPYTER_CONFIG_PATH"] == f"{SETTINGS}:/elsewhere"
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_the_quickstart_is_found_from_anywhere(repository: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_notebook() == repository / "notebooks" / "00_quickstart.ipynb"


def test_a_missing_notebook_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        find_notebook(tmp_path / "none.ipynb")
