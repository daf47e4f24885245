from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.errors import ParameterError
from workbench.domain.roman import is_roman, parse_chord
from workbench.domain.theory import SCALES, Key

MINOR, MAJOR = Key.parse("A minor"), Key.parse("A major")


@pytest.mark.parametrize(
    ("line", "key", "symbols"),
    [
        ("i VI III VII", MINOR, ["Am", "F", "C", "G"]),
        ("I vi IV V7", MAJOR, ["A", "F#m", "D", "E7"]),
        ("bVII iv ii° viiø7", MAJOR, ["G", "Dm", "Bdim", "G#m7b5"]),
        ("Imaj7 ii7 Vsus4 I/3 V7/V V7/ii", MAJOR, ["Amaj7", "Bm7", "Esus4", "A/C#", "B7", "F#7"]),
        ("I IV V", Key.parse("D dorian"), ["D", "G", "A"]),
        ("II bVII", Key.parse("C lydian"), ["D", "A#"]),
    ],
)
def test_degrees_are_read_in_the_key(line: str, key: Key, symbols: list[str]) -> None:
    read = [parse_chord(text, key).symbol() for text in line.split()]
    assert read == symbols


def test_symbols_and_degrees_are_distinguished() -> None:
    assert [is_roman(text) for text in ("VI", "bVI", "iv", "Bb", "Am7", "F", "C/E")] == [True] * 3 + [False] * 4
    assert parse_chord("Bb", MINOR).root == 10


@pytest.mark.parametrize("text", ["I/9", "VIII", "ivfoo", "X", "V/x"])
def test_what_is_no_chord_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ParameterError) as error:
        parse_chord(text, MINOR)
    assert "\n" not in str(error.value)
    assert "expected" in str(error.value)


@given(st.integers(0, 11), st.sampled_from(list(SCALES)), st.sampled_from(["i", "III", "bVII", "V7/V", "ii°", "I/5"]))
def test_degrees_move_with_the_tonic(tonic: int, mode: str, text: str) -> None:
    here, home = parse_chord(text, Key(tonic, mode)), parse_chord(text, Key(0, mode))
    assert (here.root, here.bass) == ((home.root + tonic) % 12, (home.bass + tonic) % 12)
    assert here.quality == home.quality
