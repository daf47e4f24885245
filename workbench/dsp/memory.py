"""What is freed stays at hand: pieces of sound come and go, and fetching memory anew costs more than filling it."""

from __future__ import annotations

import ctypes
import os
import threading
import weakref
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Bytes
from workbench.dsp import scratch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's `mallopt` (malloc.h)."""
_LARGE_BYTES = 32 << 20
_KEPT_BYTES = 128 << 20

_ROUNDED = 4 << 20
_MOST_WASTE = 2.2
_KINDS = 8
_asked: list[int] = []
"""Sizes of blocks that were made, the last kind first."""
_free: list[Bytes] = []
"""Blocks that nothing uses, those given back last at the end."""
_taking = threading.Lock()
"""Held by who takes blocks; giving one back is a single append, for that may happen anywhere."""


@cache
def keep_freed_memory() -> bool:
    """Let the process keep up to 128 MB that were freed, and blocks below 32 MB in its heap; tells whether it could.

    By default glibc gives back what lies free at the end of the heap above twice the largest block that was freed, and
    the system clears each page before it gives it again: a quarter of the time of a song was spent on that. Where
    there is no glibc, nothing changes.

    Returns
    -------
    bool
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    return bool(mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)) and bool(mallopt(_TRIM_THRESHOLD, _KEPT_BYTES))


def fresh(shape: Sequence[int], dtype: npt.DTypeLike = np.float32) -> npt.NDArray[np.float32]:
    """An array of any content. What is as long as a song lies where an array lay that nothing uses any more.

    The memory goes back when the array, and every view of it, is gone; `let_go` gives it to the system.

    Parameters
    ----------
    shape : sequence of int
        Length of each axis.
    dtype : numpy type
        Single precision by default.

    Returns
    -------
    array of the given shape and type, C-contiguous, not initialized

    Examples
    --------
    >>> fresh((2, 3)).shape
    (2, 3)
    """
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if size < _LARGE_BYTES:
        return np.empty(shape, dtype)
    scratch.expect(size)
    memory = _taken(size)
    # A view of a memory view keeps this array as its base, and no other: when it goes, nobody reads the block.
    flat = np.frombuffer(memory.data[:size], dtype)
    weakref.finalize(flat, _free.append, memory).atexit = False
    return flat.reshape(shape)


def silence(shape: Sequence[int]) -> npt.NDArray[np.float32]:
    """`fresh`, filled with zeros.

    Returns
    -------
    array of the given shape, float32

    Examples
    --------
    >>> silence((2, 2)).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    array = fresh(shape)
    array.fill(0.0)
    return array


def duplicate(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A copy of an array, in `fresh` memory.

    Returns
    -------
    array of the same shape and type, C-contiguous

    Examples
    --------
    >>> sound = np.ones((1, 2), np.float32)
    >>> copy = duplicate(sound)
    >>> copy[0, 0] = 0.5
    >>> copy.tolist(), sound.tolist()
    ([[0.5, 1.0]], [[1.0, 1.0]])
    """
    copy = fresh(array.shape, array.dtype)
    np.copyto(copy, array)
    return copy


def rest(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Tell that an array is not needed for a while, so that its memory may serve others; gives it back.

    Its values stay: what is asked for of them is read back.

    Examples
    --------
    >>> rest(np.ones((1, 2), np.float32)).tolist()
    [[1.0, 1.0]]
    """
    scratch.rest(array)
    return array


def shortened(samples: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    """The first samples of sound that nobody needs any more as it was: they move together within its own memory.

    Parameters
    ----------
    samples : array of shape (c, n), float32
        Sound, which is written over; what is not C-contiguous is copied.
    length : int
        Samples that stay, at most n.

    Returns
    -------
    array of shape (c, length), float32, C-contiguous

    Examples
    --------
    >>> shortened(np.array([[1, 2, 3], [4, 5, 6]], np.float32), 2).tolist()
    [[1.0, 2.0], [4.0, 5.0]]
    """
    if not samples.flags.c_contiguous:
        return duplicate(samples[:, :length])
    within = samples.reshape(-1)[: samples.shape[0] * length].reshape(samples.shape[0], length)
    if length < samples.shape[1]:
        scratch.have_at_hand(within)
        # Rows move towards the beginning, from the first on, so none is written over before it is read.
        for row in range(1, samples.shape[0]):
            within[row] = samples[row, :length]
    return within


def let_go() -> None:
    """Give the blocks that nothing uses to the system."""
    with _taking:
        _free.clear()
        _asked.clear()


def set_aside() -> None:
    """Hold nothing of the blocks that nothing uses: what is made within the next ten seconds lies in them again.

    They go to the system when that time has passed, and at once where they do not lie in files.
    """
    with _taking:
        _free[:] = [block for block in _free if scratch.rest(block)]


scratch.when_idle(let_go)


def _taken(size: int) -> Bytes:
    """The smallest block that fits, or a new one in place of others that do not."""
    with _taking:
        fitting = [place for place, free in enumerate(_free) if size <= free.size <= _MOST_WASTE * size]
        if fitting:
            return _free.pop(min(fitting, key=lambda place: _free[place].size))
        dropped = 0
        while _free and dropped < size:
            dropped += _free.pop(0).size
    # A curve of gains lies in a block that sound fits into, too: one of its own would serve no sound later.
    asked = next((asked for asked in _asked if size <= asked <= _MOST_WASTE * size), 0)
    if not asked:
        asked = -(-size // _ROUNDED) * _ROUNDED
        _asked.insert(0, asked)
        del _asked[_KINDS:]
    return scratch.block(asked)


if hasattr(os, "register_at_fork"):
    # What lies free is shared with the parent, which uses it again.
    os.register_at_fork(after_in_child=_free.clear)
