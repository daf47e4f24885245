"""Stereo placement and width, safe in mono."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.equaliser import single_section
from workbench.dsp.memory import fresh
from workbench.dsp.reverb import diffuse
from workbench.dsp.scratch import have_at_hand

_ALLPASS_RATIOS = (0.29, 0.58, 1.0)
_DISPERSION = 0.6
_BLOCK = 512


def set_width(
    samples: Signal, width: float, sample_rate_hz: int, *, mono_below_hz: float = 0.0, out: Signal | None = None
) -> Signal:
    """Scale the side signal by `width` (0 mono, 1 as it is, 2 twice as wide) and fold the lows to mono.

    Parameters
    ----------
    samples, out
        Stereo, (2, n); the result goes to `out`, which may be the samples themselves.
    width
        Factor of the side signal, 0..4.
    mono_below_hz
        Corner of a second-order high-pass on the side signal; 0 leaves it out.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If the width is outside 0..4.

    Examples
    --------
    >>> set_width(np.array([[1.0], [0.0]], np.float32), 0.0, 48_000).tolist()
    [[0.5], [0.5]]
    """
    if not 0 <= width <= 4:
        raise ParameterError(f"width: expected 0 to 4, got {width:g}")
    if width == 1 and mono_below_hz <= 0:
        return samples
    out = fresh(samples.shape) if out is None else out
    cut = single_section("high_pass", mono_below_hz, sample_rate_hz) if mono_below_hz > 0 else _PASS
    have_at_hand(out)
    _set_width(np.ascontiguousarray(samples), width, cut, out)
    return out


_PASS = np.array([1.0, 0.0, 0.0, 0.0, 0.0])


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _set_width(samples, width, cut, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    states = np.zeros(2)
    sides = np.empty(_BLOCK)
    half = np.float32(0.5)
    for start in range(0, samples.shape[1], _BLOCK):
        size = min(_BLOCK, samples.shape[1] - start)
        left, right = samples[0, start : start + size], samples[1, start : start + size]
        wide, narrow, side = out[0, start : start + size], out[1, start : start + size], sides[:size]
        for i in range(size):
            side[i] = 0.5 * width * (np.float64(left[i]) - right[i])
        _filter_in_place(side, cut, states)
        for i in range(size):
            mid = half * (left[i] + right[i])
            wide[i] = mid + side[i]
            narrow[i] = mid - side[i]


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _filter_in_place(x, section, states):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """A second-order section over a piece, transposed direct form II; its two states go on."""
    b0, b1, b2, a1, a2 = section
    s1, s2 = states
    for i in range(x.shape[0]):
        y = b0 * x[i] + s1
        s1 = (b1 * x[i] + s2) - a1 * y
        s2 = b2 * x[i] - a2 * y
        x[i] = y
    # Denormal numbers cost a hundred times the time of ordinary ones: cut tails at -500 dB.
    quiet = abs(s1) + abs(s2) < 1e-25
    states[0], states[1] = (0.0, 0.0) if quiet else (s1, s2)


def pan(samples: Signal, position: float) -> Signal:
    """Balance towards the left (-1) or right (1); constant power, unity in the middle.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If the position is outside -1..1.
    """
    if not -1 <= position <= 1:
        raise ParameterError(f"pan: expected -1 (left) to 1 (right), got {position:g}")
    if position == 0:
        return samples
    return samples * pan_gains(position)


def pan_gains(position: float) -> npt.NDArray[np.float32]:
    """Gains of left and right for a place from -1 (left) to 1 (right), shape (2, 1); constant power, 1 in the middle.

    Returns
    -------
    array of shape (2, 1), float32, linear

    Examples
    --------
    >>> pan_gains(0.0).ravel().tolist()
    [1.0, 1.0]
    """
    angle = (position + 1.0) * np.pi / 4.0
    sides = np.sqrt(2.0) * np.array([[np.cos(angle)], [np.sin(angle)]])
    return np.asarray(sides, dtype=np.float32)


def decorrelate(
    samples: Signal,
    amount: float,
    sample_rate_hz: int,
    *,
    spread_ms: float = 6.0,
    above_hz: float = 250.0,
    out: Signal | None = None,
) -> Signal:
    """Widen a narrow sound: a dispersed, high-passed copy of the mid is added to the side only.

    The mono sum is untouched, because what goes to the left comes off the right (H. Lauridsen's pseudo-stereo).
    Three all-pass filters disperse the copy, so that the combs of the two ears are irregular and do not ring.

    Parameters
    ----------
    samples, out
        Stereo, (2, n); the result goes to `out`, which may be the samples themselves.
    amount
        0..1: above `above_hz` a mono sound gets a side of 20 log10(amount) dB relative to its mid.
    sample_rate_hz
        Sample rate in Hz.
    spread_ms
        Delay of the longest all-pass filter.
    above_hz
        Where the side begins; what lies below stays as it is.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If the amount is outside 0..1.

    Examples
    --------
    >>> mono = np.random.default_rng(1).standard_normal((1, 2_400)).astype(np.float32).repeat(2, axis=0)
    >>> wide = decorrelate(mono, 0.5, 48_000)
    >>> bool(np.allclose(wide[0], wide[1])), bool(np.allclose(wide.sum(axis=0), mono.sum(axis=0), atol=1e-5))
    (False, True)
    """
    if not 0 <= amount <= 1:
        raise ParameterError(f"decorrelation: expected an amount of 0 to 1, got {amount:g}")
    if amount == 0:
        return samples
    delays = np.maximum(1, np.round(np.array(_ALLPASS_RATIOS) * spread_ms * sample_rate_hz / 1000.0)).astype(np.int64)
    out = fresh(samples.shape) if out is None else out
    have_at_hand(out)
    _disperse(
        np.ascontiguousarray(samples), 0.5 * amount, delays, single_section("high_pass", above_hz, sample_rate_hz), out
    )
    return out


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _disperse(samples, amount, delays, cut, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Piece by piece; none is longer than the shortest delay, so that the all-pass filters run on vectors."""
    states = np.zeros(2)
    lines = np.zeros((delays.shape[0], delays.max()), dtype=np.float32)
    heads = np.zeros(delays.shape[0], dtype=np.int64)
    longest = min(_BLOCK, delays.min())
    added = np.empty(longest)
    for start in range(0, samples.shape[1], longest):
        size = min(longest, samples.shape[1] - start)
        left, right = samples[0, start : start + size], samples[1, start : start + size]
        first, second, piece = out[0, start : start + size], out[1, start : start + size], added[:size]
        for i in range(size):
            piece[i] = amount * (np.float64(left[i]) + right[i])
        for k in range(delays.shape[0]):
            heads[k] = diffuse(lines[k, : delays[k]], heads[k], piece, _DISPERSION)
        _filter_in_place(piece, cut, states)
        for i in range(size):
            one, other = left[i], right[i]
            first[i] = one + piece[i]
            second[i] = other - piece[i]
