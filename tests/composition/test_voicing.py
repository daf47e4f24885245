"""Pads that state their chords, whatever the network has drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.composition.voicing import in_time, nearest_tone, state_chords, without_chord
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.theory import Chord

LOW, HIGH = 48, 76


def note(onset: float, pitch: int, length: float = 2.0) -> Note:
    return Note(onset, pitch, length, 80)


def song(plan: Plan, *elements: str) -> Plan:
    section = SectionPlan("verse", "verse", 0, 2, 0.5, elements)
    return replace(plan, sections=(section,), parts={**plan.parts, "pads": PartTraits(0.4, LOW, HIGH)})


def chords(*symbols: str, beats: float = 4.0) -> tuple[Chord, ...]:
    return tuple(
        Chord.parse(symbol, onset_beats=place * beats, duration_beats=beats) for place, symbol in enumerate(symbols)
    )


def classes_at(notes: Sequence[Note], beats: float) -> set[int]:
    return {one.pitch % 12 for one in notes if one.onset_beats <= beats < one.onset_beats + one.duration_beats}


@pytest.mark.parametrize(("symbol", "third"), [("C", 4), ("Cm", 3), ("Cm7", 3), ("Csus4", 5)])
def test_a_strike_gets_its_third_and_three_tones(tiny_plan: Plan, symbol: str, third: int) -> None:
    stated = state_chords(
        [note(0.0, 60), note(0.0, 67)], song(tiny_plan, "bass", "pads"), "pads", chords(symbol, symbol)
    )
    assert {60, 67, 60 + third} == {one.pitch for one in stated}
    assert {(one.onset_beats, one.duration_beats, one.velocity) for one in stated} == {(0.0, 2.0, 80)}


def test_power_chords_stay_without_a_third(tiny_plan: Plan) -> None:
    given_notes = (note(0.0, 60), note(0.0, 67))
    assert state_chords(given_notes, song(tiny_plan, "bass", "pads"), "pads", chords("C5", "C5")) == given_notes


def test_the_root_is_needed_only_where_no_bass_plays(tiny_plan: Plan) -> None:
    upper = (note(0.0, 64), note(0.0, 67), note(0.0, 71))
    assert state_chords(upper, song(tiny_plan, "bass", "pads"), "pads", chords("Cmaj7", "Cmaj7")) == upper
    alone = state_chords(upper, song(tiny_plan, "pads"), "pads", chords("Cmaj7", "Cmaj7"))
    assert {one.pitch for one in alone} == {60, 64, 67, 71}


def test_a_ninth_is_no_tone_that_tells_a_chord(tiny_plan: Plan) -> None:
    stated = state_chords(
        [note(0.0, 60), note(0.0, 62), note(0.0, 64)], song(tiny_plan, "pads"), "pads", chords("C9", "C9")
    )
    assert {one.pitch for one in stated} == {60, 62, 64, 67}


def test_a_broken_chord_stays_broken(tiny_plan: Plan) -> None:
    plan = song(tiny_plan, "bass", "pads")
    whole = tuple(note(beat / 2, pitch, 0.5) for beat, pitch in enumerate((60, 64, 67, 64)))
    assert state_chords(whole, plan, "pads", chords("C", "C")) == whole
    lacking = tuple(note(beat / 2, pitch, 0.5) for beat, pitch in enumerate((60, 67, 72, 67)))
    added = set(state_chords(lacking, plan, "pads", chords("C", "C"))) - set(lacking)
    assert added == {note(0.0, 64, 0.5)}


def test_stabs_on_one_tone_become_stabs_of_the_chord(tiny_plan: Plan) -> None:
    stabs = [note(beat, 60, 0.25) for beat in (0.5, 1.5, 2.5)]
    stated = state_chords(stabs, song(tiny_plan, "bass", "pads"), "pads", chords("Cm", "Cm"))
    assert len(stated) == 9
    assert all(one.duration_beats == 0.25 for one in stated)


def test_a_new_chord_is_struck_where_it_begins_unless_it_is_nearly_in_time(tiny_plan: Plan) -> None:
    plan = song(tiny_plan, "bass", "pads")
    first = [note(0.0, 60, 4.0), note(0.0, 64, 4.0), note(0.0, 67, 4.0)]
    for onset, arrives in ((4.5, False), (5.0, False), (6.0, True)):
        stated = state_chords(
            [*first, note(onset, 65), note(onset, 69), note(onset, 72)], plan, "pads", chords("C", "F")
        )
        assert (classes_at(stated, 4.0) == {5, 9, 0}) is arrives


def test_a_chord_within_the_bar_is_not_left_silent(tiny_plan: Plan) -> None:
    first = [note(0.0, 60), note(0.0, 64), note(0.0, 67)]
    stated = state_chords(first, song(tiny_plan, "bass", "pads"), "pads", chords("C", "F", beats=2.0))
    assert classes_at(stated, 2.0) == {5, 9, 0}


def test_an_empty_bar_stays_a_rest(tiny_plan: Plan) -> None:
    first = [note(0.0, 60, 4.0), note(0.0, 64, 4.0), note(0.0, 67, 4.0)]
    assert state_chords(first, song(tiny_plan, "bass", "pads"), "pads", chords("C", "F")) == tuple(first)


def test_notes_follow_a_chord_that_changes_within_their_beat() -> None:
    line = (Chord.parse("C", duration_beats=1.5), Chord.parse("D", onset_beats=1.5, duration_beats=6.5))
    old = [note(1.0, 60, 0.5), note(1.5, 64), note(1.5, 67), note(1.5, 71), note(2.0, 67)]
    assert [one.pitch for one in in_time(old, line)] == [60, 62, 66, 71, 67]


notes_of_a_bar = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]), st.integers(LOW, HIGH), st.sampled_from([0.25, 1.0, 4.0])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(drawn=notes_of_a_bar, symbol=st.sampled_from(["C", "Am7", "F#m", "Bbmaj9", "G7", "Bdim"]))
def test_whatever_is_drawn_the_chord_is_reported_within_a_bar(
    tiny_plan: Plan, drawn: list[tuple[float, int, float]], symbol: str
) -> None:
    plan, line = song(tiny_plan, "pads"), chords(symbol, symbol)
    tones = line[0].pitch_classes
    inside = [note(onset, pitch, length) for onset, pitch, length in drawn if pitch % 12 in tones]
    stated = state_chords(inside, plan, "pads", line)
    assert list(stated) == sorted(stated)
    assert {(one.onset_beats, one.pitch) for one in inside} <= {(one.onset_beats, one.pitch) for one in stated}
    if inside:
        pitches = {one.pitch for one in stated}
        # A tone that would lie a semitone from another, wherever it is put, is left out.
        free = {pitch for pitch in range(LOW, HIGH + 1) if not {pitch - 1, pitch, pitch + 1} & pitches}
        assert set(tones[:2]) <= {pitch % 12 for pitch in pitches} | (set(range(12)) - {pitch % 12 for pitch in free})
        assert all(LOW <= one.pitch <= HIGH for one in stated)


@pytest.mark.parametrize(
    ("symbol", "classes"),
    [
        ("Cadd9", {2, 4}),
        ("C7b9", {4, 10, 1}),
        ("C13", {4, 10, 2, 9}),
        ("C7sus4", {5, 10}),
        ("Cmaj7#11", {4, 11, 6}),
        ("C6/9", {4, 9, 2}),
        ("Cm11", {3, 10, 2, 5}),
    ],
)
def test_a_chord_with_tensions_sounds_all_that_tells_it(tiny_plan: Plan, symbol: str, classes: set[int]) -> None:
    stated = state_chords(
        [note(0.0, 60), note(0.0, 67)], song(tiny_plan, "bass", "pads"), "pads", chords(symbol, symbol)
    )
    assert classes <= classes_at(stated, 0.0)


@pytest.mark.parametrize(("symbol", "pitch"), [("C", 60), ("D", 62), ("F#", 61), ("N.C.", 61)])
def test_the_nearest_tone_of_no_chord_is_the_pitch_itself(symbol: str, pitch: int) -> None:
    assert nearest_tone(61, Chord.parse(symbol)) == pitch


def test_accompaniment_rests_where_there_is_no_chord() -> None:
    line = chords("C", "N.C.", "F")
    played = (note(0.0, 60, 6.0), note(4.0, 62), note(6.5, 64), note(8.0, 65))
    assert without_chord(played, line) == (note(0.0, 60, 4.0), note(8.0, 65))
    assert in_time(played, line) == played
