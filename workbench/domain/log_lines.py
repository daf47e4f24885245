"""Log lines: one JSON object each, in one form for runs of the command line and for the server.

Every line has `timestamp`, `level` and `event`. What goes wrong is `kind_of_error` with a `reason`, or for errors that
nobody expected `error`: the places that it came through, and its type.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

SECRET = ("authorization", "x-api-key", "x_api_key", "key", "secret", "signature", "cookie")
"""Fields that no line has."""
PRIVATE = ("project", "concept", "reason", "message", "out")
"""Fields that hold or quote what a user wrote, or names made of it."""


def without(fields: Mapping[str, Any], names: tuple[str, ...] = SECRET) -> dict[str, Any]:
    """Fields but for those of certain names.

    Examples
    --------
    >>> without({"event": "request", "Key": "bf_1"})
    {'event': 'request'}
    """
    return {name: value for name, value in fields.items() if name.lower() not in names}


def place_of_error(error: BaseException) -> str:
    """Where an error came from and its type; not its text, which may quote what a user wrote."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return " > ".join([*places, type(error).__name__])
