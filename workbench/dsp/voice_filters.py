"""Filters for synthesiser voices, stable under fast modulation: state variable and ladder, both zero-delay.

After V. Zavalishin, "The Art of VA Filter Design" (2018), and A. Simper, "Linear Trapezoidal Integrated SVF" (2013).
Cutoffs are control-rate arrays; see `workbench.dsp.oscillators.CONTROL_SAMPLES`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numba
import numpy as np

from workbench.domain.arrays import Control, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.ladder import run_ladder
from workbench.dsp.oscillators import CONTROL_SAMPLES, control_length

SVF_MODES = ("lowpass", "bandpass", "highpass", "notch")
_LOWEST_HZ = 10.0
_HIGHEST_OF_RATE = 0.46


@numba.njit(nogil=True, cache=True, error_model="numpy")
def _svf(audio, out, warped, damping, low, band, high):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Both channels in one loop, so that their recursions run side by side; a single one stands for both."""
    first_channel, second_channel = audio[0], audio[audio.shape[0] - 1]
    first_out, second_out = out[0], out[audio.shape[0] - 1]
    share, step = np.empty(CONTROL_SAMPLES), np.empty(CONTROL_SAMPLES)
    l1, l2, r1, r2 = 0.0, 0.0, 0.0, 0.0
    for start in range(0, audio.shape[1], CONTROL_SAMPLES):
        block = start // CONTROL_SAMPLES
        base, slope = warped[block], (warped[block + 1] - warped[block]) / CONTROL_SAMPLES
        for i in range(CONTROL_SAMPLES):
            g = base + slope * i
            step[i] = g
            share[i] = 1.0 / (1.0 + g * (g + damping))
        for i in range(min(CONTROL_SAMPLES, audio.shape[1] - start)):
            g, a1 = step[i], share[i]
            x, y = np.float64(first_channel[start + i]), np.float64(second_channel[start + i])
            v1, w1 = a1 * l1 + a1 * g * (x - l2), a1 * r1 + a1 * g * (y - r2)
            v2, w2 = l2 + g * v1, r2 + g * w1
            l1, r1 = 2.0 * v1 - l1, 2.0 * w1 - r1
            l2, r2 = 2.0 * v2 - l2, 2.0 * w2 - r2
            first_out[start + i] = low * v2 + band * v1 + high * (x - damping * v1 - v2)
            second_out[start + i] = low * w2 + band * w1 + high * (y - damping * w1 - w2)


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

    Examples
    --------
    >>> steady = np.ones((1, 4_800), np.float32)
    >>> for mode in ("lowpass", "highpass"):
    ...     print(round(abs(float(state_variable_filter(steady, 500.0, sample_rate_hz=48_000, mode=mode)[0, -1])), 4))
    1.0
    0.0
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

    Notes
    -----
    R. A. Moog, "A voltage-controlled low-pass high-pass filter for audio signal processing", AES 17 (1965).

    Examples
    --------
    Four poles at the cutoff, 3 dB each, take 12 dB off a sine that has its frequency.

    >>> sine = (0.01 * np.sin(2.0 * np.pi * np.arange(4_800) / 48.0)).astype(np.float32)[None]
    >>> round(20.0 * math.log10(ladder_filter(sine, 1_000.0, sample_rate_hz=48_000)[0, -480:].max() / 0.01))
    -12
    """
    return ladder_filters(
        [audio], [cutoff_hz], sample_rate_hz=sample_rate_hz, resonance=resonance, drive_db=drive_db, factor=factor
    )[0]


def ladder_filters(
    voices: Sequence[Signal],
    cutoffs_hz: Sequence[Control | float],
    *,
    sample_rate_hz: int,
    resonance: float,
    drive_db: float,
    factor: int,
) -> list[Signal]:
    """`ladder_filter` of several voices side by side: the same samples in less time.

    Parameters
    ----------
    voices : sequence of arrays of shape (c, n), float32
        Each may have channels and a length of its own.
    cutoffs_hz : sequence of floats or arrays of shape (control_length(n),)
        One for each voice.
    sample_rate_hz, resonance, drive_db, factor
        As for `ladder_filter`, shared by all.

    Returns
    -------
    list of arrays of shape (c, n), float32
        Bit for bit what each voice gives alone.

    Raises
    ------
    ParameterError
        If the resonance lies outside 0..1.

    Examples
    --------
    >>> settings = {"sample_rate_hz": 48_000, "resonance": 0.5, "drive_db": 6.0, "factor": 1}
    >>> voice, other = np.ones((1, 96), np.float32), np.full((2, 64), 0.5, np.float32)
    >>> together = ladder_filters([voice, other], [500.0, 2_000.0], **settings)
    >>> bool((together[0] == ladder_filter(voice, 500.0, **settings)).all())
    True
    """
    if not 0.0 <= resonance <= 1.0:
        raise ParameterError(f"ladder: expected a resonance of 0 to 1, got {resonance:g}")
    warped = [
        _warp(cutoff_hz, voice.shape[-1], sample_rate_hz, factor)
        for voice, cutoff_hz in zip(voices, cutoffs_hz, strict=True)
    ]
    return run_ladder(voices, warped, feedback=3.98 * resonance, drive=10.0 ** (drive_db / 20.0), factor=factor)


def _warp(cutoff_hz: Control | float, length: int, sample_rate_hz: int, factor: int = 1) -> Control:
    count = control_length(length)
    cutoff = np.full(count, cutoff_hz) if np.isscalar(cutoff_hz) else np.asarray(cutoff_hz, dtype=np.float64)
    if cutoff.size < count:
        raise ParameterError(f"filter: expected {count} control values for {length} samples, got {cutoff.size}")
    held = np.clip(cutoff, _LOWEST_HZ, _HIGHEST_OF_RATE * sample_rate_hz)
    return np.tan(np.pi * held / (factor * sample_rate_hz))
