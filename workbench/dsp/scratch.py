"""Memory of which only a part is held: it lies in a file without a name, and the system reads back what is asked for.

Sound of a whole song is worked on from its beginning to its end, a block at a time, and most of a song's stems wait
meanwhile. What the process holds of all these files is kept near a limit by a watchman: a thread that looks a hundred
times a second while something changes; whoever works on blocks looks between two pieces. What is let go of stays in the
system's cache where there is room, and on disk where there is none, so that no value is ever lost. The files have no
names: nothing remains of them when the arrays are gone, nor when the process is ended. A forked process shares the
blocks of its parent and must not write to them.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast
from weakref import WeakSet

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Bytes

HELD_BYTES = 448 << 20
"""Of all blocks together, about so much is held in memory."""

_TICK_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.16
_IDLE_SECONDS = 10.0
_DISK = Path("/var/tmp")
"""Where systems keep temporary files on a disk; what lies in `/tmp` is often held in memory."""
_LARGEST_SHARE = 0.5
_LARGE_PAGE = 2 << 20
"""What a single entry of the processor's second level of page tables maps: 512 pages at once."""
_SMALL_PIECE = 64 << 10
_LOOKED_AT = 16 << 20
_DEAR_SECONDS = 0.01
"""For so many bytes; memory that was in use a moment ago takes a fifth of it."""
_MOST_AT_HAND = 128 << 20
_POPULATE_WRITE = 23
"""`MADV_POPULATE_WRITE` of Linux 5.14 (asm-generic/mman-common.h)."""


def block(size: int) -> Bytes:
    """Memory of any content for `size` bytes.

    It lies in a file below `TMPDIR`, or `/var/tmp`, where the system can do that and the disk has twice the room;
    elsewhere it is ordinary memory.

    Parameters
    ----------
    size : int
        Bytes, above 0.

    Returns
    -------
    array of shape (size,), uint8

    Examples
    --------
    >>> block(4096).shape
    (4096,)
    """
    mapped = _mapped(size) if sys.platform == "linux" else None
    if mapped is None:
        return np.empty(size, np.uint8)
    _watchman.watch(mapped)
    return np.frombuffer(mapped, np.uint8)


def look() -> None:
    """Let go of what is held of all blocks if it is too much; for those who work on them, between two pieces."""
    _watchman.look_now_and_then()


def expect(size: int) -> None:
    """Have room for a block of `size` bytes that is about to be filled, whether it is new or used again.

    Parameters
    ----------
    size : int
        Bytes.
    """
    _watchman.look(size)


def rest(array: npt.NDArray[np.generic]) -> bool:
    """Hold nothing of the block that an array lies in, if it lies in one; what is asked for next is read back.

    Parameters
    ----------
    array : array
        Of any shape and type.

    Returns
    -------
    bool
        Whether it lies in one.

    Examples
    --------
    >>> numbers = block(4096)
    >>> numbers[:3] = 1, 2, 3
    >>> rest(numbers), rest(np.zeros(3))
    (True, False)
    >>> numbers[:3].tolist()
    [1, 2, 3]
    """
    mapped = _file_below(array)
    if mapped is None:
        return False
    mapped.madvise(mmap.MADV_DONTNEED)
    return True


def _file_below(array: npt.NDArray[np.generic]) -> mmap.mmap | None:
    """The mapped file that an array lies in."""
    below: object = array
    while isinstance(below, np.ndarray | memoryview):
        below = below.base if isinstance(below, np.ndarray) else below.obj
    return below if isinstance(below, mmap.mmap) else None


def have_at_hand(array: npt.NDArray[np.generic]) -> None:
    """Have the memory of an array that is about to be changed, if it lies in a block: page by page it costs more.

    What is longer than a part of all that may be held is left alone.

    Parameters
    ----------
    array : array
        Of one or two axes, each row in one piece.

    Examples
    --------
    >>> numbers = block(4096)
    >>> have_at_hand(numbers[:100])
    """
    if array.nbytes > _MOST_AT_HAND or _populate is None or _file_below(array) is None:
        return
    for row in array if array.ndim > 1 else (array,):
        begin = row.__array_interface__["data"][0]
        first = begin // mmap.PAGESIZE * mmap.PAGESIZE
        _populate(first, begin + row.nbytes - first, _POPULATE_WRITE)


def when_idle(forget: Callable[[], object]) -> None:
    """Have something called whenever no more or less has been held for ten seconds, in a thread of its own.

    Parameters
    ----------
    forget : callable
        Gives back what nobody needs.

    Examples
    --------
    >>> when_idle(list)
    """
    _when_idle.append(forget)


_when_idle: list[Callable[[], object]] = []


def _mapped(size: int) -> mmap.mmap | None:
    folder = _folder()
    with contextlib.suppress(OSError):
        disk = os.statvfs(folder)
        if size > _LARGEST_SHARE * disk.f_bavail * disk.f_frsize:
            return None
        with tempfile.TemporaryFile(dir=folder, prefix="beatsfoundry-", buffering=0) as file:
            # Room is taken now: a disk that is full later would end the process.
            os.posix_fallocate(file.fileno(), 0, size)
            _fill(file.fileno(), size)
            mapped = mmap.mmap(file.fileno(), size)
        _check_pages(mapped)
        return mapped
    return None


