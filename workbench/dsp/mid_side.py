"""Mid and side: their measure, and sides that are widened or held back."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.equaliser import single_section
from workbench.dsp.gains import ramps, sum_between
from workbench.dsp.memory import fresh
from workbench.dsp.parallel import blocks, each_block
from workbench.dsp.scratch import have_at_hand
from workbench.dsp.stereo import decorrelate, set_width

_GUARD_HOP_SECONDS, _GUARD_WINDOW_SECONDS = 0.5, 3.0
_HOPS_TOGETHER = 32
_SMALL = 1 << 14


def side_ratio(samples: Signal, sample_rate_hz: int, *, above_hz: float = 250.0) -> float:
    """Power of the side over power of the mid above a frequency; 0 for mono and for silence.

    Returns
    -------
    float

    Examples
    --------
    >>> side_ratio(np.eye(2, 400, dtype=np.float32) * [[1.0], [0.0]], 48_000)
    1.0
    """
    cut = single_section("high_pass", above_hz, sample_rate_hz)
    mid, side = _mid_and_side_power(np.ascontiguousarray(samples), cut)
    return float(side / mid) if mid > 1e-14 * samples.shape[1] else 0.0


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _mid_and_side_power(samples, cut):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Sums of squares of L + R and L - R behind a filter section."""
    b0, b1, b2, a1, a2 = cut
    m1, m2, s1, s2 = 0.0, 0.0, 0.0, 0.0
    mids, sides = 0.0, 0.0
    for i in range(samples.shape[1]):
        x = np.float64(samples[0, i]) + samples[1, i]
        mid = b0 * x + m1
        m1 = (b1 * x + m2) - a1 * mid
        m2 = b2 * x - a2 * mid
        x = np.float64(samples[0, i]) - samples[1, i]
        side = b0 * x + s1
        s1 = (b1 * x + s2) - a1 * side
        s2 = b2 * x - a2 * side
        if abs(m1) + abs(s1) < 1e-25:
            m1, m2, s1, s2 = 0.0, 0.0, 0.0, 0.0
        mids += mid * mid
        sides += side * side
    return mids, sides


def widen_to(
    samples: Signal,
    side_db: float,
    sample_rate_hz: int,
    *,
    mono_below_hz: float = 0.0,
    above_hz: float = 250.0,
    out: Signal | None = None,
) -> Signal:
    """Bring the side of (2, n) samples to `side_db` relative to the mid (above 250 Hz), by what the sound needs.

    Its own side is scaled by 0.4 to 1.7 first; what is missing then comes from `decorrelate`, at most 0.8, from
    `above_hz` on. `out` may be the samples themselves.

    Returns
    -------
    array of shape (2, n), float32

    Examples
    --------
    >>> mono = np.random.default_rng(1).standard_normal((1, 24_000)).astype(np.float32).repeat(2, axis=0)
    >>> round(10.0 * float(np.log10(side_ratio(widen_to(mono, -9.0, 48_000), 48_000))))
    -9
    """
    wanted, present = 10.0 ** (side_db / 10.0), side_ratio(samples, sample_rate_hz)
    scale = float(np.clip(np.sqrt(wanted / max(present, 1e-9)), 0.4, 1.7))
    wide = set_width(samples, scale, sample_rate_hz, mono_below_hz=mono_below_hz, out=out)
    missing = wanted - scale**2 * present
    if missing <= 1e-3:
        return wide
    own = out is not None or wide is not samples
    amount = min(0.8, float(np.sqrt(missing)))
    return decorrelate(wide, amount, sample_rate_hz, above_hz=above_hz, out=wide if own else None)


