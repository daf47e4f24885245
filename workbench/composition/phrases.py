"""Phrases: where an element pauses, what comes back in each bar, and how much of it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbench.domain.elements import kind_of, plays
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.song import HOOK_SECTIONS
from workbench.models.part_writer import PartWriter

Way = Literal["rest", "pick-up", "new", "copy", "vary", "echo"]
"""What happens in a bar: nothing, an upbeat to the next one, a new idea, what was, what was with another ending, or the
rhythm of what was with other pitches.
"""

LONGEST_RUN_BARS, TRIES = 8, 4
"""Bars in a row that may hold the same notes, and how often something else is looked for."""

_COMPOUND_STEPS = 3

HOOKS = (*HOOK_SECTIONS, "post-chorus")
_SOLO_PRESENCE, _LONE_PRESENCE = 0.85, 0.8
"""Least share of bars in which leads play in a solo, and where no pads state the chords."""
_SUNG = 0.65
"""Share of songs whose tune is a singer's; riffs are all an instrument's."""
_PICK_UPS = 0.7
"""Share of pauses that end in an upbeat."""
_DEVELOPED = 0.85
"""Share of returning bars that are changed at full variation, at their first return; later ones change more."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """How an element unfolds: bars of its phrase (and of its hook in choruses), bars of eight that are always new."""

    phrase_bars: int
    hook_bars: int
    fresh_bars: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BarPlan:
    """What happens in one bar; `source` is the bar (of the song) that returns, `silence` the slots left free."""

    way: Way
    source: int = -1
    silence: tuple[int, int] | None = None


def plan_bars(
    plan: Plan, element: str, section: SectionPlan, model: SectionPlan, returns: int, phrasing: Phrasing
) -> list[BarPlan]:
    """What happens in each bar of a section.

    Parameters
    ----------
    plan : Plan
    element : str
    section, model : SectionPlan
        The section, and the first one of its label, whose material it takes up.
    returns : int
        How often the label has come before; what comes for the third time is changed more than for the second.
    phrasing : Phrasing
    """
    resting = resting_bars(plan, element, section)
    rng = generator(plan.seed, element, "development", section.label, returns)
    changed = min(0.9, plan.variation * _DEVELOPED * (1.0 + 0.3 * max(0, returns - 1)))
    length = phrasing.hook_bars if section.name in HOOKS else phrasing.phrase_bars
    bars = []
    for bar in range(section.bars):
        # Always drawn, so that what one bar does leaves the draws of the others alone.
        luck, upbeat = rng.random(2)
        if bar in resting:
            bars.append(BarPlan("pick-up" if _leads_in(resting, bar, section) and upbeat < _PICK_UPS else "rest"))
            continue
        source = _source(section, model, bar, length)
        turns = bar % 8 in phrasing.fresh_bars or (bar == section.bars - 1 and section.bars % 8 == 4)
        if source < 0 or (turns and plan.variation > 0.0):
            bars.append(BarPlan("new"))
        else:
            # Phrases change at their ends before they change at their beginnings.
            odds = changed * (1.5 if bar % 4 == 3 else 0.8) if returns or bar % 4 == 3 else 0.0
            bars.append(BarPlan("vary" if luck < odds else "copy", source))
    return bars


def carries(element: str, section: SectionPlan) -> bool:
    """Whether an element holds a section together: what plays alone, and pads where neither bass nor drums play."""
    if len(section.elements) == 1:
        return True
    return kind_of(element) == "chords" and not any(kind_of(one) in ("bass", "drums") for one in section.elements)


def habit(plan: Plan, element: str, name: str) -> float:
    """What the player of this song is inclined to, 0 to 1: no two songs are played alike."""
    return float(generator(plan.seed, element, "habit", name).random())


def is_sung(plan: Plan, element: str) -> bool:
    """Whether a tune is sung, with breaths, held ends and words that change its rhythm, or played on an instrument."""
    return plan.parts[element].manner == "tune" and habit(plan, element, "sung") < _SUNG


def resting_bars(plan: Plan, element: str, section: SectionPlan) -> frozenset[int]:
    """Bars (from the section's start) in which an element pauses: whole pairs, the last of each four first.

    What carries the section does not pause, nor do pads that have no bass beneath. The others may answer there.
    """
    traits = plan.parts.get(element)
    states_chords = kind_of(element) == "chords" and not plays(section.elements, "bass")
    if traits is None or carries(element, section) or states_chords or section.bars < 4:
        return frozenset()
    presence = traits.presence
    if kind_of(element) == "melody":
        presence = max(presence, _SOLO_PRESENCE if section.name == "solo" else 0.0)
        presence = max(presence, 0.0 if plays(section.elements, "chords") else _LONE_PRESENCE)
    if presence >= 0.95:
        return frozenset()
    rng = generator(plan.seed, element, section.label)
    pairs = list(range(section.bars // 2))
    order = sorted(pairs, key=lambda pair: (pair % 2 == 0, pair == 0, rng.random()))
    pauses = order[: round((1.0 - presence) * len(pairs))]
    return frozenset(2 * pair + half for pair in pauses for half in (0, 1))


def stands_still(writer: PartWriter, plan: Plan) -> bool:
    """Whether the same bar has come more often in a row than listeners bear.

    A bar of the canonical form may be two bars of 6/8, so in compound metres its halves are counted as well.
    """
    parts = (1, 2) if plan.groove.steps_per_beat == _COMPOUND_STEPS else (1,)
    return any(writer.same_bars(each) > LONGEST_RUN_BARS for each in parts)


def first_slot_of_pick_up(rng: np.random.Generator, bar_beats: int) -> int:
    """Slot from which an upbeat may sound: the last beat, or its second half."""
    return 12 * (bar_beats - 1) + (6 if rng.random() < 0.4 else 0)


def _leads_in(resting: frozenset[int], bar: int, section: SectionPlan) -> bool:
    """Whether the pause ends with this bar, so that an upbeat may lead back in."""
    return bar + 1 < section.bars and bar + 1 not in resting


def _source(section: SectionPlan, model: SectionPlan, bar: int, phrase_bars: int) -> int:
    if model is not section and bar < model.bars:
        return model.start_bar + bar
    return section.start_bar + bar % phrase_bars if bar >= phrase_bars else -1
