"""Scales, spellings, chords and metres against the tables of a textbook of harmony, value by value."""

from __future__ import annotations

import itertools

import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.theory import (
    CHARACTER_STEPS,
    SCALES,
    Chord,
    Key,
    Metre,
    character_tone,
    parse_pitch_class,
)

MODES = ("major", "dorian", "phrygian", "lydian", "mixolydian", "minor", "locrian")
"""The modes that begin on the first to the seventh degree of a major scale."""

MAJOR_SCALES = (
    (0, "C D E F G A B"),
    (1, "G A B C D E F#"),
    (2, "D E F# G A B C#"),
    (3, "A B C# D E F# G#"),
    (4, "E F# G# A B C# D#"),
    (5, "B C# D# E F# G# A#"),
    (6, "F# G# A# B C# D# E#"),
    (-1, "F G A Bb C D E"),
    (-2, "Bb C D Eb F G A"),
    (-3, "Eb F G Ab Bb C D"),
    (-4, "Ab Bb C Db Eb F G"),
    (-5, "Db Eb F Gb Ab Bb C"),
    (-6, "Gb Ab Bb Cb Db Eb F"),
)
"""Sharps or flats of the signature and the notes of the major scale with it."""

CHROMATIC = {
    "C major": "C Db D Eb E F F# G Ab A Bb B",
    "G major": "C C# D Eb E F F# G Ab A Bb B",
    "F major": "C Db D Eb E F Gb G Ab A Bb B",
    "F# major": "C C# D D# E E# F# G G# A A# B",
    "A minor": "C C# D D# E F F# G G# A Bb B",
    "E minor": "C C# D D# E F F# G G# A A# B",
    "D minor": "C C# D Eb E F F# G G# A Bb B",
    "G minor": "C C# D Eb E F F# G Ab A Bb B",
    "C minor": "C Db D Eb E F F# G Ab A Bb B",
    "F minor": "C Db D Eb E F Gb G Ab A Bb B",
    "Eb minor": "C Db D Eb E F Gb G Ab A Bb Cb",
    "D dorian": "C C# D Eb E F F# G G# A Bb B",
    "G mixolydian": "C C# D Eb E F F# G Ab A Bb B",
    "E phrygian": "C C# D D# E F F# G G# A A# B",
    "F lydian": "C Db D Eb E F Gb G Ab A Bb B",
    "B locrian": "C C# D D# E F F# G G# A A# B",
    "E locrian": "C C# D D# E F F# G G# A Bb B",
}
"""Keys and the spelling of the pitch classes 0 to 11 in them: flat second to sharp fourth of the tonic, no double
signs; E#, B#, Cb and Fb in scales alone. In locrian the fifth is flat, and the line ends at the raised seventh."""


@pytest.mark.parametrize(
    ("mode", "steps"),
    [
        ("major", "2212221"),
        ("dorian", "2122212"),
        ("phrygian", "1222122"),
        ("lydian", "2221221"),
        ("mixolydian", "2212212"),
        ("minor", "2122122"),
        ("locrian", "1221222"),
    ],
)
def test_whole_and_half_tones_of_each_mode(mode: str, steps: str) -> None:
    degrees = (*SCALES[mode], 12)
    assert degrees[0] == 0
    assert "".join(str(high - low) for low, high in itertools.pairwise(degrees)) == steps


@pytest.mark.parametrize("degree", range(7))
@pytest.mark.parametrize(("signature", "notes"), MAJOR_SCALES)
def test_scales_and_signatures_of_every_key(signature: int, notes: str, degree: int) -> None:
    """Each mode has the notes of a major scale from another degree; of six signs one name is kept (see `signature`)."""
    mode, written = MODES[degree], notes.split()
    key = Key(parse_pitch_class(written[degree]), mode)
    if abs(signature) == 6 and (signature > 0) != (mode in ("major", "lydian")):
        assert key.signature == -signature
        return
    assert key.signature == signature
    assert [key.name_of(each) for each in key.pitch_classes] == written[degree:] + written[:degree]
    assert str(key) == f"{written[degree]} {mode}"


@pytest.mark.parametrize(("name", "spelling"), CHROMATIC.items())
def test_the_twelve_notes_as_they_are_spelled_in_a_key(name: str, spelling: str) -> None:
    key = Key.parse(name)
    assert " ".join(key.name_of(each) for each in range(12)) == spelling
    assert " ".join(key.name_of(each) for each in range(12, 24)) == spelling, "an octave higher the names are the same"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tonic", range(12))
def test_a_spelled_note_is_the_note(tonic: int, mode: str) -> None:
    key = Key(tonic, mode)
    names = [key.name_of(each) for each in range(12)]
    assert [parse_pitch_class(each) for each in names] == list(range(12))
    assert all(len(each) <= 2 for each in names), "no note has two signs"
    foreign = {key.name_of(each) for each in range(12) if each not in key.pitch_classes}
    assert not foreign & {"E#", "B#", "Cb", "Fb"}


@pytest.mark.parametrize(
    ("letter", "pitch_class"), [("C", 0), ("D", 2), ("E", 4), ("F", 5), ("G", 7), ("A", 9), ("B", 11)]
)
def test_letters_and_signs(letter: str, pitch_class: int) -> None:
    for signs, offset in (("bb", -2), ("b", -1), ("♭", -1), ("", 0), ("#", 1), ("♯", 1), ("##", 2), ("#b", 0)):
        assert parse_pitch_class(letter + signs) == (pitch_class + offset) % 12
        assert parse_pitch_class(letter.lower() + signs) == (pitch_class + offset) % 12


