"""Sound made worse in known ways and by known amounts: what metrics and comparisons are tried on.

After the idea of the Audio Degradation Toolbox (Mauch and Ewert 2013). Each function takes audio and a strength of
which 0 changes nothing, and returns new audio of the same rate.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.units import db_to_gain

Degradation = Callable[[Audio, float], Audio]


def quieter(audio: Audio, decibels: float) -> Audio:
    """Lower the level."""
    return _with(audio, audio.samples * np.float32(db_to_gain(-decibels)))


def noisy(audio: Audio, decibels: float) -> Audio:
    """Add white noise: 0 dB is none, 10 dB lies 50 dB below the signal, 40 dB lies 20 dB below."""
    if decibels <= 0.0:
        return audio
    level = float(np.sqrt(np.mean(np.square(audio.samples, dtype=np.float64)))) * db_to_gain(decibels - 60.0)
    noise = np.random.default_rng(0).standard_normal(audio.samples.shape) * level
    return _with(audio, audio.samples + noise.astype(np.float32))


def muffled(audio: Audio, octaves: float) -> Audio:
    """Low-pass (Butterworth, 24 dB an octave) so many octaves below 20 kHz."""
    from scipy.signal import butter, sosfiltfilt

    corner_hz = 20000.0 * 2.0**-octaves
    if octaves <= 0.0 or corner_hz >= 0.45 * audio.sample_rate_hz:
        return audio
    sections = butter(4, corner_hz, fs=audio.sample_rate_hz, output="sos")
    return _with(audio, sosfiltfilt(sections, audio.samples, axis=1, padlen=min(15, audio.samples.shape[1] - 1)))


def detuned(audio: Audio, cents: float) -> Audio:
    """Sharpen by resampling; time shrinks by the same factor (3 % for 50 cents)."""
    return _resampled(audio, 2.0 ** (cents / 1200.0))


def faster(audio: Audio, percent: float) -> Audio:
    """Speed up by resampling: tempo and pitch rise together."""
    return _resampled(audio, 1.0 + percent / 100.0)


def later(audio: Audio, milliseconds: float) -> Audio:
    """Shift towards the end; the length stays."""
    shift = round(milliseconds / 1000.0 * audio.sample_rate_hz)
    moved = np.zeros_like(audio.samples)
    moved[:, shift:] = audio.samples[:, : audio.samples.shape[1] - shift]
    return _with(audio, moved)


def narrower(audio: Audio, percent: float) -> Audio:
    """Take so much of the side signal away: 100 is mono."""
    middle, side = audio.samples.sum(axis=0) / 2.0, (audio.samples[0] - audio.samples[1]) / 2.0
    side = side * np.float32(1.0 - percent / 100.0)
    return _with(audio, np.stack([middle + side, middle - side]))


def squashed(audio: Audio, decibels: float) -> Audio:
    """Drive into a soft clipper by so many decibels, then bring the level back."""
    if decibels <= 0.0:
        return audio
    driven = np.tanh(audio.samples * np.float32(db_to_gain(decibels)))
    before, after = (float(np.sqrt(np.mean(np.square(one, dtype=np.float64)))) for one in (audio.samples, driven))
    return _with(audio, driven * np.float32(before / max(after, 1e-9)))


def ragged(audio: Audio, milliseconds: float) -> Audio:
    """Cut into slices of a sixteenth of a second and move each at random, by up to so much either way."""
    rng, slice_length = np.random.default_rng(0), audio.sample_rate_hz // 16
    reach = round(milliseconds / 1000.0 * audio.sample_rate_hz)
    if reach == 0:
        return audio
    result = np.zeros_like(audio.samples)
    for start in range(0, audio.samples.shape[1], slice_length):
        piece = audio.samples[:, start : start + slice_length]
        place = int(np.clip(start + rng.integers(-reach, reach + 1), 0, audio.samples.shape[1] - piece.shape[1]))
        result[:, place : place + piece.shape[1]] += piece
    return _with(audio, result)


DEGRADATIONS: dict[str, tuple[Degradation, str, tuple[float, ...]]] = {
    "quieter": (quieter, "dB", (0.0, 1.0, 3.0, 6.0)),
    "noisy": (noisy, "dB", (0.0, 20.0, 35.0, 50.0)),
    "muffled": (muffled, "octaves", (0.0, 2.0, 3.5, 5.0)),
    "detuned": (detuned, "cents", (0.0, 15.0, 30.0, 45.0)),
    "faster": (faster, "%", (0.0, 3.0, 8.0, 14.0)),
    "drifting": (faster, "%", (0.0, 0.3, 0.8, 2.0)),
    "later": (later, "ms", (0.0, 10.0, 20.0, 40.0)),
    "narrower": (narrower, "%", (0.0, 40.0, 70.0, 100.0)),
    "squashed": (squashed, "dB", (0.0, 6.0, 12.0, 18.0)),
    "ragged": (ragged, "ms", (0.0, 4.0, 8.0, 14.0)),
}
"""By name: the function, the unit of its strength, and rising strengths from nothing."""


def _with(audio: Audio, samples: Signal) -> Audio:
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), audio.sample_rate_hz)


def _resampled(audio: Audio, factor: float) -> Audio:
    """Play faster by a factor, by linear interpolation on a signal that is oversampled fourfold."""
    from scipy.signal import resample_poly

    if factor == 1.0:
        return audio
    fine = resample_poly(audio.samples, 4, 1, axis=1)
    places = np.arange(0.0, fine.shape[1] - 1, 4.0 * factor)
    return _with(audio, np.stack([np.interp(places, np.arange(fine.shape[1]), channel) for channel in fine]))
