"""How far one recording lies from another, one figure for each thing that a listener would name."""

from __future__ import annotations

import numpy as np

from workbench.analysis.profile import Measurements
from workbench.analysis.rhythm import STEADY_CONFIDENCE
from workbench.domain.theory import Key

_SPECTRUM_FLOOR_DB = -70.0

TYPICAL: dict[str, float] = {
    "spectrum_db": 4.0,
    "loudness_lu": 3.0,
    "loudness_range_lu": 3.0,
    "plr_db": 3.0,
    "correlation": 0.2,
    "width": 0.1,
    "brightness_octaves": 0.5,
    "tilt_db_per_octave": 1.0,
    "low_end_db": 4.0,
    "tempo_percent": 10.0,
    "key_fifths": 2.0,
}
"""A usual distance between two finished tracks of different kinds, by name: the weights of `overall`."""


def distance(first: Measurements, second: Measurements) -> dict[str, float]:
    """Distances by name with unit suffix; each is 0 for equal recordings and the same in both directions.

    `spectrum_db` is the mean absolute difference of the third-octave spectra after their mean level is matched;
    `tempo_percent` ignores octaves and is left out where either recording has no steady pulse; `key_fifths` counts
    steps between the key signatures and is left out where either has no key. `overall` is the mean of all after
    division by `TYPICAL`: about 1 for unlike tracks.

    Parameters
    ----------
    first, second : Measurements
        As `analysis.measure` gives them.

    Returns
    -------
    dict of str to float
        The names of `TYPICAL` and `overall`, from 0, rounded to four digits.

    Examples
    --------
    A tone and the same tone at half its level differ in loudness alone, by 6 dB:

    >>> import workbench
    >>> wave = np.tile(0.5 * np.sin(np.arange(16000) / 4), (2, 1)).astype(np.float32)
    >>> loud, soft = (workbench.measure(workbench.Audio(gain * wave, 16000)) for gain in (1.0, 0.5))
    >>> found = distance(loud, soft)
    >>> round(found["loudness_lu"], 2), found["spectrum_db"], found["width"]
    (6.02, 0.0, 0.0)
    """
    result = {
        "spectrum_db": _spectrum_db(first, second),
        "loudness_lu": _gap(first, second, "integrated_loudness_lufs"),
        "loudness_range_lu": _gap(first, second, "loudness_range_lu"),
        "plr_db": _gap(first, second, "plr_db"),
        "correlation": _gap(first, second, "correlation"),
        "width": _gap(first, second, "width"),
        "brightness_octaves": _octaves(first["spectral_centroid_hz"], second["spectral_centroid_hz"]),
        "tilt_db_per_octave": _gap(first, second, "spectral_tilt_db_per_octave"),
        "low_end_db": abs(_low_end_db(first) - _low_end_db(second)),
    }
    if min(first["tempo_confidence"], second["tempo_confidence"]) >= STEADY_CONFIDENCE:
        result["tempo_percent"] = _tempo_percent(first["tempo_bpm"], second["tempo_bpm"])
    if first.key is not None and second.key is not None:
        result["key_fifths"] = _key_fifths(first.key, second.key)
    result["overall"] = float(np.mean([value / TYPICAL[name] for name, value in result.items()]))
    return {name: round(value, 4) for name, value in result.items()}


def _gap(first: Measurements, second: Measurements, name: str) -> float:
    return abs(first[name] - second[name])


def _octaves(first_hz: float, second_hz: float) -> float:
    return abs(float(np.log2(max(first_hz, 1.0) / max(second_hz, 1.0))))


def _spectrum_db(first: Measurements, second: Measurements) -> float:
    gap = np.maximum(first.third_octave_db, _SPECTRUM_FLOOR_DB) - np.maximum(second.third_octave_db, _SPECTRUM_FLOOR_DB)
    return float(np.mean(np.abs(gap - gap.mean())))


def _low_end_db(one: Measurements) -> float:
    """Level below 200 Hz over the level from 200 Hz to 6 kHz."""
    low = sum(10.0 ** (one[f"band_{name}_db"] / 10.0) for name in ("sub", "bass"))
    rest = sum(10.0 ** (one[f"band_{name}_db"] / 10.0) for name in ("low_mid", "mid", "presence"))
    return 10.0 * float(np.log10((low + 1e-9) / (rest + 1e-9)))


def _tempo_percent(first_bpm: float, second_bpm: float) -> float:
    octaves = abs(float(np.log2(first_bpm / second_bpm)))
    return 100.0 * (float(2.0 ** abs(octaves - round(octaves))) - 1.0)


def _key_fifths(first: str, second: str) -> float:
    gap = abs(Key.parse(first).signature - Key.parse(second).signature) % 12
    return float(min(gap, 12 - gap))
