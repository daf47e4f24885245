"""How reference tracks move brightness, width, dynamics and density towards what was measured in them.

Tempo and key of a reference are decided with tempo and key; these are the shades between. A reference counts by its
distance from the middle of the tracks that ship with the project, which stands for a track of no special character.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from workbench.concept.moves import Move
from workbench.concept.phrases import join_words

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

_TILT_DB_PER_OCTAVE, _WIDTH, _RANGE_LU, _ONSETS_HZ = -2.0, 0.19, 4.9, 13.0
"""Medians of the reference tracks that ship with the project."""

_OCTAVES_ACROSS = 2.5
"""A slope of 1 dB an octave over about five octaves lifts the upper half so much against the lower."""

_MOST = {"tilt_db": 4.0, "side_db": 4.0, "contrast_lu": 3.0, "texture_density": 0.25}


def _octaves(value: float, middle: float) -> float:
    return math.log2(max(value, 1e-3) / middle)


_SHADES: Mapping[str, tuple[str, Callable[[float], float]]] = {
    "tilt_db": ("spectral_tilt_db_per_octave", lambda tilt: _OCTAVES_ACROSS * (tilt - _TILT_DB_PER_OCTAVE)),
    "side_db": ("width", lambda width: 3.0 * _octaves(width, _WIDTH)),
    "contrast_lu": ("loudness_range_lu", lambda wide: 0.6 * (wide - _RANGE_LU)),
    "texture_density": ("onset_rate_hz", lambda rate: 0.2 * _octaves(rate, _ONSETS_HZ)),
}
"""The measurement behind each target, and what a reference asks for by it."""


def reference_moves(profiles: Sequence[ReferenceProfile], weight: float) -> tuple[Move, ...]:
    """Moves towards the mean of some references, scaled by a weight of 0 to 1."""
    moves = []
    for target, (measurement, asked) in _SHADES.items():
        found = [profile for profile in profiles if measurement in profile.measurements]
        wanted = [asked(profile.measurements[measurement]) for profile in found]
        if wanted and weight:
            most = _MOST[target]
            amount = weight * max(-most, min(most, sum(wanted) / len(wanted)))
            moves.append(Move(target, round(amount, 3), "reference", join_words([profile.id for profile in found])))
    return tuple(moves)
