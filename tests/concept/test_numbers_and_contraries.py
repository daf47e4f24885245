"""Numbers without a unit, tones without a mode, contraries within one text, and the key of short loops."""

from __future__ import annotations

import pytest

from workbench.concept import translate
from workbench.concept.chord_keys import key_of_chords
from workbench.concept.statements import read_statements
from workbench.domain.plan import Decision
from workbench.domain.request import GenerationRequest
from workbench.domain.theory import Chord


def decisions(concept: str) -> dict[str, Decision]:
    plan = translate(GenerationRequest.from_concept(concept))
    return {decision.parameter: decision for decision in plan.decisions}


@pytest.mark.parametrize(
    ("text", "tempo_bpm"),
    [
        ("techno 130", 130.0),
        ("bossa nova at 140", 140.0),
        ("lofi 80, rainy", 80.0),
        ("140 dubstep", 140.0),
        ("house at 122-126 in A minor", 124.0),
        ("drum and bass 174 with strings", 174.0),
        ("pop -120 bpm", 120.0),
    ],
)
def test_a_number_beside_a_style_is_its_tempo(text: str, tempo_bpm: float) -> None:
    extracted = read_statements(text).tempo_bpm
    assert extracted is not None
    assert extracted.value == tempo_bpm


@pytest.mark.parametrize(
    "text",
    [
        "808 trap", "house from 1990", "90s house", "drop at 64, techno", "techno 120 seconds", "house 64 bars",
        "disco 250", "rock at 60 miles an hour", "track 5, techno", "pop at -5 bpm", "-5 bpm",
    ],
)  # fmt: skip
def test_a_number_of_something_else_is_no_tempo(text: str) -> None:
    assert read_statements(text).tempo_bpm is None


def test_a_tempo_below_nothing_is_named_as_not_used() -> None:
    assert "5 bpm" in decisions("pop at -5 bpm")["not_used"].value


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Bb blues", "Bb major"),
        ("F# techno", "F# major"),
        ("slow E blues", "E major"),
        ("B flat jazz ballad", "Bb major"),
    ],
)
def test_a_tone_before_a_kind_of_music_is_the_key(text: str, key: str) -> None:
    extracted = read_statements(text).key
    assert extracted is not None
    assert str(extracted.value) == key


@pytest.mark.parametrize("text", ["A blues", "A house for the sea", "pop over Bb Eb F", "a Bb trumpet"])
def test_an_article_or_an_instrument_is_no_key(text: str) -> None:
    assert read_statements(text).key is None


@pytest.mark.parametrize(
    ("symbols", "key"),
    [
        ("Am7 D7", "A dorian"),
        ("Em A", "E dorian"),
        ("Gm7 C7", "G dorian"),
        ("C Bb", "C mixolydian"),
        ("D C G D", "D mixolydian"),
        ("C7 F7 C7 G7", "C mixolydian"),
        ("G F C", "C major"),
        ("Am G", "A minor"),
        ("C F", "C major"),
        ("Dm7 G7 Cmaj7 Am7", "C major"),
        ("Am B7 Em", "E minor"),
        ("F G Am Em", "A minor"),
    ],
)
def test_the_key_of_a_loop(symbols: str, key: str) -> None:
    assert str(key_of_chords([Chord.parse(symbol) for symbol in symbols.split()])) == key


@pytest.mark.parametrize(
    ("text", "parameter", "told"),
    [
        ("a fast slow song", "tempo", "'fast' pulls against 'slow', so that the middle is taken"),
        ("sparse, dense techno", "texture_density", "'sparse' pulls against 'dense', so that the middle is taken"),
        ("straight beat, swung", "swing", "'straight beat' pulls against 'swung', so that the middle is taken"),
        ("half-time double-time trap", "feel", "the text also says 'double-time', but 'half-time' comes first"),
        ("waltz in 4/4", "metre", "the text also says 'waltz', but '4/4' comes first"),
        ("pop without bass, with bass", "palette", "the text also says 'with bass', but 'without bass' wins"),
        ("only drums, no drums", "palette", "read as everything, since a song needs one element at least"),
    ],
)
def test_contraries_are_told(text: str, parameter: str, told: str) -> None:
    assert decisions(text)[parameter].contradiction == told


@pytest.mark.parametrize(
    "text", ["slow and laid-back", "very slow, slow", "no drums and bass", "drum and bass, no pads", "lush, dense pop"]
)
def test_what_agrees_is_no_contradiction(text: str) -> None:
    assert not any(decision.contradiction for decision in decisions(text).values())


@pytest.mark.parametrize("text", ["pop with chords Am/F/C/G", "pop over Am7/Fmaj7/C/G", "pop, chords: Am/F/C/G, slow"])
def test_chords_with_slashes_between_are_a_row(text: str) -> None:
    extracted = read_statements(text).chords
    assert extracted is not None
    assert [Chord.parse(one).root for one in extracted.value.split(" | ")] == [9, 5, 0, 7]
    assert "not_used" not in decisions(text)


@pytest.mark.parametrize("text", ["rock like AC/DC", "an A/B test", "plan A/B/C"])
def test_letters_with_slashes_are_no_chords(text: str) -> None:
    assert read_statements(text).chords is None


def test_numbers_in_brackets_are_bars_in_a_list_of_sections() -> None:
    extracted = read_statements("pop: intro (4 bars) verse (16) chorus (8)").section_bars
    assert extracted is not None
    assert dict(extracted.value) == {"intro": 4, "verse": 16, "chorus": 8}
    assert read_statements("pop: verse (2) chorus (2)").section_bars is None


@pytest.mark.parametrize(
    ("word", "pace"), [("allegro", 0.8), ("allegretto", 0.0), ("andantino", -0.6), ("larghissimo", -1.3)]
)
def test_words_of_tempo_place_it(word: str, pace: float) -> None:
    extracted = read_statements(f"{word} in G").pace
    assert extracted is not None
    assert extracted.value == pace


def test_one_element_alone_is_left_beside_another_that_is_denied() -> None:
    palette = read_statements("no drums, bass only").palette
    assert palette is not None
    assert palette.value == ("bass",)
