"""Pads play figures: which tones strike when, and which figure a section has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from workbench.composition.figure_book import FREE, Figure, figures, section_figures
from workbench.composition.figures import play_figures
from workbench.composition.phrases import habit
from workbench.concept.style import list_styles, load_style
from workbench.domain.elements import Kind, kind_of
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.theory import Chord

KINDS: dict[Kind, str] = {"chords": "xultb123456.", "bass": "12345678a."}
HELD = [Note(0.0, pitch, 4.0, 80) for pitch in (60, 64, 67)]
C_MAJOR = (Chord.parse("C", duration_beats=8.0),)


def song(plan: Plan, *names: str, sections: Sequence[tuple[str, float]] = (("verse", 0.5),), seed: int = 1) -> Plan:
    traits = PartTraits(0.5, 48, 84, sustain=0.5, figures=names)
    built = tuple(
        SectionPlan(name, name, 2 * number, 2, energy, ("bass", "pads"))
        for number, (name, energy) in enumerate(sections)
    )
    return replace(plan, seed=seed, sections=built, parts={**plan.parts, "pads": traits})


def struck(notes: Sequence[Note]) -> list[tuple[float, int]]:
    return [(note.onset_beats, note.pitch) for note in sorted(notes)]


def test_broken_chords_strike_one_tone_an_eighth(tiny_plan: Plan) -> None:
    broken = [(0.5 * place, (60, 67, 64, 67)[place % 4]) for place in range(8)]
    found = {
        tuple(struck(play_figures(HELD, song(tiny_plan, "alberti", seed=seed), "pads", C_MAJOR))) for seed in range(8)
    }
    whole = [(0.0, 60), (0.0, 64), (0.0, 67), *broken[1:]]
    assert found == {tuple(broken), tuple(whole)}


def test_a_new_chord_is_struck_in_the_middle_of_a_bar(tiny_plan: Plan) -> None:
    chords = (Chord.parse("C", duration_beats=2.0), Chord.parse("F", onset_beats=2.0, duration_beats=6.0))
    notes = [
        *(replace(note, duration_beats=2.0) for note in HELD),
        *(Note(2.0, tone, 2.0, 80) for tone in (60, 65, 69)),
    ]
    played = play_figures(notes, song(tiny_plan, "halves"), "pads", chords)
    assert [one for one in struck(played) if one[0] < 2.0] == [(0.0, 60), (0.0, 64), (0.0, 67)]
    assert {60, 65, 69} <= {pitch for onset, pitch in struck(played) if onset == 2.0}


def test_every_chord_keeps_its_third(tiny_plan: Plan) -> None:
    low_third = [Note(0.0, pitch, 4.0, 80) for pitch in (52, 60, 67)]
    played = play_figures(low_third, song(tiny_plan, "late-stabs"), "pads", C_MAJOR)
    assert played[0].onset_beats == 0.75
    assert 52 in {note.pitch for note in played if note.onset_beats == 0.75}


def test_a_chord_that_ends_before_the_figure_strikes_again_is_left(tiny_plan: Plan) -> None:
    chords = (Chord.parse("C", duration_beats=4.25), Chord.parse("F", onset_beats=4.25, duration_beats=3.75))
    notes = [
        *(replace(note, duration_beats=4.25) for note in HELD),
        *(Note(4.25, tone, 3.0, 80) for tone in (60, 65, 69)),
    ]
    played = play_figures(notes, song(tiny_plan, "offbeats"), "pads", chords)
    assert [onset for onset, _ in struck(played) if 4.0 <= onset < 5.0] == [4.5] * 3


def test_silent_bars_stay_silent(tiny_plan: Plan) -> None:
    played = play_figures(
        [replace(note, onset_beats=4.0) for note in HELD], song(tiny_plan, "alberti"), "pads", C_MAJOR
    )
    assert min(note.onset_beats for note in played) == 4.0


def test_free_sections_and_styles_without_figures_stay_as_written(tiny_plan: Plan) -> None:
    assert play_figures(HELD, song(tiny_plan), "pads", C_MAJOR) == tuple(HELD)
    assert play_figures(HELD, song(tiny_plan, FREE), "pads", C_MAJOR) == tuple(HELD)


def test_figures_end_with_their_chord(tiny_plan: Plan) -> None:
    chords = (Chord.parse("C"), Chord.parse("Dm", onset_beats=4.0))
    notes = [*HELD, *(Note(4.0, tone, 4.0, 80) for tone in (62, 65, 69))]
    played = play_figures(notes, song(tiny_plan, "broken"), "pads", chords)
    assert all(note.onset_beats + note.duration_beats <= 4.0 for note in played if note.onset_beats < 4.0)


def test_fuller_sections_have_busier_figures(tiny_plan: Plan) -> None:
    names = ("halves", "quarters", "eighths", "sixteenths")
    form = (("intro", 0.2), ("chorus", 0.9))
    songs = [song(tiny_plan, *names, sections=form, seed=seed) for seed in range(12)]
    moving = [one for one in songs if habit(one, "pads", "steady") >= 0.5]
    assert len(moving) >= 4
    for one in moving:
        calm, full = section_figures(one, "pads")
        assert names.index(calm) < names.index(full)


def test_steady_songs_keep_one_figure_until_the_last_chorus(tiny_plan: Plan) -> None:
    names = ("halves", "quarters", "eighths", "sixteenths")
    form = (("intro", 0.2), ("verse", 0.5), ("chorus", 0.9), ("bridge", 0.4))
    songs = [song(tiny_plan, *names, sections=form, seed=seed) for seed in range(12)]
    steady = [one for one in songs if habit(one, "pads", "steady") < 0.5]
    assert len(steady) >= 4
    assert all(len(set(section_figures(one, "pads"))) == 1 for one in steady)


def test_songs_lean_to_figures_of_their_own(tiny_plan: Plan) -> None:
    names = ("halves", "quarters", "eighths", "sixteenths")
    assert len({section_figures(song(tiny_plan, *names, seed=seed), "pads")[0] for seed in range(12)}) > 1


def test_the_last_chorus_is_at_least_as_busy(tiny_plan: Plan) -> None:
    names = ("halves", "quarters", "eighths", "sixteenths")
    form = (("verse", 0.4), ("chorus", 0.6), ("verse", 0.4), ("chorus", 0.6))
    chosen = [section_figures(song(tiny_plan, *names, sections=form, seed=seed), "pads") for seed in range(8)]
    assert all(names.index(one[3]) >= names.index(one[1]) for one in chosen)
    assert any(names.index(one[3]) > names.index(one[1]) for one in chosen)


def test_triplets_move_the_second_eighth() -> None:
    assert Figure("1.2.............", 1.0).strikes(0, 4.0, triplets=True) == [(0.0, "1"), (pytest.approx(2 / 3), "2")]


@pytest.mark.parametrize("style", list_styles())
@pytest.mark.parametrize("element", ["bass", "pads"])
def test_styles_name_figures_that_are_there(style: str, element: str) -> None:
    traits = load_style(style).parts[element]
    assert bool(traits.figures) != bool(traits.rhythm)
    assert set(traits.figures) <= {FREE, *figures(kind_of(element))}


def test_figures_are_one_or_two_bars_of_sixteenths() -> None:
    for kind, spelled in KINDS.items():
        for one in figures(kind).values():
            assert len(one.steps) in (16, 32)
            assert set(one.steps) <= set(spelled)


def test_the_left_hand_plays_the_bass_of_the_chord_below_the_hand(tiny_plan: Plan) -> None:
    played = play_figures(HELD, song(tiny_plan, "stride"), "pads", C_MAJOR)
    right = [note.pitch for note in played if note.onset_beats == 1.0]
    left = [note.pitch for note in played if note.onset_beats == 2.0]
    assert {note.pitch for note in played if note.onset_beats == 0.0} == {*left, *right}
    assert set(left) == {max(pitch for pitch in range(30, min(right) - 2) if pitch % 12 == 0)}
    assert {0, 4, 7} <= {pitch % 12 for pitch in right}


def test_some_players_turn_to_the_next_inversion_in_the_second_half_of_a_chord(tiny_plan: Plan) -> None:
    tops = []
    for seed in range(12):
        played = play_figures(HELD, song(tiny_plan, "strum-16", seed=seed), "pads", C_MAJOR)
        halves = [[note.pitch for note in played if note.onset_beats == beats] for beats in (0.0, 2.0)]
        assert {pitch % 12 for half in halves for pitch in half} == {0, 4, 7}
        tops.append(max(halves[1]) - max(halves[0]))
    assert set(tops) == {0, 5}


def test_pads_strike_with_the_bass_in_most_songs(tiny_plan: Plan) -> None:
    """Of two figures that are as busy, the one that shares the bass's places."""
    chosen = []
    for seed in range(20):
        plan = song(tiny_plan, "charleston", "tresillo", seed=seed)
        bass = PartTraits(0.5, 28, 50, figures=("tresillo",))
        chosen.append(section_figures(replace(plan, parts={**plan.parts, "bass": bass}), "pads")[0])
    assert chosen.count("tresillo") >= 12


