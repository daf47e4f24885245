"""Soft clip and look-ahead true-peak limiter.

The limiter measures peaks on 4-fold oversampled audio (ITU-R BS.1770-4, annex 2), so that its ceiling holds after
conversion to analogue, and it never adds delay: the whole song is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from workbench.domain.audio import Samples
from workbench.domain.errors import ParameterError
from workbench.dsp.oversampling import HALF_TAPS, apply_oversampled, peak_envelope

Gain = npt.NDArray[np.float32]
_PASSES = 4


@dataclass(frozen=True, slots=True)
class Limiter:
    """Limiter settings: gain falls over `lookahead_ms` before a peak and comes back over about `release_ms`."""

    ceiling_db: float = -1.0
    lookahead_ms: float = 4.0
    release_ms: float = 90.0

    def __post_init__(self) -> None:
        if self.lookahead_ms <= 0 or self.release_ms <= 0:
            raise ParameterError(
                "limiter: expected lookahead_ms and release_ms above 0, "
                f"got {self.lookahead_ms:g} and {self.release_ms:g}"
            )


def true_peak_db(samples: Samples) -> float:
    """Highest true peak of (2, n) samples in dB of full scale, 4-fold oversampled; silence gives -200."""
    peak = float(peak_envelope(samples).max(initial=0.0))
    return 20.0 * float(np.log10(max(peak, 1e-10)))


def limiter_gain(samples: Samples, limiter: Limiter, sample_rate_hz: int) -> Gain:
    """Gain that keeps (2, n) samples below the ceiling, one curve for both channels.

    Returns
    -------
    ndarray of shape (n,), float32, linear, at most 1
    """
    ceiling = 10.0 ** (limiter.ceiling_db / 20.0)
    peaks = peak_envelope(samples)
    if float(peaks.max(initial=0.0)) <= ceiling:
        return np.ones(samples.shape[1], dtype=np.float32)
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, np.float32(1e-9)))
    # The smoothing below looks `reach` samples to either side; the minimum over a longer window keeps the bottom of
    # each dip flat as far as the interpolation filter of the peak meter reaches.
    reach = max(2, round(limiter.lookahead_ms * sample_rate_hz / 1000.0 / 2.0))
    lowest = minimum_filter1d(wanted, 4 * reach + 2 * HALF_TAPS + 1, mode="nearest")
    _recover(lowest, float(np.exp(-1000.0 / (limiter.release_ms * sample_rate_hz))))
    for _ in range(2):
        lowest = uniform_filter1d(lowest, 2 * reach + 1, mode="nearest")
    return np.asarray(np.minimum(lowest, 1.0), dtype=np.float32)


@numba.njit(cache=True, nogil=True)
def _recover(gain, coefficient):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Let the gain rise no faster than the release, in place; falls are untouched."""
    current = 1.0
    for i in range(gain.shape[0]):
        current = min(gain[i], 1.0 + coefficient * (current - 1.0))
        gain[i] = current


def limit(samples: Samples, limiter: Limiter, sample_rate_hz: int) -> Samples:
    """Limit (2, n) samples: the true peak of the result does not exceed the ceiling.

    A gain that moves can raise the peak between two samples a little above what was measured before, so the result
    is measured and limited again; what four passes leave, if anything, a constant gain takes away.
    """
    out = np.asarray(samples, dtype=np.float32)
    for _ in range(_PASSES):
        excess_db = true_peak_db(out) - limiter.ceiling_db
        if excess_db <= 0.0:
            return out
        if excess_db < 0.01:
            break
        out = out * limiter_gain(out, limiter, sample_rate_hz)
    return _scaled_below(out, limiter.ceiling_db)


def _scaled_below(samples: Samples, ceiling_db: float) -> Samples:
    excess_db = true_peak_db(samples) - ceiling_db
    if excess_db <= 0.0:
        return samples
    return samples * np.float32(10.0 ** (-(excess_db + 1e-4) / 20.0))


def soft_clip(samples: Samples, *, ceiling_db: float = 0.0, knee_db: float = 3.0, factor: int = 4) -> Samples:
    """Round off what lies within `knee_db` below the ceiling; all below the knee stays untouched.

    The curve is a hyperbolic tangent from the knee on, continuous in value and slope, applied at `factor` times the
    sample rate. After the way back to the original rate peaks may pass the ceiling by some tenths of a dB.

    Raises
    ------
    ParameterError
        If `knee_db` is not above 0.
    """
    if knee_db <= 0:
        raise ParameterError(f"soft clip: expected knee_db above 0, got {knee_db:g}")
    top = np.float32(10.0 ** (ceiling_db / 20.0))
    knee = np.float32(10.0 ** ((ceiling_db - knee_db) / 20.0))
    if true_peak_db(samples) <= ceiling_db - knee_db:
        return samples
    room = top - knee

    def curve(x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        over = np.maximum(np.abs(x) - knee, np.float32(0.0))
        if not over.any():
            return x
        return np.where(over > 0, np.copysign(knee + room * np.tanh(over / room), x), x)

    return apply_oversampled(samples, curve, factor=factor)
