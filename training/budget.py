"""The time that a piece of work may take, and how far it is, estimated from what was measured while it went on."""

from __future__ import annotations

import time
from collections.abc import Callable

Report = Callable[[float, str], None]


class Budget:
    """A limit in seconds that counts from when it is made, and progress as a share of the time that all will take.

    Parameters
    ----------
    seconds : float
        Longest time of everything.
    report : callable, optional
        Called with a fraction 0..1 of the expected time and what is being done.
    after_seconds : float
        What is kept for work after the last that asks here.
    """

    def __init__(self, seconds: float, report: Report | None = None, *, after_seconds: float = 0.0) -> None:
        self._report = report or (lambda fraction, message: None)
        self._seconds, self._after, self._began = seconds, after_seconds, time.monotonic()

    @property
    def elapsed_seconds(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._began

    @property
    def left_seconds(self) -> float:
        """Seconds until the limit, without those kept for later; below zero when it is passed."""
        return self._seconds - self._after - self.elapsed_seconds

    def ensure(self, share: float) -> None:
        """Move the limit, if need be, so that a share of the whole is left from now on."""
        self._seconds += max(0.0, share * self._seconds - self.left_seconds)

    def tell(self, message: str, ahead_seconds: float) -> None:
        """Report what is being done, and how far it is if `ahead_seconds` are ahead before what comes after."""
        ahead = max(0.0, ahead_seconds) + self._after
        self._report(self.elapsed_seconds / max(self.elapsed_seconds + ahead, 1e-9), message)
