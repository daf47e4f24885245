from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.plan import Plan
from workbench.domain.plan_form import plan_from_dict, plan_to_dict
from workbench.domain.score import Score, in_one_tempo
from workbench.domain.tempo_map import TempoMap
from workbench.domain.theory import Key


@given(st.lists(st.floats(40, 240), min_size=1, max_size=5), st.floats(0, 60))
def test_seconds_grow_with_beats_and_agree_with_one_tempo(tempi: list[float], beats: float) -> None:
    changes = TempoMap(tuple(8.0 * number for number in range(len(tempi))), tuple(tempi))
    assert changes.seconds_at(beats + 1.0) > changes.seconds_at(beats)
    alone = TempoMap((0.0,), (tempi[0],))
    assert changes.seconds_at(min(beats, 8.0)) == pytest.approx(alone.seconds_at(min(beats, 8.0)))


def test_sections_at_their_own_tempo_last_as_long_as_they_should(tiny_plan: Plan, tiny_score: Score) -> None:
    slow_end = (*tiny_plan.sections[:-1], replace(tiny_plan.sections[-1], tempo_bpm=60.0))
    plan = replace(tiny_plan, sections=slow_end)
    assert plan.duration_seconds == pytest.approx(3 * 2.0 + 4.0)
    score = replace(tiny_score, sections=slow_end)
    assert score.duration_seconds == plan.duration_seconds
    timed = in_one_tempo(score)
    for name, part in score.parts.items():
        for note, moved in zip(part.notes, timed.parts[name].notes, strict=True):
            assert moved.start_beats * 0.5 == pytest.approx(score.tempo_map.seconds_at(note.start_beats))
            assert moved.end_beats * 0.5 == pytest.approx(score.tempo_map.seconds_at(note.end_beats))


def test_one_tempo_leaves_the_score_alone(tiny_score: Score) -> None:
    assert in_one_tempo(tiny_score) is tiny_score


def test_the_plan_of_sections_survives_its_file(tiny_plan: Plan) -> None:
    own = replace(tiny_plan.sections[1], tempo_bpm=90.0, key=Key.parse("G minor"), feel="half-time", pedal="tonic")
    plan = replace(tiny_plan, sections=(tiny_plan.sections[0], own, tiny_plan.sections[2]), variation=0.2)
    assert plan_from_dict(plan_to_dict(plan)) == plan