_piece = _LARGE_PAGE
"""Bytes that are written to a new file at a time, of which the system's cache makes one folio if it can."""


def _fill(descriptor: int, size: int) -> None:
    """Write zeros in pieces of 2 MB, for what is touched of a file before it is written comes in pages of 4 to 32 kB.

    Each page is then noted by itself when it is changed; a folio of 2 MB is noted and mapped as one. Where such folios
    are dear, since a virtual machine has given what lies free back to its host, small ones are made of what was in use;
    there is not enough of that for the longest songs.
    """
    global _piece
    if size > _MOST_AT_HAND:
        _write_zeros(descriptor, 0, size, _LARGE_PAGE)
        return
    began, tried = time.thread_time(), min(_LOOKED_AT, size)
    _write_zeros(descriptor, 0, tried, _piece)
    if time.thread_time() - began > _DEAR_SECONDS:
        _piece = _SMALL_PIECE
    _write_zeros(descriptor, tried, size, _piece)


def _write_zeros(descriptor: int, start: int, stop: int, piece: int) -> None:
    zeros = memoryview(bytes(piece))
    while start < stop:
        start += os.pwrite(descriptor, zeros[: stop - start], start)


def _check_pages(mapped: mmap.mmap) -> None:
    """See how a new block is mapped; later ones are written in small pieces where the system does not map 2 MB as one.

    Changing a page of a large folio that is not mapped as one costs the more, the larger it is.
    """
    global _piece
    before = _faults()
    with contextlib.suppress(OSError, ValueError):  # an older system
        looked_at = min(len(mapped), _LOOKED_AT)
        mapped.madvise(_POPULATE_WRITE, 0, looked_at)
        if _faults() - before > 8 + looked_at // (_LARGE_PAGE // 8):
            _piece = _SMALL_PIECE
        mapped.madvise(mmap.MADV_DONTNEED)


def _system_call() -> Callable[[int, int, int], int] | None:
    """`madvise` of the C library, during which other threads go on."""
    with contextlib.suppress(OSError, AttributeError):
        call = ctypes.CDLL(None).madvise
        call.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        return cast("Callable[[int, int, int], int]", call)
    return None


_populate = _system_call() if sys.platform == "linux" else None


def _faults() -> int:
    """Pages that this thread asked the system for."""
    import resource  # which only Unix has

    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt


def _folder() -> str:
    if os.environ.get("TMPDIR") or not os.access(_DISK, os.W_OK | os.X_OK):
        return tempfile.gettempdir()
    return str(_DISK)


class _Watchman:
    """Lets go of what is held of all blocks as often as that has grown by `HELD_BYTES`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks: WeakSet[mmap.mmap] = WeakSet()
        self._begun = threading.Event()
        self._thread: threading.Thread | None = None
        self._least = 0
        """What the process held of all its files, programs among them, when nothing was held of the blocks."""
        self._next_look = 0.0

    def watch(self, mapped: mmap.mmap) -> None:
        """Watch one block more, until it is gone."""
        with self._lock:
            if not self._blocks:
                self._least = _held_of_files()
            self._blocks.add(mapped)
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_watch, name="watchman", daemon=True)
                self._thread.start()
            self._begun.set()

    def look(self, coming: int = 0) -> int:
        """Bytes that are held of files; what is held of blocks is let go if it is too much, or will soon be."""
        held = _held_of_files()
        return self.let_go() if held + coming - self._least > HELD_BYTES else held

    def look_now_and_then(self) -> None:
        """`look`, but not more often than it is worth."""
        if self._blocks and time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + _TICK_SECONDS / 2.0
            self.look()

    def let_go(self) -> int:
        """Hold nothing of any block; what is asked for next is read back. Tells what is held of other files."""
        with self._lock:
            for mapped in list(self._blocks):
                mapped.madvise(mmap.MADV_DONTNEED)
            self._least = _held_of_files()
            return self._least

    def _keep_watch(self) -> None:
        """Look again soon while something changes, and ever more rarely while nothing does."""
        held, pause, changed = 0, _TICK_SECONDS, time.monotonic()
        while True:
            self._begun.wait()
            time.sleep(pause)
            before, held = held, self.look()
            if held != before:
                pause, changed = _TICK_SECONDS, time.monotonic()
            else:
                pause = min(2.0 * pause, _LONGEST_PAUSE_SECONDS)
            if time.monotonic() > changed + _IDLE_SECONDS:
                for forget in _when_idle:
                    forget()
                held, changed = self.let_go(), time.monotonic()
            with self._lock:
                if not self._blocks:
                    self._begun.clear()


def _held_of_files() -> int:
    """Bytes that the process holds of files, as the system counts them."""
    resident, shared = 1, 2
    with open("/proc/self/statm", "rb", buffering=0) as file:
        fields = file.read().split()
    return min(int(fields[resident]), int(fields[shared])) * mmap.PAGESIZE


_watchman = _Watchman()


def _forget() -> None:
    """A forked process has none of its parent's threads."""
    global _watchman
    _watchman = _Watchman()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
