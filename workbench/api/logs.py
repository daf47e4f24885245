"""Structured logs: one JSON object a line on standard error, with what a request or job is bound to; never a secret.

Requests are logged by the template of their path, not by their address, which may be signed; unexpected errors by type
and place, not by their text, which may quote what a client wrote.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import structlog

from workbench.domain.log_lines import place_of_error, without


def configure_logs(*, level: int = logging.INFO) -> None:
    """Write JSON lines; a field whose name says that it is secret is left out whatever it holds."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_error,
            _without_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *names: _StandardError(),
        cache_logger_on_first_use=False,
    )


def configure_other_logs() -> None:
    """Let what other packages of this process log as warnings take the same form."""
    others = logging.StreamHandler(sys.stderr)
    others.setFormatter(_JsonLines())
    logging.basicConfig(handlers=[others], level=logging.WARNING, force=True)


class _StandardError:
    """Writes to standard error as it is at that moment."""

    def msg(self, message: str) -> None:
        # One call a line, so that lines of several threads do not mix.
        sys.stderr.write(message + "\n")

    debug = info = warning = error = critical = exception = msg


class _JsonLines(logging.Formatter):
    """Lines of other packages: where a message comes with an error, its type and place stand for the text."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        error = record.exc_info[1] if record.exc_info else None
        return json.dumps(fields if error is None else {**fields, "event": "error", "error": place_of_error(error)})


def _place_of_error(logger: Any, method: str, event: Any) -> Any:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    return {**event, "error": place_of_error(error)} if isinstance(error, BaseException) else event


def _without_secrets(logger: Any, method: str, event: Any) -> Any:
    return without(event)