def side_guard(
    samples: Signal | Sequence[Signal], sample_rate_hz: int, *, least_correlation: float
) -> npt.NDArray[np.float32]:
    """Gain of the side signal that keeps the correlation of every three seconds above a limit, (n,).

    The correlation is at least (M² - S²) / (M² + S²) of the powers of mid and side. Where a window's side is too
    strong, it is turned down by what is missing; the gain moves over a second, so that the image does not jump.

    Parameters
    ----------
    samples, sample_rate_hz
        Stereo, (2, n), or several sounds of one length, whose sum is meant; and the sample rate in Hz.
    least_correlation
        0..1.

    Returns
    -------
    array of shape (n,), float32, linear, at most 1

    Raises
    ------
    ParameterError
        If the limit is outside 0..1.

    Examples
    --------
    >>> left = np.array([[1.0], [0.0]], np.float32).repeat(1_000, axis=1)
    >>> round(float(side_guard(left, 1_000, least_correlation=0.6)[0]), 3)
    0.5
    """
    if not 0 <= least_correlation <= 1:
        raise ParameterError(f"side guard: expected a correlation of 0 to 1, got {least_correlation:g}")
    sounds = [samples] if isinstance(samples, np.ndarray) else samples
    hop = round(_GUARD_HOP_SECONDS * sample_rate_hz)
    length = sounds[0].shape[1]
    powers = np.zeros((2, max(1, -(-length // hop))))

    def measure(begin: int, end: int) -> None:
        for slot in range(begin, end):
            piece = sum_between(sounds, slot * hop, min((slot + 1) * hop, length))
            _hop_powers(piece, hop, powers[:, slot : slot + 1])

    each_block(measure, powers.shape[1], _HOPS_TOGETHER)
    window = np.ones(round(_GUARD_WINDOW_SECONDS / _GUARD_HOP_SECONDS))
    mid, side = (np.convolve(np.pad(power, len(window) - 1), window, mode="valid") for power in powers)
    allowed = (1.0 - least_correlation) / (1.0 + least_correlation) * mid
    wanted = np.sqrt(np.minimum(1.0, allowed / np.maximum(side, 1e-12)))
    # A hop lies in several windows: the strictest of them holds.
    strictest = np.lib.stride_tricks.sliding_window_view(wanted, len(window)).min(axis=1)
    return ramps(strictest, hop, length)


def to_mid_and_side(samples: Signal) -> Signal:
    """Half the sum and half the difference of the channels of (2, n) samples, in place; returns the same array.

    Returns
    -------
    array of shape (2, n), float32

    Examples
    --------
    >>> to_mid_and_side(np.array([[1.0], [0.0]], np.float32)).tolist()
    [[0.5], [0.5]]
    """
    _sum_and_difference(samples, np.float32(0.5))
    return samples


def to_left_and_right(samples: Signal) -> Signal:
    """The way back of `to_mid_and_side`, in place; returns the same array.

    Returns
    -------
    array of shape (2, n), float32
    """
    _sum_and_difference(samples, np.float32(1.0))
    return samples


@numba.njit(cache=True, nogil=True)
def _sum_and_difference(samples, share):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    first, second = samples[0], samples[1]
    for i in range(samples.shape[1]):
        one, other = first[i], second[i]
        first[i] = share * (one + other)
        second[i] = share * (one - other)


def scale_side(samples: Signal, gain: npt.NDArray[np.float32], *, out: Signal | None = None) -> Signal:
    """Multiply the side of (2, n) samples by a gain (n,); the mid stays. `out` may be the samples themselves.

    Returns
    -------
    array of shape (2, n), float32
    """
    out = fresh(samples.shape) if out is None else out
    _scale_side(samples, gain, out)
    return out


def scale_sides(sounds: Sequence[Signal], gain: npt.NDArray[np.float32]) -> Signal:
    """Multiply the side of several (2, n) sounds by a gain (n,), in place; gives their sum, taken in their order.

    Returns
    -------
    array of shape (2, n), float32

    Examples
    --------
    >>> left = np.array([[1.0], [0.0]], np.float32)
    >>> scale_sides([left, left.copy()], np.zeros(1, np.float32)).tolist(), left.tolist()
    ([[1.0], [1.0]], [[0.5], [0.5]])
    """
    total = fresh(sounds[0].shape)

    def scale(start: int, stop: int) -> None:
        for sound in sounds:
            have_at_hand(sound[:, start:stop])
        for begin, end in blocks(stop - start, _SMALL):
            piece = slice(start + begin, start + end)
            for sound in sounds:
                _scale_side(sound[:, piece], gain[piece], sound[:, piece])
            sum_between(sounds, piece.start, piece.stop, out=total[:, piece])

    each_block(scale, total.shape[1])
    return total


@numba.njit(cache=True, nogil=True)
def _scale_side(samples, gain, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    half = np.float32(0.5)
    for i in range(samples.shape[1]):
        mid = half * (samples[0, i] + samples[1, i])
        side = half * (samples[0, i] - samples[1, i]) * gain[i]
        out[0, i] = mid + side
        out[1, i] = mid - side


@numba.njit(cache=True, nogil=True, fastmath={"contract", "reassoc"})
def _hop_powers(samples, hop, powers):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Sums of squares of L + R and L - R in each hop, (2, hops)."""
    for slot in range(powers.shape[1]):
        left = samples[0, slot * hop : min((slot + 1) * hop, samples.shape[1])]
        right = samples[1, slot * hop : min((slot + 1) * hop, samples.shape[1])]
        mids, sides = 0.0, 0.0
        for i in range(left.shape[0]):
            mid, side = np.float64(left[i] + right[i]), np.float64(left[i] - right[i])
            mids += mid * mid
            sides += side * side
        powers[0, slot] = mids
        powers[1, slot] = sides
