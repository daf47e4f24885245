from __future__ import annotations

import numpy as np
import pytest

from workbench.composition.conditioning import pitch_table
from workbench.composition.tonal import quality_bias, root_bias, symbol_bias
from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.plan import PartTraits
from workbench.domain.theory import Chord, Key
from workbench.models.context import SongContext
from workbench.models.elements import BASS, LEADS, PADS
from workbench.models.spec import ElementSpec

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


def test_a_lift_takes_from_the_bottom_and_a_fall_from_the_top() -> None:
    bars = 3
    zeros = np.zeros(bars, np.int64)
    context = SongContext(bars, 4, 100.0, Key.parse("C major"), (), "", "", ("",) * bars, zeros, zeros, {})
    traits = PartTraits(low_pitch=60, high_pitch=84)
    bias = symbol_bias(LEADS, context, traits, np.array([0, 5, -5]), [Key.parse("C major")] * bars, [False] * bars)
    pitches = np.arange(LEADS.symbols) + LEADS.lowest_pitch + int(LEADS.anchors(np.array([0]), 0)[0])
    c4, c6 = int(np.flatnonzero(pitches == 60)[0]), int(np.flatnonzero(pitches == 84)[0])
    assert bias[0, c4] == bias[8, c4] > bias[4, c4]
    assert bias[0, c6] == bias[4, c6] > bias[8, c6]


def test_pads_without_bass_are_drawn_to_the_root() -> None:
    c = Chord.parse("Am7", onset_beats=0.0, duration_beats=8.0)
    zeros = np.zeros(2, np.int64)
    context = SongContext(2, 4, 100.0, Key.parse("C major"), (c,), "", "", ("",) * 2, zeros, zeros, {})
    keys = [Key.parse("C major")] * 2
    bias = symbol_bias(PADS, context, PartTraits(low_pitch=48, high_pitch=72), zeros, keys, [False, True])
    classes = pitch_table(PADS, context)[0] % 12
    more = bias[4] - bias[0]
    assert (more[classes == 9] > 0.3).all()
    assert not more[classes != 9].any()


@pytest.mark.parametrize("spec", [BASS, LEADS], ids=lambda spec: spec.name)
def test_lines_without_pads_are_drawn_to_the_third(spec: ElementSpec) -> None:
    c = Chord.parse("Cm", onset_beats=0.0, duration_beats=8.0)
    zeros = np.zeros(2, np.int64)
    keys = [Key.parse("C minor")] * 2
    context = SongContext(2, 4, 100.0, keys[0], (c,), "", "", ("",) * 2, zeros, zeros, {})
    bias = symbol_bias(spec, context, PartTraits(low_pitch=28, high_pitch=84), zeros, keys, [False, True])
    classes = pitch_table(spec, context)[0] % 12
    more = bias[4] - bias[0]
    assert (more[classes == 3] > more[classes == 7].max() + 0.3).all()
    assert (more[classes == 7] > 0.3).all()
    assert not more[np.isin(classes, [2, 5, 6, 8, 10])].any()


def test_borrowed_chords_cost_less_where_they_are_welcome() -> None:
    key = Key.parse("C major")
    plain, lent = (quality_bias(key, 13, borrowed=share)[5, QUALITIES.index("min")] for share in (0.0, 1.0))
    assert plain < lent == 0
    plain, lent = (root_bias(key, 13, borrowed=share)[10] for share in (0.0, 1.0))
    assert plain < lent == 0


def test_the_bass_of_a_slash_chord_is_wanted_more_than_its_root() -> None:
    zeros = np.zeros(1, np.int64)
    keys = [Key.parse("C major")]
    traits = PartTraits(low_pitch=28, high_pitch=52)
    wanted = {}
    for symbol in ("C", "C/E"):
        chord = Chord.parse(symbol, onset_beats=0.0, duration_beats=4.0)
        context = SongContext(1, 4, 100.0, keys[0], (chord,), "", "", ("",), zeros, zeros, {})
        bias = symbol_bias(BASS, context, traits, zeros, keys, [False])[0]
        classes = pitch_table(BASS, context)[0] % 12
        wanted[symbol] = bias[classes == 4].max() - bias[classes == 0].max()
    assert wanted["C"] < 0 < 2 < wanted["C/E"]
