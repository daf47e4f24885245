"""A real server in processes of its own, on a port of this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from workbench.api.client import Client

COMMAND = [sys.executable, "-m", "workbench.cli.main"]


class LiveServer:
    """A server process that can be killed and started again on the same folder and port."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home, self.port, self._options = home, _free_port(), options
        self._over_tls = "--dev-tls" in options
        self.address = f"{'https' if self._over_tls else 'http'}://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        made = subprocess.run(
            [*COMMAND, "keys", "create", "--name", "live", "--tier", "studio", "--home", str(home), "--json"],
            capture_output=True, check=True, timeout=60,
        )  # fmt: skip
        self.key: str = json.loads(made.stdout)["key"]

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [*COMMAND, "serve", "--home", str(self.home), "--port", str(self.port), *self._options]
        with (self.home / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                httpx.get(f"{self.address}/api/v1/health", timeout=2.0, verify=self.trust())
                return
            except (httpx.HTTPError, OSError):  # the certificate is made while the server starts
                time.sleep(0.1)
        raise TimeoutError((self.home / "server.log").read_text())

    def trust(self) -> bool | ssl.SSLContext:
        """What a client checks the server's certificate against."""
        return ssl.create_default_context(cafile=self.home / "localhost.pem") if self._over_tls else True

    def kill(self) -> None:
        """End the server process at once, as a crash would; its workers are ended with it."""
        if self._process is not None:
            workers = self.workers()
            self._process.kill()
            self._process.wait()
            for pid in workers:
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End the server in order."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def workers(self) -> list[int]:
        """Process ids of the server's workers."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task")
        return [int(pid) for task in children.iterdir() for pid in (task / "children").read_text().split()]

    def client(self) -> Client:
        """A client with the server's key."""
        return Client(self.address, key=self.key)


@contextmanager
def live_server(home: Path, *options: str) -> Iterator[LiveServer]:
    """A running server that is ended in order."""
    home.mkdir(parents=True, exist_ok=True)
    server = LiveServer(home, *options)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
