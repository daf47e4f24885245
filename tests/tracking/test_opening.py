"""The address that is printed leads to the run, whichever folder it was made in and whatever runs already."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from workbench.domain.errors import ParameterError
from workbench.tracking import LoggedRun, address_and_command
from workbench.tracking.addresses import sqlite_address
from workbench.tracking.opening import _CHECKOUT, command_name
from workbench.tracking.pages import dashboard_port, dashboard_url, run_path, run_url


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that knows the run "known" and no other; its port is the usual one."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path.endswith("run_id=known")
            self.send_response(200 if known else 404)
            self.end_headers()
            self.wfile.write(json.dumps({"run": {"info": {"run_id": "known"}}} if known else {}).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        monkeypatch.setenv("DASHBOARD_PORT", str(server.server_port))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _run(run_id: str) -> LoggedRun:
    return LoggedRun(run_id, "1", run_url("sqlite:///x.db", "1", run_id))


def test_a_run_that_the_open_dashboard_shows_needs_no_command(dashboard: int, tmp_path: Path) -> None:
    told = address_and_command(_run("known"), tracking_uri=sqlite_address(tmp_path / "mlflow.db"))
    assert told == f"http://127.0.0.1:{dashboard}{run_path('1', 'known')}"


def test_a_run_of_another_store_names_its_store_and_a_free_port(
    dashboard: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.tracking.opening.command_name", lambda: "beatsfoundry")
    told = address_and_command(_run("other"), tracking_uri=sqlite_address(tmp_path / "my runs" / "mlflow.db"))
    address, _, command = told.partition("   (open it with: ")
    port = int(command.rstrip(")").split("--port ")[1])
    assert command.startswith(f"beatsfoundry dashboard --store '{tmp_path}/my runs/mlflow.db' --port ")
    assert port != dashboard
    assert address == f"http://127.0.0.1:{port}{run_path('1', 'other')}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))


def test_a_run_of_the_checkout_needs_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.tracking.opening.command_name", lambda: "beatsfoundry")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DASHBOARD_PORT", str(probe.getsockname()[1]))
    told = address_and_command(_run("mine"), tracking_uri=sqlite_address(_CHECKOUT / "runs" / "mlflow.db"))
    assert told == f"{_run('mine').url}   (open it with: beatsfoundry dashboard)"
    assert address_and_command(LoggedRun("a", "1", "https://x/#/a"), tracking_uri="https://x") == "https://x/#/a"


def test_a_command_that_is_not_on_the_path_is_told_by_its_place(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert command_name() == str(tmp_path / ".venv" / "bin" / "beatsfoundry")
    monkeypatch.chdir(tmp_path)
    assert command_name() == ".venv/bin/beatsfoundry"
    (tmp_path / "beatsfoundry").touch(mode=0o755)
    assert command_name() == "beatsfoundry"


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "50.5"])
def test_a_port_that_is_none_is_reported(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_PORT", text)
    with pytest.raises(ParameterError, match="DASHBOARD_PORT: expected a port"):
        dashboard_port()
    monkeypatch.setenv("DASHBOARD_PORT", "")
    assert dashboard_url() == "http://127.0.0.1:5000"
