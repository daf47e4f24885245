"""Tunes are planned before their notes: what returns, where it breathes, what is song-like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.composition.phrases import is_sung
from workbench.composition.song_likeness import FEATURES, load_critic, phrase_features, song_likeness
from workbench.composition.tunes import breath_beats, plan_tune
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.theory import Chord

PALETTE = ("percussion", "bass", "pads", "leads")
VERSE = SectionPlan("verse", "verse", 0, 16, 0.5, PALETTE)
CHORUS = SectionPlan("chorus", "chorus", 16, 16, 0.8, PALETTE)
C_MAJOR = (replace(Chord.parse("C"), duration_beats=16.0),)


def with_leads(plan: Plan, traits: PartTraits) -> Plan:
    return replace(plan, parts={**plan.parts, "leads": traits})


def test_a_chorus_states_its_hook_repeats_it_and_leaves_it_once(tiny_plan: Plan) -> None:
    bars = plan_tune(tiny_plan, "leads", CHORUS, CHORUS, 0)
    assert [bar.way for bar in bars[:4]] == ["new", "new", "echo", "echo"]
    assert [bar.source - 16 for bar in bars[2:8]] == [0, 1, 0, 1, 2, 3]
    assert [bar.way for bar in bars[4:8]] == ["copy", "copy", "copy", "vary"]
    assert bars[8].way == "new"
    assert bars[12].source == 16


def test_a_verse_goes_from_question_to_answer(tiny_plan: Plan) -> None:
    bars = plan_tune(tiny_plan, "leads", VERSE, VERSE, 0)
    assert [bar.way for bar in bars[::4]] == ["new", "new", "copy", "new"]


def test_a_hook_changes_only_at_the_ends_of_its_phrases(tiny_plan: Plan) -> None:
    later = replace(CHORUS, start_bar=48)
    ways = [bar.way for bar in plan_tune(replace(tiny_plan, variation=1.0), "leads", later, CHORUS, 1)]
    assert {way for place, way in enumerate(ways) if place % 4 != 3} == {"copy"}
    assert "vary" in ways


def test_a_second_verse_differs_unless_nothing_may_vary(tiny_plan: Plan) -> None:
    later = replace(VERSE, start_bar=40)
    assert "echo" in [bar.way for bar in plan_tune(tiny_plan, "leads", later, VERSE, 1)]
    same = plan_tune(replace(tiny_plan, variation=0.0), "leads", later, VERSE, 1)
    assert [(bar.way, bar.source) for bar in same] == [("copy", bar) for bar in range(16)]


def test_a_riff_keeps_coming_back(tiny_plan: Plan) -> None:
    plan = with_leads(tiny_plan, PartTraits(0.4, 60, 84, presence=0.7, manner="riff"))
    bars = plan_tune(plan, "leads", VERSE, VERSE, 0)
    assert [(bar.way, bar.source) for bar in bars[:4]] == [("new", -1), ("new", -1), ("copy", 0), ("copy", 1)]


def test_phrases_end_in_a_breath_that_is_longer_where_leads_are_rare(tiny_plan: Plan) -> None:
    rare, present = (with_leads(tiny_plan, PartTraits(presence=presence)) for presence in (0.5, 0.9))
    assert breath_beats(rare, "leads", VERSE) > breath_beats(present, "leads", VERSE) > 0.0
    bars = plan_tune(present, "leads", VERSE, VERSE, 0)
    assert all(bars[place].silence is not None for place in (3, 7, 11, 15))
    assert bars[0].silence is None
    start, end = bars[3].silence or (0, 0)
    assert 24 <= start < end <= 48


def test_singers_breathe_longer_than_instruments_and_never_a_whole_bar(tiny_plan: Plan) -> None:
    plan = with_leads(tiny_plan, PartTraits(presence=0.6))
    breaths: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(40):
        one = replace(plan, seed=seed)
        breaths[is_sung(one, "leads")].append(breath_beats(one, "leads", VERSE))
    assert np.median(breaths[True]) > np.median(breaths[False]) + 0.5
    assert max(breaths[True]) < 4.0
    riff = with_leads(tiny_plan, PartTraits(presence=0.6, manner="riff"))
    assert not any(is_sung(replace(riff, seed=seed), "leads") for seed in range(40))


def test_leads_that_are_hardly_there_leave_out_every_second_idea(tiny_plan: Plan) -> None:
    plan = with_leads(tiny_plan, PartTraits(presence=0.2))
    ways = [bar.way for bar in plan_tune(plan, "leads", VERSE, VERSE, 0)]
    assert [way == "rest" for way in ways[:4]] == [False, False, True, True]


def phrase(*places: tuple[float, int, float]) -> list[Note]:
    return [Note(onset, pitch, length, 90) for onset, pitch, length in places]


def test_the_shape_of_a_phrase_is_measured() -> None:
    notes = phrase((0.0, 60, 1.0), (1.0, 62, 1.0), (4.0, 69, 1.0), (8.5, 65, 1.0), (12.0, 60, 4.0))
    shape = dict(zip(FEATURES, phrase_features(notes, C_MAJOR, 0.0, 4, 4).tolist(), strict=True))
    assert shape["peak_place"] == 0.25
    assert shape["last_place"] == 0.75
    assert shape["last_length"] == 4.0
    assert shape["ends_on_root"] == shape["ends_on_tone"] == 1.0
    # The leap of a fifth up is answered by a third down.
    assert shape["leaps_answered"] == 1.0
    # D, A and F lie outside C major; none of them goes on by step.
    assert shape["leaning_resolved"] == 0.0
    assert shape["over_beats"] == pytest.approx(1 / 5)
    assert shape["first_bar"] == pytest.approx(2 / 5)


def test_the_critic_knows_its_features_and_dislikes_silence() -> None:
    assert load_critic().weights.shape == (2 * len(FEATURES),)
    assert np.isfinite(load_critic().weights).all()
    notes = phrase(*((beat, 60 + (7 * number) % 12, 1.0) for number, beat in enumerate(np.arange(0.0, 14.0, 1.0))))
    assert song_likeness(notes, C_MAJOR, 0.0, 4, 4) > song_likeness(notes[:3], C_MAJOR, 0.0, 4, 4)
