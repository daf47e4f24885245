"""Lines of chords in the forms that charts, DAWs and messages use: one reader for requests, texts and plans."""

from __future__ import annotations

import pytest

from workbench.concept import translate
from workbench.concept.chords import place_chords
from workbench.domain.chord_lines import chord_line
from workbench.domain.errors import ParameterError
from workbench.domain.request import parse_request

LINES = {
    "C-F-G": [("C", 0, 4), ("F", 4, 4), ("G", 8, 4)],
    "C – F – G": [("C", 0, 4), ("F", 4, 4), ("G", 8, 4)],
    "C; F, G": [("C", 0, 4), ("F", 4, 4), ("G", 8, 4)],
    "C-7 → F7 → G": [("Cm7", 0, 4), ("F7", 4, 4), ("G", 8, 4)],
    "C–7 F7": [("Cm7", 0, 4), ("F7", 4, 4), ("Cm7", 8, 4)],
    "| C / / F | G . . . | C |": [("C", 0, 3), ("F", 3, 1), ("G", 4, 4), ("C", 8, 4)],
    "| C | / / / G | F |": [("C", 0, 4), ("C", 4, 3), ("G", 7, 1), ("F", 8, 4)],
    "C % G": [("C", 0, 4), ("C", 4, 4), ("G", 8, 4)],
    "C | % | G/B D/F#": [("C", 0, 4), ("C", 4, 4), ("G/B", 8, 2), ("D/F#", 10, 2)],
    "i–VI–III": [("Cm", 0, 4), ("A", 4, 4), ("E", 8, 4)],
    "N.C. | C": [("N.C.", 0, 4), ("C", 4, 4), ("N.C.", 8, 4)],
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_read_alike_at_every_door(line: str) -> None:
    """Charts hold a chord by slashes or dots for its beats; lists part chords by dashes."""
    placed = place_chords(line, 3, 4.0)
    assert [(chord.symbol(), chord.onset_beats, chord.duration_beats) for chord in placed] == LINES[line]
    stated = {"parameters": {"creative": {"concept": "pop"}, "technical": {"chords": line}}}
    assert translate(parse_request(stated)).sections[0].chords


@pytest.mark.parametrize("line", ["", "|", " % ", "| / / |", "- -"])
def test_a_line_without_a_chord_is_refused(line: str) -> None:
    with pytest.raises(ParameterError, match="chords are empty"):
        chord_line(line)


@pytest.mark.parametrize(("line", "wrong"), [("C-F-Q", "C-F-Q"), ("C X G", "X"), ("c f g", "c")])
def test_what_is_no_chord_is_named(line: str, wrong: str) -> None:
    with pytest.raises(ParameterError, match=f"chord '{wrong}' is not known"):
        place_chords(line, 4, 4.0)
