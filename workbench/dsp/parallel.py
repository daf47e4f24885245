"""Work on several cores: independent pieces side by side, whose number never depends on the number of threads.

Kernels let go of the interpreter's lock, so threads are enough. What is split is split at fixed places, so that the
same bytes come out of one thread and of eight.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from workbench.domain.cores import thread_count
from workbench.dsp.memory import keep_freed_memory

Item = TypeVar("Item")
Result = TypeVar("Result")

BLOCK_SAMPLES = 1 << 19
"""Samples of a piece: eleven seconds at 48 kHz, 4 MB of stereo sound."""

_here = threading.local()


def each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """`work` of each item, in order; side by side, unless a caller works side by side already."""
    keep_freed_memory()
    todo = list(items)
    count = min(thread_count(), len(todo))
    if count <= 1 or getattr(_here, "busy", False):
        return [work(item) for item in todo]
    with ThreadPoolExecutor(count, initializer=_mark_busy) as pool:
        return list(pool.map(work, todo))


def blocks(length: int, size: int = BLOCK_SAMPLES) -> list[tuple[int, int]]:
    """Start and end of consecutive pieces of `size` samples; the last may be shorter.

    Examples
    --------
    >>> blocks(10, 4)
    [(0, 4), (4, 8), (8, 10)]
    """
    return [(start, min(start + size, length)) for start in range(0, length, size)]


def each_block(work: Callable[[int, int], Result], length: int, size: int = BLOCK_SAMPLES) -> list[Result]:
    """`work(start, end)` of each piece of `blocks`, in order."""
    return each(lambda piece: work(*piece), blocks(length, size))


def _mark_busy() -> None:
    _here.busy = True
