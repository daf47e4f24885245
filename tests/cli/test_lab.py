"""What the options of `lab` and `dashboard` ask for; that the servers then work is tested in a browser."""

from pathlib import Path
from typing import Any

import pytest

import workbench.tracking
import workbench.widgets.lab
from workbench.cli import main as cli


def test_lab_passes_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        workbench.widgets.lab, "launch_lab", lambda *given, **named: asked.append((*given, named["open_browser"])) or 0
    )
    assert cli.main(["lab"]) == 0
    assert cli.main(["lab", "mine.ipynb", "--port", "9000", "--no-browser"]) == 0
    assert asked == [(None, 8888, True), (Path("mine.ipynb"), 9000, False)]


def test_dashboard_passes_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(
        workbench.tracking,
        "launch_dashboard",
        lambda port, *, open_browser, tracking_uri: asked.append((port, open_browser, tracking_uri)) or 0,
    )
    assert cli.main(["dashboard"]) == 0
    assert cli.main(["dashboard", "--port", "5050", "--no-browser"]) == 0
    assert asked == [(5000, True, None), (5050, False, None)]


def test_an_absent_notebook_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lab", "absent.ipynb"]) == 2
    assert capsys.readouterr().err.startswith("beatsfoundry: notebook absent.ipynb does not exist")


@pytest.mark.parametrize("command", ["lab", "dashboard"])
@pytest.mark.parametrize("port", ["0", "-1", "99999", "web"])
def test_a_port_that_is_none_is_one_line(command: str, port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, f"--port={port}"]) == 2
    error = capsys.readouterr().err
    assert "expected a port of 1 to 65535" in error
    assert error.count("\n") == 1
