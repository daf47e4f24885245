from __future__ import annotations

import numpy as np
import pytest

from workbench.composition.tonal import quality_bias, root_bias
from workbench.domain.theory import CHORD_QUALITIES, Key

QUALITIES = list(CHORD_QUALITIES)


@pytest.mark.parametrize(
    ("mode", "own", "foreign"), [("minor", "min", "maj"), ("major", "maj", "min"), ("dorian", "min", "7")]
)
def test_tonic_chord_has_the_third_of_the_mode(mode: str, own: str, foreign: str) -> None:
    bias = quality_bias(Key.parse(f"F {mode}"), 13)
    assert bias[0, QUALITIES.index(own)] == 0
    assert bias[0, QUALITIES.index(foreign)] < -10


def test_major_dominant_is_free_in_minor_and_borrowed_chords_cost() -> None:
    bias = quality_bias(Key.parse("A minor"), 13)
    assert bias[7, QUALITIES.index("maj")] == 0
    assert bias[5, QUALITIES.index("maj")] < 0 == bias[5, QUALITIES.index("min")]


def test_roots_of_the_scale_are_free() -> None:
    bias = root_bias(Key.parse("C# minor"), 13)
    # The second degree of minor carries a diminished triad.
    assert np.flatnonzero(bias == 0).tolist() == [0, 3, 5, 7, 8, 10]
    assert bias[2] < 0
