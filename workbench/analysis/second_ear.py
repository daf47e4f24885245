"""A second ear: what librosa hears, beside our own estimators, and the views in which people look at music.

Our estimators measure better on songs of known truth (docs/decisions/431), and songs are checked with them. Who judges
by them alone judges with the ear that the songs were made to please; this is another's. Frames of chroma, mel spectrum
and tempogram are librosa's own (McFee et al. 2015, "librosa: Audio and Music Signal Analysis in Python").

Importing this module imports librosa, which takes most of a second.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import librosa
import numpy as np
import numpy.typing as npt

from workbench.analysis.key import KeyEstimate, key_of_profile
from workbench.analysis.rhythm import OnsetEnvelope, tempo_of_envelope
from workbench.domain.arrays import Singles
from workbench.domain.audio import Audio

RATE_HZ = 22050
HOP = 512
"""Samples between frames of the views, at `RATE_HZ`: 23 ms."""
_FINE_HOP, _FINE_WINDOW = 110, 1024
_CHROMA_HOP = 2048
_MEAN_SECONDS = 0.5
MEL_HIGH_HZ = 10000.0
_MEL_BANDS = 128
_TEMPOGRAM_FRAMES = 384
_LEAST_SAMPLES = 3 * RATE_HZ
"""Shorter sounds are followed by silence: the lowest octaves of the constant-Q transform need as much."""
_SILENT = 1e-6


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What librosa hears in a recording.

    Parameters
    ----------
    tempo_bpm : float
        Of its beat tracker (Ellis 2007), on the grid of its frames: one or two percent off. 0 for silence.
    fitted_bpm : float
        Of a straight line through the onsets of its onset strength, exact to hundredths. 0 where there is no pulse.
    key : KeyEstimate or None
        From the constant-Q chroma of the harmonic part; None for silence.
    percussive_share : float
        Share of the energy that is percussive (median filtering, Fitzgerald 2010), 0..1.
    tuning_cents : float
        Off A = 440 Hz, -50..50.
    """

    tempo_bpm: float
    fitted_bpm: float
    key: KeyEstimate | None
    percussive_share: float
    tuning_cents: float


def second_opinion(audio: Audio) -> SecondOpinion:
    """Tempo, key, percussive share and tuning of a recording as librosa hears them.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    SecondOpinion
        All 0, and no key, for silence.

    Examples
    --------
    >>> import numpy as np
    >>> opinion = second_opinion(Audio(np.zeros((2, 48000), np.float32), 48000))
    >>> opinion.tempo_bpm, opinion.key
    (0.0, None)
    """
    mono = _mono(audio)
    if np.abs(mono).max(initial=0.0) < _SILENT:
        return SecondOpinion(0.0, 0.0, None, 0.0, 0.0)
    harmonic, percussive = librosa.effects.hpss(mono)
    powers = [float(np.sum(np.square(part, dtype=np.float64))) for part in (harmonic, percussive)]
    tuning = _tuning(harmonic)
    chroma = librosa.feature.chroma_cqt(y=harmonic, sr=RATE_HZ, hop_length=_CHROMA_HOP, tuning=tuning)
    profile = chroma.sum(axis=1, dtype=np.float64)
    tempo, _ = librosa.beat.beat_track(y=mono, sr=RATE_HZ, hop_length=HOP)
    return SecondOpinion(
        tempo_bpm=float(np.atleast_1d(tempo)[0]),
        fitted_bpm=tempo_of_envelope(_onset_strength(mono)).bpm,
        key=key_of_profile(profile / profile.sum(), 100.0 * tuning) if profile.sum() > 0.0 else None,
        percussive_share=powers[1] / max(sum(powers), 1e-30),
        tuning_cents=100.0 * tuning,
    )


def mel_db(audio: Audio) -> Singles:
    """Mel spectrum up to 10 kHz.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    ndarray of shape (128, frames), float32
        dB below its loudest cell, -80 to 0, `HOP` samples apart.

    Examples
    --------
    >>> wave = np.tile(0.1 * np.sin(np.arange(3 * RATE_HZ) / 8), (2, 1)).astype(np.float32)
    >>> mel = mel_db(Audio(wave, RATE_HZ))
    >>> mel.shape, round(float(mel.min())), abs(round(float(mel.max())))
    ((128, 130), -80, 0)
    """
    mel = librosa.feature.melspectrogram(
        y=_mono(audio), sr=RATE_HZ, hop_length=HOP, n_mels=_MEL_BANDS, fmax=MEL_HIGH_HZ
    )
    return np.asarray(librosa.power_to_db(mel, ref=max(float(mel.max()), 1e-10)), np.float32)


def constant_q_chroma(audio: Audio) -> Singles:
    """Constant-Q chroma of the harmonic part.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    ndarray of shape (12, frames), float32
        Pitch classes from C, the loudest of each frame 1, `HOP` samples apart.
    """
    harmonic = librosa.effects.harmonic(_mono(audio))
    chroma = librosa.feature.chroma_cqt(y=harmonic, sr=RATE_HZ, hop_length=HOP, tuning=_tuning(harmonic))
    return np.asarray(chroma, np.float32)


def tempogram(audio: Audio) -> Singles:
    """Self-similarity of the onset strength over nine seconds by lag.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    ndarray of shape (384, frames), float32
        0 to 1, lags and frames `HOP` samples apart.

    Examples
    --------
    Clicks each half second are like themselves after half a second:

    >>> samples = np.zeros((2, 4 * RATE_HZ), np.float32)
    >>> samples[:, :: RATE_HZ // 2] = 0.5
    >>> lag = 10 + tempogram(Audio(samples, RATE_HZ))[10:30].mean(axis=1).argmax()
    >>> bool(abs(lag * HOP / RATE_HZ - 0.5) < 0.02)
    True
    """
    onset = librosa.onset.onset_strength(y=_mono(audio), sr=RATE_HZ, hop_length=HOP)
    return np.asarray(
        librosa.feature.tempogram(onset_envelope=onset, sr=RATE_HZ, hop_length=HOP, win_length=_TEMPOGRAM_FRAMES),
        np.float32,
    )


def _mono(audio: Audio) -> npt.NDArray[np.float32]:
    mono = audio.samples.mean(axis=0, dtype=np.float32)
    resampled = librosa.resample(mono, orig_sr=audio.sample_rate_hz, target_sr=RATE_HZ, res_type="soxr_hq")
    return np.asarray(np.pad(resampled, (0, max(0, _LEAST_SAMPLES - resampled.size))), np.float32)


def _tuning(harmonic: npt.NDArray[np.float32]) -> float:
    """Tuning in semitones off A = 440 Hz; 0 where nothing has a pitch, of which librosa warns."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Trying to estimate tuning from empty frequency set")
        return float(librosa.estimate_tuning(y=harmonic, sr=RATE_HZ))


def _onset_strength(mono: npt.NDArray[np.float32]) -> OnsetEnvelope:
    """Librosa's onset strength every 5 ms, less its mean over half a second."""
    from scipy.ndimage import uniform_filter1d

    seconds = _FINE_HOP / RATE_HZ
    strength = librosa.onset.onset_strength(y=mono, sr=RATE_HZ, hop_length=_FINE_HOP, n_fft=_FINE_WINDOW)
    curve = np.asarray(strength, np.float64)
    mean = uniform_filter1d(curve, round(_MEAN_SECONDS / seconds), mode="nearest")
    return OnsetEnvelope(np.maximum(curve - mean, 0.0), seconds)
