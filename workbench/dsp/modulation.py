"""Moving delays: chorus, string ensemble and tape wow, all on one interpolating delay."""

from __future__ import annotations

import numba
import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.memory import fresh, silence
from workbench.dsp.oscillators import CONTROL_SAMPLES, control_seconds


@numba.njit(nogil=True, cache=True)
def _moving_delay(audio, out, delays, gain):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    length = audio.shape[1]
    for channel in range(audio.shape[0]):
        for tap in range(delays.shape[1]):
            for block in range(-(-length // CONTROL_SAMPLES)):
                start, delay = block * CONTROL_SAMPLES, delays[channel, tap, block]
                slope = (delays[channel, tap, block + 1] - delay) / CONTROL_SAMPLES
                size = min(CONTROL_SAMPLES, length - start)
                # A delay that moves on a straight line is farthest at one of its ends.
                begin, end = start - delay, start + size - 1 - (delay + slope * (size - 1))
                if min(begin, end) >= 2.0 and max(begin, end) <= length - 3:
                    _add_delayed(audio[channel], begin, 1.0 - slope, gain, out[channel, start : start + size])
                else:
                    _add_edge(audio[channel], begin, 1.0 - slope, gain, out[channel, start : start + size])


@numba.njit(nogil=True, cache=True)
def _add_delayed(source, begin, step, gain, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Add what lies at the places from `begin` on, `step` apart, all of them within the sound.

    Cubic Hermite (Catmull-Rom): flat to 12 kHz, where linear interpolation would dull and flutter.
    """
    whole = int(begin)
    near, rest = source[whole - 1 :], begin - whole
    for i in range(out.shape[0]):
        place = rest + step * i
        index = np.uint32(place)
        t = np.float32(place - np.float64(index))
        before, here, there, after = near[index], near[index + 1], near[index + 2], near[index + 3]
        c1 = np.float32(0.5) * (there - before)
        c2 = before - np.float32(2.5) * here + np.float32(2.0) * there - np.float32(0.5) * after
        c3 = np.float32(0.5) * (after - before) + np.float32(1.5) * (here - there)
        out[i] += gain * (((c3 * t + c2) * t + c1) * t + here)


@numba.njit(nogil=True, cache=True)
def _add_edge(source, begin, step, gain, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """The same where some places lie beyond the ends of the sound, which is silent there."""
    for i in range(out.shape[0]):
        place = begin + step * i
        if 2.0 <= place <= source.shape[0] - 3:
            _add_delayed(source, place, step, gain, out[i : i + 1])


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ParameterError(f"{name}: expected {low:g} to {high:g}, got {value:g}")


def chorus(audio: Signal, *, sample_rate_hz: int, rate_hz: float, depth_ms: float, mix: float) -> Signal:
    """One moving delay a side, moving in opposite directions: wide, still centred in mono.

    Parameters
    ----------
    audio : array of shape (2, n), float32
        Stereo sound.
    sample_rate_hz : int
        Sample rate.
    rate_hz : float
        Speed of the movement, 0.05 to 10 Hz.
    depth_ms : float
        Size of the movement, 0 to 10 ms, about a mean delay of 4 ms more than that.
    mix : float
        0 dry to 1 (equal parts dry and wet).

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If a parameter lies outside its range.

    Notes
    -----
    J. Dattorro, "Effect design, part 2: delay-line modulation and chorus", JAES 45 (1997).

    Examples
    --------
    Without movement the copy comes 4 ms after the dry sound.

    >>> click = np.zeros((2, 480), np.float32)
    >>> click[:, 10] = 1.0
    >>> wide = chorus(click, sample_rate_hz=48_000, rate_hz=1.0, depth_ms=0.0, mix=1.0)
    >>> np.flatnonzero(wide[0]).tolist()
    [10, 202]
    """
    _check("chorus rate in Hz", rate_hz, 0.05, 10.0)
    _check("chorus depth in ms", depth_ms, 0.0, 10.0)
    _check("chorus mix", mix, 0.0, 1.0)
    swing = np.sin(2.0 * np.pi * rate_hz * control_seconds(audio.shape[1], sample_rate_hz))
    milliseconds = (4.0 + depth_ms) + depth_ms * np.stack([swing, -swing])[:, None, :]
    wet = 0.5 * mix
    out = np.multiply(audio, np.float32(np.sqrt(1.0 - wet)), out=fresh(audio.shape))
    _moving_delay(audio, out, milliseconds * (sample_rate_hz / 1000.0), np.float32(np.sqrt(wet)))
    return out


def ensemble(audio: Signal, *, sample_rate_hz: int, depth_ms: float, mix: float) -> Signal:
    """Three delays a side with a slow and a fast movement, a third of a turn apart, after 1970s string machines.

    Parameters
    ----------
    audio : array of shape (2, n), float32
        Stereo sound.
    sample_rate_hz : int
        Sample rate.
    depth_ms : float
        Size of the slow movement, 0 to 8 ms.
    mix : float
        0 dry to 1 wet alone.

    Returns
    -------
    array of shape (2, n), float32

    Raises
    ------
    ParameterError
        If a parameter lies outside its range.

    Examples
    --------
    Without movement all three delays last 6 ms.

    >>> click = np.zeros((2, 480), np.float32)
    >>> click[:, 10] = 1.0
    >>> int(ensemble(click, sample_rate_hz=48_000, depth_ms=0.0, mix=1.0)[0].argmax())
    298
    """
    _check("ensemble depth in ms", depth_ms, 0.0, 8.0)
    _check("ensemble mix", mix, 0.0, 1.0)
    seconds = control_seconds(audio.shape[1], sample_rate_hz)
    turns = np.array([[0.0, 1.0 / 3.0, 2.0 / 3.0], [1.0 / 6.0, 0.5, 5.0 / 6.0]])[:, :, None]
    slow, fast = 0.61 * seconds + turns, 5.7 * seconds + 2.0 * turns
    for wave in (slow, fast):
        wave *= 2.0 * np.pi
        np.sin(wave, out=wave)
    fast *= 0.12
    slow += 1.0
    slow += fast
    del fast
    slow *= depth_ms
    slow += 6.0
    slow *= sample_rate_hz / 1000.0
    out = np.multiply(audio, np.float32(np.cos(0.5 * np.pi * mix)), out=fresh(audio.shape))
    _moving_delay(audio, out, slow, np.float32(np.sin(0.5 * np.pi * mix) / np.sqrt(3.0)))
    return out


def tape_wow(
    audio: Signal, *, sample_rate_hz: int, depth_cents: float, rate_hz: float, rng: np.random.Generator
) -> Signal:
    """Pitch that wanders as on a worn tape: slow wow with a random part, and faint fast flutter.

    Parameters
    ----------
    audio : array of shape (c, n), float32
        Sound; all channels move together.
    sample_rate_hz : int
        Sample rate.
    depth_cents : float
        Largest deviation of the wow, 0 to 60 cents.
    rate_hz : float
        Speed of the wow, 0.1 to 4 Hz.
    rng : numpy.random.Generator
        Source of the random part.

    Returns
    -------
    array of shape (c, n), float32; delayed by at most 60 ms, usually about 10 ms

    Raises
    ------
    ParameterError
        If a parameter lies outside its range.

    Examples
    --------
    A still tape only delays by 3 ms.

    >>> click = np.zeros((1, 480), np.float32)
    >>> click[:, 10] = 1.0
    >>> still = tape_wow(click, sample_rate_hz=48_000, depth_cents=0.0, rate_hz=1.0, rng=np.random.default_rng(1))
    >>> int(still[0].argmax())
    154
    """
    _check("wow depth in cents", depth_cents, 0.0, 60.0)
    _check("wow rate in Hz", rate_hz, 0.1, 4.0)
    seconds = control_seconds(audio.shape[1], sample_rate_hz)
    slope = (2.0 ** (depth_cents / 1200.0) - 1.0) * 0.5
    # A sine delay of size a and rate r bends pitch by at most 2 pi r a.
    reach_ms = min(25.0, 1000.0 * slope / (2.0 * np.pi * rate_hz))
    phase = 2.0 * np.pi * rng.random(3)
    milliseconds = 3.0 + reach_ms * (
        2.1
        + np.sin(2.0 * np.pi * rate_hz * seconds + phase[0])
        + 0.8 * np.sin(2.0 * np.pi * rate_hz * 0.618 * seconds + phase[1])
        + 0.02 * np.sin(2.0 * np.pi * 9.3 * seconds + phase[2])
    )
    out = silence(audio.shape)
    delays = np.repeat(milliseconds[None, None, :], audio.shape[0], axis=0) * (sample_rate_hz / 1000.0)
    _moving_delay(audio, out, delays, np.float32(1.0))
    return out
