"""Polyphase oversampling for non-linear stages and for true-peak detection.

The oversampled signal is kept as its phases, shape (..., factor, n): element `p` of sample `i` lies at time
`i + p / factor`. Non-linear stages work element by element, so nothing is ever interleaved.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.audio import Samples
from workbench.domain.errors import ParameterError

HALF_TAPS = 10
"""Reach of the interpolation filter to either side, in input samples."""

_TAPS = 24
"""Taps of each phase: 2 HALF_TAPS + 1, filled up with zeros to a multiple of the unrolled loop."""

STEEP_HALF_TAPS, STEEP_BETA = 18, 9.0
"""Filter of stages that bend the sound: at 48 kHz it passes up to 20 kHz and stops what would fold below that."""

_BLOCK_SAMPLES = 4096
Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=16)
def phase_taps(factor: int, half_taps: int = HALF_TAPS, beta: float = 5.0) -> tuple[Floats, Floats]:
    """Taps of interpolation and decimation, (factor, t) each: row p, column j weighs sample i + j - half_taps.

    A Kaiser window on an ideal low-pass at the original Nyquist frequency. By default (beta 5) it is the filter that
    `scipy.signal.resample_poly` uses, so that a meter built on it reads what the limiter saw; `t` is 2 half_taps + 1,
    filled up with zeros to a multiple of the unrolled loop.
    """
    half = half_taps * factor
    n = np.arange(-half, half + 1)
    prototype = np.sinc(n / factor) * np.kaiser(2 * half + 1, beta)
    prototype *= factor / prototype.sum()
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
def _convolve(source, start, taps, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
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
            _convolve(padded[channel], start, taps[phase], out[channel, phase])


@numba.njit(cache=True, nogil=True)
def decimate(change, taps, start, stop, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Add the way back of phases (c, factor, m) to samples `start` to `stop` of `out` (c, n)."""
    for channel in range(out.shape[0]):
        for phase in range(taps.shape[0]):
            _convolve(change[channel, phase], 0, taps[phase], out[channel, start:stop])


@numba.njit(cache=True, nogil=True)
def _peaks(padded, taps, block, peaks):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    row = np.zeros(block, dtype=np.float32)
    length = peaks.shape[0] - 1
    for start in range(0, length, block):
        size = min(block, length - start)
        for channel in range(2):
            for phase in range(taps.shape[0]):
                row[:] = 0.0
                _convolve(padded[channel], start, taps[phase], row[:size])
                for i in range(size):
                    row[i] = abs(row[i])
                here = peaks[start : start + size]
                for i in range(size):
                    here[i] = max(here[i], row[i])
                after = peaks[start + 1 : start + 1 + size]
                for i in range(size if phase else 0):
                    after[i] = max(after[i], row[i])


def _padded(samples: Samples, reach: int) -> Floats:
    """Zeros on both sides; a few more behind for the taps that are zero themselves."""
    return np.pad(np.asarray(samples, dtype=np.float32), ((0, 0), (reach, reach + _TAPS)))


def oversample(samples: Samples, factor: int = 4) -> Floats:
    """Interpolated phases of (2, n) samples: shape (2, factor, n).

    Raises
    ------
    ParameterError
        If `factor` is not 2, 4 or 8.
    """
    if factor not in (2, 4, 8):
        raise ParameterError(f"oversampling factor: expected 2, 4 or 8, got {factor}")
    out = np.empty((samples.shape[0], factor, samples.shape[1]), dtype=np.float32)
    interpolate(_padded(samples, HALF_TAPS), 0, phase_taps(factor)[0], out)
    return out


def peak_envelope(samples: Samples, factor: int = 4) -> Floats:
    """Highest absolute value near each sample, between the samples included; over both channels, shape (n,).

    The peak between two samples counts for both. Follows ITU-R BS.1770-4, annex 2 (4-fold oversampling).
    """
    length = samples.shape[1]
    peaks = np.zeros(length + 1, dtype=np.float32)
    _peaks(_padded(samples, HALF_TAPS), phase_taps(factor)[0], 1024, peaks)
    return np.asarray(np.maximum(peaks[:length], np.abs(samples).max(axis=0, initial=0.0)), dtype=np.float32)


def apply_oversampled(samples: Samples, curve: Callable[[Floats], Floats], *, factor: int = 4) -> Samples:
    """Pass (2, n) samples through a memoryless curve at `factor` times the sample rate.

    Only what the curve changes goes through the filters: where it is the identity, the signal stays untouched.

    Parameters
    ----------
    samples
        Stereo, (2, n).
    curve
        Element-wise function of float32 arrays that maps 0 to 0.
    factor
        2, 4 or 8.
    """
    length = samples.shape[1]
    padded = _padded(samples, 2 * HALF_TAPS)
    out = np.array(samples, dtype=np.float32)
    up, down = phase_taps(factor)
    for start in range(0, length, _BLOCK_SAMPLES):
        stop = min(start + _BLOCK_SAMPLES, length)
        phases = np.empty((2, factor, stop - start + _TAPS), dtype=np.float32)
        interpolate(padded, start, up, phases)
        change = curve(phases) - phases
        if change.any():
            decimate(change, down, start, stop, out)
    return out


def oversampled(audio: Floats, factor: int) -> Floats:
    """Samples (c, n) at a multiple of their rate, (c, factor n), for stages with memory: steep filters, no delay."""
    up, _ = phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA)
    padded = np.pad(audio, ((0, 0), (STEEP_HALF_TAPS, STEEP_HALF_TAPS + up.shape[1])))
    phases = np.empty((audio.shape[0], factor, audio.shape[1]), dtype=np.float32)
    interpolate(padded, 0, up, phases)
    return np.ascontiguousarray(phases.transpose(0, 2, 1)).reshape(audio.shape[0], -1)


def decimated(dense: Floats, factor: int) -> Floats:
    """The way back of `oversampled`: (c, factor n) to (c, n)."""
    _, down = phase_taps(factor, STEEP_HALF_TAPS, STEEP_BETA)
    length = dense.shape[1] // factor
    phases = dense.reshape(dense.shape[0], length, factor).transpose(0, 2, 1)
    padded = np.pad(phases, ((0, 0), (0, 0), (STEEP_HALF_TAPS, STEEP_HALF_TAPS + down.shape[1])))
    out = np.zeros((dense.shape[0], length), dtype=np.float32)
    decimate(np.ascontiguousarray(padded), down, 0, length, out)
    return out
