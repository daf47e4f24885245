"""A bass plays the figures of its style."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from workbench.composition.bass_figures import inclination, play_bass
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.theory import Chord, Key

ROOTS = [Note(0.0, 36, 4.0, 90), Note(4.0, 36, 4.0, 90)]


def song(plan: Plan, *names: str, low: int = 28, high: int = 50) -> Plan:
    section = SectionPlan("verse", "verse", 0, 2, 0.5, ("bass", "pads"))
    traits = PartTraits(0.5, low, high, sustain=0.5, figures=names)
    return replace(plan, key=Key.parse("C"), sections=(section,), parts={**plan.parts, "bass": traits})


def chords(*symbols: str) -> tuple[Chord, ...]:
    return tuple(Chord.parse(symbol, onset_beats=4.0 * bar) for bar, symbol in enumerate(symbols))


def told(notes: Sequence[Note]) -> list[tuple[float, int]]:
    return [(note.onset_beats, note.pitch) for note in notes]


def test_octaves_alternate(tiny_plan: Plan) -> None:
    played = play_bass(ROOTS[:1], song(tiny_plan, "octaves"), "bass", chords("C", "C"))
    assert told(played) == [(0.5 * place, 36 + 12 * (place % 2)) for place in range(8)]


def test_what_stands_under_most_of_a_chord_is_its_bass_tone(tiny_plan: Plan) -> None:
    """The second bar of this figure is a fifth, all but its first strike."""
    plan = song(tiny_plan, "breathing")
    long_tone = play_bass(ROOTS, plan, "bass", chords("C", "F"))[-1]
    assert (long_tone.onset_beats, long_tone.pitch % 12) == (5.5, 5)


def test_a_walk_plays_the_chord_and_steps_into_the_next(tiny_plan: Plan) -> None:
    played = play_bass(ROOTS, song(tiny_plan, "walking"), "bass", chords("C", "F"))
    assert told(played)[:4] == [(0.0, 36), (1.0, 40), (2.0, 43), (3.0, 40)]
    assert played[4].pitch == 41
    minor = play_bass(ROOTS, song(tiny_plan, "walking"), "bass", chords("Cm", "F"))
    assert minor[1].pitch == 39


def test_a_diminished_fifth_is_the_chords_own(tiny_plan: Plan) -> None:
    played = play_bass([Note(0.0, 35, 4.0, 90)], song(tiny_plan, "halves"), "bass", chords("Bdim", "Bdim"))
    assert told(played) == [(0.0, 35), (2.0, 41)]


def test_what_the_register_lacks_lies_below_or_is_the_bass_tone(tiny_plan: Plan) -> None:
    below = play_bass(ROOTS[:1], song(tiny_plan, "halves", high=40), "bass", chords("C", "C"))
    assert told(below) == [(0.0, 36), (2.0, 31)]
    narrow = play_bass(ROOTS[:1], song(tiny_plan, "octaves", low=34, high=40), "bass", chords("C", "C"))
    assert {note.pitch for note in narrow} == {36}


def test_a_chord_that_arrives_within_the_bar_is_reported_at_once(tiny_plan: Plan) -> None:
    given = (
        Chord.parse("C", duration_beats=2.0),
        Chord.parse("G/B", onset_beats=2.0, duration_beats=2.0),
        Chord.parse("Am", onset_beats=4.0),
    )
    played = play_bass(ROOTS, song(tiny_plan, "halves"), "bass", given)
    assert told(played)[:2] == [(0.0, 36), (2.0, 35)]


def test_a_chord_that_is_over_before_the_figure_strikes_has_no_bass(tiny_plan: Plan) -> None:
    given = (Chord.parse("C", duration_beats=1.0), Chord.parse("F", onset_beats=1.0, duration_beats=7.0))
    played = play_bass(ROOTS, song(tiny_plan, "one-drop"), "bass", given)
    assert played[0].onset_beats == 1.0
    assert played[0].pitch % 12 == 5


def test_silent_bars_and_free_sections_stay(tiny_plan: Plan) -> None:
    played = play_bass(ROOTS[1:], song(tiny_plan, "driving"), "bass", chords("C", "C"))
    assert min(note.onset_beats for note in played) == 4.0
    assert play_bass(ROOTS, song(tiny_plan, "free"), "bass", chords("C", "C")) == tuple(ROOTS)


@pytest.mark.parametrize("sustain", [0.0, 0.4, 1.0])
def test_notes_do_not_overlap_and_sustain_lengthens_them(tiny_plan: Plan, sustain: float) -> None:
    plan = song(tiny_plan, "driving")
    asked = replace(plan, parts={**plan.parts, "bass": replace(plan.parts["bass"], sustain=sustain)})
    played = play_bass(ROOTS, asked, "bass", chords("C", "F"))
    assert all(
        one.onset_beats + one.duration_beats <= after.onset_beats + 1e-6 for one, after in itertools.pairwise(played)
    )
    # Eighths that are held for .85 of their length at sustain .5.
    assert played[0].duration_beats == pytest.approx(0.5 * min(1.0, 0.85 * (0.5 + sustain)))


def test_steps_of_the_scale_lie_between_the_tones_of_the_chord(tiny_plan: Plan) -> None:
    """Over C in C major "1 7 1 2 1 7 1 5": the seventh of the scale below the root, its second above."""
    played = play_bass(ROOTS, song(tiny_plan, "neighbours"), "bass", chords("C", "C"))
    assert [note.pitch % 12 for note in played] == [0, 11, 0, 2, 0, 11, 0, 7, 0]
    minor = replace(song(tiny_plan, "neighbours"), key=Key.parse("C minor"))
    assert [note.pitch % 12 for note in play_bass(ROOTS, minor, "bass", chords("Cm", "Cm"))][:4] == [0, 10, 0, 2]


def test_songs_walk_or_do_not_and_leap_octaves_or_do_not(tiny_plan: Plan) -> None:
    plans = [replace(song(tiny_plan, "walking"), seed=seed) for seed in range(60)]
    walks = [inclination(plan, "bass", "walking") for plan in plans]
    octaves = [inclination(plan, "bass", "octaves") for plan in plans]
    assert min(walks) == 0.0
    assert max(walks) > 1.5
    assert 0.0 < np.mean([one == 0.0 for one in walks]) < 0.3
    assert 0.35 < np.mean([one == 0.0 for one in octaves]) < 0.75
    known = [replace(plan, parts={"bass": replace(plan.parts["bass"], octaves=0.4)}) for plan in plans]
    assert {inclination(plan, "bass", "octaves") for plan in known} == {1.0}
