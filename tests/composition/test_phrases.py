"""What returns, and how it is developed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.composition.conditioning import density_class
from workbench.composition.patterns import compound_patterns, in_feel, layered
from workbench.composition.phrases import Phrasing, carries, plan_bars, resting_bars
from workbench.composition.slot_mask import SlotMask
from workbench.domain.plan import PartTraits, Plan, SectionPlan

PALETTE = ("percussion", "bass", "pads", "leads")
PHRASING = Phrasing(4, 2, (6, 7))
FIRST = SectionPlan("verse", "verse", 0, 16, 0.5, PALETTE)
SECOND = SectionPlan("verse", "verse", 24, 16, 0.5, PALETTE)


def ways(plan: Plan, section: SectionPlan, returns: int, phrasing: Phrasing = PHRASING) -> list[str]:
    return [bar.way for bar in plan_bars(plan, "bass", section, FIRST, returns, phrasing)]


def test_without_variation_a_verse_comes_back_as_it_was(tiny_plan: Plan) -> None:
    plan = replace(tiny_plan, variation=0.0)
    bars = plan_bars(plan, "bass", SECOND, FIRST, 1, PHRASING)
    assert [bar.way for bar in bars] == ["copy"] * 16
    assert [bar.source for bar in bars] == list(range(16))


def test_more_variation_develops_more(tiny_plan: Plan) -> None:
    def changed(variation: float) -> int:
        return sum(way != "copy" for way in ways(replace(tiny_plan, variation=variation), SECOND, 1))

    assert changed(0.0) < changed(0.5) <= changed(1.0)


def test_a_hook_is_shorter_than_a_phrase(tiny_plan: Plan) -> None:
    chorus = replace(FIRST, name="chorus", label="chorus")
    plan = replace(tiny_plan, variation=0.0)
    sources = [bar.source for bar in plan_bars(plan, "leads", chorus, chorus, 0, PHRASING)]
    resting = resting_bars(plan, "leads", chorus)
    assert not resting
    assert sources[:5] == [-1, -1, 0, 1, 0]


def test_the_bass_answers_where_the_leads_pause(tiny_plan: Plan) -> None:
    plan = replace(tiny_plan, parts={**tiny_plan.parts, "leads": PartTraits(0.4, 60, 84, presence=0.5)})
    resting = resting_bars(plan, "leads", FIRST)
    assert len(resting) == 8
    speaking = next(bar for bar in range(16) if bar not in resting)
    assert density_class(plan, "bass", FIRST, min(resting)) > density_class(plan, "bass", FIRST, speaking)


def test_what_carries_a_section_does_not_pause(tiny_plan: Plan) -> None:
    plan = replace(tiny_plan, parts={**tiny_plan.parts, "pads": PartTraits(0.4, 48, 76, presence=0.5)})
    breakdown = replace(FIRST, name="breakdown", elements=("pads", "leads"))
    assert carries("pads", breakdown)
    assert not carries("leads", breakdown)
    assert not carries("pads", FIRST)
    assert resting_bars(plan, "pads", FIRST)
    assert not resting_bars(plan, "pads", breakdown)


def test_a_solo_speaks_more_than_a_verse(tiny_plan: Plan) -> None:
    plan = replace(tiny_plan, parts={**tiny_plan.parts, "leads": PartTraits(0.4, 60, 84, presence=0.5)})
    solo = replace(FIRST, name="solo")
    assert len(resting_bars(plan, "leads", solo)) < len(resting_bars(plan, "leads", FIRST))


def test_leads_pause_less_where_no_pads_state_the_chord(tiny_plan: Plan) -> None:
    plan = replace(tiny_plan, parts={**tiny_plan.parts, "leads": PartTraits(0.4, 60, 84, presence=0.5)})
    trio = replace(FIRST, elements=("percussion", "bass", "leads"))
    assert 0 < len(resting_bars(plan, "leads", trio)) < len(resting_bars(plan, "leads", FIRST))


def test_a_build_grows_denser(tiny_plan: Plan) -> None:
    build = replace(FIRST, name="build")
    assert density_class(tiny_plan, "pads", build, 15) > density_class(tiny_plan, "pads", build, 0)


def test_gates_close_slots() -> None:
    gate = SlotMask(3, triplets=True, silences={1: (0, 36), 2: (12, 24)})
    open_in_first = np.flatnonzero(gate.step_bias(0, -1, -1)[1:-1] == 0)
    assert open_in_first.tolist() == list(range(0, 48, 4))
    assert np.flatnonzero(gate.step_bias(1, -1, -1)[1:-1] == 0).tolist() == [36, 40, 44]
    assert np.flatnonzero(gate.step_bias(2, -1, -1)[1:-1] == 0).tolist() == [0, 4, 8, *range(24, 48, 4)]


def test_patterns_in_other_feels() -> None:
    patterns = {"kick": "x-.---.ox-o---o.", "snare": "----x-------x-..", "open_hat": "--x---x---x---x-"}
    assert in_feel(patterns, "half-time")["snare"][8] == "x"
    assert in_feel(patterns, "double-time")["snare"] == "--x---x.--x---x."
    assert in_feel(patterns, "normal") == patterns
    assert set(layered(patterns, 0)["open_hat"]) == {"-", "."}
    assert layered(patterns, 2) == patterns
    assert all(len(text) == 12 for text in compound_patterns(patterns).values())
