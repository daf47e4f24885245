"""Keys, chords and metres: exact, and the same again after printing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.errors import ParameterError
from workbench.domain.theory import SCALES, Chord, Key, Metre, parse_pitch_class

keys = st.builds(Key, st.integers(0, 11), st.sampled_from(sorted(SCALES)))
chords = st.builds(
    lambda root, quality, bass: Chord(0.0, 4.0, root, quality, bass),
    st.integers(0, 11),
    st.sampled_from(sorted(CHORD_QUALITIES)),
    st.integers(0, 11),
)


@given(keys)
def test_a_key_reads_back_what_it_prints(key: Key) -> None:
    assert Key.parse(str(key)) == key


@given(chords, st.none() | keys)
def test_a_chord_reads_back_what_it_prints(chord: Chord, key: Key | None) -> None:
    assert Chord.parse(chord.symbol(key)) == chord


@pytest.mark.parametrize(
    ("text", "tonic", "mode"),
    [
        ("F minor", 5, "minor"),
        ("f minor", 5, "minor"),
        ("Am", 9, "minor"),
        ("G", 7, "major"),
        ("Bb", 10, "major"),
        ("bb minor", 10, "minor"),
        ("b minor", 11, "minor"),
        ("C# Dorian", 1, "dorian"),
        ("E♭ lydian", 3, "lydian"),
        ("D aeolian", 2, "minor"),
        ("C Ionian", 0, "major"),
        ("F#m", 6, "minor"),
        ("Cmaj", 0, "major"),
        ("  A   minor ", 9, "minor"),
        ("Cb major", 11, "major"),
    ],
)
def test_keys_as_people_write_them(text: str, tonic: int, mode: str) -> None:
    assert Key.parse(text) == Key(tonic, mode)


@pytest.mark.parametrize(
    "text", ["H flat", "", "minor", "F funky", "F minor major", "F#b#", "12", "Fminorish", "13A", "C#b#", "0B"]
)
def test_other_keys_are_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="is not known"):
        Key.parse(text)


@pytest.mark.parametrize(
    ("text", "signature", "name"),
    [
        ("C major", 0, "C major"),
        ("A minor", 0, "A minor"),
        ("F minor", -4, "F minor"),
        ("C# minor", 4, "C# minor"),
        ("F# major", 6, "F# major"),
        ("Gb major", 6, "F# major"),
        ("Eb minor", -6, "Eb minor"),
        ("D dorian", 0, "D dorian"),
        ("E phrygian", 0, "E phrygian"),
        ("F lydian", 0, "F lydian"),
        ("B lydian", 6, "B lydian"),
        ("G mixolydian", 0, "G mixolydian"),
    ],
)
def test_signatures_and_spelling(text: str, signature: int, name: str) -> None:
    key = Key.parse(text)
    assert (key.signature, str(key)) == (signature, name)


@given(keys)
def test_every_scale_has_seven_notes_from_the_tonic(key: Key) -> None:
    assert key.pitch_classes[0] == key.tonic
    assert len(set(key.pitch_classes)) == 7
    assert -6 <= key.signature <= 6
    # Accidentals of the signature are as many as the scale has notes outside C major, spelled once each.
    assert key.has_minor_third == ((key.tonic + 3) % 12 in key.pitch_classes)


def test_a_key_outside_its_range_is_refused() -> None:
    with pytest.raises(ParameterError):
        Key(12, "minor")
    with pytest.raises(ParameterError):
        Key(0, "doric")


@pytest.mark.parametrize(
    ("symbol", "root", "quality", "bass"),
    [
        ("C", 0, "maj", 0),
        ("Am7", 9, "min7", 9),
        ("C/E", 0, "maj", 4),
        ("Bbmaj9", 10, "maj9", 10),
        ("F#m7b5", 6, "hdim7", 6),
        ("Gsus4", 7, "sus4", 7),
        ("E5", 4, "5", 4),
        ("Ddim7", 2, "dim7", 2),
        ("A♭/C", 8, "maj", 0),
        ("Em9", 4, "min9", 4),
        ("CmMaj7", 0, "minmaj7", 0),
    ],
)
def test_chord_symbols(symbol: str, root: int, quality: str, bass: int) -> None:
    chord = Chord.parse(symbol, onset_beats=2.0, duration_beats=3.0)
    assert chord == Chord(2.0, 3.0, root, quality, bass)
    assert chord.end_beats == 5.0


@pytest.mark.parametrize("symbol", ["X", "", "Cfoo", "C/", "C/X", "c", "C E", "/E"])
def test_other_chords_are_refused(symbol: str) -> None:
    with pytest.raises(ParameterError, match="is not known"):
        Chord.parse(symbol)


@given(chords)
def test_chord_tones_start_at_the_root(chord: Chord) -> None:
    assert chord.pitch_classes[0] == chord.root
    assert len(set(chord.pitch_classes)) == len(CHORD_QUALITIES[chord.quality])


def test_pitch_classes() -> None:
    assert [parse_pitch_class(name) for name in ("C", "B#", "Cb", "F##", "Ebb", "g♯")] == [0, 0, 11, 7, 2, 8]
    for wrong in ("H", "", "C###", "C#x"):
        with pytest.raises(ParameterError):
            parse_pitch_class(wrong)


def test_metres() -> None:
    assert (Metre.parse("4/4").bar_beats, Metre.parse("3/4").bar_beats) == (4.0, 3.0)
    assert str(Metre.parse("3/4")) == "3/4"
    with pytest.raises(ParameterError, match="expected one of 4/4, 3/4"):
        Metre.parse("11/8")
