"""Fewer searches for circles of references while a song is made: each looks at everything that lives."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 100_000
"""New objects between two searches; Python's own number is 700 to 2000."""
_lock = threading.Lock()
_inside = 0
_before = (0, 0, 0)


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Search for circles after 100,000 new objects only, as long as anybody is in here.

    A song makes some 100,000 objects that live as long as it, and modules and networks hold more: a 25th of all
    processor time was spent on looking through them again and again. Who has turned the search off leaves it off.
    """
    global _inside, _before
    with _lock:
        if _inside == 0:
            _before = gc.get_threshold()
            gc.set_threshold(max(_OBJECTS, _before[0]) if _before[0] else 0, *_before[1:])
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                gc.set_threshold(*_before)
