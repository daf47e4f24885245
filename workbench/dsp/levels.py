"""Peak and power of long sound, piece by piece: no copy of it is made."""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Signal
from workbench.dsp.parallel import blocks, each_block

_SMALL = 1 << 16
"""Samples that stay within a core's cache while they are looked at."""


def peak_of(samples: Signal) -> float:
    """Highest magnitude of (c, n) samples; 0 for none, not a number where one is not.

    Parameters
    ----------
    samples : array of shape (c, n), float32
        Sound of any level.

    Returns
    -------
    float
        Sample peak, linear; `true_peak.true_peak` looks between the samples too.

    Examples
    --------
    >>> peak_of(np.array([[0.25, -0.5]], np.float32))
    0.5
    """

    def highest(start: int, stop: int) -> float:
        pieces = (samples[:, first + start : last + start] for first, last in blocks(stop - start, _SMALL))
        return float(np.max([(-piece.min(), piece.max()) for piece in pieces]))

    return float(np.max(each_block(highest, samples.shape[1]), initial=0.0))


def mean_square(samples: Signal) -> float:
    """Mean of the squares of (c, n) samples over both axes; 0 for none.

    Parameters
    ----------
    samples : array of shape (c, n), float32
        Sound of any level.

    Returns
    -------
    float
        Power, linear; summed in float64.

    Examples
    --------
    >>> mean_square(np.array([[0.5, -0.5]], np.float32))
    0.25
    """

    def total(start: int, stop: int) -> float:
        pieces = (samples[:, first + start : last + start] for first, last in blocks(stop - start, _SMALL))
        return float(sum(np.einsum("ij,ij->", piece, piece, dtype=np.float64) for piece in pieces))

    return sum(each_block(total, samples.shape[1])) / max(1, samples.size)
