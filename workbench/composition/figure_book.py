"""The books of figures: in which rhythms pads and bass accompany, and which figure each section of a song takes.

Each style names the figures that its players use; a song leans to the calm or to the busy ones, and a section takes the
busier of them the fuller it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from workbench.composition.conditioning import density_class, fuller
from workbench.composition.phrases import HOOKS, habit
from workbench.domain.data_files import read_shipped
from workbench.domain.elements import Kind, kind_of, of_kind
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.models.context import DENSITY_CLASSES

FREE = "free"
"""The name of what is no figure: the network's own rhythm."""
TRIPLETS = 3
"""Steps of a beat in compound metres."""
_BOOKS: Mapping[Kind, str] = {"chords": "figures.yaml", "bass": "bass_figures.yaml"}
_FREE_STRIKES: Mapping[Kind, float] = {"chords": 2.0, "bass": 5.0}
"""Strikes a bar that the networks write."""
_STEPS_A_BEAT, _STEPS_A_BAR = 4, 16
_THIRD_OF = (0, 1, 2, 2)
"""The third of a beat on which each of its sixteenths comes in triplets."""
_LEANING = 0.7
"""Share of the place in the list, from calm to busy, that is the song's own; the rest is what density asks for. Most
songs hold their chords or keep them moving, few stand between.
"""
_APART = 0.75
"""How far to both sides of the middle songs lean; beyond 0.5 the calmest or the busiest figure stays throughout."""
_LOCKED, _AS_BUSY = 0.75, 1.5
"""Share of songs whose pads strike with the bass, and how many strikes a bar apart figures are taken as alike."""
_STEADY = 0.5
"""Share of songs whose player keeps one figure from the first section to the last chorus."""
_GROWS = 0.5
"""Share of songs whose last chorus is busier; others are only sung in two voices there, or louder."""
_FULLER, _FULLER_BY, _COMES_BACK, _LAST = 0.8, 0.25, 0.5, 1.0
"""Places that a section moves which has so much more energy than the song, comes back, or is the last chorus."""

Strike = tuple[float, str]
"""Beats from the beginning of a bar, and which tones."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Strikes on sixteenths of one or two bars of 4/4, as the books spell them, and how long they are held."""

    steps: str
    hold: float

    @property
    def strikes_a_bar(self) -> float:
        """How busy it is."""
        return _STEPS_A_BAR * sum(step != "." for step in self.steps) / len(self.steps)

    @property
    def places(self) -> frozenset[int]:
        """The sixteenths of two bars that are struck."""
        steps = (self.steps * 2)[: 2 * _STEPS_A_BAR]
        return frozenset(place for place, step in enumerate(steps) if step != ".")

    def strikes(self, bar: int, bar_beats: float, *, triplets: bool) -> list[Strike]:
        """The strikes in a bar of a section.

        With `triplets` the second eighth of a beat is the last of its three.

        Examples
        --------
        >>> Figure("x...u.u.........", 1.0).strikes(0, 3.0, triplets=False)
        [(0.0, 'x'), (1.0, 'u'), (1.5, 'u')]
        """
        start = bar * _STEPS_A_BAR % len(self.steps)
        steps = self.steps[start : start + round(bar_beats * _STEPS_A_BEAT)]
        struck = [(place, step) for place, step in enumerate(steps) if step != "."]
        if not triplets:
            return [(place / _STEPS_A_BEAT, step) for place, step in struck]
        thirds = {
            place // _STEPS_A_BEAT + _THIRD_OF[place % _STEPS_A_BEAT] / TRIPLETS: step
            for place, step in reversed(struck)
        }
        return sorted(thirds.items())


@cache
def figures(kind: Kind) -> Mapping[str, Figure]:
    """All figures of pads or bass by name."""
    form: dict[str, dict[str, Any]] = read_shipped("workbench.composition", _BOOKS[kind])
    return {name: Figure(**fields) for name, fields in form.items()}


def section_figures(plan: Plan, element: str) -> list[str]:
    """The name of the figure of each section; the calmest to the busiest of the style, by how full the section is.

    The first section of a label decides for those that follow. The last chorus is busier, and so are pads in any other
    section that comes back; a bass is known by its line and stays.
    """
    names = sorted(plan.parts[element].figures or (FREE,), key=lambda name: _busy(name, element))
    places: dict[str, float] = {}
    last = {section.label: number for number, section in enumerate(plan.sections)}
    chosen = []
    for number, section in enumerate(plan.sections):
        lift = 0.0
        if section.label in places and section.name in HOOKS:
            lift = _LAST * (number == last[section.label] and habit(plan, element, "last chorus") < _GROWS)
        elif section.label in places and kind_of(element) == "chords":
            lift = _COMES_BACK * 2.0 * plan.variation
        place = places.setdefault(section.label, _place(plan, element, section, len(names)))
        chosen.append(names[max(0, min(len(names) - 1, round(place + lift)))])
    lines = of_kind(plan.parts, "bass")
    if kind_of(element) == "chords" and lines and habit(plan, element, "locks") < _LOCKED:
        return [
            _locked(name, names, below) for name, below in zip(chosen, section_figures(plan, lines[0]), strict=True)
        ]
    return chosen


def _locked(name: str, names: Sequence[str], below: str) -> str:
    """Of the figures that are as busy as one, that which strikes with the bass most often."""
    if FREE in (name, below):
        return name
    bass, busy = figures("bass")[below].places, figures("chords")[name].strikes_a_bar
    alike = [one for one in names if one != FREE and abs(figures("chords")[one].strikes_a_bar - busy) <= _AS_BUSY]
    together = {one: len(bass & figures("chords")[one].places) / len(figures("chords")[one].places) for one in alike}
    return max(alike, key=lambda one: (together[one], one == name, one))


def _place(plan: Plan, element: str, section: SectionPlan, count: int) -> float:
    """Where a section stands in a list of figures from calm to busy."""
    leaning = generator(plan.seed, element, "figures").random()
    if kind_of(element) == "chords":
        leaning = 0.5 - _APART * math.cos(math.pi * leaning)
    if habit(plan, element, "steady") < _STEADY:
        return min(1.0, max(0.0, leaning + fuller(plan))) * (count - 1)
    asked = (density_class(plan, element, section) - 1) / (DENSITY_CLASSES - 1)
    middle = sum(one.energy for one in plan.sections) / len(plan.sections)
    own = (_LEANING * leaning + (1.0 - _LEANING) * asked) * (count - 1)
    return own + _FULLER * (section.energy - middle) / _FULLER_BY


def _busy(name: str, element: str) -> tuple[float, str]:
    return (_FREE_STRIKES[kind_of(element)] if name == FREE else figures(kind_of(element))[name].strikes_a_bar, name)
