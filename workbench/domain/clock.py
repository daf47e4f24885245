"""The stages of the line, how long each takes, and how far the work is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Progress = Callable[[float, str], None]
"""Called with a fraction 0..1 and what is being done."""
Tell = Callable[[str], None]
"""Called with what is done now, in a line."""

LOG = logging.getLogger("workbench.run")
"""What a run does; the command line writes it down as lines (`workbench.domain.log_lines`)."""

STAGES = ("translate", "compose", "render", "mix", "master", "check")
"""Stages in order."""
SOUND_STAGES = STAGES[2:]
"""What is done to a song that is written already."""

_SHARES = {"translate": 0.01, "compose": 0.34, "render": 0.35, "mix": 0.1, "master": 0.1, "check": 0.1}


@contextmanager
def logged_stage(name: str) -> Iterator[None]:
    """Write down how long a stage took."""
    began = time.perf_counter()
    yield
    LOG.info("stage", extra={"fields": {"stage": name, "seconds": round(time.perf_counter() - began, 3)}})


class Clock:
    """Measures each stage and passes its progress on as a share of the whole, which is the `stages`."""

    def __init__(self, progress: Progress | None, stages: Sequence[str] = STAGES) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._whole = sum(_SHARES[name] for name in stages)
        self._done = 0.0

    def begin(self) -> None:
        """Start from nothing."""
        self.seconds.clear()
        self._done = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress | None]:
        """Time a stage; gives a progress function for it."""
        share, start = _SHARES[name] / self._whole, self._done
        report = self._progress
        if report is not None:
            report(start, name)
        began = time.perf_counter()
        with logged_stage(name):
            yield None if report is None else lambda fraction, message: report(start + share * fraction, message)
        self.seconds[name] = time.perf_counter() - began
        self._done = start + share
        if report is not None:
            report(min(self._done, 1.0), name)


def side_by_side(progress: Progress | None, count: int) -> list[Progress | None]:
    """A progress for each of `count` candidates, which may be made at the same time; together they are the whole."""
    if progress is None or count == 1:
        return [progress] * count
    report, done, lock = progress, [0.0] * count, threading.Lock()

    def candidate(number: int) -> Progress:
        def tell(fraction: float, message: str) -> None:
            with lock:
                done[number] = max(done[number], fraction)
                report(sum(done) / count, f"candidate {number + 1} of {count}: {message}")

        return tell

    return [candidate(number) for number in range(count)]


def readable_duration(seconds: float) -> str:
    """A duration in words.

    Examples
    --------
    >>> readable_duration(42.4), readable_duration(192), readable_duration(7300)
    ('42 s', '3 min 12 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
