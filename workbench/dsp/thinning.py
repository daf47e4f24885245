"""A lower sample rate for what is only measured."""

from __future__ import annotations

import numba
import numpy as np

from workbench.domain.arrays import Signal
from workbench.dsp.memory import silence
from workbench.dsp.oversampling import HALF_TAPS, windowed_sinc

_BETA = 5.0
_LANES = 16
"""Sums that run side by side, so that the loop needs no order."""


def thinned(signal: Signal, step: int) -> Signal:
    """Every `step`-th sample of a signal (n,) behind a low-pass at the new Nyquist frequency, shape (ceil(n / step),).

    The filter is a windowed sinc (Kaiser, beta 5) that reaches 10 of the new samples to either side, without delay.

    Parameters
    ----------
    signal : array of shape (n,), float32
        Sound.
    step : int
        How many times lower the new rate is, at least 1.

    Returns
    -------
    array of shape (ceil(n / step),), float32

    Examples
    --------
    >>> thinned(np.ones(100, np.float32), 4)[10:12].round(3).tolist()
    [1.0, 1.0]
    """
    source = np.ascontiguousarray(signal, dtype=np.float32)
    if step == 1:
        return source
    taps = windowed_sinc(step, HALF_TAPS, _BETA).astype(np.float32)
    padded = silence((source.size + taps.size // 2 + taps.size,))
    padded[taps.size // 2 :][: source.size] = source
    out = np.empty(-(-source.size // step), dtype=np.float32)
    _thin(padded, np.pad(taps, (0, -taps.size % _LANES)), step, out)
    return out


@numba.njit(cache=True, nogil=True)
def _thin(padded, taps, step, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    sums = np.empty(_LANES, dtype=np.float32)
    for place in range(out.shape[0]):
        piece = padded[place * step : place * step + taps.shape[0]]
        sums[:] = 0.0
        for start in range(0, taps.shape[0], _LANES):
            for lane in range(_LANES):
                sums[lane] += taps[start + lane] * piece[start + lane]
        out[place] = sums.sum()
