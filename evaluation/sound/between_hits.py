"""What sounds between the hits: highs that stay, brightness, width of the lower middle, and how fast a hit is gone."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from workbench.analysis import rhythm, spectrum, stereo
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.dsp.frames import spectra
from workbench.dsp.parallel import each_block

HIGH_BANDS_HZ = tuple(float(2000.0 * 2.0 ** (step / 3.0)) for step in range(9))
"""Mid-band frequencies, 2 to 12.7 kHz, whose cells are looked at; every record holds them, MP3 or not."""

LOWER_MIDDLE_HZ = (120.0, 400.0)
PRESENT_DB = 20.0
"""How far below its own loud level a band may lie and still count as present."""

_WINDOW_SECONDS, _HOP_SECONDS = 0.046, 0.023
_LOUD_PERCENTILE = 95.0
_PLAYING_DB = 40.0
_AFTER_SECONDS, _ATTACK_SECONDS, _LEVEL_SECONDS = 0.15, 0.06, 0.02
_LEAST_SIDE = 1e-6


@dataclass(frozen=True, slots=True)
class BetweenHits:
    """Values of one track. None of them depends on its gain.

    `highs_present` is the share of cells (third octave from 2 to 12.7 kHz by frame of 46 ms, while the track plays)
    within 20 dB of the band's 95th percentile. `centroid_hz` is the median over frames. `lower_width_db` is side over
    mid from 120 to 400 Hz, at least -60. `correlation` is that of left and right, the median of 3 s windows. `fall_db`
    is the median fall of the level from an onset's loudest 20 ms to 150 ms after it.
    """

    highs_present: float
    centroid_hz: float
    lower_width_db: float
    correlation: float
    fall_db: float


MEASURES = tuple(item.name for item in fields(BetweenHits))


def between_hits(audio: Audio) -> BetweenHits:
    """Measure a finished track.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> noise = Audio(rng.standard_normal((2, 88200)).astype(np.float32) * np.float32(0.1), 44100)
    >>> between_hits(noise).highs_present
    1.0
    """
    powers, hz = _frame_powers(audio)
    level_db = _decibels(powers.sum(axis=1))
    playing = powers[level_db > np.percentile(level_db, _LOUD_PERCENTILE) - _PLAYING_DB]
    series = stereo.stereo_image(audio).correlation_series
    return BetweenHits(
        highs_present=_present(playing, hz),
        centroid_hz=float(np.median(_centroids_hz(playing, hz))),
        lower_width_db=_lower_width_db(audio),
        correlation=float(np.median(series)) if series.size else 1.0,
        fall_db=_fall_db(audio),
    )


def _frame_powers(audio: Audio) -> tuple[Floats, Floats]:
    """Power (frames, bins) of both channels together, and the bins' frequencies."""
    rate = audio.sample_rate_hz
    size, hop = round(_WINDOW_SECONDS * rate), round(_HOP_SECONDS * rate)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    starts = range(0, max(audio.samples.shape[1] - size, 0) + 1, hop)

    def block(first: int, last: int) -> Floats:
        found = spectra(audio.samples, starts[first:last], window)
        return np.asarray((found.real**2 + found.imag**2).sum(axis=0), dtype=np.float64)

    hz: Floats = np.arange(size // 2 + 1) * np.float64(rate / size)
    return np.concatenate(list(each_block(block, len(starts), 64))), hz


def _decibels(power: Floats) -> Floats:
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-20)))


def _present(powers: Floats, hz: Floats) -> float:
    half = 2.0 ** (1.0 / 6.0)
    bands = [powers[:, (hz >= centre / half) & (hz < centre * half)].sum(axis=1) for centre in HIGH_BANDS_HZ]
    levels = _decibels(np.array(bands))
    loud = np.percentile(levels, _LOUD_PERCENTILE, axis=1, keepdims=True)
    return float((levels >= loud - PRESENT_DB).mean())


def _centroids_hz(powers: Floats, hz: Floats) -> Floats:
    magnitudes = np.sqrt(powers)
    return np.asarray(magnitudes @ hz / np.maximum(magnitudes.sum(axis=1), 1e-20))


def _lower_width_db(audio: Audio) -> float:
    picture = spectrum.stereo_spectrum(audio)
    left, right, cross = (
        spectrum.band_power(picture.frequency_hz, power, *LOWER_MIDDLE_HZ)
        for power in (picture.left, picture.right, picture.cross)
    )
    mid, side = left + right + 2.0 * cross, left + right - 2.0 * cross
    return float(10.0 * np.log10(max(side / max(mid, 1e-20), _LEAST_SIDE)))


def _fall_db(audio: Audio) -> float:
    """Median fall after an onset; 0 where there is none."""
    rate, step = audio.sample_rate_hz, round(_LEVEL_SECONDS * audio.sample_rate_hz)
    squares = np.square(audio.samples, dtype=np.float64).mean(axis=0)
    count = squares.size // step
    levels = _decibels(squares[: count * step].reshape(count, step).mean(axis=1))
    times, _ = rhythm.onsets(rhythm.onset_envelope(audio))
    first = np.maximum((times * rate / step).astype(np.int64), 0)
    later = first + round(_AFTER_SECONDS / _LEVEL_SECONDS)
    first, later = first[later < count], later[later < count]
    if not first.size:
        return 0.0
    attack = np.array([levels[at : at + round(_ATTACK_SECONDS / _LEVEL_SECONDS)].max() for at in first])
    return float(np.median(attack - levels[later]))
