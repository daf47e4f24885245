"""Requests a minute by key, in a moving window (library `limits`): in memory, or in Redis for several machines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from workbench.api.database import BusyError, now

_AWAY = "rate limits cannot be read, since Redis does not answer: try again in a moment"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a request may pass, and what is left of the minute."""

    granted: bool
    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The rate limit as response headers; with `Retry-After` where nothing is left."""
        headers = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return headers if self.granted else {**headers, "Retry-After": str(self.reset_seconds)}


class RateLimits:
    """Counts the requests of each key."""

    def __init__(self, redis_url: str | None = None) -> None:
        self._limiter = MovingWindowRateLimiter(storage_from_string(redis_url or "memory://", wrap_exceptions=True))

    def check(self) -> None:
        """See that requests can be counted.

        Raises
        ------
        BusyError
            If Redis cannot be reached.
        """
        try:
            reached = self._limiter.storage.check()
        except StorageError:
            reached = False
        if not reached:
            raise BusyError(_AWAY)

    def take(self, key_id: str, a_minute: int) -> Allowance:
        """Count a request of a key.

        Raises
        ------
        BusyError
            If Redis cannot be reached.
        """
        limit = RateLimitItemPerMinute(a_minute)
        try:
            granted = self._limiter.hit(limit, key_id)
            window = self._limiter.get_window_stats(limit, key_id)
        except StorageError as error:
            structlog.get_logger().warning("rate limits cannot be read", reason=str(error.storage_error))
            raise BusyError(_AWAY) from None
        seconds = max(1, math.ceil(window.reset_time - now()))
        return Allowance(granted, a_minute, max(0, window.remaining), seconds)
