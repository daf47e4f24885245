"""Gains on long sound, in place: a copy of a song costs more time than what is done to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Gain, Signal
from workbench.dsp.memory import fresh
from workbench.dsp.parallel import blocks, each_block
from workbench.dsp.scratch import have_at_hand

_SMALL = 1 << 14
"""Samples that stay within a core's cache while several sounds are added."""


def amplify(samples: Signal, gain: Gain | float) -> Signal:
    """Multiply (2, n) samples by a gain, or by a curve of gains (n,), in place; returns the same array.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound, which is changed.
    gain : float or array of shape (n,), float32
        Linear.

    Returns
    -------
    array of shape (2, n), float32

    Examples
    --------
    >>> amplify(np.ones((2, 2), np.float32), 0.5).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    return scaled(samples, gain, out=samples)


def scaled(samples: Signal, gain: Gain | float, *, out: Signal | None = None) -> Signal:
    """(2, n) samples times a gain, or a curve of gains (n,); `out` may be the samples themselves.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound.
    gain : float or array of shape (n,), float32
        Linear.
    out : array of shape (2, n), float32, optional
        Where the result goes.

    Returns
    -------
    array of shape (2, n), float32

    Examples
    --------
    >>> scaled(np.ones((2, 2), np.float32), np.array([0.5, 2.0], np.float32)).tolist()
    [[0.5, 2.0], [0.5, 2.0]]
    """
    found = fresh(samples.shape) if out is None else out

    def multiply(start: int, stop: int) -> None:
        factor = gain[start:stop] if isinstance(gain, np.ndarray) else np.float32(gain)
        have_at_hand(found[:, start:stop])
        np.multiply(samples[:, start:stop], factor, out=found[:, start:stop])

    each_block(multiply, samples.shape[1])
    return found


def add_scaled(samples: Signal, other: Signal, gain: float) -> Signal:
    """Add `gain` times other (2, n) samples in place; returns the same array.

    Parameters
    ----------
    samples, other : arrays of shape (2, n), float32
        Sound that is added to, and what is added.
    gain : float
        Linear.

    Returns
    -------
    array of shape (2, n), float32

    Examples
    --------
    >>> add_scaled(np.ones((2, 1), np.float32), np.ones((2, 1), np.float32), 0.5).tolist()
    [[1.5], [1.5]]
    """
    added = np.ascontiguousarray(other)

    def add(start: int, stop: int) -> None:
        have_at_hand(samples[:, start:stop])
        _add_scaled(samples, added, np.float32(gain), start, stop)

    each_block(add, samples.shape[1])
    return samples


def sum_of(sounds: Iterable[Signal]) -> Signal:
    """The sum of (2, n) sounds, taken in their order.

    Parameters
    ----------
    sounds : iterable of arrays of shape (2, n), float32
        At least one, all of the same length.

    Returns
    -------
    array of shape (2, n), float32
        A new array.

    Examples
    --------
    >>> sum_of([np.ones((2, 1), np.float32), np.ones((2, 1), np.float32)]).tolist()
    [[2.0], [2.0]]
    """
    together = list(sounds)
    total = fresh(together[0].shape)

    def add(start: int, stop: int) -> None:
        for begin, end in blocks(stop - start, _SMALL):
            sum_between(together, start + begin, start + end, out=total[:, start + begin : start + end])

    each_block(add, total.shape[1])
    return total


def sum_between(sounds: Sequence[Signal], start: int, stop: int, *, out: Signal | None = None) -> Signal:
    """The sum of samples `start` to `stop` of (2, n) sounds, taken in their order.

    Parameters
    ----------
    sounds : sequence of arrays of shape (2, n), float32
        At least one.
    start, stop : int
        Within the sounds; the stretch should fit into a core's cache.
    out : array of shape (2, stop - start), float32, optional
        Where the result goes.

    Returns
    -------
    array of shape (2, stop - start), float32

    Examples
    --------
    >>> sum_between([np.ones((2, 4), np.float32), np.ones((2, 4), np.float32)], 1, 2).tolist()
    [[2.0], [2.0]]
    """
    first, *others = sounds
    total = np.empty((first.shape[0], stop - start), np.float32) if out is None else out
    np.copyto(total, first[:, start:stop])
    for other in others:
        total += other[:, start:stop]
    return total


@numba.njit(cache=True, nogil=True)
def _add_scaled(samples, other, gain, start, stop):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for channel in range(samples.shape[0]):
        row, added = samples[channel, start:stop], other[channel, start:stop]
        for i in range(row.shape[0]):
            row[i] += gain * added[i]


def ramps(values: npt.NDArray[np.float64], hop: int, length: int) -> Gain:
    """Curve (length,) through values that stand in the middle of each hop: straight between them, level beyond.

    Parameters
    ----------
    values : array of shape (hops,), float64
        One value for each hop.
    hop : int
        Samples of a hop.
    length : int
        Samples of the curve.

    Returns
    -------
    array of shape (length,), float32

    Examples
    --------
    >>> ramps(np.array([0.0, 1.0]), 2, 4).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    curve = fresh((length,))
    each_block(lambda start, stop: _ramps(values, hop, start, curve[start:stop]), length)
    return curve


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _ramps(values, hop, begin, curve):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    last = values.shape[0] - 1
    half = hop / 2.0
    i = 0
    while i < curve.shape[0]:
        slot = int(np.floor((begin + i - half) / hop))
        stop = min(curve.shape[0], int(np.ceil((slot + 1) * hop + half)) - begin)
        base, step = values[min(max(slot, 0), last)], 0.0
        if 0 <= slot < last:
            step = (values[slot + 1] - base) / hop
        offset = begin - half - slot * hop
        for j in range(i, stop):
            curve[j] = base + step * (j + offset)
        i = stop
