"""What is freed stays at hand: pieces of sound come and go, and fetching memory anew costs more than filling it."""

from __future__ import annotations

import ctypes
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's `mallopt` (malloc.h)."""
_LARGE_BYTES = 32 << 20
_KEPT_BYTES = 128 << 20


@cache
def keep_freed_memory() -> bool:
    """Let the process keep up to 128 MB that were freed, and blocks below 32 MB in its heap; tells whether it could.

    By default glibc gives back what lies free at the end of the heap above twice the largest block that was freed, and
    the system clears each page before it gives it again: a quarter of the time of a song was spent on that. Where
    there is no glibc, nothing changes.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)) and bool(mallopt(_TRIM_THRESHOLD, _KEPT_BYTES))
