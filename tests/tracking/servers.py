"""A tracking server of the test's own on the loopback address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.tracking.dashboard import dashboard_command, dashboard_environment


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(uri: str, folder: Path, port: int) -> Iterator[str]:
    """The dashboard's own server over a store, until the block ends."""
    Path(uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    command = dashboard_command(port, uri)
    command[command.index("--artifacts-destination") + 1] = str(folder / "server" / "artifacts")
    address = f"http://127.0.0.1:{port}"
    with run_server(command, dashboard_environment(), folder / "server.log", f"{address}/health"):
        yield address


@contextmanager
def run_server(
    command: list[str], environment: dict[str, str], log: Path, health: str, *, longest_seconds: float = 180.0
) -> Iterator[None]:
    """A server that answers at `health`, until the block ends."""
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, env=environment, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(process, health, time.monotonic() + longest_seconds, log)
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], health: str, until: float, log: Path) -> None:
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(health, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the server did not answer")
