"""Percussion: the network plays on a grid of what the style expects, with fills and a new touch at each return."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.composition.conditioning import context_for
from workbench.composition.drum_figures import with_figures
from workbench.composition.drum_sheet import ROLES, beat_slot, drum_prior, loop_bars, third_of
from workbench.composition.drummer import PROGRAM_BARS, is_programmed, restlessness
from workbench.composition.fills import Announcement, announcements
from workbench.composition.phrases import TRIES, stands_still
from workbench.domain.arrays import Integers
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.models.context import SongContext
from workbench.models.elements import PERCUSSION
from workbench.models.grid import SLOTS_PER_BEAT
from workbench.models.part_writer import PartWriter
from workbench.models.registry import load_network
from workbench.models.spec import conditioning_of

_HATS = ("closed_hat", "open_hat", "ride", "pedal_hat")
_MACHINE_STYLES = ("house", "techno", "trance", "dnb", "dance", "ambient", "electronic")
_TURNS, _TOUCHES = (1.8, 1.4), (1.4, 0.0)
"""Chance at full variation that the fourth bar ends anew, and any other: of drummers, and of machines."""
_AGAIN = 0.4
"""How much rarer such bars are where a section returns."""
_LONGEST_TURN_BEATS, _RESTLESS = 3, 0.6
"""Beats that end anew, and from how much on a whole bar may."""


def write_percussion(plan: Plan) -> Integers:
    """Rows of the percussion part; sections that it does not play in are empty."""
    writer, _ = drum_writer(plan)
    ends = announcements(plan)
    first: dict[str, SectionPlan] = {}
    for number, section in enumerate(plan.sections):
        if "percussion" not in section.elements:
            writer.rest(section.bars)
            continue
        if section.label not in first:
            writer.forget()
        model = first.setdefault(section.label, section)
        rng = generator(plan.seed, "percussion", section.label, number)
        _write_section(writer, plan, section, model, rng, ends)
    return with_figures(writer.rows, plan)


def drum_writer(plan: Plan, *, ahead: Integers | None = None) -> tuple[PartWriter, SongContext]:
    """The network of percussion, ready to write, and its conditioning; `ahead` are bars that stand already."""
    source = "accompaniment" if plan.model_style in _MACHINE_STYLES else "played"
    context = context_for(plan, PERCUSSION, (), {}, source)
    writer = PartWriter(
        load_network("percussion", plan.models.get("percussion")),
        conditioning_of(PERCUSSION, context),
        context.bar_beats,
        replace(PERCUSSION.settings, nucleus=0.97),
        prior=drum_prior(plan),
        ahead=ahead,
    )
    return writer, context


def _write_section(
    writer: PartWriter,
    plan: Plan,
    section: SectionPlan,
    model: SectionPlan,
    rng: np.random.Generator,
    ends: dict[int, Announcement],
) -> None:
    """The groove is found once, then played on; bars that announce a change end anew, and others as variation says.

    A build-up never stands still. A section that returns is played as it was, turns included; so does what a machine
    plays after eight bars.
    """
    loop, beats = loop_bars(plan), round(plan.metre.bar_beats)
    for bar in range(section.bars):
        luck, half = rng.random(2)
        rises = section.name == "build" and third_of(section, bar) > third_of(section, bar - 1)
        returns = model is not section and bar < model.bars - 1
        source = model.start_bar + (bar if returns else min(bar % loop, model.bars - 1))
        end = ends.get(section.start_bar + bar)
        if model is section and (bar < loop or rises):
            writer.sample(1, rng, may_rest=False)
        elif section.name == "build":
            writer.replay(writer.bars - 1 if model is section else model.start_bar + min(bar, model.bars - 1), 1, rng)
        elif end is not None and not end.stops:
            writer.vary(source, beat_slot(beats, end.beats), rng, may_rest=False)
        elif is_programmed(plan) and (returns or bar >= PROGRAM_BARS):
            writer.copy(source if returns else section.start_bar + bar - PROGRAM_BARS, 1)
        elif luck < _turn_chance(plan, bar, returns=returns):
            longest = beats if plan.variation * restlessness(plan) > _RESTLESS else _LONGEST_TURN_BEATS
            writer.vary(source, SLOTS_PER_BEAT * (beats - 1 - int(half * longest)), rng, may_rest=False)
        elif is_programmed(plan):
            writer.copy(source, 1)
        else:
            writer.replay(source, 1, rng)
        _move_on(writer, plan, rng)


def _turn_chance(plan: Plan, bar: int, *, returns: bool) -> float:
    """How surely a bar of a section ends anew; less where the section `returns`."""
    often = (_TURNS if bar % 4 == 3 else _TOUCHES)[is_programmed(plan)]
    return plan.variation * restlessness(plan) * often * (_AGAIN if returns else 1.0)


def _move_on(writer: PartWriter, plan: Plan, rng: np.random.Generator) -> None:
    """After eight times the same bar comes another one; where the network knows none, the hats drop out."""
    for attempt in range(TRIES):
        if not stands_still(writer, plan):
            return
        writer.undo()
        if attempt < TRIES - 1:
            writer.sample(1, rng, may_rest=False)
        else:
            writer.replay(writer.bars - 1, 1, rng, without=tuple(ROLES.index(role) for role in _HATS))
