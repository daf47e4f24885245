"""Where in the bar onsets fall: the groove of a recording as a profile of sixteen steps in three bands.

The onset strength of lows (below 200 Hz), mids (to 2 kHz) and highs is folded by the bar. Which beat is the first is
not known: profiles are compared at the best of the four turns.
"""

from __future__ import annotations

import numpy as np

from workbench.analysis.rhythm import TempoFit
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.dsp.thinning import thinned

STEPS = 16
BANDS_HZ = ((20.0, 200.0), (200.0, 2000.0), (2000.0, 10000.0))
_RATE_HZ = 22050
_FRAME, _HOP = 512, 128


def groove_profile(audio: Audio, fit: TempoFit) -> Floats:
    """Share of onset strength on each sixteenth of the bar, by band.

    Parameters
    ----------
    audio : Audio of shape (2, n)
    fit : TempoFit
        Its tempo, in 4/4.

    Returns
    -------
    ndarray of shape (3, 16), float64
        Lows, mids and highs. Step 0 is a beat, though not known to be the first of the bar; rows sum to 1, or to 0 in
        silence. Of shape (0, 16) where there is no steady pulse.

    Examples
    --------
    Clicks at 120 BPM fall on every fourth sixteenth:

    >>> from workbench.analysis.rhythm import estimate_tempo
    >>> samples = np.zeros((2, 64000), np.float32)
    >>> samples[:, 4000::4000] = 0.5
    >>> clicks = Audio(samples, 8000)
    >>> groove_profile(clicks, estimate_tempo(clicks))[1].round(1)[:8].tolist()
    [0.2, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0]
    """
    if not fit.is_steady or fit.bpm <= 0.0:
        return np.zeros((0, STEPS))
    step_seconds = 15.0 / fit.bpm
    phase = _phase(fit)
    rise, hop_seconds, offset = _rises(audio)
    place = np.round((np.arange(rise.shape[1]) * hop_seconds + offset - phase) / step_seconds).astype(np.int64) % STEPS
    profile = np.stack([np.bincount(place, weights=row, minlength=STEPS) for row in rise])
    # What is there on every step is no rhythm.
    profile = np.maximum(profile - 0.8 * profile.min(axis=1, keepdims=True), 0.0)
    total = profile.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(profile, total, out=np.zeros_like(profile), where=total > 1e-9))


def groove_distance(first: Floats, second: Floats) -> float:
    """Total variation between two profiles, mean over bands, at the best turn by beats.

    Parameters
    ----------
    first, second : ndarray of shape (3, 16)
        As `groove_profile` gives them.

    Returns
    -------
    float
        0 (alike) to 1; 1 where one of them is empty.

    Examples
    --------
    A beat later is the same groove, an eighth later is not:

    >>> one = np.zeros((3, 16))
    >>> one[:, 0] = 1.0
    >>> groove_distance(one, np.roll(one, 4, axis=1)), groove_distance(one, np.roll(one, 2, axis=1))
    (0.0, 1.0)
    """
    if first.shape != second.shape or not first.size:
        return 1.0
    turns = (np.roll(second, 4 * turn, axis=1) for turn in range(4))
    return float(min(np.abs(first - other).sum(axis=1).mean() / 2.0 for other in turns))


def _phase(fit: TempoFit) -> float:
    period = 60.0 / fit.bpm
    return float(np.angle(np.exp(2j * np.pi * fit.beat_seconds / period).mean())) / (2.0 * np.pi) * period


def _rises(audio: Audio) -> tuple[Floats, float, float]:
    """Rise of the log level by band and frame, seconds a frame, and the time of the first."""
    step = max(1, round(audio.sample_rate_hz / _RATE_HZ))
    mono = thinned(audio.samples.mean(axis=0), step)
    rate = audio.sample_rate_hz / step
    padded = np.pad(mono, (_FRAME // 2, _FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_FRAME).astype(np.float32), axis=1)))
    hz = np.fft.rfftfreq(_FRAME, 1.0 / rate)
    bands = np.stack([power[:, (hz >= low) & (hz < high)].sum(axis=1) for low, high in BANDS_HZ])
    loudest = np.maximum(bands.max(axis=1, keepdims=True), 1e-12)
    levels = np.log1p(1000.0 * bands / loudest)
    return np.maximum(np.diff(levels, axis=1), 0.0), _HOP / rate, 0.5 * _HOP / rate