def test_held_chords_are_open_in_some_songs_and_broken_ones_never(tiny_plan: Plan) -> None:
    widths = set()
    for seed in range(12):
        block = play_figures(HELD, song(tiny_plan, "whole", seed=seed), "pads", C_MAJOR)
        first = [note.pitch for note in block if note.onset_beats == 0.0]
        widths.add(max(first) - min(first))
        broken = play_figures(HELD, song(tiny_plan, "alberti", seed=seed), "pads", C_MAJOR)
        assert {note.pitch for note in broken} == {60, 64, 67}
    assert 7 in widths
    assert max(widths) >= 16


def test_the_top_of_held_chords_moves_with_them_in_most_songs(tiny_plan: Plan) -> None:
    """C and A minor share the tone on top of both hands."""
    chords = (Chord.parse("Am", duration_beats=4.0), Chord.parse("C", onset_beats=4.0, duration_beats=4.0))
    notes = [Note(4.0 * bar, pitch, 4.0, 80) for bar, hand in enumerate(((57, 60, 64), (55, 60, 64))) for pitch in hand]
    stays = []
    for seed in range(16):
        plan = song(tiny_plan, "whole", seed=seed)
        plan = replace(plan, sections=(replace(plan.sections[0], bars=2),))
        played = play_figures(notes, plan, "pads", chords)
        tops = [max(note.pitch for note in played if note.onset_beats == beats) for beats in (0.0, 4.0)]
        stays.append(tops[0] == tops[1])
    assert 0 < sum(stays) < 10


def test_a_hand_has_as_many_tones_as_were_asked_for(tiny_plan: Plan) -> None:
    ninth = (Chord.parse("Cmin9", duration_beats=8.0),)
    notes = [Note(0.0, pitch, 4.0, 80) for pitch in (60, 63, 67, 70, 74)]
    counts = []
    for tones in (3, 4, 5):
        plan = song(tiny_plan, "whole")
        pads = replace(plan.parts["pads"], hand_tones=tones)
        played = play_figures(notes, replace(plan, parts={**plan.parts, "pads": pads}), "pads", ninth)
        first = {note.pitch % 12 for note in played if note.onset_beats == 0.0}
        assert {3, 10, 2} <= first
        counts.append(len(first))
    assert counts == [3, 4, 5]


def test_a_turned_strike_is_the_next_inversion() -> None:
    assert {name: figure.steps.count("t") > 0 for name, figure in figures("chords").items()}["halves"]


def test_the_top_of_turned_chords_moves(tiny_plan: Plan) -> None:
    played = struck(play_figures(HELD, song(tiny_plan, "halves"), "pads", C_MAJOR))
    first, second = ([pitch for beats, pitch in played if beats == at] for at in (0.0, 2.0))
    assert second == [*first[1:], first[0] + 12]
