"""Filters for synthesiser voices, stable under fast modulation: state variable and ladder, both zero-delay.

After V. Zavalishin, "The Art of VA Filter Design" (2018), and A. Simper, "Linear Trapezoidal Integrated SVF" (2013).
Cutoffs are control-rate arrays; see `workbench.dsp.oscillators.CONTROL_SAMPLES`.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError
from workbench.dsp.oscillators import CONTROL_SAMPLES, control_length
from workbench.dsp.oversampling import decimated, oversampled

Signal = npt.NDArray[np.float32]
Control = npt.NDArray[np.float64]

SVF_MODES = ("lowpass", "bandpass", "highpass", "notch")
_LOWEST_HZ = 10.0
_HIGHEST_OF_RATE = 0.46


@numba.njit(nogil=True, cache=True)
def _svf(audio, out, warped, damping, low, band, high):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    length = audio.shape[1]
    channels = audio.shape[0]
    first = np.zeros(channels)
    second = np.zeros(channels)
    for block in range(-(-length // CONTROL_SAMPLES)):
        g = warped[block]
        slope = (warped[block + 1] - g) / CONTROL_SAMPLES
        for i in range(block * CONTROL_SAMPLES, min(length, (block + 1) * CONTROL_SAMPLES)):
            a1 = 1.0 / (1.0 + g * (g + damping))
            for channel in range(channels):
                x = audio[channel, i]
                v1 = a1 * (first[channel] + g * (x - second[channel]))
                v2 = second[channel] + g * v1
                first[channel] = 2.0 * v1 - first[channel]
                second[channel] = 2.0 * v2 - second[channel]
                out[channel, i] = low * v2 + band * v1 + high * (x - damping * v1 - v2)
            g += slope


def state_variable_filter(
    audio: Signal, cutoff_hz: Control | float, *, sample_rate_hz: int, resonance: float = 0.0, mode: str = "lowpass"
) -> Signal:
    """Filter with 12 dB an octave; the band-pass has unit gain at its centre.

    Parameters
    ----------
    audio : array of shape (c, n), float32
        Channels first.
    cutoff_hz : float or array of shape (control_length(n),)
        Cutoff or centre, held within 10 Hz and 46 % of the sample rate.
    sample_rate_hz : int
        Sample rate.
    resonance : float
        0 (Butterworth, Q 0.707) to 1 (Q 25).
    mode : str
        One of `SVF_MODES`.

    Returns
    -------
    array of shape (c, n), float32

    Raises
    ------
    ParameterError
        If mode or resonance is outside what is known.
    """
    if mode not in SVF_MODES or not 0.0 <= resonance <= 1.0:
        raise ParameterError(
            f"filter: expected a mode of {', '.join(SVF_MODES)} and a resonance of 0 to 1, got {mode!r}, {resonance:g}"
        )
    quality = math.sqrt(0.5) * (25.0 / math.sqrt(0.5)) ** resonance
    damping = 1.0 / quality
    low, band, high = {
        "lowpass": (1.0, 0.0, 0.0),
        "bandpass": (0.0, damping, 0.0),
        "highpass": (0.0, 0.0, 1.0),
        "notch": (1.0, 0.0, 1.0),
    }[mode]
    out = np.empty_like(audio)
    _svf(audio, out, _warp(cutoff_hz, audio.shape[-1], sample_rate_hz), damping, low, band, high)
    return out


@numba.njit(nogil=True, cache=True)
def _ladder(audio, out, warped, feedback, drive, steps):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Filter `audio` (c, n) at a multiple of the control rate: `steps` samples a control block."""
    length = audio.shape[1]
    channels = audio.shape[0]
    makeup = (1.0 + 0.5 * feedback) / drive
    states = np.zeros((4, channels))
    for block in range(-(-length // steps)):
        g = warped[block]
        slope = (warped[block + 1] - g) / steps
        for i in range(block * steps, min(length, (block + 1) * steps)):
            pole = 1.0 / (1.0 + g)
            gain = g * pole
            power = gain * gain * gain * gain
            closed = 1.0 / (1.0 + feedback * power)
            for channel in range(channels):
                s1 = states[0, channel]
                s2 = states[1, channel]
                s3 = states[2, channel]
                s4 = states[3, channel]
                # What the four stages will give, solved before the sample is known (zero-delay feedback).
                state = pole * (((s1 * gain + s2) * gain + s3) * gain + s4)
                x = drive * audio[channel, i]
                u = x - feedback * (power * x + state) * closed
                # Lambert's continued fraction of tanh, within 1e-4; a third of the time of the exact function.
                u = max(-4.97, min(4.97, u))
                t = u * u
                u = (
                    u
                    * (135135.0 + t * (17325.0 + t * (378.0 + t)))
                    / (135135.0 + t * (62370.0 + t * (3150.0 + 28.0 * t)))
                )
                v = (u - s1) * gain
                u = v + s1
                states[0, channel] = u + v
                v = (u - s2) * gain
                u = v + s2
                states[1, channel] = u + v
                v = (u - s3) * gain
                u = v + s3
                states[2, channel] = u + v
                v = (u - s4) * gain
                u = v + s4
                states[3, channel] = u + v
                out[channel, i] = u * makeup
            g += slope


def ladder_filter(
    audio: Signal,
    cutoff_hz: Control | float,
    *,
    sample_rate_hz: int,
    resonance: float = 0.0,
    drive_db: float = 0.0,
    factor: int = 1,
) -> Signal:
    """Four-pole low-pass (24 dB an octave) with a saturating input, after Moog's transistor ladder.

    Parameters
    ----------
    audio : array of shape (c, n), float32
        Channels first.
    cutoff_hz : float or array of shape (control_length(n),)
        Cutoff, held within 10 Hz and 46 % of the sample rate.
    sample_rate_hz : int
        Sample rate.
    resonance : float
        0 to 1; the filter is about to oscillate at 1.
    drive_db : float
        Level into the saturation, -24 to 36 dB, taken back behind it.
    factor : int
        1, or oversampling by 2, 4 or 8 against the aliasing of the saturation.

    Returns
    -------
    array of shape (c, n), float32

    Raises
    ------
    ParameterError
        If the resonance lies outside 0..1.
    """
    if not 0.0 <= resonance <= 1.0:
        raise ParameterError(f"ladder: expected a resonance of 0 to 1, got {resonance:g}")
    feedback, drive = 3.98 * resonance, 10.0 ** (drive_db / 20.0)
    if factor == 1:
        out = np.empty_like(audio)
        _ladder(audio, out, _warp(cutoff_hz, audio.shape[-1], sample_rate_hz), feedback, drive, CONTROL_SAMPLES)
        return out
    warped = _warp(cutoff_hz, audio.shape[-1], sample_rate_hz, factor)
    dense = oversampled(audio, factor)
    _ladder(dense, dense, warped, feedback, drive, factor * CONTROL_SAMPLES)
    return decimated(dense, factor)


def _warp(cutoff_hz: Control | float, length: int, sample_rate_hz: int, factor: int = 1) -> Control:
    count = control_length(length)
    cutoff = np.full(count, cutoff_hz) if np.isscalar(cutoff_hz) else np.asarray(cutoff_hz, dtype=np.float64)
    if cutoff.size < count:
        raise ParameterError(f"filter: expected {count} control values for {length} samples, got {cutoff.size}")
    held = np.clip(cutoff, _LOWEST_HZ, _HIGHEST_OF_RATE * sample_rate_hz)
    return np.tan(np.pi * held / (factor * sample_rate_hz))
