"""Stems in a mix: what share they have of each band, and whether the low ones stand in the middle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.sound.families import BANDS
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ, band_power, stereo_spectrum
from workbench.domain.audio import Audio, Mix
from workbench.domain.elements import kind_of
from workbench.mixing.profiles import Profile, load_profile


def overlap(mix: Mix) -> float:
    """Share of each third octave's power that does not belong to its strongest stem, mean over 40 Hz to 16 kHz.

    0 where every band has one owner; with two stems at most 0.5.
    """
    half = 10.0**0.05
    centres = [hz for hz, used in zip(THIRD_OCTAVE_HZ, BANDS, strict=True) if used]
    powers = []
    for stem in mix.stems.values():
        picture = stereo_spectrum(stem)
        powers.append([band_power(picture.frequency_hz, picture.total, hz / half, hz * half) for hz in centres])
    table = np.maximum(np.array(powers), 1e-14)
    return float(np.mean(1.0 - table.max(axis=0) / table.sum(axis=0)))


def without_equalising(name: str) -> Profile:
    """A mix profile whose strips have neither low cut nor equaliser."""
    profile = load_profile(name)
    strips = {element: replace(strip, highpass_hz=20.0, eq=()) for element, strip in profile.strips.items()}
    return replace(profile, strips=strips)


def lean(mix: Mix) -> dict[str, float]:
    """How much louder one side is than the other below 120 Hz, as a magnitude in dB, of drums and bass."""
    return {name: _low_lean_db(stem) for name, stem in mix.stems.items() if kind_of(name) in ("drums", "bass")}


def _low_lean_db(stem: Audio) -> float:
    picture = stereo_spectrum(stem)
    left = band_power(picture.frequency_hz, picture.left, 30.0, 120.0)
    right = band_power(picture.frequency_hz, picture.right, 30.0, 120.0)
    if left + right < 1e-12:
        return 0.0
    return float(abs(10.0 * np.log10(max(left, 1e-15) / max(right, 1e-15))))
