"""Transient shaping: attacks and what follows them, louder or softer whatever their level."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from workbench.domain.arrays import Gain, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.memory import fresh

_MOST_DB = 18.0
_QUIET_DB, _FULL_DB = 5.0, 8.0
"""Steady sound keeps the two envelopes up to 5 dB apart; at 8 dB more the whole gain is applied."""


@dataclass(frozen=True, slots=True)
class Transients:
    """`attack_db` is added to onsets, `sustain_db` to what rings after them; 0 leaves each alone, -18 to 18."""

    attack_db: float = 0.0
    sustain_db: float = 0.0

    def __post_init__(self) -> None:
        if abs(self.attack_db) > _MOST_DB or abs(self.sustain_db) > _MOST_DB:
            raise ParameterError(
                f"transients: expected attack_db and sustain_db of -18 to 18, got {self.attack_db:g} and "
                f"{self.sustain_db:g}"
            )


def transient_gain(samples: Signal, transients: Transients, sample_rate_hz: int) -> Gain:
    """Gain for (2, n) samples, one curve for both channels, linear.

    Two followers of the louder channel differ in attack only (1 and 40 ms): their distance in dB marks an onset.
    Two others differ in release only (40 and 400 ms): theirs marks what rings on. There is no threshold, so that soft
    and loud hits are shaped alike.

    Parameters
    ----------
    samples : array of shape (2, n), float32
        Sound that is measured.
    transients : Transients
        Gains of onsets and of what follows, in dB.
    sample_rate_hz : int
        Sample rate.

    Returns
    -------
    array of shape (n,), float32, linear

    Examples
    --------
    The onset of a steady sound is raised by the 6 dB asked for; soon after, nothing is.

    >>> gain = transient_gain(np.full((2, 9_600), 0.1, np.float32), Transients(attack_db=6.0), 48_000)
    >>> round(float(gain.max()), 2), round(float(gain[-1]), 2)
    (2.0, 1.0)
    """
    gain = fresh((samples.shape[1],))
    times = np.array([1.0, 40.0, 60.0, 40.0, 400.0])
    coefficients = np.exp(-1000.0 / (times * sample_rate_hz))
    _follow(np.ascontiguousarray(samples), coefficients, transients.attack_db, transients.sustain_db, gain)
    return gain


def shape_transients(samples: Signal, transients: Transients, sample_rate_hz: int) -> Signal:
    """Apply `transient_gain` to (2, n) samples.

    Returns
    -------
    array of shape (2, n), float32
        The samples themselves where both gains are 0.

    Examples
    --------
    >>> sound = np.ones((2, 4), np.float32)
    >>> shape_transients(sound, Transients(), 48_000) is sound
    True
    """
    if transients.attack_db == 0.0 and transients.sustain_db == 0.0:
        return samples
    return samples * transient_gain(samples, transients, sample_rate_hz)


@numba.njit(cache=True, nogil=True)
def _follow(samples, coefficients, attack_db, sustain_db, gain):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    quick, slow, release, brief, long = coefficients
    fast_rise, slow_rise, fast_fall, slow_fall = 1e-5, 1e-5, 1e-5, 1e-5
    smooth = 0.0
    for i in range(samples.shape[1]):
        level = max(abs(samples[0, i]), abs(samples[1, i])) + 1e-5
        fast_rise = level + (quick if level > fast_rise else release) * (fast_rise - level)
        slow_rise = level + (slow if level > slow_rise else release) * (slow_rise - level)
        fast_fall = level + (quick if level > fast_fall else brief) * (fast_fall - level)
        slow_fall = level + (quick if level > slow_fall else long) * (slow_fall - level)
        onset = min(max(20.0 * np.log10(fast_rise / slow_rise) - _QUIET_DB, 0.0) / _FULL_DB, 1.0)
        ringing = min(max(20.0 * np.log10(slow_fall / fast_fall) - _QUIET_DB, 0.0) / _FULL_DB, 1.0)
        wanted = attack_db * onset + sustain_db * ringing
        smooth = wanted + quick * (smooth - wanted)
        gain[i] = 10.0 ** (smooth / 20.0)
