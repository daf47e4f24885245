"""Soft clip and look-ahead true-peak limiter.

The limiter measures peaks on 4-fold oversampled audio (ITU-R BS.1770-4, annex 2), so that its ceiling holds after
conversion to analogue, and it never adds delay: the whole song is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from workbench.domain.arrays import Gain, Signal
from workbench.domain.errors import ParameterError
from workbench.domain.units import db_to_gain, gain_to_db
from workbench.dsp.gains import scaled
from workbench.dsp.memory import fresh
from workbench.dsp.oversampling import HALF_TAPS, MESH, convolve, phase_taps
from workbench.dsp.parallel import each_block
from workbench.dsp.true_peak import copy_around, near_top, peak_envelope, reach_of, tops_of, true_peak

_PASSES = 4
_HARDLY_OVER_DB = 0.01
_FORGOTTEN = 18.0
"""Release times after which a gain no longer knows what was before: it has come within 2e-8 of where it goes."""


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


def true_peak_db(samples: Signal) -> float:
    """Highest true peak of (2, n) samples in dB of full scale, 4-fold oversampled; silence gives -200.

    Returns
    -------
    float

    Examples
    --------
    A sine at a quarter of the sample rate, sampled 45° off its crests, peaks 3 dB above its samples.

    >>> tone = np.sin(np.pi * (np.arange(400) / 2.0 + 0.25)) * np.hanning(400)
    >>> samples = np.stack([tone, tone]).astype(np.float32)
    >>> round(true_peak_db(samples) - 20.0 * float(np.log10(samples.max())), 1)
    3.0
    """
    return 20.0 * float(np.log10(max(true_peak(samples), 1e-10)))


def limiter_gain(samples: Signal, limiter: Limiter, sample_rate_hz: int) -> Gain:
    """Gain that keeps (2, n) samples below the ceiling, one curve for both channels.

    Returns
    -------
    ndarray of shape (n,), float32, linear, at most 1

    Examples
    --------
    A click at twice the ceiling is halved; what lies far before it is left alone.

    >>> click = np.zeros((2, 1_000), np.float32)
    >>> click[:, 600] = 2.0
    >>> gain = limiter_gain(click, Limiter(ceiling_db=0.0), 48_000)
    >>> round(float(gain[0]), 3), round(float(gain[600]), 3)
    (1.0, 0.5)
    """
    ceiling = 10.0 ** (limiter.ceiling_db / 20.0)
    return _gain_below(peak_envelope(samples, above=ceiling), ceiling, limiter, sample_rate_hz)


def _gain_below(wanted: Gain, ceiling: float, limiter: Limiter, sample_rate_hz: int) -> Gain:
    """The limiter's gain for a `peak_envelope`."""
    # The smoothing below looks `reach` samples to either side; the minimum over a longer window keeps the bottom of
    # each dip flat as far as the interpolation filter of the peak meter reaches.
    reach = max(2, round(limiter.lookahead_ms * sample_rate_hz / 1000.0 / 2.0))
    window = 2 * reach + HALF_TAPS
    release = limiter.release_ms * sample_rate_hz / 1000.0
    before, after = window + 2 * reach + round(_FORGOTTEN * release), window + 2 * reach
    gain = fresh((wanted.size,))

    def smooth(start: int, stop: int) -> None:
        first = max(0, start - before)
        piece = _smoothed(wanted[first : stop + after], ceiling, window, float(np.exp(-1.0 / release)), reach)
        gain[start:stop] = piece[start - first : stop - first]

    each_block(smooth, wanted.size)
    return gain


@numba.njit(cache=True, nogil=True)
def _smoothed(peaks, ceiling, window, release, reach):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Gain for peaks (n,): the minimum `window` to either side, rising no faster than the release, then two means."""
    length = peaks.shape[0]
    gain = np.empty(length, dtype=np.float32)
    for i in range(length):
        gain[i] = ceiling / peaks[i] if peaks[i] > ceiling else 1.0
    lowest = _lowest_around(gain, window)
    current = 1.0
    for i in range(length):
        current = min(lowest[i], 1.0 + release * (current - 1.0))
        lowest[i] = current
    _mean_around(lowest, reach, gain)
    _mean_around(gain, reach, lowest)
    return lowest


@numba.njit(cache=True, nogil=True)
def _lowest_around(values, reach):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Minimum over `reach` values to either side.

    Every window ends in one of two neighbouring blocks of its own length: running minima from the begin of each block
    and back from its end give all of them (M. van Herk, "A fast algorithm for local minimum and maximum filters on
    rectangular and octagonal kernels", Pattern Recognition Letters 13, 1992).
    """
    length, width = values.shape[0], 2 * reach + 1
    out = np.empty(length, dtype=np.float32)
    before = np.full(width, np.inf, dtype=np.float32)
    ahead = np.empty(width, dtype=np.float32)
    # Block k holds the values from k * width - reach on; a window begins in one block and ends in the next.
    for start in range(-reach, length + reach, width):
        lowest = np.float32(np.inf)
        for k in range(width):
            place = start + k
            if 0 <= place < length:
                lowest = min(lowest, values[place])
            ahead[k] = lowest
        # Windows that end at place k of this block began at place k + 1 of the one before it.
        for k in range(width):
            middle = start + k - reach
            if 0 <= middle < length:
                out[middle] = min(ahead[k], before[k + 1]) if k + 1 < width else ahead[k]
        lowest = np.float32(np.inf)
        for k in range(width - 1, -1, -1):
            place = start + k
            if 0 <= place < length:
                lowest = min(lowest, values[place])
            before[k] = lowest
    return out