@pytest.mark.parametrize("tonic", [-1, 12, 13])
def test_tonics_beyond_the_octave_are_refused(tonic: int) -> None:
    with pytest.raises(ParameterError, match=r"tonic 0\.\.11"):
        Key(tonic, "major")


def test_modes_with_a_minor_third() -> None:
    assert {mode for mode in SCALES if Key(2, mode).has_minor_third} == {"minor", "dorian", "phrygian", "locrian"}


@pytest.mark.parametrize(
    ("key", "tone"),
    [
        ("D dorian", "B"),
        ("E phrygian", "F"),
        ("F lydian", "B"),
        ("G mixolydian", "F"),
        ("B locrian", "F"),
        ("A dorian", "F#"),
        ("C locrian", "Gb"),
    ],
)
def test_the_tone_that_makes_a_mode(key: str, tone: str) -> None:
    assert character_tone(Key.parse(key)) == parse_pitch_class(tone)
    assert CHARACTER_STEPS[key.split()[1]] in SCALES[key.split()[1]]


@pytest.mark.parametrize("key", ["C major", "A minor"])
def test_major_and_minor_have_no_such_tone(key: str) -> None:
    assert character_tone(Key.parse(key)) is None


@pytest.mark.parametrize(
    ("symbol", "semitones", "expected"),
    [
        ("Am7/G", 3, "Cm7/A#"),
        ("Am7/G", -3, "F#m7/E"),
        ("C/E", 11, "B/D#"),
        ("C/E", 12, "C/E"),
        ("C/E", -13, "B/D#"),
        ("F#m7b5", 1, "Gm7b5"),
        ("B", 1, "C"),
        ("A/B", 2, "B/C#"),
    ],
)
def test_transposed_chords(symbol: str, semitones: int, expected: str) -> None:
    chord = Chord.parse(symbol, onset_beats=1.0, duration_beats=2.0)
    moved = chord.transposed(semitones)
    assert moved.symbol() == expected
    assert (moved.onset_beats, moved.duration_beats, moved.quality) == (1.0, 2.0, chord.quality)


def test_no_chord_stays_none_in_every_key() -> None:
    silent = Chord.parse("N.C.", onset_beats=4.0, duration_beats=8.0)
    assert silent == Chord(4.0, 8.0, 0, "N", 0)
    assert silent.transposed(5) == silent
    assert (silent.symbol(), silent.symbol(Key.parse("F minor")), silent.pitch_classes) == ("N.C.", "N.C.", ())


@pytest.mark.parametrize(
    ("symbol", "tones"),
    [("G7", "G B D F"), ("Bbmaj9", "Bb D F A C"), ("F#m7b5", "F# A C E"), ("Abm", "Ab Cb Eb"), ("E7#9", "E G# B D G")],
)
def test_tones_of_chords_on_any_root(symbol: str, tones: str) -> None:
    assert Chord.parse(symbol).pitch_classes == tuple(parse_pitch_class(each) for each in tones.split())


@pytest.mark.parametrize(
    ("key", "symbol"), [("F minor", "Db/F"), ("Gb major", "C#m"), ("Eb minor", "Cb"), ("E major", "G#m/D#")]
)
def test_symbols_as_the_key_spells_them(key: str, symbol: str) -> None:
    assert Chord.parse(symbol).symbol(Key.parse(key)) == symbol


def test_a_chord_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(
        ParameterError, match=r"'Cfoo' .* of major, m, dim, aug, sus2, sus4, 5, 6, m6, 7, maj7, m7, m7b5"
    ):
        Chord.parse("Cfoo")


@pytest.mark.parametrize(("symbol", "root", "bass"), [("Hm", 11, 11), ("H/F#", 11, 6), ("E/H", 4, 11), ("Hb", 10, 10)])
def test_the_german_h_is_b(symbol: str, root: int, bass: int) -> None:
    assert (Chord.parse(symbol).root, Chord.parse(symbol).bass) == (root, bass)


@pytest.mark.parametrize(
    ("text", "bar_beats", "beat_beats", "compound"),
    [
        ("4/4", 4.0, 1.0, False),
        ("3/4", 3.0, 1.0, False),
        ("6/8", 3.0, 1.5, True),
        ("9/8", 4.5, 1.5, True),
        ("12/8", 6.0, 1.5, True),
        ("5/4", 5.0, 1.0, False),
        ("7/8", 3.5, 1.0, False),
        ("7/4", 7.0, 1.0, False),
    ],
)
def test_bars_and_beats_of_the_metres(text: str, bar_beats: float, beat_beats: float, compound: bool) -> None:
    metre = Metre.parse(text)
    assert (metre.bar_beats, metre.beat_beats, metre.is_compound, str(metre)) == (bar_beats, beat_beats, compound, text)


@pytest.mark.parametrize(
    ("metre", "bar_beats", "compound"),
    [
        (Metre(9, 8), 4.5, True),
        (Metre(7, 8), 3.5, False),
        (Metre(4, 8), 2.0, False),
        (Metre(6, 4), 6.0, False),
        (Metre(2, 2), 4.0, False),
    ],
)
def test_other_metres_are_counted_too(metre: Metre, bar_beats: float, compound: bool) -> None:
    assert (metre.bar_beats, metre.is_compound) == (bar_beats, compound)


def test_the_metre_without_a_word_is_four_four() -> None:
    assert Metre() == Metre.parse("4/4") == Metre(4, 4)
