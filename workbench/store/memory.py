"""A store in memory: what was made a moment ago in the same process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from workbench.domain.arrays import Signal


class SampleStore(Protocol):
    """What keeps samples by their key: a `Store` on disk, or a `MemoryStore`."""

    def samples(self, key: str, make: Callable[[], Signal]) -> Signal:
        """The samples of a key; made, and kept, if they are not there."""


class MemoryStore:
    """Samples by their key, at most `limit_bytes` of them; those unused for longest go first. Any thread may use it."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[str, Signal] = OrderedDict()
        self._lock = threading.Lock()

    def samples(self, key: str, make: Callable[[], Signal]) -> Signal:
        """The samples of a key; made, and kept, if they are not there. They must not be written to."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while sum(samples.nbytes for samples in self._kept.values()) > self._limit and len(self._kept) > 1:
                self._kept.popitem(last=False)
        return made