@numba.njit(cache=True, nogil=True)
def _mean_around(values, reach, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Mean over `reach` values to either side; the first and last value stand for what lies beyond."""
    length = values.shape[0]
    share = 1.0 / (2 * reach + 1)
    total = (reach + 1) * np.float64(values[0])
    for i in range(1, reach + 1):
        total += values[min(i, length - 1)]
    for i in range(length):
        out[i] = min(total * share, 1.0)
        total += np.float64(values[min(i + reach + 1, length - 1)]) - np.float64(values[max(i - reach, 0)])


def limit(samples: Signal, limiter: Limiter, sample_rate_hz: int, *, out: Signal | None = None) -> Signal:
    """Limit (2, n) samples: the true peak of the result does not exceed the ceiling. `out` may be the samples.

    A gain that moves can raise the peak between two samples a little above what was measured before, so the result
    is measured and limited again; what four passes leave, if anything, a constant gain takes away.

    Returns
    -------
    array of shape (2, n), float32
        As long as the samples, without delay; the samples themselves where nothing exceeds the ceiling.

    Examples
    --------
    >>> loud = 2.0 * np.sin(np.arange(4_800) * 0.1).astype(np.float32)[None].repeat(2, axis=0)
    >>> true_peak_db(limit(loud, Limiter(ceiling_db=-1.0), 48_000)) <= -1.0
    True
    """
    ceiling = 10.0 ** (limiter.ceiling_db / 20.0)
    found = np.asarray(samples, dtype=np.float32)
    for turn in range(_PASSES + 1):
        peaks = peak_envelope(found, above=ceiling)
        excess_db = gain_to_db(float(peaks.max(initial=0.0))) - limiter.ceiling_db
        if excess_db <= 0.0:
            break
        if turn == _PASSES or excess_db < _HARDLY_OVER_DB:
            return scaled(found, db_to_gain(-(excess_db + 1e-4)), out=out)
        gain = _gain_below(peaks, ceiling, limiter, sample_rate_hz)
        found = out = scaled(found, gain, out=out)
        del peaks, gain  # their memory serves the next turn
    return found


def soft_clip(
    samples: Signal, *, gain: float = 1.0, ceiling_db: float = 0.0, knee_db: float = 3.0, factor: int = 4
) -> Signal:
    """Raise (2, n) samples by a gain and round off what lies within `knee_db` below the ceiling then.

    All below the knee is raised alone, and samples that stay as they are come back themselves. The curve is a
    hyperbolic tangent from the knee on, continuous in value and slope, applied at `factor` times the sample rate. Only
    what it changes goes through the filters. After the way back to the original rate peaks may pass the ceiling by some
    tenths of a dB.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If `knee_db` is not above 0, or `factor` is not 2, 4 or 8.

    Examples
    --------
    With the knee at -3 dB, full scale becomes 0.708 + 0.292 tanh(1).

    >>> round(float(soft_clip(np.ones((2, 400), np.float32))[0, 200]), 2)
    0.93
    """
    if knee_db <= 0:
        raise ParameterError(f"soft clip: expected knee_db above 0, got {knee_db:g}")
    if factor not in (2, 4, 8):
        raise ParameterError(f"soft clip: expected a factor of 2, 4 or 8, got {factor}")
    top = np.float32(10.0 ** (ceiling_db / 20.0))
    knee = np.float32(10.0 ** ((ceiling_db - knee_db) / 20.0))
    source, raise_by = np.ascontiguousarray(samples, dtype=np.float32), np.float32(gain)
    tops = tops_of(source)
    tops *= raise_by
    up, down = phase_taps(factor)
    reach = reach_of(up)
    if raise_by == 1.0 and tops.max(initial=0.0) * reach <= knee:
        return samples
    out = fresh(source.shape)

    def clip(start: int, stop: int) -> bool:
        return bool(_soft_clip(source, raise_by, tops, up, down, reach, knee, top - knee, start, stop, out))

    return out if any(each_block(clip, source.shape[1])) or raise_by != 1.0 else samples


@numba.njit(cache=True, nogil=True)
def _soft_clip(source, gain, tops, up, down, reach, knee, room, start, stop, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `out` from `start` to `stop` with what was raised, and add what the curve changes in blocks that hold
    something above the knee; tells whether there was any.
    """
    changed = False
    width = MESH + up.shape[1]
    around = np.zeros(width + up.shape[1] + 3, dtype=np.float32)
    dense = np.zeros(width + 3, dtype=np.float32)
    for block in range(start // MESH, -(-stop // MESH)):
        first = block * MESH
        size = min(MESH, stop - first)
        for channel in range(source.shape[0]):
            plain, raised = source[channel, first : first + size], out[channel, first : first + size]
            for i in range(size):
                raised[i] = gain * plain[i]
            if near_top(tops, channel, block) * reach <= knee:
                continue
            copy_around(source[channel], first - 2 * HALF_TAPS, around)
            for i in range(around.shape[0]):
                around[i] *= gain
            for phase in range(up.shape[0]):
                dense[:] = 0.0
                convolve(around, 0, up[phase], dense[:width])
                bent = False
                for i in range(width):
                    over = abs(dense[i]) - knee
                    change = np.float32(0.0)
                    if over > 0.0:
                        change = (room * math.tanh(over / room) - over) * math.copysign(1.0, dense[i])
                        bent = True
                    dense[i] = change
                if bent:
                    changed = True
                    convolve(dense, 0, down[phase], raised)
    return changed
