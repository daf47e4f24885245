"""Candidates are ranked by their checks and by how unlike each other they are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workbench.analysis.profile import measure
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.results import CheckResult, QualityReport, Track
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Key, Metre
from workbench.quality import distance_of, merits_of, quality_of, rank
from workbench.quality.merits import hook_of, likeness_of, reason_of


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


def test_where_all_checks_pass_merits_decide_and_the_reason_tells_them(tiny_plan: Plan, tiny_score: Score) -> None:
    songs = [(tiny_plan, tiny_score)] * 3
    reports = [report("pass"), report("pass"), report("fail", *["pass"] * 9)]
    merits = [
        {"checks": 1.0, "likeness": 0.4, "hook": 0.9},
        {"checks": 1.0, "likeness": 0.6, "contrast": 1.0, "hook": 0.9},
        {"checks": 0.9, "likeness": 0.8, "contrast": 1.0, "hook": 0.9},
    ]
    order = rank(songs, reports, merits)
    # Contrast is not known of all; the third is broken and counts half: (1 + 0.6 + 0.9) / 3 and (0.9 + 0.8 + 0.9) / 6.
    assert [(number, one.quality) for number, one in order] == [(1, 0.8333), (0, 0.7667), (2, 0.4333)]
    assert order[0][1].reason == "checks 1.00 (+0.03)"
    assert order[1][1].reason == "nearness to finished tracks 0.40 (-0.20), checks 1.00 (+0.03)"
    assert order[0][1].merits == merits[1]
    assert reason_of(0, [{"checks": 1.0}] * 2) == "no merit differs from the others'"


def _song(*tunes: tuple[str, tuple[int, ...]]) -> Score:
    """Four bars of 4/4 a section; its leads begin a note on each beat of the first bar."""
    sections, notes = [], []
    for number, (name, pitches) in enumerate(tunes):
        sections.append(SectionPlan(name, name, 4 * number, 4, 0.5, ("leads",)))
        notes += [Note(16.0 * number + beat, pitch, 1.0, 100) for beat, pitch in enumerate(pitches)]
    return Score("t", 120.0, Metre(4, 4), Key(0, "major"), tuple(sections), (), {"leads": Part("leads", tuple(notes))})


def test_a_hook_returns_in_choruses_and_stays_out_of_verses() -> None:
    hook, other = (60, 64, 67, 72), (61, 63, 66, 70)
    assert hook_of(_song(("verse", other), ("chorus", hook), ("chorus", hook))) == 1.0
    # Two of four notes return: two in common of six in all.
    assert hook_of(_song(("chorus", hook), ("chorus", (60, 64, 1, 2)))) == pytest.approx(1 / 3)
    # Every second note of the verse is the hook's.
    mixed = (60, 63, 67, 70)
    assert hook_of(_song(("verse", mixed), ("chorus", hook), ("chorus", hook))) == pytest.approx(2 / 3)
    assert hook_of(_song(("verse", hook), ("chorus", hook))) is None


def test_merits_are_shares_and_likeness_needs_what_was_measured(tiny_track: Track) -> None:
    judged = replace(tiny_track.report, checks=(*tiny_track.report.checks, _check("BF032", 3), _check("BF033", 0.5)))
    found = merits_of(replace(tiny_track, report=judged))
    assert (found["contrast"], found["energy"]) == (0.75, 0.75)
    assert likeness_of(tiny_track) is None or 0.0 < found["likeness"] < 1.0
    bare = replace(tiny_track, report=replace(judged, measurements={}))
    assert "likeness" not in merits_of(bare)


def test_the_likeness_of_a_judge_is_the_greatest_and_falls_with_the_level_of_its_lows(tiny_track: Track) -> None:
    measured = measure(tiny_track.master).numbers
    plain = replace(tiny_track, report=replace(tiny_track.report, measurements=measured))
    thinner = {**measured, "band_sub_db": measured["band_sub_db"] - 40.0, "plr_db": measured["plr_db"] + 20.0}
    changed = replace(tiny_track, report=replace(tiny_track.report, measurements=thinner))
    first, second = likeness_of(plain), likeness_of(changed)
    assert first is not None
    assert second is not None
    assert 0.0 < second < first < 1.0


def _check(code: str, value: float) -> CheckResult:
    return CheckResult(code, "", "pass", value, "", "", "")
