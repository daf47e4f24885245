"""Chords that lead to the next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.composition.approaches import with_approaches
from workbench.composition.modes import contradicting_tone
from workbench.domain.plan import HarmonyTraits, Plan, SectionPlan
from workbench.domain.theory import CHARACTER_STEPS, Chord, Key

SECTION = SectionPlan("verse", "verse", 0, 4, 0.5, ("bass", "pads"))


def chords(*symbols: str) -> list[Chord]:
    return [Chord.parse(symbol, onset_beats=4.0 * bar) for bar, symbol in enumerate(symbols)]


def led(plan: Plan, key: str, *symbols: str, seed: int = 0, passing: float = 1.0, **traits: str) -> list[Chord]:
    harmony = HarmonyTraits(passing=passing, **traits)  # type: ignore[arg-type]
    asked = replace(plan, seed=seed, harmony=harmony)
    return with_approaches(chords(*symbols), asked, SECTION, Key.parse(key))


def test_without_passing_chords_stay(tiny_plan: Plan) -> None:
    assert led(tiny_plan, "C", "C", "F", "G", "C", passing=0.0) == chords("C", "F", "G", "C")


def test_what_leads_takes_the_last_half_bar_and_nothing_else_moves(tiny_plan: Plan) -> None:
    written = led(tiny_plan, "C", "C", "Am", "F", "C")
    on_bars = [chord for chord in written if chord.onset_beats % 4.0 == 0.0]
    assert [chord.symbol() for chord in on_bars] == ["C", "Am", "F", "C"]
    added = [chord for chord in written if chord.onset_beats % 4.0]
    assert added
    assert all(chord.onset_beats % 4.0 == 2.0 and chord.duration_beats == 2.0 for chord in added)
    assert sum(chord.duration_beats for chord in written) == 16.0


def test_between_roots_a_third_apart_lies_the_tone_between(tiny_plan: Plan) -> None:
    found = {led(tiny_plan, "C", "Em", "Em", "Em", "C", seed=seed)[-2].symbol() for seed in range(40)}
    # To C from Em: its dominant (plain or with the third below), Dm between and above, F, and no other chord.
    assert "Dm" in found
    assert found <= {"Em", "G", "G/B", "Dm", "F"}


def test_dominants_of_other_degrees_are_heard(tiny_plan: Plan) -> None:
    found = {led(tiny_plan, "C", "F", "F", "F", "Am", seed=seed)[-2].symbol() for seed in range(40)}
    assert {"E", "E/G#"} & found


def test_power_chords_have_no_inversions(tiny_plan: Plan) -> None:
    for seed in range(20):
        assert all(one.bass == one.root for one in led(tiny_plan, "C", "C", "F", "G", "Am", seed=seed, colour="power"))


@pytest.mark.parametrize("mode", list(CHARACTER_STEPS))
def test_no_approach_contradicts_the_mode(tiny_plan: Plan, mode: str) -> None:
    key = Key(0, mode)
    against = contradicting_tone(key)
    third = "m" if key.has_minor_third else ""
    for seed in range(20):
        asked = replace(tiny_plan, seed=seed, harmony=HarmonyTraits(passing=1.0))
        written = with_approaches(chords(f"C{third}", "Bb", f"C{third}", "Bb"), asked, SECTION, key)
        assert all(against not in (*one.pitch_classes, one.bass) for one in written if one.onset_beats % 4.0)


def test_what_returns_is_approached_alike(tiny_plan: Plan) -> None:
    twice = SectionPlan("verse", "verse", 0, 8, 0.5, ("pads",))
    asked = replace(tiny_plan, harmony=HarmonyTraits(passing=0.5))
    written = with_approaches(chords(*["C", "Am", "F", "G"] * 2), asked, twice, Key.parse("C"))
    told = [(chord.onset_beats, chord.symbol()) for chord in written]
    first = [one for one in told if one[0] < 12.0]
    assert [(beats + 16.0, symbol) for beats, symbol in first] == [one for one in told if 16.0 <= one[0] < 28.0]
