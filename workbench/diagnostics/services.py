"""Network diagnostics: whether services answer in their own language, how fast, and whether their clock is ours."""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from workbench.diagnostics.findings import Diagnosis, judged

TOOL = "services"
SLOW_MS = 500.0
MOST_SKEW_SECONDS = 30.0
"""Beyond this signed addresses begin to be refused; HTTP tells whole seconds."""
_PORTS = {"http": 80, "https": 443, "redis": 6379, "rediss": 6380}
_STORES = ("s3",)
_STORE_VARIABLES = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "MLFLOW_S3_ENDPOINT_URL")
_PATIENCE_SECONDS = 3.0
_REDIS_TIME = re.compile(rb"\*2\r\n\$\d+\r\n(\d+)\r\n")


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What a service said: its clock in seconds since 1970 where it tells it, and what is wrong with it."""

    clock: float | None = None
    complaint: str = ""


def reach(addresses: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> list[Diagnosis]:
    """Speak with the tracking server and the object store that the environment names, and with services by address."""
    known = os.environ if environment is None else environment
    named = [("tracking server", known.get("MLFLOW_TRACKING_URI"))]
    named.append(("object store", next((known[name] for name in _STORE_VARIABLES if known.get(name)), None)))
    named += [("service", one) for one in addresses]
    return [finding for name, address in named if address for finding in _service(name, _endpoint(address, known))]


def _endpoint(address: str, environment: Mapping[str, str]) -> str:
    """The address to call: that of an object store stands in the environment."""
    if urlsplit(address).scheme not in _STORES:
        return address
    return next((environment[name] for name in _STORE_VARIABLES if environment.get(name)), "https://")


def _service(name: str, address: str) -> list[Diagnosis]:
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        host, port = None, None
    if parts.scheme not in _PORTS and parts.scheme != "":
        return [Diagnosis(TOOL, name, "ok", "on this machine's disk")]
    if not host or not port:
        return [Diagnosis(TOOL, name, "fail", "its address names no host and port", "BFD020")]
    speak: Callable[[SplitResult, str, int], ServiceAnswer] = _redis if parts.scheme.startswith("redis") else _http
    began, clock = time.perf_counter(), time.time()
    try:
        answer = speak(parts, host, port)
    except (OSError, http.client.HTTPException) as error:
        # Host and port alone are shown: an address may hold a password.
        reason = getattr(error, "strerror", None) or error or type(error).__name__
        return [Diagnosis(TOOL, name, "fail", f"{host}:{port} does not answer ({reason})", "BFD020")]
    took = time.perf_counter() - began
    return [*_reached(name, f"{host}:{port}", answer, 1000 * took), *_clock(name, answer, clock + took / 2)]


def _reached(name: str, place: str, answer: ServiceAnswer, took_ms: float) -> list[Diagnosis]:
    if answer.complaint:
        return [Diagnosis(TOOL, name, "fail", f"{place} {answer.complaint}", "BFD020")]
    return [judged(TOOL, name, f"{place} answers in {took_ms:.0f} ms", "BFD022", fails=False, warns=took_ms > SLOW_MS)]


def _clock(name: str, answer: ServiceAnswer, ours: float) -> list[Diagnosis]:
    if answer.clock is None:
        return []
    ahead = answer.clock - ours
    words = f"its clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} ours"
    return [judged(TOOL, f"{name}'s clock", words, "BFD021", fails=abs(ahead) > MOST_SKEW_SECONDS)]


def _http(parts: SplitResult, host: str, port: int) -> ServiceAnswer:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", parts.path or "/", headers={"User-Agent": "beatsfoundry-doctor"})
        response = connection.getresponse()
    finally:
        connection.close()
    complaint = f"answers with status {response.status}" if response.status >= 500 else ""
    return ServiceAnswer(_moment(response.getheader("Date")), complaint)


def _moment(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError):
        return None


def _redis(parts: SplitResult, host: str, port: int) -> ServiceAnswer:
    """Log in where the address has a password, then ask for the time, in the protocol of Redis."""
    with socket.create_connection((host, port), timeout=_PATIENCE_SECONDS) as plain:
        line = plain
        if parts.scheme == "rediss":
            line = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        if parts.password:
            user = [unquote(parts.username)] if parts.username else []
            line.sendall(_command("AUTH", *user, unquote(parts.password)))
            if not line.recv(512).startswith(b"+OK"):
                return ServiceAnswer(complaint="refuses the password")
        line.sendall(_command("TIME"))
        reply = line.recv(512)
    found = _REDIS_TIME.match(reply)
    if found:
        return ServiceAnswer(float(found.group(1)))
    return ServiceAnswer(complaint="asks for a password" if reply.startswith(b"-NOAUTH") else "is no Redis")


def _command(*words: str) -> bytes:
    r"""A command in the protocol of Redis.

    Examples
    --------
    >>> _command("TIME")
    b'*1\r\n$4\r\nTIME\r\n'
    """
    coded = [word.encode() for word in words]
    return b"*%d\r\n" % len(coded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in coded)
