"""Everything that is measured of one recording, as a flat list of named numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from workbench.analysis import defects, loudness, rhythm, spectrum, stereo
from workbench.analysis.audio_reading import Incoming, open_audio
from workbench.analysis.key import KeyEstimate, estimate_key
from workbench.domain.arrays import Floats
from workbench.domain.audio import LOUDEST, Audio
from workbench.domain.errors import ParameterError
from workbench.dsp.levels import peak_of
from workbench.dsp.parallel import each

_SINGLE = "mono: loudness of one channel, as BS.1770 reads it; two speakers play it 3.01 LU louder (dual mono)"
_DUAL = "dual mono: loudness as two speakers play it, 3.01 LU above BS.1770's reading of one channel"


@dataclass(frozen=True, slots=True)
class Measurements:
    """Figures of one recording.

    `numbers` maps a name with unit suffix to a number; `key` is None for sound without pitch; `third_octave_db`
    holds the long-term spectrum in the bands of `spectrum.THIRD_OCTAVE_HZ`, relative to the whole signal;
    `click_seconds` tells when clicks were heard.
    """

    numbers: Mapping[str, float]
    key: str | None
    third_octave_db: tuple[float, ...]
    click_seconds: tuple[float, ...] = ()

    def __getitem__(self, name: str) -> float:
        return self.numbers[name]


@dataclass(frozen=True, slots=True)
class AnalysisResult:
    """Measurements of a file.

    `channels` are those of the file; of a mono file `notes` tell how its loudness is meant, and for all what was
    repaired or left out.
    """

    path: str
    sample_rate_hz: int
    measurements: Measurements
    channels: int = 2
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain types for JSON: path, rate, channels, key, all numbers, third-octave spectrum by frequency, notes."""
        bands = zip(spectrum.THIRD_OCTAVE_HZ, self.measurements.third_octave_db, strict=True)
        return {
            "path": self.path,
            "sample_rate_hz": self.sample_rate_hz,
            "channels": self.channels,
            "key": self.measurements.key,
            "measurements": dict(self.measurements.numbers),
            "third_octave_db": {f"{hz:g}": level for hz, level in bands},
            "notes": list(self.notes),
        }


def analyze(path: str | Path, *, dual_mono: bool = False) -> AnalysisResult:
    """Read an audio file and measure it.

    Parameters
    ----------
    path : path
        WAV, AIFF, FLAC, MP3, OGG or Opus, mono or stereo, up to an hour.
    dual_mono : bool
        Of a mono file: measure its loudness as two speakers play it, 3.01 LU above what ITU-R BS.1770 reads of one
        channel.

    Returns
    -------
    AnalysisResult
        Its `measurements` are those of `measure`; `to_dict` gives plain types for JSON.

    Raises
    ------
    AudioFileError
        If the file cannot be read (see `analysis.audio_reading.open_audio`).

    Examples
    --------
    >>> import soundfile
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     soundfile.write(f"{folder}/tone.wav", 0.1 * np.sin(np.arange(8000) / 2), 8000)
    ...     mono, dual = (analyze(f"{folder}/tone.wav", dual_mono=dual) for dual in (False, True))
    >>> name = "integrated_loudness_lufs"
    >>> mono.channels, round(dual.measurements[name] - mono.measurements[name], 2)
    (1, 3.01)
    """
    return analyze_incoming(open_audio(path), path, dual_mono=dual_mono)


def analyze_incoming(incoming: Incoming, path: str | Path, *, dual_mono: bool = False) -> AnalysisResult:
    """`analyze` of a file that was read already, by `analysis.audio_reading.open_audio`.

    Parameters
    ----------
    incoming : Incoming
        What was read.
    path, dual_mono
        As of `analyze`.

    Returns
    -------
    AnalysisResult

    Examples
    --------
    >>> tone = 0.1 * np.sin(np.arange(8000, dtype=np.float32) / 2)
    >>> analyze_incoming(Incoming(Audio(np.stack([tone, tone]), 8000), 2, ()), "tone.wav").channels
    2
    """
    mono = incoming.channels == 1
    meant = _DUAL if dual_mono else _SINGLE
    return AnalysisResult(
        str(path),
        incoming.audio.sample_rate_hz,
        measure(incoming.audio, one_channel=mono and not dual_mono),
        incoming.channels,
        (*incoming.notes, meant) if mono else incoming.notes,
    )


