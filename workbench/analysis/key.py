"""Key detection from the pitch-class profile of the audio.

The chroma is taken from spectral peaks between 55 and 2100 Hz that last (a median over time takes drums out), tuned
to the recording, and is correlated with the 24 rotated key profiles of Temperley (1999, "What's key for key?"),
blended with Krumhansl and Kessler (1982).

Measured on synthetic four-chord songs with bass and drums in all 24 keys: the scale right in 24, the tonic as well
in the 12 major ones and in minor where the dominant leads to it; a loop of i-VI-III-VII is heard as the relative
major, which `same_family` accepts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Integers
from workbench.domain.audio import Audio
from workbench.domain.theory import Key
from workbench.dsp.thinning import thinned

TONAL_STRENGTH = 0.55
"""Correlation with the best key profile from which music is taken to be tonal."""

_KRUMHANSL = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}
_TEMPERLEY = {
    "major": (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0),
    "minor": (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 3.0, 3.0),
}
_WORK_RATE_HZ = 12000
_WINDOW = 4096
_HOP = 2048
_LOW_HZ, _HIGH_HZ = 55.0, 2100.0
_OVERTONE_GAIN = 0.3
_SCALE_WEIGHT = 8.0
"""Weight of the share of sound on the scale beside the correlation: the scale tells the signature, which modes share,
and the profile the tonic; a strong fifth alone makes no other signature.
"""


@dataclass(frozen=True, slots=True)
class KeyEstimate:
    """The likeliest key, how well its profile correlates (-1 to 1) and its lead over the best unrelated key."""

    key: Key
    strength: float
    lead: float
    tuning_cents: float

    @property
    def is_tonal(self) -> bool:
        """Whether the sound fits any key well enough to speak of one."""
        return self.strength >= TONAL_STRENGTH


def estimate_key(audio: Audio) -> KeyEstimate | None:
    """Detect the key of a recording.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    KeyEstimate or None
        Major or minor; None for silence and for sound without pitch.

    Examples
    --------
    Tonic, subdominant, dominant and tonic of D minor, a second each:

    >>> triads = ([62, 65, 69], [55, 62, 70], [57, 61, 64], [62, 65, 69])
    >>> hz = 440.0 * 2.0 ** ((np.repeat(np.array(triads), 8000, axis=0) - 69) / 12)
    >>> wave = 0.1 * np.sin(2 * np.pi * hz * (np.arange(32000) / 8000)[:, None]).sum(axis=1)
    >>> str(estimate_key(Audio(np.stack([wave, wave]).astype(np.float32), 8000)).key)
    'D minor'
    """
    profile, tuning_cents = chroma(audio)
    if profile.sum() <= 0.0:
        return None
    return key_of_profile(profile, tuning_cents)


def chroma(audio: Audio) -> tuple[Floats, float]:
    """Mean pitch-class profile and tuning of a recording.

    Each peak counts with the square root of its magnitude, so that frames in which only drums sound say little.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    profile : ndarray of shape (12,)
        From C, sum 1; all 0 for silence.
    tuning_cents : float
        Off A = 440 Hz, -50 to 50.

    Examples
    --------
    A tone of 445 Hz is an A, 19.6 cents sharp:

    >>> wave = 0.25 * np.sin(2 * np.pi * 445 * np.arange(16000) / 8000)
    >>> profile, cents = chroma(Audio(np.stack([wave, wave]).astype(np.float32), 8000))
    >>> int(profile.argmax()), round(cents)
    (9, 19)
    """
    by_frame, tuning_cents = chromagram(audio)
    total = by_frame.sum(axis=0)
    return total / max(float(total.sum()), 1e-12), tuning_cents


def chromagram(audio: Audio, *, low_hz: float = _LOW_HZ, high_hz: float = _HIGH_HZ) -> tuple[Floats, float]:
    """Pitch-class weights of each frame, and the tuning.

    Parameters
    ----------
    audio : Audio of shape (2, n)
    low_hz, high_hz : float
        Only peaks between these count, within 50 to 2200 Hz.

    Returns
    -------
    weights : ndarray of shape (frames, 12)
        From C, not normalized. Frames lie `frame_seconds` apart; the middle of the first lies that far from the
        beginning.
    tuning_cents : float
        Off A = 440 Hz, -50 to 50.

    Examples
    --------
    >>> time = np.arange(16000) / 8000
    >>> wave = 0.25 * np.sin(2 * np.pi * np.where(time < 1.0, 440.0, 523.25) * time)
    >>> weights, _ = chromagram(Audio(np.stack([wave, wave]).astype(np.float32), 8000))
    >>> weights.shape, weights.argmax(axis=1).tolist()
    ((6, 12), [9, 9, 9, 0, 0, 0])
    """
    hz, magnitude = _lasting_spectrum(audio)
    by_frame = np.zeros((magnitude.shape[0], 12))
    if magnitude.size == 0 or magnitude.max() <= 0.0:
        return by_frame, 0.0
    peak_hz, peak_weight, frame = _peaks(hz, magnitude)
    if peak_hz.size == 0:
        return by_frame, 0.0
    pitch = 69.0 + 12.0 * np.log2(peak_hz / 440.0)
    angle = np.angle(np.sum(peak_weight * np.exp(2j * np.pi * pitch)))
    tuning = float(angle / (2.0 * np.pi))
    nearest = np.round(pitch - tuning)
    closeness = np.maximum(0.0, 1.0 - 2.0 * np.abs(pitch - tuning - nearest))
    inside = (peak_hz >= low_hz) & (peak_hz <= high_hz)
    np.add.at(by_frame, (frame, nearest.astype(np.int64) % 12), peak_weight * closeness * inside)
    return by_frame, tuning * 100.0


def frame_seconds(sample_rate_hz: int) -> float:
    """Distance of the frames of a chromagram.

    Parameters
    ----------
    sample_rate_hz : int
        Of the recording.

    Returns
    -------
    float
        Seconds, 0.09 to 0.17 from 12 kHz up.

    Examples
    --------
    >>> round(frame_seconds(48000), 3), round(frame_seconds(44100), 3)
    (0.171, 0.139)
    """
    return _HOP * _step(sample_rate_hz) / sample_rate_hz


def key_of_profile(profile: npt.ArrayLike, tuning_cents: float = 0.0) -> KeyEstimate:
    """Best key of a pitch-class profile, by the profiles of Temperley (1999) and of Krumhansl and Kessler (1982).

    Parameters
    ----------
    profile : array_like of shape (12,)
        Weights from C, in any unit, 0 or more.
    tuning_cents : float
        Passed on.

    Returns
    -------
    KeyEstimate
        Major or minor; a flat profile has a strength of 0.

    Examples
    --------
    >>> str(key_of_profile([3, 0, 2, 0, 2, 2, 0, 3, 0, 2, 0, 1]).key)
    'C major'
    """
    values = np.asarray(profile, dtype=np.float64)
    share = values / max(values.sum(), 1e-12)
    scores: dict[Key, float] = {}
    correlations: dict[Key, float] = {}
    for mode in ("major", "minor"):
        weights = np.asarray(_KRUMHANSL[mode]) / 6.35 + np.asarray(_TEMPERLEY[mode]) / 5.0
        for tonic in range(12):
            key = Key(tonic, mode)
            correlations[key] = _correlation(values, np.roll(weights, tonic))
            scores[key] = correlations[key] + _SCALE_WEIGHT * float(share[list(key.pitch_classes)].sum())
    best = max(scores, key=scores.__getitem__)
    rival = max(score for key, score in scores.items() if not same_family(key, best))
    return KeyEstimate(best, correlations[best], scores[best] - rival, tuning_cents)


def same_family(first: Key, second: Key) -> bool:
    """Whether a detector that knows major and minor alone may take one key for the other.

    Relative keys share their scale. A modal key is near the plain major or minor on its tonic as well, and so near
    that one's relative: F dorian may be heard as Eb major (its scale), as F minor or as Ab major.

    Parameters
    ----------
    first, second : Key
        Of any mode.

    Returns
    -------
    bool
        The same in both directions.

    Examples
    --------
    >>> same_family(Key.parse("F minor"), Key.parse("Ab major")), same_family(Key.parse("C"), Key.parse("C minor"))
    (True, False)
    """
    return bool(_scales(first) & _scales(second))


def _scales(key: Key) -> set[frozenset[int]]:
    plain = Key(key.tonic, "minor" if key.has_minor_third else "major")
    return {frozenset(key.pitch_classes), frozenset(plain.pitch_classes)}


def _correlation(first: Floats, second: Floats) -> float:
    a, b = first - first.mean(), second - second.mean()
    scale = float(np.sqrt(np.sum(a * a) * np.sum(b * b)))
    return float(np.sum(a * b)) / scale if scale > 1e-12 else 0.0


def _step(sample_rate_hz: int) -> int:
    return max(1, sample_rate_hz // _WORK_RATE_HZ)


def _lasting_spectrum(audio: Audio) -> tuple[Floats, npt.NDArray[np.float32]]:
    from scipy.fft import rfft
    from scipy.ndimage import median_filter

    step = _step(audio.sample_rate_hz)
    mono = thinned((audio.samples[0] + audio.samples[1]) * np.float32(0.5), step)
    rate = audio.sample_rate_hz / step
    if mono.size < _WINDOW:
        mono = np.pad(mono, (0, _WINDOW - mono.size))
    frames = np.lib.stride_tricks.sliding_window_view(mono, _WINDOW)[::_HOP]
    hz: Floats = np.arange(_WINDOW // 2 + 1) * np.float64(rate / _WINDOW)
    inside = (hz >= _LOW_HZ * 0.9) & (hz <= _HIGH_HZ * 1.05)
    magnitude = np.abs(rfft(frames * np.hanning(_WINDOW).astype(np.float32), axis=1))[:, inside]
    lasting = np.minimum(magnitude, median_filter(magnitude, size=(3, 1)))
    return hz[inside], lasting


def _peaks(hz: Floats, magnitude: npt.NDArray[np.float32]) -> tuple[Floats, Floats, Integers]:
    """Frequency (refined by a parabola on the log magnitude), weight and frame of each spectral peak."""
    here, before, after = magnitude[:, 1:-1], magnitude[:, :-2], magnitude[:, 2:]
    loud = here > 0.02 * np.maximum(magnitude.max(axis=1, keepdims=True), 0.001 * magnitude.max())
    frame, index = np.nonzero((here > before) & (here >= after) & loud)
    a, b, c = (np.log(part[frame, index].astype(np.float64) + 1e-12) for part in (before, here, after))
    shift = np.clip(0.5 * (a - c) / np.minimum(a - 2.0 * b + c, -1e-12), -0.5, 0.5)
    peak_hz = hz[index + 1] + shift * (hz[1] - hz[0])
    weight = np.sqrt(here[frame, index].astype(np.float64)) * _overtone_damping(
        hz, magnitude, peak_hz, index + 1, frame
    )
    return peak_hz, weight, frame


def _overtone_damping(
    hz: Floats, magnitude: npt.NDArray[np.float32], peak_hz: Floats, index: Integers, frame: Integers
) -> Floats:
    """Factor by peak: `_OVERTONE_GAIN` where it may be the third or fifth partial of an equally loud lower tone.

    Fifth partials are major thirds: undamped, they turn bare fifths and minor chords over a strong bass into major.
    """
    factor = np.ones(peak_hz.size)
    for partial in (3.0, 5.0):
        place = np.round((peak_hz / partial - hz[0]) / (hz[1] - hz[0])).astype(np.int64)
        inside = place >= 1
        near = np.stack([magnitude[frame[inside], place[inside] + step] for step in (-1, 0, 1)]).max(axis=0)
        overtone = np.zeros(peak_hz.size, dtype=bool)
        overtone[inside] = near >= magnitude[frame[inside], index[inside]]
        factor[overtone] = _OVERTONE_GAIN
    return factor
