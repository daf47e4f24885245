"""The dashboard stays on this machine and says in one line what is in its way."""

from __future__ import annotations

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from workbench.domain.errors import TrackingError
from workbench.tracking.dashboard import (
    dashboard_command,
    dashboard_environment,
    dashboard_url,
    launch_dashboard,
    port_is_free,
    run_until_interrupt,
    warm_up,
)
from workbench.tracking.saved_views import view_path


def test_only_this_machine_is_served() -> None:
    command = dashboard_command(5123, "sqlite:///x.db")
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "5123"
    assert command[command.index("--workers") + 1] == "1"
    assert command[command.index("--backend-store-uri") + 1] == "sqlite:///x.db"
    assert dashboard_url(5123) == "http://127.0.0.1:5123"


def test_nothing_reports_home_and_no_jobs_run() -> None:
    environment = dashboard_environment()
    assert environment["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert environment["DO_NOT_TRACK"] == "true"
    assert environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] == "false"


def test_a_taken_port_is_reported() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not port_is_free(port)
        with pytest.raises(TrackingError, match=f"port {port} is taken"):
            launch_dashboard(port, tracking_uri="sqlite:///x.db")
    assert port_is_free(port)


def test_a_remote_store_has_a_page_of_its_own() -> None:
    with pytest.raises(TrackingError, match=r"open https://mlflow\.example in a browser"):
        launch_dashboard(tracking_uri="https://mlflow.example")


def test_the_server_is_asked_for_what_its_first_page_needs() -> None:
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert warm_up(server.server_port, view_path("7", "suites"), longest_seconds=20.0)
        server.shutdown()
    assert asked[0] == "/health"
    assert asked[-1].endswith("/runs/search")
    assert not warm_up(server.server_port, longest_seconds=0.1)


def test_the_exit_code_of_the_server_is_handed_on() -> None:
    assert run_until_interrupt([sys.executable, "-c", "raise SystemExit(3)"], {}) == 3
