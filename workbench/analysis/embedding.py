"""A description of sound in 26 numbers for each window of three seconds: what distances between sets are taken in.

It holds what listeners tell recordings apart by and no pitches: balance of eight bands from 40 Hz to 10 kHz, how far
each band moves, onset strength low and high, crest, flatness, width low and high, tonality, pulse. All are independent
of gain. It is meant for sets of at least 100 windows; a learned embedding hears more (see `evaluation.musicnn`).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio

WINDOW_SECONDS = 3.0
BANDS_HZ: tuple[float, ...] = (40.0, 80.0, 160.0, 320.0, 640.0, 1250.0, 2500.0, 5000.0, 10000.0)
"""Edges of the eight bands."""

NAMES: tuple[str, ...] = (
    *(f"level_{hz:g}_hz_db" for hz in BANDS_HZ[:-1]),
    *(f"movement_{hz:g}_hz_db" for hz in BANDS_HZ[:-1]),
    "onsets_low", "onsets_low_mid", "onsets_high_mid", "onsets_high",
    "crest_db", "flatness_db", "width_low", "width_high", "tonality", "pulse",
)  # fmt: skip
"""What each of the 26 columns is."""

_RATE_HZ = 22050
_FRAME, _HOP = 1024, 512
_RANGE_DB = 60.0
_SILENT_POWER = 1e-7
_PULSE_SECONDS = (0.25, 1.0)


def embed(audio: Audio) -> Floats:
    """One row for each window of 3 s that is not silent; a rest below half a window is left out.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    ndarray of shape (windows, 26), float64
        The columns of `NAMES`: levels, movement, onsets, crest and flatness in dB; width, tonality and pulse in 0..1.
        None depends on gain.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(2, 3 * 22050)).astype(np.float32)
    >>> loud, soft = (embed(Audio(gain * noise, 22050)) for gain in (0.1, 0.01))
    >>> loud.shape, bool(np.allclose(loud, soft, atol=0.01)), embed(Audio(0 * noise, 22050)).shape
    ((1, 26), True, (0, 26))
    """
    middle, side, rate = _working_pair(audio)
    count = int(middle.size // round(WINDOW_SECONDS * rate) + (middle.size % round(WINDOW_SECONDS * rate) > 1.5 * rate))
    length = round(WINDOW_SECONDS * rate)
    rows = []
    for number in range(count):
        piece = slice(number * length, (number + 1) * length)
        if middle[piece].size >= 4 * _FRAME and np.mean(np.square(middle[piece])) > _SILENT_POWER:
            rows.append(_window(middle[piece], side[piece], rate))
    return np.array(rows, np.float64).reshape(-1, len(NAMES))


def _working_pair(audio: Audio) -> tuple[Floats, Floats, float]:
    from scipy.signal import resample_poly

    step = max(1, round(audio.sample_rate_hz / _RATE_HZ))
    left, right = resample_poly(audio.samples, 1, step, axis=1) if step > 1 else audio.samples
    return (
        np.asarray((left + right) / 2.0, np.float64),
        np.asarray((left - right) / 2.0, np.float64),
        audio.sample_rate_hz / step,
    )


def _window(middle: Floats, side: Floats, rate: float) -> Floats:
    power, side_power = (_power(wave) for wave in (middle, side))
    hz = np.asarray(np.fft.rfftfreq(_FRAME, 1.0 / rate), np.float64)
    bands = np.stack([power[:, (hz >= low) & (hz < high)].sum(axis=1) for low, high in pairwise(BANDS_HZ)])
    total = max(float(bands.sum(axis=0).mean()), 1e-12)
    levels = np.maximum(10.0 * np.log10(bands / total + 1e-12), -_RANGE_DB)
    rise = np.maximum(np.diff(levels, axis=1), 0.0)
    onsets = [float(rise[first : first + 2].mean()) for first in (0, 2, 4, 6)]
    energy = bands.sum(axis=0)
    inside = (hz >= BANDS_HZ[0]) & (hz < BANDS_HZ[-1])
    mean_db = np.maximum(10.0 * np.log10(bands.mean(axis=1) / total + 1e-12), -_RANGE_DB)
    return np.array(
        [
            *mean_db,
            *levels.std(axis=1),
            *onsets,
            10.0 * np.log10(float(energy.max()) / max(float(energy.mean()), 1e-12)),
            _flatness_db(power[:, inside].mean(axis=0)),
            *_widths(power, side_power, hz),
            _tonality(power, hz),
            _pulse(rise.sum(axis=0), rate),
        ]
    )


def _power(wave: Floats) -> Floats:
    """Power by frame and bin."""
    frames = np.lib.stride_tricks.sliding_window_view(wave, _FRAME)[::_HOP]
    return np.square(np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1))) / _FRAME


def _flatness_db(spectrum: Floats) -> float:
    """Geometric over arithmetic mean, 0 (noise) to -60 dB (tones)."""
    safe = np.maximum(spectrum, 1e-15)
    return max(-_RANGE_DB, 10.0 * float(np.mean(np.log10(safe)) - np.log10(safe.mean())))


def _widths(power: Floats, side_power: Floats, hz: Floats) -> tuple[float, float]:
    shares = []
    for inside in ((hz >= 40.0) & (hz < 300.0), hz >= 300.0):
        middle, side = float(power[:, inside].sum()), float(side_power[:, inside].sum())
        shares.append(side / max(middle + side, 1e-12))
    return shares[0], shares[1]


def _tonality(power: Floats, hz: Floats) -> float:
    """Share of the power from 100 Hz to 2 kHz that stands in peaks three times as high as their surroundings."""
    from scipy.ndimage import uniform_filter1d

    part = power[:, (hz >= 100.0) & (hz < 2000.0)]
    context = uniform_filter1d(part, 9, axis=1)
    return float(part[part > 3.0 * context].sum() / max(float(part.sum()), 1e-12))


def _pulse(flux: Floats, rate: float) -> float:
    """Highest self-similarity of the onset strength after 0.25 to 1 s, 0 to 1."""
    curve = flux - flux.mean()
    whole = float(curve @ curve)
    if whole <= 1e-9:
        return 0.0
    first, last = (round(seconds * rate / _HOP) for seconds in _PULSE_SECONDS)
    lags = range(first, min(last, curve.size - 8) + 1)
    return max(0.0, *(float(curve[lag:] @ curve[: curve.size - lag]) / whole for lag in lags))
