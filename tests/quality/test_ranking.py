"""Candidates are ranked by their checks and by how unlike each other they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workbench.domain.plan import Plan
from workbench.domain.results import CheckResult, QualityReport
from workbench.domain.score import Part, Score
from workbench.quality import distance_of, quality_of, rank


def report(*outcomes: Any) -> QualityReport:
    return QualityReport(tuple(CheckResult("BF001", "", one, 0.0, "", "", "") for one in outcomes), {}, {})


def moved(score: Score, element: str, semitones: int) -> Score:
    notes = tuple(replace(note, pitch=note.pitch + semitones) for note in score.parts[element].notes)
    return replace(score, parts={**score.parts, element: Part(element, notes)})


def test_quality_counts_checks_that_apply() -> None:
    assert quality_of(report("pass", "pass", "warn", "fail", "not applicable")) == 0.625


def test_distance_is_nothing_to_itself_and_grows(tiny_plan: Plan, tiny_score: Score) -> None:
    song = (tiny_plan, tiny_score)
    bass = (tiny_plan, moved(tiny_score, "bass", 1))
    both = (tiny_plan, moved(bass[1], "leads", 1))
    assert distance_of(song, song) == 0.0
    assert 0.0 < distance_of(song, bass) < distance_of(song, both) < 1.0
    assert distance_of(song, both) == distance_of(both, song)
    assert distance_of(song, (replace(tiny_plan, patches={"bass": "sub-sine"}), tiny_score)) > 0.0
    assert distance_of(song, (replace(tiny_plan, tempo_bpm=130.0), tiny_score)) > 0.0


def test_of_good_ones_the_more_distinct_comes_first(tiny_plan: Plan, tiny_score: Score) -> None:
    songs = [(tiny_plan, tiny_score), (tiny_plan, tiny_score), (tiny_plan, moved(tiny_score, "bass", 1))]
    order = rank(songs, [report("pass", "warn"), report("pass", "pass"), report("pass", "warn")])
    assert [number for number, _ in order] == [1, 2, 0]
    assert order[0][1].distance is None
    assert order[1][1].distance == pytest.approx(distance_of(songs[1], songs[2]))
    assert order[2][1].distance == 0.0
