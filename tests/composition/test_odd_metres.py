"""5/4, 7/8, 7/4 and 9/8: bars of the canonical form with a gap, there and back."""

from __future__ import annotations

import pytest

from tests.composition.test_compose import plan_for
from workbench.composition import compose
from workbench.composition.bar_grid import bar_grid
from workbench.composition.canonical_form import canonical_range, from_canonical, score_to_canonical, to_canonical
from workbench.composition.rewrite import rewrite_element
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.domain.theory import METRES, Metre

_ODD = ("5/4", "7/8", "7/4", "9/8")


def _plan(metre: str, style: str = "house", seed: int = 3) -> Plan:
    return plan_for(
        style, seed, structure=["verse", "chorus"], section_bars={"verse": 3, "chorus": 4}, metre=metre, duration=None
    )


@pytest.fixture(scope="module", params=_ODD)
def song(request: pytest.FixtureRequest) -> tuple[Plan, Score]:
    plan = _plan(request.param)
    return plan, compose(plan)


@pytest.mark.parametrize(
    ("metre", "canonical", "bars"), [("5/4", "3/4", 2), ("7/4", "4/4", 2), ("7/8", "4/4", 1), ("9/8", "3/4", 1)]
)
def test_a_bar_lies_in_whole_bars_of_the_canonical_form(metre: str, canonical: str, bars: int) -> None:
    grid = bar_grid(Metre.parse(metre))
    assert (str(grid.metre), grid.bars_for(1), grid.bars_for(4)) == (canonical, bars, 4 * bars)


@pytest.mark.parametrize("metre", METRES)
def test_places_outside_the_gap_come_back(metre: str) -> None:
    grid = bar_grid(Metre.parse(metre))
    bar = Metre.parse(metre).bar_beats
    for number in range(round(6 * bar * 12)):
        there = number / 12
        back = grid.from_song(there)
        assert not grid.is_left_out(back)
        assert grid.to_song(back) == pytest.approx(there, abs=1e-6)
    assert grid.to_song(grid.from_song(3 * bar, ends=True)) == pytest.approx(3 * bar, abs=1e-6)


def test_the_song_has_whole_bars_and_stays_inside(song: tuple[Plan, Score]) -> None:
    plan, score = song
    assert (score.bars, str(score.metre)) == (7, str(plan.metre))
    notes = [note for part in score.parts.values() for note in part.notes]
    assert all(0 <= note.onset_beats < score.length_beats and note.duration_beats > 0 for note in notes)
    last = 6 * score.metre.bar_beats
    assert {int(note.onset_beats // score.metre.bar_beats) for note in score.parts["percussion"].notes} >= set(range(6))
    assert any(note.onset_beats >= last for note in notes)


def test_chords_fill_the_song_without_a_hole(song: tuple[Plan, Score]) -> None:
    _, score = song
    ends = [0.0, *(chord.end_beats for chord in score.chords)]
    assert [chord.onset_beats for chord in score.chords] == pytest.approx(ends[:-1])
    assert ends[-1] == pytest.approx(score.length_beats)


def test_kicks_of_house_fall_on_the_felt_beats() -> None:
    """A bar of 7/8 has its kicks on 1, 4 and 6: at 0, 1.5 and 2.5, and none on what would be a beat of 4/4."""
    score = compose(_plan("7/8"))
    kicks = [note for note in score.parts["percussion"].notes if note.pitch in (35, 36)]
    chorus = [round(note.onset_beats % 3.5, 3) for note in kicks if note.onset_beats >= 3 * 3.5]
    felt = score.metre.felt_beats
    assert sum(place in (*felt, 1.0) for place in chorus) >= 0.9 * len(chorus)
    assert all(chorus.count(beat) >= 2 for beat in felt)


def test_canonical_form_and_back_is_the_same_song(song: tuple[Plan, Score]) -> None:
    plan, score = song
    back = from_canonical(score_to_canonical(score, plan), plan)
    assert [(one.root, one.quality) for one in back.chords] == [(one.root, one.quality) for one in score.chords]
    for name, part in score.parts.items():
        assert [note.pitch for note in back.parts[name].notes] == [note.pitch for note in part.notes]
        for one, other in zip(back.parts[name].notes, part.notes, strict=True):
            assert one.onset_beats == pytest.approx(other.onset_beats, abs=1e-5)
            assert one.duration_beats == pytest.approx(other.duration_beats, abs=1e-5)


def test_bars_are_rewritten_and_the_rest_stays(song: tuple[Plan, Score]) -> None:
    plan, score = song
    bar = score.metre.bar_beats
    fresh = rewrite_element(plan, score, "bass", [range(1, 3)], seed=5)
    kept = [note for note in score.parts["bass"].notes if not bar <= note.onset_beats < 3 * bar]
    assert set(kept) <= set(fresh)
    assert all(bar <= note.onset_beats < 3 * bar for note in set(fresh) - set(kept))


def test_a_range_takes_both_parts_of_its_bars() -> None:
    plan = _plan("5/4")
    assert canonical_range(plan, range(1, 2)) == range(2, 4)
    assert canonical_range(plan, range(2, 5)) == range(4, 10)


def test_stated_chords_stand_where_they_were_stated() -> None:
    plan = plan_for(
        "pop",
        5,
        structure=["verse"],
        section_bars={"verse": 4},
        metre="5/4",
        key="A minor",
        chords="Am | F | C G | Am",
        duration=None,
    )
    chords = [(str(chord.symbol()), chord.onset_beats) for chord in compose(plan).chords]
    assert [chord for chord in chords if chord[1] in (0.0, 5.0, 10.0, 15.0)] == [
        ("Am", 0.0), ("F", 5.0), ("C", 10.0), ("Am", 15.0)
    ]  # fmt: skip
    assert [name for name, beats in chords if 10.0 < beats < 15.0] == ["G"]


def test_what_follows_a_metre_knows_nothing_of_it() -> None:
    """4/4 and 3/4 are written as they are."""
    for metre in ("4/4", "3/4"):
        plan = _plan(metre)
        assert to_canonical(plan) == plan
