"""Work that waits until the hands rest."""

from __future__ import annotations

import threading
from collections.abc import Callable


class AfterPause:
    """Runs what was asked for last, once nothing more was asked for some seconds, in a thread of its own.

    Parameters
    ----------
    seconds
        How long the pause is.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: threading.Timer | None = None

    def soon(self, work: Callable[[], None]) -> None:
        """Run `work` after the pause, in place of what waits."""
        self.cancel()
        self._timer = threading.Timer(self._seconds, work)
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Let go of what waits."""
        if self._timer is not None:
            self._timer.cancel()
