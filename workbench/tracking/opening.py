"""How a person comes to the page of a logged run: an address that answers, or the command that makes it answer.

Any folder may hold a store of its own, and the dashboard that runs already may show another one.
"""

from __future__ import annotations

import shlex
import shutil
import socket
import sys
from pathlib import Path

from workbench.tracking.addresses import sqlite_path
from workbench.tracking.pages import dashboard_port, dashboard_url, knows_run
from workbench.tracking.store import LoggedRun, default_tracking_uri

_CHECKOUT = Path(__file__).resolve().parents[2]
_PORTS_TRIED = 20


def address_and_command(run: LoggedRun, *, tracking_uri: str | None = None) -> str:
    """The address of a run and, unless something answers there with this very run, the command that opens it.

    The command names the store where it is not that of the product's own folder, and a port where another dashboard
    has the usual one.
    """
    path = sqlite_path(tracking_uri or default_tracking_uri())
    if path is None or knows_run(dashboard_url(), run.run_id):
        return run.url
    usual = dashboard_port()
    port = free_port_from(usual)
    command = [command_name(), "dashboard"]
    command += [] if path == _CHECKOUT / "runs" / "mlflow.db" else ["--store", str(path)]
    command += [] if port == usual else ["--port", str(port)]
    url = run.url.replace(dashboard_url(usual), dashboard_url(port), 1)
    return f"{url}   (open it with: {shlex.join(command)})"


def command_name() -> str:
    """What to type for this installation's command: its name where the path leads to one, else where it lies."""
    if shutil.which("beatsfoundry"):
        return "beatsfoundry"
    command, here = Path(sys.executable).with_name("beatsfoundry"), Path.cwd()
    return str(command.relative_to(here) if command.is_relative_to(here) else command)


def free_port_from(first: int) -> int:
    """The first port from `first` on that nothing listens on; `first` itself where all those tried are taken."""
    tried = range(first, min(first + _PORTS_TRIED, 65536))
    return next((port for port in tried if port_is_free(port)), first)


def port_is_free(port: int) -> bool:
    """Whether nothing listens on a port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
