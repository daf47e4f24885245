"""MLflow's pages as a reviewer meets them for the first time: about learning machines, without the assistant's panel.

MLflow keeps both choices in the browser and has no setting of the server for them; on a loopback address its assistant
opens by itself once and takes a third of a small screen. So the first page sets what the browser does not hold yet, and
whatever a reviewer chooses afterwards stays. `mlflow server --app-name beatsfoundry` finds `create_app` by its entry
point.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from importlib.metadata import entry_points
from typing import Any

APP_NAME, APP_GROUP = "beatsfoundry", "mlflow.app"
FIRST_CHOICES = {
    "mlflow.workflowType_v1": '"machine_learning"',
    "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true",
}
"""What the browser's storage is given where it holds nothing: key and value as MLflow 3 writes them."""

_SCRIPT = (
    f"<script>for (const [key, value] of Object.entries({json.dumps(FIRST_CHOICES)}))"
    " if (localStorage.getItem(key) === null) localStorage.setItem(key, value);</script>"
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def create_app() -> Application:
    """MLflow's server, whose first page sets the choices."""
    from mlflow.server.fastapi_app import app

    return with_first_choices(app)


def is_installed() -> bool:
    """Whether MLflow can find the application: an installation from before it was declared has no entry point."""
    return bool(entry_points(group=APP_GROUP, name=APP_NAME))


def with_first_choices(app: Application) -> Application:
    """An ASGI application whose page at `/` begins with the script; everything else passes through as it is."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await app(scope, receive, send)
            return
        # A page that the browser kept from before would come without the script.
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith(b"if-")]
        await app({**scope, "headers": headers}, receive, _inserting(send))

    return wrapped


def with_script(page: bytes) -> bytes:
    """A page with the script before everything else in its head.

    Examples
    --------
    >>> with_script(b"<html><head><title>x</title></head></html>").startswith(b"<html><head><script>")
    True
    """
    return page.replace(b"<head>", b"<head>" + _SCRIPT.encode(), 1)


def _inserting(send: Send) -> Send:
    """Holds the answer back until it is whole, and sends it with the script in it."""
    held: list[Message] = []

    async def collect(message: Message) -> None:
        held.append(message)
        if message["type"] == "http.response.start" or message.get("more_body"):
            return
        body = with_script(b"".join(one.get("body", b"") for one in held))
        start = held[0]
        length = (b"content-length", str(len(body)).encode())
        kept = [(name, value) for name, value in start["headers"] if name.lower() not in (b"content-length", b"etag")]
        await send({**start, "headers": [*kept, length]})
        await send({"type": "http.response.body", "body": body})

    return collect
