"""The desk's settings, thinned out so that they fit beside the stems, and drawn out again."""

from __future__ import annotations

from collections.abc import Mapping

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Gain
from workbench.domain.audio import Desk
from workbench.dsp.matching import THIRDS_HZ
from workbench.dsp.memory import fresh
from workbench.dsp.parallel import each_block

HOPS_PER_SECOND = 200
"""Values a second of a recalled gain: the fastest gain of the desk, its peak control, moves over 6 ms."""

_DIGITS = 6


def recallable(curve: Gain, sample_rate_hz: int) -> Gain:
    """A gain as the desk will recall it: a mix that runs with it can be made again to the byte.

    Parameters
    ----------
    curve : array of shape (n,), float32
        Of a whole number of hops and one sample, as `recallable_length` gives it.
    sample_rate_hz : int

    Examples
    --------
    >>> curve = np.float32([0.0, 0.4, 1.0, 1.0, 1.0])
    >>> recallable(curve, 2 * HOPS_PER_SECOND).tolist()
    [0.0, 0.5, 1.0, 1.0, 1.0]
    """
    return drawn_out(thinned(curve, sample_rate_hz), len(curve), sample_rate_hz)


def thinned(curve: Gain, sample_rate_hz: int) -> Gain:
    """The values of a gain (n,) that the desk keeps: one each hop, and the last.

    They are rounded, so that a file holds the very same numbers.

    Examples
    --------
    >>> thinned(np.float32([0.0, 0.4, 1.0, 1.0, 1.0]), 2 * HOPS_PER_SECOND).tolist()
    [0.0, 1.0, 1.0]
    """
    hop = sample_rate_hz // HOPS_PER_SECOND
    places = np.minimum(np.arange(-(-(len(curve) - 1) // hop) + 1) * hop, len(curve) - 1)
    return np.round(curve[places].astype(np.float64), _DIGITS).astype(np.float32)


def drawn_out(values: Gain, length: int, sample_rate_hz: int) -> Gain:
    """The gain (length,) that goes through the values of `thinned`, with straight lines between them.

    Examples
    --------
    >>> drawn_out(np.float32([0.0, 1.0, 1.0]), 5, 2 * HOPS_PER_SECOND).tolist()
    [0.0, 0.5, 1.0, 1.0, 1.0]
    """
    return _drawn_out(values, sample_rate_hz // HOPS_PER_SECOND, length)


def recallable_length(samples: int, sample_rate_hz: int) -> int:
    """The least number of samples, at least `samples`, at whose last one a recalled gain has a value.

    Examples
    --------
    >>> recallable_length(4, 2 * HOPS_PER_SECOND), recallable_length(5, 2 * HOPS_PER_SECOND)
    (5, 5)
    """
    hop = sample_rate_hz // HOPS_PER_SECOND
    return -(-(samples - 1) // hop) * hop + 1


def recallable_levels(levels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Gains by third octave with the digits that the desk keeps."""
    return np.round(levels, _DIGITS)


def settled(curves: Mapping[str, npt.NDArray[np.float64]], side_gain: Gain, gain: Gain, sample_rate_hz: int) -> Desk:
    """The settings of a finished mix: `side_gain` is thinned; `gain` (n,) covers the whole mix and tells its length."""
    values = thinned(gain, sample_rate_hz)
    return Desk(
        curves={name: tuple(round(float(value), _DIGITS) for value in curve) for name, curve in curves.items()},
        side_gain=side_gain[: values.size],
        gain=values,
        hop_samples=sample_rate_hz // HOPS_PER_SECOND,
        length_samples=len(gain),
    )


def recalled(curve: Gain, desk: Desk) -> Gain:
    """A curve of the desk, one value a sample, (length_samples,).

    Examples
    --------
    >>> desk = Desk({}, np.ones(3, np.float32), np.float32([0.0, 1.0, 1.0]), 2, 4)
    >>> recalled(desk.gain, desk).tolist()
    [0.0, 0.5, 1.0, 1.0]
    """
    return _drawn_out(curve, desk.hop_samples, desk.length_samples)


def recalled_curve(element: str, desk: Desk) -> npt.NDArray[np.float64]:
    """Gains of an element by third octave; one that was not there gets the mean of the others."""
    if element in desk.curves:
        return np.array(desk.curves[element])
    return np.mean(list(desk.curves.values()), axis=0) if desk.curves else np.zeros(THIRDS_HZ.size)


def _drawn_out(curve: Gain, hop: int, length: int) -> Gain:
    """Straight lines between values a hop apart."""
    out = fresh((length,))

    each_block(lambda start, stop: _draw(curve, hop, start, out[start:stop]), length)
    return out


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _draw(curve, hop, begin, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `out` with the values of the lines from sample `begin` on; beyond the last value it stays there."""
    i = 0
    while i < out.shape[0]:
        slot = (begin + i) // hop
        base, step = np.float64(curve[min(slot, curve.shape[0] - 1)]), 0.0
        if slot + 1 < curve.shape[0]:
            step = (np.float64(curve[slot + 1]) - base) / hop
        offset = begin + i - slot * hop
        piece = out[i : min(out.shape[0], i + hop - offset)]
        for k in range(piece.shape[0]):
            piece[k] = step * (k + offset) + base
        i += piece.shape[0]
