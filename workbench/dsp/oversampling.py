"""Polyphase oversampling for non-linear stages and for true-peak detection.

The oversampled signal is kept as its phases, shape (..., factor, n): element `p` of sample `i` lies at time
`i + p / factor`. Non-linear stages work element by element, so nothing is ever interleaved.
"""

from __future__ import annotations

from functools import lru_cache

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError

HALF_TAPS = 10
"""Reach of the interpolation filter to either side, in input samples."""

_TAPS = 24
"""Taps of each phase: 2 HALF_TAPS + 1, filled up with zeros to a multiple of the unrolled loop."""

STEEP_HALF_TAPS, STEEP_BETA = 18, 9.0
"""Filter of stages that bend the sound: at 48 kHz it passes up to 20 kHz and stops what would fold below that."""

MESH = 64
"""Samples that are looked at, or left out, together; more than the filters reach."""


def windowed_sinc(factor: int, half_taps: int, beta: float, *, gain: float = 1.0) -> npt.NDArray[np.float64]:
    """Low-pass at the Nyquist frequency of a rate `factor` times lower, behind a Kaiser window.

    It reaches `half_taps` samples of that lower rate to either side, and has `gain` at 0 Hz. The window: J. F. Kaiser,
    "Nonrecursive digital filter design using the I0-sinh window function", IEEE ISCAS (1974).

    Returns
    -------
    array of shape (2 half_taps factor + 1,), float64

    Examples
    --------
    >>> taps = windowed_sinc(4, 10, 5.0)
    >>> taps.size, round(float(taps.sum()), 6)
    (81, 1.0)
    """
    half = half_taps * factor
    taps = np.sinc(np.arange(-half, half + 1) / factor) * np.kaiser(2 * half + 1, beta)
    taps *= gain / taps.sum()
    return np.asarray(taps, dtype=np.float64)


@lru_cache(maxsize=16)
def phase_taps(factor: int, half_taps: int = HALF_TAPS, beta: float = 5.0) -> tuple[Signal, Signal]:
    """Taps of interpolation and decimation, (factor, t) each: row p, column j weighs sample i + j - half_taps.

    A Kaiser window on an ideal low-pass at the original Nyquist frequency. By default (beta 5) it is the filter that
    `scipy.signal.resample_poly` uses, so that a meter built on it reads what the limiter saw; `t` is 2 half_taps + 1,
    filled up with zeros to a multiple of the unrolled loop.

    Returns
    -------
    up, down : arrays of shape (factor, t), float32

    Examples
    --------
    >>> phase_taps(4)[0].sum(axis=1).round(2).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    half = half_taps * factor
    prototype = windowed_sinc(factor, half_taps, beta, gain=factor)
    prototype[np.abs(prototype) < 1e-12] = 0.0
    up = np.zeros((factor, -(-(2 * half_taps + 1) // 4) * 4))
    for phase in range(factor):
        for j in range(2 * half_taps + 1):
            index = half + phase - (j - half_taps) * factor
            if 0 <= index <= 2 * half:
                up[phase, j] = prototype[index]
    down = np.zeros_like(up)
    down[:, : 2 * half_taps + 1] = up[:, 2 * half_taps :: -1] / factor
    return up.astype(np.float32), down.astype(np.float32)


@numba.njit(cache=True, nogil=True, inline="always")
def convolve(source, start, taps, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Add the correlation of `source` from `start` with the taps to `out`: four taps a sweep, which vectorises."""
    for j in range(0, taps.shape[0], 4):
        a, b, c, d = taps[j], taps[j + 1], taps[j + 2], taps[j + 3]
        if a != 0.0 or b != 0.0 or c != 0.0 or d != 0.0:
            # A slice that starts at 0: the compiler need not check for negative indices in the loop.
            view = source[start + j : start + j + out.shape[0] + 3]
            for i in range(out.shape[0]):
                out[i] += a * view[i] + b * view[i + 1] + c * view[i + 2] + d * view[i + 3]


@numba.njit(cache=True, nogil=True)
def interpolate(padded, start, taps, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `out` (c, factor, m) with the phases of `padded` (c, n) from sample `start` on."""
    for channel in range(out.shape[0]):
        for phase in range(out.shape[1]):
            out[channel, phase, :] = 0.0
            convolve(padded[channel], start, taps[phase], out[channel, phase])


@numba.njit(cache=True, nogil=True)
def decimate(change, taps, start, stop, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Add the way back of phases (c, factor, m) to samples `start` to `stop` of `out` (c, n)."""
    for channel in range(out.shape[0]):
        for phase in range(taps.shape[0]):
            convolve(change[channel, phase], 0, taps[phase], out[channel, start:stop])


def _padded(samples: Signal, reach: int) -> Signal:
    """Zeros on both sides; a few more behind for the taps that are zero themselves."""
    return np.pad(np.asarray(samples, dtype=np.float32), ((0, 0), (reach, reach + _TAPS)))


def oversample(samples: Signal, factor: int = 4) -> Signal:
    """Interpolated phases of (2, n) samples: shape (2, factor, n).

    Returns
    -------
    array of shape (2, factor, n), float32

    Raises
    ------
    ParameterError
        If `factor` is not 2, 4 or 8.

    Examples
    --------
    >>> oversample(np.ones((2, 100), np.float32), 2)[0, :, 50].round(2).tolist()
    [1.0, 1.0]
    """
    if factor not in (2, 4, 8):
        raise ParameterError(f"oversampling factor: expected 2, 4 or 8, got {factor}")
    out = np.empty((samples.shape[0], factor, samples.shape[1]), dtype=np.float32)
    interpolate(_padded(samples, HALF_TAPS), 0, phase_taps(factor)[0], out)
    return out


def oversampled(audio: Signal, factor: int) -> Signal:
    """Samples (c, n) at a multiple of their rate, (c, factor n), for stages with memory: steep filters, no delay.

    Returns
    -------
    array of shape (c, factor n), float32

    Examples
    --------
    >>> oversampled(np.ones((1, 100), np.float32), 4)[0, 200:203].round(3).tolist()
    [1.0, 1.0, 1.0]
    """
    up, _ = phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA)
    padded = np.pad(audio, ((0, 0), (STEEP_HALF_TAPS, STEEP_HALF_TAPS + up.shape[1])))
    phases = np.empty((audio.shape[0], factor, audio.shape[1]), dtype=np.float32)
    interpolate(padded, 0, up, phases)
    return np.ascontiguousarray(phases.transpose(0, 2, 1)).reshape(audio.shape[0], -1)


def decimated(dense: Signal, factor: int) -> Signal:
    """The way back of `oversampled`: (c, factor n) to (c, n).

    Returns
    -------
    array of shape (c, n), float32

    Examples
    --------
    >>> there = np.sin(np.arange(400) * 0.3).astype(np.float32)[None]
    >>> bool(np.abs(decimated(oversampled(there, 2), 2) - there)[0, 50:-50].max() < 1e-3)
    True
    """
    _, down = phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA)
    length = dense.shape[1] // factor
    phases = dense.reshape(dense.shape[0], length, factor).transpose(0, 2, 1)
    padded = np.pad(phases, ((0, 0), (0, 0), (STEEP_HALF_TAPS, STEEP_HALF_TAPS + down.shape[1])))
    out = np.zeros((dense.shape[0], length), dtype=np.float32)
    decimate(np.ascontiguousarray(padded), down, 0, length, out)
    return out
