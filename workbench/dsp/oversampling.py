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

_BLOCK_SAMPLES = 16384
Floats = npt.NDArray[np.float32]


@lru_cache(maxsize=8)
def _taps(factor: int) -> Floats:
    """Phases of the interpolation filter, (factor, 2 HALF_TAPS + 1): row p, column j weighs sample i + j - HALF_TAPS.

    A Kaiser window (beta 5) on an ideal low-pass at the original Nyquist frequency: the filter that
    `scipy.signal.resample_poly` uses, so that a meter built on it reads what the limiter saw.
    """
    half = HALF_TAPS * factor
    n = np.arange(-half, half + 1)
    prototype = np.sinc(n / factor) * np.kaiser(2 * half + 1, 5.0)
    prototype *= factor / prototype.sum()
    phases = np.zeros((factor, 2 * HALF_TAPS + 1))
    for phase in range(factor):
        for j in range(2 * HALF_TAPS + 1):
            index = half + phase - (j - HALF_TAPS) * factor
            if 0 <= index <= 2 * half:
                phases[phase, j] = prototype[index]
    return phases.astype(np.float32)


@numba.njit(cache=True, nogil=True)
def _up(padded, taps, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    # One multiply-add sweep per tap over contiguous samples: the compiler vectorises it without reordering sums.
    for channel in range(out.shape[0]):
        for phase in range(out.shape[1]):
            row = out[channel, phase]
            row[:] = 0.0
            for j in range(taps.shape[1]):
                weight = taps[phase, j]
                if weight != 0.0:
                    for i in range(row.shape[0]):
                        row[i] += weight * padded[channel, i + j]


@numba.njit(cache=True, nogil=True)
def _down(phases, taps, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    reach = taps.shape[1]
    for channel in range(out.shape[0]):
        row = out[channel]
        row[:] = 0.0
        for phase in range(taps.shape[0]):
            source = phases[channel, phase]
            for j in range(reach):
                weight = taps[phase, reach - 1 - j] / taps.shape[0]
                if weight != 0.0:
                    for i in range(row.shape[0]):
                        row[i] += weight * source[i + j]


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
    _up(np.pad(samples, ((0, 0), (HALF_TAPS, HALF_TAPS))), _taps(factor), out)
    return out


def peak_envelope(samples: Samples, factor: int = 4) -> Floats:
    """Highest absolute value near each sample, between the samples included; over both channels, shape (n,).

    The peak between two samples counts for both. Follows ITU-R BS.1770-4, annex 2 (4-fold oversampling).
    """
    length = samples.shape[1]
    peaks = np.zeros(length + 1, dtype=np.float32)
    padded = np.pad(samples, ((0, 0), (HALF_TAPS, HALF_TAPS)))
    taps = _taps(factor)
    for start in range(0, length, _BLOCK_SAMPLES):
        stop = min(start + _BLOCK_SAMPLES, length)
        phases = np.empty((samples.shape[0], factor, stop - start), dtype=np.float32)
        _up(padded[:, start : stop + 2 * HALF_TAPS], taps, phases)
        block = np.abs(phases).max(axis=(0, 1))
        np.maximum(peaks[start:stop], block, out=peaks[start:stop])
        np.maximum(peaks[start + 1 : stop + 1], block, out=peaks[start + 1 : stop + 1])
    return np.maximum(peaks[:length], np.abs(samples).max(axis=0, initial=0.0))


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
    padded = np.pad(samples, ((0, 0), (2 * HALF_TAPS, 2 * HALF_TAPS)))
    out = np.array(samples, dtype=np.float32)
    taps = _taps(factor)
    for start in range(0, length, _BLOCK_SAMPLES):
        stop = min(start + _BLOCK_SAMPLES, length)
        piece = padded[:, start : stop + 4 * HALF_TAPS]
        phases = np.empty((2, factor, stop - start + 2 * HALF_TAPS), dtype=np.float32)
        _up(piece, taps, phases)
        change = curve(phases) - phases
        if not change.any():
            continue
        addition = np.empty((2, stop - start), dtype=np.float32)
        _down(change, taps, addition)
        out[:, start:stop] += addition
    return out
