"""What each family of styles is judged by: the references of its judging half, which no mix is moved towards.

The mixer's targets come from the other half (`evaluation.sound.targets`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.analysis.reference_halves import family_names, halves, judges
from workbench.analysis.references import ReferenceLibrary
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ
from workbench.domain.arrays import Floats

BANDS = np.array([39.0 < hz < 16_200.0 for hz in THIRD_OCTAVE_HZ])
"""Third octaves from 40 Hz to 16 kHz."""

FLOOR_DB = -70.0


def levelled(third_octave_db: Sequence[float]) -> Floats:
    """Bands from 40 Hz to 16 kHz about their mean, so that gain does not matter."""
    levels = np.maximum(np.array(third_octave_db, dtype=np.float64)[BANDS], FLOOR_DB)
    return np.asarray(levels - levels.mean())


def target(family: str) -> Floats:
    """Median spectrum of the tracks that judge a family, about its mean; a user's own are among them."""
    curves = [levelled(profile.third_octave_db) for profile in judges(family)]
    median = np.median(np.array(curves), axis=0)
    return np.asarray(median - median.mean())


def deviation(third_octave_db: Sequence[float], wanted: Floats) -> Floats:
    """Distance of each band from a target, in dB."""
    return np.asarray(levelled(third_octave_db) - wanted)


def human_deviations() -> list[Floats]:
    """How far finished tracks of people lie from what judges: those of the other half, which judge nothing.

    They stand where tracks of ours stand, so this is the scale on which ours are read.
    """
    library = ReferenceLibrary()
    return [
        deviation(library.get(name).third_octave_db, target(family))
        for family in family_names()
        for name in halves(family).shaping
    ]


def judging_half_text() -> str:
    """Which tracks judge, by family, in one line."""
    lines = (f"{family}: {', '.join(profile.id for profile in judges(family))}" for family in family_names())
    return "judged by the half that no mix is moved towards: " + "; ".join(lines)
