"""Compound metres and sections in keys of their own: into the frame, back, and rewritten in part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.composition.test_compose import plan_for
from workbench.composition import compose
from workbench.composition.canonical_form import (
    canonical_range,
    from_canonical,
    is_canonical,
    score_to_canonical,
    to_canonical,
)
from workbench.composition.rewrite import rewrite_element
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.domain.theory import Key


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_for(
        concept="pop ballad",
        structure=["verse", "chorus", "verse"],
        metre="6/8",
        duration=20,
        section_bars={"verse": 5},
        section_keys={"verse 2": "G minor"},
    )


@pytest.fixture(scope="module")
def score(plan: Plan) -> Score:
    return compose(plan)


def test_two_bars_of_six_eight_are_one_of_the_frame(plan: Plan) -> None:
    frame = to_canonical(plan)
    assert str(frame.metre) == "4/4"
    assert [section.bars for section in frame.sections] == [-(-section.bars // 2) for section in plan.sections]
    assert frame.tempo_bpm * 1.5 == pytest.approx(plan.tempo_bpm)
    assert not is_canonical(plan)
    assert is_canonical(frame)


def test_onsets_lie_on_eighths_within_the_sections(plan: Plan, score: Score) -> None:
    assert str(score.metre) == "6/8"
    assert sum(section.bars for section in score.sections) == score.bars
    onsets = [note.onset_beats for part in score.parts.values() for note in part.notes]
    assert max(onsets) < score.length_beats
    on_eighths = sum(abs(onset / 0.5 - round(onset / 0.5)) < 1e-3 for onset in onsets)
    assert on_eighths / len(onsets) > 0.95


def test_a_section_in_its_own_key_is_the_same_music_elsewhere(plan: Plan, score: Score) -> None:
    last = score.sections[-1]
    start = last.start_bar * score.metre.bar_beats
    chords = [chord for chord in score.chords if chord.onset_beats >= start]
    assert chords[-1].root == Key.parse("G minor").tonic
    scale = set(Key.parse("G minor").pitch_classes) | {pitch for chord in chords for pitch in chord.pitch_classes}
    notes = [note for name in ("bass", "pads") for note in score.parts[name].notes if note.onset_beats >= start]
    assert sum(note.pitch % 12 in scale for note in notes) / len(notes) > 0.9
    assert score.key_at(start) == Key.parse("G minor")


def test_frame_and_back_is_the_same_song(plan: Plan, score: Score) -> None:
    back = from_canonical(score_to_canonical(score, plan), plan)
    assert [(c.root, c.quality, c.onset_beats) for c in back.chords] == [
        (c.root, c.quality, c.onset_beats) for c in score.chords
    ]
    for name, part in score.parts.items():
        assert [n.pitch for n in back.parts[name].notes] == [n.pitch for n in part.notes]
        for one, other in zip(back.parts[name].notes, part.notes, strict=True):
            assert one.onset_beats == pytest.approx(other.onset_beats, abs=1e-5)


def test_bars_are_rewritten_in_a_compound_metre_and_the_rest_stays(plan: Plan, score: Score) -> None:
    notes = rewrite_element(plan, score, "bass", [range(2, 4)], seed=5)
    bar = score.metre.bar_beats
    inside = [note for note in score.parts["bass"].notes if 2 * bar <= note.onset_beats < 4 * bar]
    kept = set(score.parts["bass"].notes) - set(inside)
    assert kept <= set(notes)
    assert all(2 * bar <= note.onset_beats < 4 * bar for note in set(notes) - kept)
    assert canonical_range(plan, range(2, 4)) == range(1, 2)


def test_other_modes_keep_the_home_tonic_in_the_frame(tiny_plan: Plan) -> None:
    major = replace(tiny_plan.sections[-1], key=Key.parse("Ab major"))
    frame = to_canonical(replace(tiny_plan, sections=(*tiny_plan.sections[:-1], major)))
    assert frame.sections[-1].key == Key.parse("F major")


def test_a_section_that_comes_back_in_another_mode_has_chords_and_notes_of_that_mode() -> None:
    """It used to be the major section moved: A major where A minor was stated."""
    modes = {"verse 2": "A minor", "chorus 2": "F# minor"}
    plan = plan_for(
        "pop", 9, key="C major", structure=["verse", "chorus", "verse", "chorus"], section_keys=modes,
        section_bars={"verse": 4, "chorus": 4}, duration=32,
    )  # fmt: skip
    score = compose(plan)
    for section in plan.sections:
        key = section.key or plan.key
        beats = range(section.start_bar * 4, section.end_bar * 4)
        tonics = {chord.quality[:3] for chord in score.chords if chord.onset_beats in beats and chord.root == key.tonic}
        assert tonics <= ({"min"} if key.mode == "minor" else {"maj", "7", "9"})
        for name in ("bass", "pads", "leads"):
            inside = [note for note in score.parts[name].notes if int(note.onset_beats) in beats]
            assert sum(note.pitch % 12 in key.pitch_classes for note in inside) >= 0.8 * len(inside)
