"""Changes are announced: which bars end in a fill or in silence, and what is struck there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbench.composition.drummer import restlessness
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.song import HOOK_SECTIONS

Template = Mapping[str, str]
"""Drum role -> the characters of the last beats of a bar, four a beat; roles without an entry play on."""
Strength = Literal["light", "strong"]

_NO_HATS = dict.fromkeys(("closed_hat", "ride", "open_hat"), "--------")

FILLS: Mapping[str, Mapping[Strength, tuple[Template, ...]]] = {
    "snares": {
        "light": ({"snare": "x-xx"}, {"snare": "--xx"}, {"snare": "xg-x", "kick": "--x-"}, {"snare": "xgxg"}),
        "strong": (
            {**_NO_HATS, "snare": "x-xxx-xx", "kick": "-x---x--"},
            {**_NO_HATS, "snare": "xgxxxgxx", "kick": "--------"},
            {**_NO_HATS, "snare": "--x-xxxx", "kick": "x--x----"},
        ),
    },
    "toms": {
        "light": (
            {"snare": "xx--", "low_tom": "--xx"},
            {"snare": "x---", "high_tom": "-xx-", "low_tom": "---x"},
            {"high_tom": "x-x-", "low_tom": "-x-x", "snare": "----"},
            {"snare": "x---", "high_tom": "-x--", "mid_tom": "--x-", "low_tom": "---x"},
            {"high_tom": "x---", "mid_tom": "--xx", "snare": "-g--"},
        ),
        "strong": (
            {**_NO_HATS, "snare": "xx------", "high_tom": "--xx----", "mid_tom": "----xx--", "low_tom": "------xx"},
            {**_NO_HATS, "snare": "x-xx----", "high_tom": "----xx--", "low_tom": "------xx", "kick": "x---x---"},
            {**_NO_HATS, "high_tom": "xx-x----", "mid_tom": "----x-x-", "low_tom": "-----x-x", "snare": "--x-----"},
        ),
    },
    "kicks": {
        "light": (
            {"kick": "--xx", "snare": "x---"},
            {"kick": "-x--", "snare": "x-gx"},
            {"kick": "x--x", "snare": "--x-"},
        ),
        "strong": (
            {"kick": "x-x--x--", "snare": "---xx-xx"},
            {"kick": "xx------", "snare": "--x-x-xx"},
            {**_NO_HATS, "kick": "x--x--x-", "snare": "----x--x"},
        ),
    },
    "hats": {
        "light": ({"open_hat": "--x-", "closed_hat": "xx--"}, {"open_hat": "x---", "closed_hat": "----"}),
        "strong": (
            {"kick": "--------", "open_hat": "------x-", "closed_hat": "xxxxxx--"},
            {"kick": "x---x---", "open_hat": "--x---x-", "closed_hat": "xx--xx--"},
        ),
    },
    "claps": {
        "light": ({"kick": "----", "clap": "x-xx"}, {"clap": "x-x-", "kick": "x---"}, {"kick": "----", "clap": "x--x"}),
        "strong": (
            {"kick": "--------", "clap": "x-x-xxxx"},
            {"kick": "x-------", "clap": "x--x--x-", "snare": "----xxxx"},
        ),
    },
    "hand drums": {
        "light": ({"percussion": "x-xx"}, {"percussion": "xx-x", "low_tom": "--x-"}),
        "strong": (
            {"percussion": "x-xxx-xx", "low_tom": "-x---x--"},
            {"percussion": "xx-xx-xx", "low_tom": "--x--x--", "side_stick": "--------"},
        ),
    },
}  # fmt: skip
"""By kind and strength: a light fill takes the last beat, a strong one the last two."""

_LIFT = 0.08
"""Rise of energy from which a section is announced strongly."""
_CALM = 0.4
_AT_EIGHT, _AT_FOUR = 0.7, 0.35
"""Chance of a light fill at the end of eight bars within a section, and of four, at middling variation."""
_KNOWN = 2
"""Fills of a kind and strength that a player has; they are the song's own."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """How a bar ends: with a fill (`template`) or, where that is empty, in silence, over its last `beats` beats."""

    template: Template
    beats: float

    @property
    def stops(self) -> bool:
        """Whether all drums are silent."""
        return not self.template


def announcements(plan: Plan) -> dict[int, Announcement]:
    """What each bar of the song ends with, by bar; bars that just go on have no entry."""
    found: dict[int, Announcement] = {}
    following = [*plan.sections[1:], None]
    for number, (section, after) in enumerate(zip(plan.sections, following, strict=True)):
        if "percussion" not in section.elements or section.bars < 2:
            continue
        rng = generator(plan.seed, "announcements", section.label, number)
        for bar in range(section.bars):
            chance, choice = rng.random(2)
            ending = _ending(plan, section, after, bar, chance)
            if ending is not None:
                found[section.start_bar + bar] = _announced(plan, ending, choice)
    return found


def _ending(
    plan: Plan, section: SectionPlan, after: SectionPlan | None, bar: int, chance: float
) -> Literal["stop", "light", "strong"] | None:
    """How a bar of a section ends. Builds have their own way to the drop, but may stop before it."""
    last = bar == section.bars - 1
    if last and after is None:
        return None
    if last and after is not None and after.name in HOOK_SECTIONS and chance < plan.groove.stops:
        return "stop"
    if section.name == "build" or not plan.groove.fills:
        return None
    if last and after is not None:
        rises = after.energy - section.energy > _LIFT or after.name in HOOK_SECTIONS
        return "strong" if section.energy >= _CALM and (rises or chance < plan.variation) else "light"
    often = {3: _AT_FOUR, 7: _AT_EIGHT}.get(bar % 8, 0.0) * (0.2 + 1.6 * plan.variation * restlessness(plan))
    return "light" if chance < often else None


def _announced(plan: Plan, ending: Literal["stop", "light", "strong"], choice: float) -> Announcement:
    if ending == "stop":
        return Announcement({}, (1.0, 0.5, 1.0, 2.0)[int(4 * choice)])
    templates = repertoire(plan, ending)
    return Announcement(templates[int(choice * len(templates))], 1.0 if ending == "light" else 2.0)


def repertoire(plan: Plan, strength: Strength) -> Sequence[Template]:
    """The fills that the player of this song knows: a few of each kind that the style likes."""
    rng = generator(plan.seed, "repertoire", strength)
    known: list[Template] = []
    for kind in plan.groove.fills:
        templates = FILLS[kind][strength]
        order = rng.permutation(len(templates))[:_KNOWN]
        known += [templates[index] for index in np.sort(order)]
    return known
