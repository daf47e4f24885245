from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.concept import translate
from workbench.concept.chords import place_chords, section_chords
from workbench.domain.errors import ParameterError
from workbench.domain.request import parse_request


def test_several_chords_share_a_bar_and_the_line_repeats() -> None:
    chords = place_chords("Fm | Db Eb | Ab", 4, 4.0)
    assert [(chord.symbol(), chord.onset_beats, chord.duration_beats) for chord in chords] == [
        ("Fm", 0.0, 4.0),
        ("C#", 4.0, 2.0),
        ("D#", 6.0, 2.0),
        ("G#", 8.0, 4.0),
        ("Fm", 12.0, 4.0),
    ]


def test_an_empty_bar_holds_the_chord_before() -> None:
    assert [chord.symbol() for chord in place_chords("C | | F", 3, 4.0)] == ["C", "C", "F"]


def test_bar_lines_at_the_ends_do_not_count() -> None:
    assert place_chords("| C | F |", 2, 4.0) == place_chords("C | F", 2, 4.0)


def test_no_chord_is_refused() -> None:
    with pytest.raises(ParameterError, match="chords are empty"):
        place_chords(" | ", 2, 4.0)


@given(
    st.lists(st.lists(st.sampled_from(["C", "Am7", "F/A", "Bbmaj9"]), min_size=1, max_size=4), min_size=1, max_size=5),
    st.integers(1, 20),
    st.sampled_from([3.0, 4.0]),
)
def test_chords_cover_a_section_without_gaps(line: list[list[str]], bars: int, bar_beats: float) -> None:
    chords = place_chords(" | ".join(" ".join(bar) for bar in line), bars, bar_beats)
    assert chords[0].onset_beats == 0.0
    assert chords[-1].end_beats == pytest.approx(bars * bar_beats)
    for first, second in pairwise(chords):
        assert first.end_beats == pytest.approx(second.onset_beats)


def test_chords_by_section_leave_the_others_open() -> None:
    assert section_chords({"verse": "C"}, "chorus", 4, 4.0) == ()
    assert len(section_chords({"verse": "C"}, "verse", 4, 4.0)) == 4
    assert len(section_chords("C", "chorus", 4, 4.0)) == 4


def test_chords_by_section_bring_their_sections_into_the_form() -> None:
    technical = {"chords": {"verse": "Am | F", "vamp": "Dm7 G7"}, "duration": 120}
    plan = translate(parse_request({"parameters": {"creative": {"concept": "techno"}, "technical": technical}}))
    by_name = {section.name: section for section in plan.sections}
    assert by_name["verse"].chords[0].symbol() == "Am"
    assert by_name["vamp"].chords[1].symbol() == "G7"
    assert by_name["intro"].chords == ()
