from __future__ import annotations

from typing import Any

import pytest

from workbench.concept import translate
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.domain.request import parse_request

STRUCTURE = ["verse", "chorus", "verse", "chorus"]


def plan(**technical: Any) -> Plan:
    parameters = {"creative": {"concept": "pop song"}, "technical": {"key": "C major", "tempo": 120, **technical}}
    return translate(parse_request({"parameters": parameters}))


def test_stated_bars_are_kept_and_the_rest_meets_the_duration() -> None:
    made = plan(structure=STRUCTURE, section_bars={"chorus": 6, "chorus 2": 10}, duration=64)
    assert [section.bars for section in made.sections] == [8, 6, 8, 10]
    assert made.duration_seconds == 64.0


def test_without_a_duration_stated_bars_stand_in_for_the_usual_ones() -> None:
    assert [section.bars for section in plan(structure=STRUCTURE, section_bars={"chorus": 4}).sections][1::2] == [4, 4]


@pytest.mark.parametrize("seconds", [45.0, 80.0, 121.0])
def test_tempo_changes_still_meet_the_duration(seconds: float) -> None:
    made = plan(structure=STRUCTURE, section_tempos={"chorus": 90.0}, duration=seconds)
    assert [section.tempo_bpm for section in made.sections] == [None, 90.0, None, 90.0]
    assert abs(made.duration_seconds - seconds) <= 4 * 60 / 90


def test_bars_that_cannot_meet_the_duration_are_refused_in_one_line() -> None:
    with pytest.raises(ParameterError, match=r"section_bars give 16\.0 s where a duration of 60 s"):
        plan(structure=["verse", "chorus"], section_bars={"verse": 4, "chorus": 4}, duration=60)


def test_degrees_follow_the_section_and_references_count_sections() -> None:
    made = plan(
        structure=STRUCTURE,
        chords={"verse": "I vi IV V", "chorus 2": "I | V/V"},
        section_keys={"chorus 2": "D major"},
        section_feels={"verse 1": "half-time"},
        duration=64,
    )
    symbols = [[chord.symbol() for chord in section.chords[:2]] for section in made.sections]
    assert symbols == [["C", "Am"], [], ["C", "Am"], ["D", "E"]]
    assert [section.feel for section in made.sections] == ["half-time", "normal", "normal", "normal"]


def test_names_that_are_not_in_the_structure_are_refused() -> None:
    with pytest.raises(ParameterError, match="section_tempos name chorus 3, which the structure does not hold"):
        plan(structure=STRUCTURE, section_tempos={"chorus 3": 90.0})


def test_degrees_alone_tell_the_mode() -> None:
    parameters = {"creative": {"concept": "pop song"}, "technical": {"chords": "i VI III VII"}}
    assert translate(parse_request({"parameters": parameters})).key.mode == "minor"


def test_variation_is_a_decision() -> None:
    assert plan().variation == 0.5
    assert plan(variation=0.1).variation == 0.1
    assert {d.parameter: d.source for d in plan(variation=0.1).decisions}["variation"] == "stated"


def test_the_duration_is_reported_with_the_sections_own_tempi() -> None:
    made = plan(structure=STRUCTURE, section_tempos={"chorus": 90.0}, duration=80)
    told = next(decision.value for decision in made.decisions if decision.parameter == "duration")
    assert told == f"{made.duration_seconds:.1f} s ({made.bars} bars)"


def test_a_section_that_the_form_lacks_is_refused() -> None:
    """Without a structure the style decides the form, and what is asked of other sections would be lost in silence."""
    request = parse_request(
        {"parameters": {"creative": {"concept": "techno"}, "technical": {"section_tempos": {"theme": 90}}}}
    )
    with pytest.raises(ParameterError, match="section_tempos name theme, which the form of this style does not hold"):
        translate(request)


@pytest.mark.parametrize("duration", [20, 45, 60, 120, 240])
@pytest.mark.parametrize("tempos", [{"verse": 50}, {"chorus": 220, "intro": 60}, {"verse": 180, "chorus": 50}])
@pytest.mark.parametrize("tempo", [90, 160])
def test_a_duration_holds_within_a_bar_where_sections_have_their_own_tempi(
    duration: int, tempos: dict[str, float], tempo: int
) -> None:
    names = ["intro", "verse", "chorus", "verse", "chorus"]
    technical = {"duration": duration, "structure": names, "section_tempos": tempos, "tempo": tempo}
    plan = translate(parse_request({"parameters": {"creative": {"concept": "pop"}, "technical": technical}}))
    seconds = sum(section.bars * 4 * 60 / tempos.get(section.name, tempo) for section in plan.sections)
    assert abs(seconds - duration) <= 4 * 60 / tempo
