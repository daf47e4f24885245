"""Families of styles and the reference tracks that each is held against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workbench.analysis.references import ReferenceLibrary
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ

Array = npt.NDArray[np.float64]

BANDS = np.array([39.0 < hz < 16_200.0 for hz in THIRD_OCTAVE_HZ])
"""Third octaves from 40 Hz to 16 kHz."""

FAMILY_OF_STYLE = {
    **dict.fromkeys(
        ("house", "techno", "trance", "deep-house", "afro-house", "uk-garage", "drum-and-bass", "dubstep",
         "synthwave", "chiptune", "trap"), "dance",
    ),
    **dict.fromkeys(("pop", "rock", "rnb", "reggae-dub", "bossa", "funk-disco"), "song"),
    **dict.fromkeys(("boom-bap", "lo-fi", "jazz-hop"), "downtempo"),
    **dict.fromkeys(("ambient", "cinematic"), "atmosphere"),
}  # fmt: skip
"""Family by style."""

REFERENCES = {
    "dance": (
        "naev-automat", "naev-bells-short-version", "nexuiz-digital-pursuit", "noiz2sa-noiz2sa-stage-3",
        "redeclipse-red-eclipse-track-02", "redeclipse-red-eclipse-track-07", "redeclipse-red-eclipse-track-09",
        "supertuxkart-xeon6", "supertuxkart-zen-garden", "wizznic-imperia", "zaz-contemplation", "zaz-die-gewalt",
    ),
    "song": (
        "pink-pony-to-be-happy", "supertuxkart-lava", "supertuxkart-subsea", "supertuxkart-zen-garden",
        "marsshooter-starfall",
    ),
    "downtempo": (
        "supertuxkart-subsea", "supertuxkart-zen-garden", "supertuxkart-xeon6", "naev-automat", "wizznic-imperia",
        "singularity-coherence", "singularity-deprecation",
    ),
    "atmosphere": (
        "hyperrogue-laboratory", "naev-ambiphonic", "naev-classic", "naev-collective-2", "redeclipse-galactic-temple",
        "singularity-awakening", "singularity-coherence", "singularity-deprecation", "naev-empire-2",
        "hyperrogue-palace", "wesnoth-battle-epic", "wesnoth-love-theme",
    ),
}  # fmt: skip
"""Reference tracks by family: electronic dance music, songs with a band, slow beats, and music without a beat."""


def family_of(style: str) -> str:
    """Family of a style; one that is not known is held against dance music."""
    return FAMILY_OF_STYLE.get(style, "dance")


def levelled(third_octave_db: Sequence[float]) -> Array:
    """Bands from 40 Hz to 16 kHz about their mean, so that gain does not matter."""
    levels = np.maximum(np.array(third_octave_db, dtype=np.float64)[BANDS], -70.0)
    return np.asarray(levels - levels.mean())


def target(family: str, *, without: str | None = None) -> Array:
    """Median spectrum of a family's references, about its mean; `without` leaves one track out."""
    library = ReferenceLibrary()
    curves = [levelled(library.get(name).third_octave_db) for name in REFERENCES[family] if name != without]
    median = np.median(np.array(curves), axis=0)
    return np.asarray(median - median.mean())


def deviation(third_octave_db: Sequence[float], wanted: Array) -> Array:
    """Distance of each band from a target, in dB."""
    return np.asarray(levelled(third_octave_db) - wanted)


def human_deviations() -> list[Array]:
    """Each reference against the others of its family: how far finished tracks lie from the same target."""
    library = ReferenceLibrary()
    return [
        deviation(library.get(name).third_octave_db, target(family, without=name))
        for family, names in REFERENCES.items()
        for name in names
    ]
