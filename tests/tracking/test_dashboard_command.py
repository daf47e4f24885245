"""The dashboard stays on this machine and says in one line what is in its way."""

from __future__ import annotations

import socket
import sys

import pytest

from workbench.domain.errors import TrackingError
from workbench.tracking.dashboard import (
    dashboard_command,
    dashboard_environment,
    dashboard_url,
    launch_dashboard,
    port_is_free,
    run_until_interrupt,
)


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


def test_a_taken_port_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not port_is_free(port)
        with pytest.raises(TrackingError, match=f"port {port} is taken"):
            launch_dashboard(port, tracking_uri="sqlite:///x.db")
    assert port_is_free(port)


def test_a_remote_store_has_a_page_of_its_own() -> None:
    with pytest.raises(TrackingError, match="open that address"):
        launch_dashboard(tracking_uri="https://mlflow.example")


def test_the_exit_code_of_the_server_is_handed_on() -> None:
    assert run_until_interrupt([sys.executable, "-c", "raise SystemExit(3)"], {}) == 3
