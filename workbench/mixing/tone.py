"""Tonal balance: each stem's third-octave curve, towards the spectrum of finished music and out of each other's way.

Everything is decided on the stems' powers by band; the sound itself is filtered once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import gaussian_filter1d

from workbench.domain.arrays import Floats
from workbench.domain.data_files import read_shipped
from workbench.domain.errors import unknown_name
from workbench.dsp.equaliser import Band, response_db
from workbench.dsp.matching import THIRDS_HZ, bin_frequencies_hz, curve_at, third_octave_sums

_ROUNDS = 8
_SILENT_POWER = 1e-12
# What may be taken away, and added in the middle. At the ends little plays, and more may be added; below 60 Hz a kick
# and a bass on one note fill a single band, whose edges a filter of a third of an octave reaches with half its depth.
_MAXIMUM_CUT_DB, _LOW_CUT_DB = 12.0, 22.0
_LOW_BOOST_DB, _AIR_BOOST_DB = 15.0, 24.0
_LOW_HZ = 60.0
_BEARABLE_DB = 1.2
"""Distance from the target up to which only `strength` of it is corrected; what lies beyond is taken back whole."""
_COLOUR_DB = 4.5
"""How far a processing style and a profile's own tone may carry any band away from the target."""


@dataclass(frozen=True, slots=True)
class Tone:
    """How a profile's spectrum differs from its family's, and how firmly it is held.

    `family` names a target of `targets.yaml`. `low_db` is added to it below about 80 Hz, `high_db` above 5 kHz;
    `strength` 0 leaves the mix alone, 1 takes the whole difference; `boost_db` is the most that is added from 60 Hz
    to 8 kHz. `room_db` is the most that a stem gives way where another one is stronger.
    """

    family: str = "dance"
    low_db: float = 0.0
    high_db: float = 0.0
    strength: float = 0.7
    boost_db: float = 8.0
    room_db: float = 3.0


@lru_cache(maxsize=1)
def _targets() -> Mapping[str, Floats]:
    families = read_shipped("workbench.mixing", "targets.yaml")["families"]
    return {name: np.array(levels, dtype=np.float64) for name, levels in families.items()}


def list_families() -> tuple[str, ...]:
    """Names of the target spectra."""
    return tuple(sorted(_targets()))


def target_db(family: str) -> Floats:
    """Median third-octave spectrum of a family's reference tracks, in the bands of `THIRDS_HZ`.

    Raises
    ------
    ParameterError
        If there is no such family.
    """
    if family not in _targets():
        raise unknown_name("tone: family", family, list_families())
    return _targets()[family]


def stem_curves(
    heard: Mapping[str, Floats | None],
    tone: Tone,
    colour: Sequence[Band],
    sample_rate_hz: int,
) -> dict[str, Floats]:
    """Gain by third octave for each stem, in dB.

    All stems share the part that moves their sum towards the target; each has its own part that gives way.

    Parameters
    ----------
    heard
        `bin_powers` of the processed stems at their loudness; none of one that is silent.
    tone
        Target, strength and limits.
    colour
        Equaliser bands of the processing style, which the stems already went through: they belong to the target.
    sample_rate_hz
        Sample rate in Hz.

    Returns
    -------
    dict of str to ndarray of shape (bands,)
        Zero for all where the sum is silent or the strength is 0.
    """
    none = {name: np.zeros(THIRDS_HZ.size) for name in heard}
    spectra = {name: spectrum for name, spectrum in heard.items() if spectrum is not None}
    if not spectra or tone.strength <= 0:
        return none
    powers = {name: third_octave_sums(spectrum, sample_rate_hz) + _SILENT_POWER for name, spectrum in spectra.items()}
    own = {name: _giving_way(name, powers, tone.room_db) for name in spectra}
    hz = bin_frequencies_hz(sample_rate_hz)
    room = sum(spectra[name] * 10.0 ** (curve_at(own[name], hz) / 10.0) for name in spectra)
    wanted = _wanted(tone, colour, sample_rate_hz)
    shared = np.zeros(THIRDS_HZ.size)
    for _ in range(_ROUNDS):
        reached = third_octave_sums(room * 10.0 ** (curve_at(shared, hz) / 10.0), sample_rate_hz)
        missing = wanted - 10.0 * np.log10(reached + _SILENT_POWER)
        shared = _limited(shared + 0.7 * _step(missing, shared, tone), tone)
    return none | {name: np.round(shared + own[name], 6) for name in spectra}


def _wanted(tone: Tone, colour: Sequence[Band], sample_rate_hz: int) -> Floats:
    season = response_db(colour, THIRDS_HZ, sample_rate_hz) if colour else np.zeros(THIRDS_HZ.size)
    season = season + tone.low_db / (1.0 + (THIRDS_HZ / 90.0) ** 4) + tone.high_db / (1.0 + (5000.0 / THIRDS_HZ) ** 2)
    season -= np.median(season)
    return np.asarray(target_db(tone.family) + _COLOUR_DB * np.tanh(season / _COLOUR_DB))


def _step(difference: Floats, shared: Floats, tone: Tone) -> Floats:
    """What is missing of the wanted curve: a part of the smooth distance, and all that lies beyond what is bearable."""
    difference = difference - np.median(difference)
    untouched = difference + shared
    smooth = tone.strength * gaussian_filter1d(untouched, 1.2, mode="nearest")
    rest = untouched - smooth
    beyond = np.sign(rest) * np.maximum(np.abs(rest) - _BEARABLE_DB, 0.0)
    return np.asarray(smooth + beyond - shared)


def _limited(curve: Floats, tone: Tone) -> Floats:
    """Clip to what may be taken and added: more below 60 Hz, and more and more is added from 8 to 12.5 kHz."""
    air = np.interp(np.log(THIRDS_HZ), np.log([8000.0, 12_500.0]), [tone.boost_db, _AIR_BOOST_DB])
    most = np.where(THIRDS_HZ < _LOW_HZ, max(_LOW_BOOST_DB, tone.boost_db), air)
    least = np.where(THIRDS_HZ < _LOW_HZ, -_LOW_CUT_DB, -_MAXIMUM_CUT_DB)
    return np.clip(curve, least, most)


def _giving_way(name: str, powers: Mapping[str, Floats], room_db: float) -> Floats:
    """Cuts where another stem owns the band, most where both are nearly as strong; nothing where this one is far below.

    Smoothed over half an octave, so that the stem keeps its character.
    """
    others = [power for other, power in powers.items() if other != name]
    if not others:
        return np.zeros(THIRDS_HZ.size)
    behind_db = 10.0 * np.log10(np.max(others, axis=0) / powers[name])
    need = np.clip(behind_db / 6.0, 0.0, 1.0) * np.clip((24.0 - behind_db) / 12.0, 0.0, 1.0)
    return np.asarray(-room_db * gaussian_filter1d(need, 1.0, mode="nearest"))
