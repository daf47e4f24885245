"""Chord symbols as charts, tab sites, DAWs and real books write them: one spelling or another, the same tones."""

from __future__ import annotations

import pytest

from workbench.domain.chord_symbols import CHORD_QUALITIES, intervals_of, known_quality, read_quality
from workbench.domain.errors import ParameterError
from workbench.domain.roman import parse_chord
from workbench.domain.theory import Chord, Key

C, D_FLAT, D, E_FLAT, E, F, G_FLAT, G, A_FLAT, A, B_FLAT, B = range(12)

TONES = [
    # Spellings of the same chord.
    ("CMaj7 CM7 Cma7 CMA7 Cj7 C7M CΔ CΔ7 C△7 Cmaj7 C(maj7)", {C, E, G, B}),
    ("Cm7 C-7 Cmin7 Cmi7 CMin7 CMI7", {C, E_FLAT, G, B_FLAT}),
    ("Cm7b5 Cm7(b5) Cø Cø7 Chdim7 C-7b5 Cm7♭5 Cmin7(b5)", {C, E_FLAT, G_FLAT, B_FLAT}),
    ("C°7 Co7 Cdim7 C7o", {C, E_FLAT, G_FLAT, A}),
    ("C° Co Cdim", {C, E_FLAT, G_FLAT}),
    ("CmMaj7 Cm(maj7) CmM7 Cmmaj7 C-Δ7 CminMaj7", {C, E_FLAT, G, B}),
    ("C+ Caug C(#5)", {C, E, A_FLAT}),
    ("C+7 C7+ C7#5 Caug7 C7(#5)", {C, E, A_FLAT, B_FLAT}),
    ("C7sus4 C7sus C7(sus4)", {C, F, G, B_FLAT}),
    ("C6/9 C69 C6(add9) C6add9", {C, D, E, G, A}),
    ("Cadd9 Cadd2 C2 C(add9)", {C, D, E, G}),
    ("Csus Csus4 C4", {C, F, G}),
    ("C5 Cno3 C(no3) Comit3", {C, G}),
    ("Csus2sus4", {C, D, F, G}),
    # Tensions.
    ("Cmadd9 Cm(add9)", {C, D, E_FLAT, G}),
    ("Cm6/9", {C, D, E_FLAT, G, A}),
    ("C9sus4 C11", {C, F, G, B_FLAT, D}),
    ("Cm11", {C, E_FLAT, G, B_FLAT, D, F}),
    ("C13", {C, E, G, B_FLAT, D, A}),
    ("Cmaj13", {C, E, G, B, D, A}),
    ("Cmaj7#11 CΔ7(#11)", {C, E, G, B, G_FLAT}),
    ("C7b9 C7(b9) C7-9", {C, E, G, B_FLAT, D_FLAT}),
    ("C7#9 C7+9", {C, E, G, B_FLAT, E_FLAT}),
    ("C7b9#11 C7(b9,#11)", {C, E, G, B_FLAT, D_FLAT, G_FLAT}),
    ("C7b9b13", {C, E, G, B_FLAT, D_FLAT, A_FLAT}),
    ("C7alt", {C, E, A_FLAT, B_FLAT, E_FLAT}),
    ("C7sus2", {C, D, G, B_FLAT}),
    ("C6sus4", {C, F, G, A}),
    ("CmMaj7 Cmin/maj7 C-(maj7)", {C, E_FLAT, G, B}),
    ("CmMaj9", {C, E_FLAT, G, B, D}),
    ("Cm7add11", {C, E_FLAT, G, B_FLAT, F}),
]


@pytest.mark.parametrize(("symbol", "tones"), [(one, tones) for line, tones in TONES for one in line.split()])
def test_the_tones_of_a_symbol(symbol: str, tones: set[int]) -> None:
    chord = Chord.parse(symbol)
    assert set(chord.pitch_classes) == tones
    assert Chord.parse(chord.symbol()) == chord, "a chord reads back what it prints"


@pytest.mark.parametrize("symbol", ["Cm5", "Coo", "C7b", "Cx", "Csus13", "Cadd3", "I", "Jm", "C#7q", ""])
def test_what_is_no_chord_is_refused(symbol: str) -> None:
    with pytest.raises(ParameterError, match="is not known"):
        Chord.parse(symbol)


@pytest.mark.parametrize(
    ("symbol", "root", "bass"),
    [("Hm7", B, B), ("B♭7b9/D", B_FLAT, D), ("E#m", F, F), ("C6/9/E", C, E), ("Am7/H", A, B)],
)
def test_roots_and_basses(symbol: str, root: int, bass: int) -> None:
    chord = Chord.parse(symbol)
    assert (chord.root, chord.bass) == (root, bass)


@pytest.mark.parametrize("symbol", ["N.C.", "NC", "N", "n.c.", "no chord"])
def test_no_chord_is_one_without_tones(symbol: str) -> None:
    chord = Chord.parse(symbol)
    assert (chord.sounds, chord.pitch_classes, chord.symbol()) == (False, (), "N.C.")
    assert chord.transposed(5) == chord


@pytest.mark.parametrize(
    ("suffix", "known"),
    [
        ("7b9", "7"),
        ("add9", "maj"),
        ("m11", "min9"),
        ("13", "9"),
        ("7sus4", "sus4"),
        ("maj7#11", "maj7"),
        ("m6/9", "min6"),
    ],
)
def test_networks_are_reported_the_nearest_quality_that_they_know(suffix: str, known: str) -> None:
    quality = read_quality(suffix)
    assert quality is not None
    assert known_quality(quality) == known


def test_every_known_quality_is_its_own_nearest() -> None:
    assert [known_quality(name) for name in CHORD_QUALITIES] == list(CHORD_QUALITIES)
    assert all(intervals_of(name) == tones for name, tones in CHORD_QUALITIES.items())


def test_degrees_take_tensions_too() -> None:
    key = Key.parse("C major")
    symbols = [parse_chord(text, key).symbol(key) for text in ("V7b9", "IVadd9", "V7sus4", "Imaj7#11")]
    assert symbols == ["G7b9", "Fadd9", "G7sus4", "Cmaj7#11"]
