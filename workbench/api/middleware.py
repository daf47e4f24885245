"""What every request passes: an identifier for the logs, HTTPS where it is promised, limits on JSON, safe headers."""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.api.problems import problem
from workbench.api.settings import ApiSettings

JSON_BYTES = 1_000_000
JSON_DEPTH = 32
_UPLOAD_BYTES = 600_000_000

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "media-src 'self' data: blob:; sandbox allow-scripts; frame-ancestors 'none'"
)
"""For a report, which is one page with all that belongs to it: it may do nothing beyond itself."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost", "testclient")


class RequestGate:
    """Refuses what no endpoint should see, and logs each request in one line."""

    def __init__(self, app: ASGIApp, *, settings: ApiSettings, counts: Counter[tuple[str, str, int]]) -> None:
        self._app, self._settings, self._counts = app, settings, counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; only HTTP is looked at."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = secrets.token_hex(8), time.monotonic(), 500
        scope.setdefault("state", {})["request_id"] = request_id
        # What may be fetched may be asked for its headers alone.
        asks_head = scope["method"] == "HEAD"
        if asks_head:
            scope["method"], scope["state"]["asks_head"] = "GET", True
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in self._safe_headers(scope, headers.get("content-type", "")).items():
                    headers.setdefault(name, value)
            elif asks_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            refusal, receive = await self._examined(scope, receive)
            if refusal is None:
                await self._app(scope, receive, answer)
            else:
                response = problem(Request(scope), refusal[0], refusal[1])
                await response(scope, receive, answer)
        finally:
            path = getattr(scope.get("route"), "path", "other")
            self._counts[(scope["method"], path, status)] += 1
            seconds = round(time.monotonic() - began, 4)
            known = {name: scope["state"][name] for name in ("key_id", "job_id") if name in scope["state"]}
            structlog.get_logger().info(
                "request", method=scope["method"], path=path, status=status, seconds=seconds, **known
            )

    def _safe_headers(self, scope: Scope, content_type: str) -> dict[str, str]:
        if scope["path"].endswith("/docs"):
            return {}
        headers = dict(_HEADERS)
        if content_type.startswith("text/html"):
            headers["Content-Security-Policy"] = _PAGE_POLICY
        if self._settings.cors_origins:
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        # The promise would hold for every port of a name, and so for all that one develops on this machine.
        if self._settings.secure and _host_of(scope) not in _LOOPBACK:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return headers

    async def _examined(self, scope: Scope, receive: Receive) -> tuple[tuple[int, str] | None, Receive]:
        """A refusal, or None and what the application reads the body from."""
        if not self._is_secure(scope):
            return (403, "plain HTTP is served on this machine only: use HTTPS"), receive
        headers = Headers(scope=scope)
        is_json = headers.get("content-type", "").split(";")[0].strip().endswith("json")
        limit = JSON_BYTES if is_json else _UPLOAD_BYTES
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > limit:
            return (413, f"the body is larger than {limit / 1e6:g} MB"), receive
        if not is_json:
            return None, _limited(receive, limit)
        body = await _whole(receive, limit)
        if body is None:
            return (413, f"the body is larger than {limit / 1e6:g} MB"), receive
        return _json_refusal(body), _again(body)

    def _is_secure(self, scope: Scope) -> bool:
        """Whether the client's own connection was TLS, or comes from this machine."""
        client = scope["client"][0] if scope.get("client") else "testclient"
        if scope["scheme"] == "https":
            return True
        if client in self._settings.trusted_proxies:
            return Headers(scope=scope).get("x-forwarded-proto", "") == "https"
        return client in _LOOPBACK


def _host_of(scope: Scope) -> str:
    """The name that the client calls the server by, without its port."""
    name = Headers(scope=scope).get("host", "")
    return name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]


def _json_refusal(body: bytes) -> tuple[int, str] | None:
    """Why a JSON body is refused before anything reads it: how deep it is nested is counted, not recursed."""
    depth = deepest = 0
    quoted = escaped = False
    for byte in body:
        if quoted:
            quoted = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    if deepest > JSON_DEPTH:
        return 422, f"the body is nested deeper than {JSON_DEPTH} levels"
    try:
        json.loads(body or b"null")
    except (ValueError, RecursionError) as error:
        return 422, f"the body is not JSON: {error}"
    return None


async def _whole(receive: Receive, limit: int) -> bytes | None:
    """The whole body, or None if it is larger than the limit."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes) -> Receive:
    """A body that was read, for the application to read."""
    answered = False

    async def receive() -> MutableMapping[str, Any]:
        nonlocal answered
        if answered:
            return {"type": "http.disconnect"}
        answered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _limited(receive: Receive, limit: int) -> Receive:
    """A body that ends the connection where it grows over the limit, whatever its header said."""
    size = 0

    async def read() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if size > limit else message

    return read
