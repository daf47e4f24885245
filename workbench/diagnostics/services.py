"""Network diagnostics: whether the services that are named in the environment answer, and how fast."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from workbench.diagnostics.findings import Finding

TOOL = "services"
_PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6380}
_PATIENCE_SECONDS = 3.0


def reach(addresses: Sequence[str] = ()) -> list[Finding]:
    """Open a connection to the tracking server that the environment names, and to further services by their address."""
    tracking = os.environ.get("MLFLOW_TRACKING_URI")
    named = [("tracking server", tracking)] if tracking else []
    return [_service(name, address) for name, address in [*named, *(("service", one) for one in addresses)]]


def _service(name: str, address: str) -> Finding:
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        host, port = None, None
    if parts.scheme not in _PORTS and parts.scheme != "":
        return Finding(TOOL, name, "ok", "on this machine's disk")
    if not host or not port:
        return Finding(TOOL, name, "fail", "its address names no host and port", "BFD020")
    # Host and port alone are shown: an address may hold a password.
    began = time.perf_counter()
    try:
        socket.create_connection((host, port), timeout=_PATIENCE_SECONDS).close()
    except OSError as error:
        return Finding(TOOL, name, "fail", f"{host}:{port} does not answer ({error.strerror or error})", "BFD020")
    return Finding(TOOL, name, "ok", f"{host}:{port} answers in {1000 * (time.perf_counter() - began):.0f} ms")
