"""Repeated tones of a tune are varied, and what returns is varied alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.composition.lead_line import broken, ornamented, risen
from workbench.composition.phrases import is_sung
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.theory import Chord, Key

EIGHTHS = [Note(place / 2, 72, 0.5, 80) for place in range(96)]


def song(plan: Plan, seed: int, high: int = 88) -> Plan:
    section = SectionPlan("chorus", "chorus", 0, 12, 0.5, ("leads",))
    traits = PartTraits(0.5, 57, high)
    return replace(plan, seed=seed, key=Key.parse("C"), sections=(section,), parts={**plan.parts, "leads": traits})


def test_repeated_tones_turn_to_neighbours_of_the_scale_or_leap_an_octave(tiny_plan: Plan) -> None:
    pitches = {note.pitch for seed in range(10) for note in ornamented(EIGHTHS, song(tiny_plan, seed), "leads")}
    assert {71, 72, 74, 84} <= pitches <= {69, 71, 72, 74, 76, 84}


def test_songs_ornament_more_or_less(tiny_plan: Plan) -> None:
    changed = [
        np.mean([note.pitch != 72 for note in ornamented(EIGHTHS, song(tiny_plan, seed), "leads")])
        for seed in range(24)
    ]
    assert max(changed) > min(changed) + 0.2


def test_what_returns_is_ornamented_alike(tiny_plan: Plan) -> None:
    """Phrases of four bars that are the same and follow the same note stay the same."""
    for seed in range(6):
        played = [note.pitch for note in ornamented(EIGHTHS, song(tiny_plan, seed), "leads")]
        assert played[33:63] == played[65:95]


def test_long_tones_moving_lines_and_the_register_stay(tiny_plan: Plan) -> None:
    held = [Note(2.0 * place, 72, 2.0, 80) for place in range(8)]
    moving = [Note(place / 2, 60 + place % 5, 0.5, 80) for place in range(32)]
    for seed in range(6):
        assert ornamented(held, song(tiny_plan, seed), "leads") == tuple(held)
        assert ornamented(moving, song(tiny_plan, seed), "leads") == tuple(moving)
        assert max(note.pitch for note in ornamented(EIGHTHS, song(tiny_plan, seed, high=80), "leads")) <= 80


def in_two_sections(plan: Plan, verse: int, chorus: int) -> list[float]:
    """Mean pitch of verse and chorus of a tune that has one pitch in each."""
    sections = tuple(SectionPlan(name, name, 4 * at, 4, 0.6, ("leads",)) for at, name in enumerate(("verse", "chorus")))
    plan = replace(plan, sections=sections, parts={**plan.parts, "leads": PartTraits(0.5, 57, 81)})
    notes = [Note(float(beat), verse if beat < 16 else chorus, 1.0, 80) for beat in range(32)]
    risen_notes = risen(notes, plan, "leads")
    return [float(np.mean([note.pitch for note in risen_notes[half : half + 16]])) for half in (0, 16)]


def test_a_chorus_stands_above_its_verse(tiny_plan: Plan) -> None:
    assert in_two_sections(tiny_plan, 60, 69) == [60, 69]
    assert in_two_sections(tiny_plan, 66, 67) == [66, 79]
    assert in_two_sections(tiny_plan, 74, 75) == [62, 75]


def test_a_chorus_in_the_depth_of_its_register_moves_up_where_there_is_room(tiny_plan: Plan) -> None:
    assert in_two_sections(tiny_plan, 57, 63) == [57, 75]
    assert in_two_sections(tiny_plan, 60, 66) == [60, 66]


def test_singers_do_not_leap_octaves_nor_break_chords(tiny_plan: Plan) -> None:
    chord = (Chord.parse("C", duration_beats=48.0),)
    scale = [Note(place / 2, (72, 74, 76, 77)[place % 4], 0.5, 80) for place in range(96)]
    sung, played = set(), set()
    for seed in range(24):
        plan = song(tiny_plan, seed)
        pitches = {note.pitch for note in ornamented(EIGHTHS, plan, "leads")}
        line = broken(scale, plan, "leads", chord)
        assert [note.pitch for note in line[::2]] == [note.pitch for note in scale[::2]]
        (sung if is_sung(plan, "leads") else played).update(pitches, {("line", note.pitch) for note in line})
    assert 84 not in sung
    assert 84 in played
    assert {("line", 74), ("line", 77)} <= sung
    assert ("line", 79) in played


def test_a_solo_stands_in_the_upper_half_of_its_register(tiny_plan: Plan) -> None:
    plan = song(tiny_plan, 1)
    plan = replace(plan, sections=(replace(plan.sections[0], name="solo", label="solo"),))
    low = [Note(float(place), 60, 1.0, 80) for place in range(8)]
    assert {note.pitch for note in risen(low, plan, "leads")} == {72}
    verse = replace(plan, sections=(replace(plan.sections[0], name="bridge", label="bridge"),))
    assert {note.pitch for note in risen(low, verse, "leads")} == {60}
