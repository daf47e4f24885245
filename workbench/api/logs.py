"""Structured logs: one JSON object a line on standard error, with what a request is bound to; never a secret."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

_SECRET = ("authorization", "x-api-key", "x_api_key", "key", "secret", "signature", "cookie")


def configure_logs(*, level: int = logging.INFO) -> None:
    """Write JSON lines; a field whose name says that it is secret is left out whatever it holds."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def _without_secrets(logger: Any, method: str, event: Any) -> Any:
    return {name: value for name, value in event.items() if name.lower() not in _SECRET}