def measure(audio: Audio, *, expected_bpm: float | None = None, one_channel: bool = False) -> Measurements:
    """Measure loudness, spectrum, stereo image, rhythm, key and defects of a recording.

    Parameters
    ----------
    audio : Audio of shape (2, n)
        Any length; NaN and infinite samples are counted and then taken as 0.
    expected_bpm : float, optional
        Tempo on whose metrical level the pulse is looked for, 20 to 400; without it the octave is a guess.
    one_channel : bool
        Whether loudness counts the first channel alone, as ITU-R BS.1770 reads a mono file.

    Returns
    -------
    Measurements
        All numbers are finite and rounded to six digits after the point. 240 s take about 4 s on one core.

    Raises
    ------
    ParameterError
        If samples exceed full scale by more than 60 dB, or `expected_bpm` is out of range.

    Examples
    --------
    >>> wave = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
    >>> found = measure(Audio(np.stack([wave, wave]).astype(np.float32), 16000))
    >>> round(found["sample_peak_db"], 2), round(found["crest_factor_db"], 2), round(found["spectral_centroid_hz"], -1)
    (-6.02, 3.01, 1000.0)
    """
    bad = defects.non_finite_samples(audio)
    clean = defects.without_non_finite(audio)
    if peak_of(clean.samples) > LOUDEST:
        raise ParameterError(f"measure: expected samples up to {LOUDEST:g}, full scale is 1: bring the level down")
    parts: list[Callable[[Audio], Any]] = [
        partial(_loudness_numbers, one_channel=one_channel),
        partial(_rhythm_numbers, expected_bpm=expected_bpm),
        estimate_key,
        spectrum.stereo_spectrum,
        defects.clicks,
    ]
    loud, pulse, key, picture, clicks = each(lambda part: part(clean), parts)
    bands_db = spectrum.third_octave_db(picture)
    numbers = {
        "duration_seconds": clean.duration_seconds,
        **loud,
        **_spectrum_numbers(picture, bands_db),
        **_stereo_numbers(clean, picture),
        **pulse,
        **_key_numbers(key),
        **_defect_numbers(clean, bad, clicks),
    }
    return Measurements(
        numbers={name: round(float(value), 6) for name, value in numbers.items()},
        key=str(key.key) if key is not None and key.is_tonal else None,
        third_octave_db=tuple(round(float(level), 3) for level in bands_db),
        click_seconds=clicks,
    )


def _loudness_numbers(audio: Audio, *, one_channel: bool) -> dict[str, float]:
    result = loudness.measure_loudness(audio, one_channel=one_channel)
    return {name: getattr(result, name) for name in result.__slots__}


def _spectrum_numbers(picture: spectrum.StereoSpectrum, bands_db: Floats) -> dict[str, float]:
    return {
        "spectral_tilt_db_per_octave": spectrum.spectral_tilt_db_per_octave(bands_db),
        "spectral_centroid_hz": spectrum.spectral_centroid_hz(picture),
        "spectral_rolloff_hz": spectrum.spectral_rolloff_hz(picture),
        **{f"band_{name}_db": level for name, level in spectrum.band_balance_db(picture).items()},
    }


def _stereo_numbers(audio: Audio, picture: spectrum.StereoSpectrum) -> dict[str, float]:
    image = stereo.stereo_image(audio)
    return {
        "correlation": image.correlation,
        "correlation_min": float(image.correlation_series.min(initial=1.0)),
        **{f"correlation_{name}": value for name, value in stereo.band_correlation(picture).items()},
        "width": image.width,
        **{f"width_{name}": value for name, value in stereo.band_width(picture).items()},
        "mono_loss_db": image.mono_loss_db,
        "balance_db": image.balance_db,
    }


def _rhythm_numbers(audio: Audio, expected_bpm: float | None) -> dict[str, float]:
    envelope = rhythm.onset_envelope(audio)
    fit = rhythm.tempo_of_envelope(envelope, expected_bpm)
    times, _ = rhythm.onsets(envelope)
    return {
        "tempo_bpm": fit.bpm,
        "tempo_confidence": fit.confidence,
        "tempo_residual_ms": fit.residual_ms,
        "beat_count": float(np.size(fit.beat_seconds)),
        "onset_rate_hz": times.size / max(audio.duration_seconds, 1e-9),
    }


def _key_numbers(key: KeyEstimate | None) -> dict[str, float]:
    if key is None:
        return {"key_strength": 0.0, "key_lead": 0.0, "tuning_cents": 0.0}
    return {"key_strength": key.strength, "key_lead": key.lead, "tuning_cents": key.tuning_cents}


def _defect_numbers(audio: Audio, non_finite: int, clicks: tuple[float, ...]) -> dict[str, float]:
    silence = defects.silence_spans(audio)
    return {
        "dc_offset": defects.dc_offset(audio),
        "clipped_samples": float(defects.clipped_samples(audio)),
        "non_finite_samples": float(non_finite),
        "click_count": float(len(clicks)),
        "silence_seconds": sum(end - start for start, end in silence),
    }
