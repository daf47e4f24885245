"""Dynamics as gain curves: compressor and ducking.

Every function that ends in `_gain` returns the gain as a linear factor for each sample, so that one curve can be
applied to several signals alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Gain, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.decibels import db_to_gains, gains_to_db
from workbench.dsp.memory import fresh

_BLOCK = 1024
_LEAST_LEVEL = np.float32(1e-20)


@dataclass(frozen=True, slots=True)
class Compressor:
    """A feed-forward compressor. `ratio` 4 leaves 1 dB of 4 dB above the threshold; `makeup_db` comes after."""

    threshold_db: float = -18.0
    ratio: float = 2.0
    attack_ms: float = 10.0
    release_ms: float = 120.0
    knee_db: float = 6.0
    makeup_db: float = 0.0

    def __post_init__(self) -> None:
        if self.ratio < 1 or self.attack_ms <= 0 or self.release_ms <= 0 or self.knee_db < 0:
            raise ParameterError(
                "compressor: expected ratio at least 1, attack_ms and release_ms above 0, knee_db at least 0, "
                f"got {self.ratio:g}, {self.attack_ms:g}, {self.release_ms:g}, {self.knee_db:g}"
            )


def compressor_gain(samples: Signal, compressor: Compressor, sample_rate_hz: int) -> Gain:
    """Gain of a compressor for (2, n) samples, both channels linked by the louder one.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound that is measured.
    compressor : Compressor
        Settings.
    sample_rate_hz : int
        Sample rate.

    Returns
    -------
    ndarray of shape (n,), float32, linear

    Notes
    -----
    Smooth branching peak detector in the log domain: D. Giannoulis, M. Massberg and J. D. Reiss, "Digital dynamic
    range compressor design", JAES 60 (2012), equation 17.

    Examples
    --------
    20 dB above the threshold a ratio of 4 leaves 5: the gain settles at -15 dB.

    >>> gain = compressor_gain(np.ones((2, 9_600), np.float32), Compressor(-20.0, 4.0, knee_db=0.0), 48_000)
    >>> round(20.0 * float(np.log10(gain[-1])), 2)
    -15.0
    """
    gain = fresh((samples.shape[1],))
    _compress(
        np.ascontiguousarray(samples),
        compressor.threshold_db,
        1.0 / compressor.ratio - 1.0,
        max(compressor.knee_db, 1e-9),
        _coefficient(compressor.attack_ms, sample_rate_hz),
        _coefficient(compressor.release_ms, sample_rate_hz),
        compressor.makeup_db,
        gain,
    )
    return gain


def compress(samples: Signal, compressor: Compressor, sample_rate_hz: int) -> Signal:
    """Apply `compressor_gain` to (2, n) samples.

    Parameters
    ----------
    samples, compressor, sample_rate_hz
        As for `compressor_gain`.

    Returns
    -------
    array of shape (2, n), float32

    Examples
    --------
    Below the threshold and its knee, only the make-up gain is applied.

    >>> quiet = np.full((2, 100), 0.01, np.float32)
    >>> round(float(compress(quiet, Compressor(-18.0, 4.0, makeup_db=20.0), 48_000)[0, -1]), 4)
    0.1
    """
    return samples * compressor_gain(samples, compressor, sample_rate_hz)


def _coefficient(time_ms: float, sample_rate_hz: int) -> float:
    return float(np.exp(-1000.0 / (time_ms * sample_rate_hz)))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _compress(samples, threshold_db, slope, knee_db, attack, release, makeup_db, gain):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Levels, then the detector, then gains, block by block: only the detector in the middle is a recursion."""
    threshold, half_knee = np.float32(threshold_db), np.float32(knee_db / 2.0)
    straight, bent = np.float32(-slope), np.float32(-slope / (2.0 * knee_db))
    makeup, nothing = np.float32(makeup_db), np.float32(0.0)
    levels = np.empty(_BLOCK, dtype=np.float32)
    wanted = np.empty(_BLOCK, dtype=np.float32)
    reduction_db = 0.0
    for start in range(0, samples.shape[1], _BLOCK):
        size = min(_BLOCK, samples.shape[1] - start)
        left, right, piece = samples[0, start : start + size], samples[1, start : start + size], levels[:size]
        for i in range(size):
            piece[i] = max(max(abs(left[i]), abs(right[i])), _LEAST_LEVEL)
        gains_to_db(piece, wanted[:size])
        for i in range(size):
            over = wanted[i] - threshold
            within = max(over + half_knee, nothing)
            wanted[i] = straight * over if over > half_knee else bent * within * within
        for i in range(size):
            factor = attack if wanted[i] > reduction_db else release
            reduction_db = wanted[i] + factor * (reduction_db - wanted[i])
            piece[i] = makeup - np.float32(reduction_db)
        db_to_gains(piece, gain[start : start + size])


def ducking_gain(
    onsets_seconds: Sequence[float],
    length_samples: int,
    sample_rate_hz: int,
    *,
    depth_db: float,
    attack_ms: float = 4.0,
    hold_ms: float = 30.0,
    release_ms: float = 180.0,
) -> Gain:
    """Gain that dips by `depth_db` at each onset: down before it, held, then back; overlapping dips do not add up.

    Parameters
    ----------
    onsets_seconds
        Where the key sound begins; the dip is complete there.
    length_samples
        Length of the curve.
    sample_rate_hz
        Sample rate in Hz.
    depth_db
        Depth in dB, at least 0; 0 leaves the signal alone.
    attack_ms, hold_ms, release_ms
        Time down, at the bottom and back. The slopes are raised cosines in dB, so they cannot click.

    Returns
    -------
    ndarray of shape (n,), float32, linear

    Raises
    ------
    ParameterError
        If the depth is negative.

    Examples
    --------
    >>> gain = ducking_gain([0.5], 48_000, 48_000, depth_db=6.0)
    >>> [round(float(gain[place]), 3) for place in (0, 24_000, 47_999)]
    [1.0, 0.501, 1.0]
    """
    if depth_db < 0:
        raise ParameterError(f"ducking: expected depth_db of at least 0, got {depth_db:g}")
    attack, hold, release = (max(1, round(t * sample_rate_hz / 1000.0)) for t in (attack_ms, hold_ms, release_ms))
    shape = np.concatenate([_ramp(attack), np.ones(hold), _ramp(release)[::-1]])
    dip = (10.0 ** (-depth_db / 20.0 * shape)).astype(np.float32)
    gain = fresh((length_samples,))
    gain.fill(1.0)
    for onset in onsets_seconds:
        start = round(onset * sample_rate_hz) - attack
        stop = min(start + len(dip), length_samples)
        if stop > max(start, 0):
            piece = gain[max(start, 0) : stop]
            np.minimum(piece, dip[max(-start, 0) : stop - start], out=piece)
    return gain


def _ramp(length: int) -> npt.NDArray[np.float64]:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 1.0) / (length + 1.0)))
