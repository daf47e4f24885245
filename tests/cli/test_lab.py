"""How JupyterLab is started; that it then runs the quick start is tested in a browser."""

import json
import os
from pathlib import Path

import pytest

from workbench.cli import lab
from workbench.cli import main as cli


def test_lab_listens_to_this_machine_only(tmp_path: Path) -> None:
    notebook = tmp_path / "notebooks" / "00_quickstart.ipynb"
    command = lab.lab_command(notebook, port=9999, browser=False)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert "--ServerApp.port=9999" in command
    assert f"--ServerApp.root_dir={tmp_path}" in command
    assert "--LabApp.default_url=/lab/tree/notebooks/00_quickstart.ipynb" in command
    assert "--ServerApp.open_browser=False" in command


def test_lab_reads_settings_that_ask_for_no_news(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """JupyterLab's own code reads our folder and finds the news prompt switched off."""
    from jupyterlab_server.settings_utils import _get_overrides

    environment = lab.lab_environment({"JUPYTER_CONFIG_PATH": "/theirs", "HOME": "/home/someone"})
    assert environment["HOME"] == "/home/someone"
    assert environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)[1:] == ["/theirs"]
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", environment["JUPYTER_CONFIG_PATH"])
    overrides, error = _get_overrides(str(tmp_path))
    assert error == ""
    notification = overrides["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false", "checkForUpdates": False}


def test_lab_opens_the_quick_start(monkeypatch: pytest.MonkeyPatch, repository: Path, tmp_path: Path) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(lab, "_replace_process", lambda command, environment: started.append(command))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["lab", "--no-browser"]) == 0
    assert f"--ServerApp.root_dir={repository}" in started[0]
    mine = tmp_path / "mine.ipynb"
    mine.write_text(json.dumps({"cells": []}))
    assert cli.main(["lab", "mine.ipynb"]) == 0
    assert "--LabApp.default_url=/lab/tree/mine.ipynb" in started[1]


def test_an_absent_notebook_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lab", "absent.ipynb"]) == 2
    assert "notebook absent.ipynb does not exist" in capsys.readouterr().err
