"""Envelopes: attack, decay, sustain, release with retriggers, exponential decays and short fades."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError

SHORTEST_RAMP_SECONDS = 0.001
"""Attacks and releases are never shorter, so that no envelope clicks."""

_LN_1000 = 6.907755278982137  # a fall by 60 dB


@numba.njit(nogil=True, cache=True)
def _adsr(out, onsets, release_at, attack_step, decay_factor, sustain, release_factor):  # type: ignore[no-untyped-def]  # pragma: no cover
    level = 0.0
    attacking = False
    upcoming = 0
    for i in range(out.shape[0]):
        if upcoming < onsets.shape[0] and i >= onsets[upcoming]:
            attacking = True
            upcoming += 1
        if i >= release_at:
            level *= release_factor
        elif attacking:
            level += attack_step
            if level >= 1.0:
                level = 1.0
                attacking = False
        else:
            level = sustain + (level - sustain) * decay_factor
        out[i] = level


def adsr(
    length: int,
    sample_rate_hz: float,
    *,
    attack_ms: float,
    decay_ms: float,
    sustain: float,
    release_ms: float,
    release_at: int,
    onsets: Sequence[int] = (0,),
) -> Signal:
    """Linear attack, exponential decay and release; retriggers rise from the level that they meet.

    Parameters
    ----------
    length : int
        Samples.
    sample_rate_hz : float
        Sample rate (or control rate) in Hz.
    attack_ms : float
        Time from silence to full level, at least 1 ms.
    decay_ms, release_ms : float
        Time for a fall by 60 dB towards the sustain level, and to silence, at least 1 ms.
    sustain : float
        Level held, 0 to 1.
    release_at : int
        Sample of the release.
    onsets : sequence of int
        Samples at which the attack starts, ascending.

    Returns
    -------
    array of shape (length,), float32, in 0..1

    Raises
    ------
    ParameterError
        If the sustain level lies outside 0..1.

    Examples
    --------
    >>> env = adsr(480, 48000, attack_ms=5, decay_ms=50, sustain=0.5, release_ms=50, release_at=400)
    >>> float(env[0]) < 0.01, bool(env.max() == 1.0)
    (True, True)
    """
    if not 0.0 <= sustain <= 1.0:
        raise ParameterError(f"envelope: expected a sustain level of 0 to 1, got {sustain:g}")
    out = np.empty(length, dtype=np.float32)
    _adsr(
        out,
        np.asarray(onsets, dtype=np.int64),
        int(release_at),
        1.0 / _ramp_samples(attack_ms, sample_rate_hz),
        float(np.exp(-_LN_1000 / _ramp_samples(decay_ms, sample_rate_hz))),
        float(sustain),
        float(np.exp(-_LN_1000 / _ramp_samples(release_ms, sample_rate_hz))),
    )
    return out


def _ramp_samples(milliseconds: float, sample_rate_hz: float) -> float:
    return max(milliseconds / 1000.0, SHORTEST_RAMP_SECONDS) * sample_rate_hz


def decay_curve(length: int, sample_rate_hz: float, *, decay_ms: float, hold_ms: float = 0.0) -> Signal:
    """Full level for `hold_ms`, then an exponential fall by 60 dB in `decay_ms`.

    Parameters
    ----------
    length : int
        Samples.
    sample_rate_hz : float
        Sample rate in Hz.
    decay_ms, hold_ms : float
        Times in milliseconds, `decay_ms` above 0.

    Returns
    -------
    array of shape (length,), float32, in 0..1

    Examples
    --------
    After `decay_ms` a thousandth of the level is left.

    >>> round(float(decay_curve(48001, 48000, decay_ms=1000)[-1]), 4)
    0.001
    """
    seconds = np.arange(length, dtype=np.float32) * np.float32(1.0 / sample_rate_hz)
    falling = np.maximum(seconds - np.float32(hold_ms / 1000.0), np.float32(0.0))
    return np.asarray(np.exp(falling * np.float32(-_LN_1000 * 1000.0 / decay_ms)), dtype=np.float32)


def fade_edges(audio: Signal, sample_rate_hz: float, *, in_ms: float = 0.0, out_ms: float = 5.0) -> Signal:
    """Return a copy with raised-cosine fades at both ends of the last axis.

    Parameters
    ----------
    audio : array of shape (..., n), float32
        Sound.
    sample_rate_hz : float
        Sample rate in Hz.
    in_ms, out_ms : float
        Length of the fades in milliseconds; they never pass the length of the sound.

    Returns
    -------
    array of the same shape

    Examples
    --------
    >>> fade_edges(np.ones(7, np.float32), 1000, in_ms=4, out_ms=2).astype(float).round(2).tolist()
    [0.0, 0.15, 0.5, 0.85, 1.0, 0.5, 0.0]
    """
    faded = audio.copy()
    length = audio.shape[-1]
    rise = min(length, round(in_ms / 1000.0 * sample_rate_hz))
    fall = min(length, round(out_ms / 1000.0 * sample_rate_hz))
    if rise > 0:
        faded[..., :rise] *= _half_cosine(rise)
    if fall > 0:
        faded[..., length - fall :] *= _half_cosine(fall)[::-1]
    return faded


def _half_cosine(length: int) -> Signal:
    return (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)
