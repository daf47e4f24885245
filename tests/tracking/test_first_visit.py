"""The first page sets what a browser does not hold yet; every other answer passes as it is."""

from __future__ import annotations

import asyncio
from typing import Any

from workbench.tracking.first_visit import FIRST_CHOICES, Application, is_installed, with_first_choices

PAGE = b"<!doctype html><html><head><title>MLflow</title></head><body></body></html>"


async def _pages(scope: Any, receive: Any, send: Any) -> None:
    """Answers 304 to a browser that holds the page, else the page in two pieces."""
    if any(name == b"if-none-match" for name, _ in scope["headers"]):
        await send({"type": "http.response.start", "status": 304, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [(b"content-length", str(len(PAGE)).encode()), (b"etag", b"x"), (b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": PAGE[:20], "more_body": True})
    await send({"type": "http.response.body", "body": PAGE[20:]})


def _asked(app: Application, path: str, kind: str = "http", held: bool = False) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    headers = [(b"if-none-match", b"x")] if held else []
    asyncio.run(app({"type": kind, "path": path, "headers": headers}, receive, send))
    return sent


def test_the_first_page_begins_with_the_choices_whatever_the_browser_kept() -> None:
    for held in (False, True):
        start, body = _asked(with_first_choices(_pages), "/", held=held)
        text = body["body"].decode()
        script = text.partition("<head>")[2].partition("</script>")[0]
        assert all(f'"{key}"' in script for key in FIRST_CHOICES)
        assert "=== null" in script  # what a reviewer chose stays
        assert text.replace(f"{script}</script>", "") == PAGE.decode()
        headers = dict(start["headers"])
        assert headers[b"content-length"] == str(len(body["body"])).encode()
        assert headers[b"content-type"] == b"text/html"
        assert b"etag" not in headers


def test_everything_else_passes_as_it_is() -> None:
    for path, held in (("/static/x.js", False), ("/static/x.js", True), ("/ajax-api/2.0/x", False)):
        assert _asked(with_first_choices(_pages), path, held=held) == _asked(_pages, path, held=held)
    assert is_installed(), "install again: the entry point of MLflow's application is missing"
