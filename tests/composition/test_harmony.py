"""The pace of chords by section and song, and where a pedal holds."""

from __future__ import annotations

from dataclasses import replace

from workbench.composition.harmonic_rhythm import bars_per_chord, loop_bars
from workbench.composition.harmony import over_pedal, write_chords
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.theory import Chord, Key

EVERYONE = ("percussion", "bass", "pads", "leads")


def song(plan: Plan, seed: int, tempo_bpm: float = 100.0) -> Plan:
    sections = (
        SectionPlan("verse", "verse", 0, 8, 0.5, EVERYONE),
        SectionPlan("chorus", "chorus", 8, 8, 0.8, EVERYONE),
    )
    harmony = replace(plan.harmony, loop_bars=8, bars_per_chord=1.0)
    return replace(plan, seed=seed, tempo_bpm=tempo_bpm, sections=sections, harmony=harmony)


def test_songs_differ_in_pace_and_so_do_their_sections(tiny_plan: Plan) -> None:
    paces = {
        tuple(bars_per_chord(song(tiny_plan, seed), section) for section in song(tiny_plan, seed).sections)
        for seed in range(40)
    }
    assert paces == {(1.0, 1.0), (2.0, 1.0), (0.5, 1.0), (1.0, 0.5)}


def test_chords_of_fast_songs_change_no_quicker_than_bars(tiny_plan: Plan) -> None:
    fast = [song(tiny_plan, seed, tempo_bpm=174.0) for seed in range(40)]
    assert min(bars_per_chord(plan, section) for plan in fast for section in plan.sections) == 1.0


def test_quick_sections_have_more_chords(tiny_plan: Plan) -> None:
    quick = next(plan for seed in range(40) if bars_per_chord(plan := song(tiny_plan, seed), plan.sections[1]) == 0.5)
    chords = write_chords(replace(quick, harmony=replace(quick.harmony, passing=0.0)))
    verse, chorus = (sum(first <= chord.onset_beats < first + 32.0 for chord in chords) for first in (0.0, 32.0))
    assert chorus > verse


def test_a_dominant_holds_the_last_half_of_a_build(tiny_plan: Plan) -> None:
    build = SectionPlan("build", "build", 4, 8, 0.6, EVERYONE, pedal="dominant")
    key = Key.parse("C")
    chords = [Chord.parse("Dm", onset_beats=4.0 * bar, duration_beats=4.0) for bar in range(4, 12)]
    basses = [over_pedal(chord, build, key, 4.0).bass for chord in chords]
    assert basses == [2, 2, 2, 2, 7, 7, 7, 7]
    intro = replace(build, name="intro", pedal="tonic")
    f_major = replace(chords[0], root=5, quality="maj", bass=5)
    assert over_pedal(f_major, intro, key, 4.0).bass == 0


def test_verses_and_choruses_have_loops_of_their_own(tiny_plan: Plan) -> None:
    def loops(seed: int) -> tuple[int, ...]:
        plan = song(tiny_plan, seed)
        plan = replace(plan, harmony=replace(plan.harmony, loop_bars=4))
        return tuple(loop_bars(plan, section) for section in plan.sections)

    found = {loops(seed) for seed in range(40)}
    assert {length for pair in found for length in pair} == {2, 4, 8}
    assert any(verse != chorus for verse, chorus in found)
