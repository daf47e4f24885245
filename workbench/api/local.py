"""A server of one's own on this machine, for notebooks and tests: started in a process, ended with the block."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from workbench.api.client import Client
from workbench.api.database import Database
from workbench.api.keys import SCOPES, KeyStore
from workbench.api.settings import API_PREFIX, ApiSettings
from workbench.domain.errors import WorkbenchError

_START_SECONDS = 90.0
_STOP_SECONDS = 30.0


class LocalServer:
    """`beatsfoundry serve` on a free port of this machine, with a key of the tier `studio`.

    Parameters
    ----------
    home : Path
        Folder of the server.
    options : str
        Further options of `beatsfoundry serve`.

    Examples
    --------
    >>> with LocalServer(Path("server")) as server:  # doctest: +SKIP
    ...     song = server.client().generate({"parameters": {"creative": {"concept": "calm house"}}}, wait_seconds=60)
    """

    def __init__(self, home: Path, *options: str) -> None:
        self.home, self.port, self._options = home, _free_port(), options
        self._over_tls = "--dev-tls" in options
        self.address = f"{'https' if self._over_tls else 'http'}://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.key = KeyStore(Database(ApiSettings(home).database)).create("local", "studio", SCOPES)[1]

    @property
    def log(self) -> Path:
        """What the server says, as JSON lines."""
        return self.home / "server.log"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises
        ------
        WorkbenchError
            If it does not within a minute and a half; its log tells why.
        """
        command = [
            sys.executable,
            "-m",
            "workbench.cli.main",
            "serve",
            "--home",
            str(self.home),
            "--port",
            str(self.port),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--home", str(self.home), *self._options], stdout=log, stderr=log
            )
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        self.stop()
        raise WorkbenchError(f"the server did not start: see {self.log}")

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(_STOP_SECONDS)

    def trust(self) -> bool | ssl.SSLContext:
        """What a client checks the server's certificate against."""
        return ssl.create_default_context(cafile=self.home / "localhost.pem") if self._over_tls else True

    def client(self) -> Client:
        """A client with the server's key."""
        return Client(self.address, key=self.key, verify=self.trust())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _answers(self) -> bool:
        try:
            httpx.get(f"{self.address}{API_PREFIX}/health", timeout=2.0, verify=self.trust())
        except (httpx.HTTPError, OSError):  # the certificate is made while the server starts
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
