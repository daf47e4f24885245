"""Who plays the drums of a song: a drummer at a kit, or a machine that somebody programmed.

Whole songs that people made hold the two apart (sessions of Groove, and MIDI songs of games and of LMMS): a machine
strikes on the grid, in two or three levels, and its bars come back as they were; a drummer does none of this.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from workbench.composition.phrases import habit
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.song import HOOK_SECTIONS, drum_role

PROGRAM_BARS = 8
"""After how many bars the turns of a machine come back."""
_PROGRAMMED, _PLAYED = 0.35, 0.75
"""Looseness up to which a machine plays, and from which a drummer does; between them the song decides."""
_PLAIN = {
    "kick": 98, "snare": 98, "clap": 94, "side_stick": 86, "closed_hat": 80, "pedal_hat": 70, "open_hat": 86,
    "ride": 82, "crash": 102, "percussion": 76,
}  # fmt: skip
"""Velocity of a plain step; toms have that of `_TOM`."""
_TOM = 94
_SOFT_BELOW, _ACCENT_FROM = 52, 92
"""Written velocities below and from which a step is soft or has the accent."""
_SOFT, _ACCENT, _MOST = 0.4, 1.18, 125
_EVEN, _FLAT, _TWO_LEVELS = 0.42, 0.65, 0.8
"""Shares of machines that play all drums at one level, that know no accents, and none in the hats."""
_EVEN_LEVELS = (80.0, 120.0)
_STILL = 0.35
"""Share of machines that nobody touches between the ends of sections."""
_ALONE = (0.8, 2.4)
"""Share of bars at full variation that are ornamented for themselves, of the steadiest and of the freest drummer."""
_RIDES, _RIDES_VERSES = 0.4, 0.85
"""Habits from which a drummer keeps time on the ride in choruses and solos, and from which in the other sections."""
_ON_RIDE = (*HOOK_SECTIONS, "solo", "post-chorus")
_RESTLESS, _RESTLESS_MACHINE = (0.3, 3.2), 2.0
_BY_EAR = 16.0
"""How far the levels of two songs may lie apart."""
_EIGHTHS = "x.x.x.x.x.x.x.x."
_PULSES = (
    (0.34, "x...x...x...x..."), (0.44, "x.o.x.o.x.o.x.o."), (0.72, _EIGHTHS), (0.88, "x.xox.x.xox.x.x."),
    (1.0, "xoxoxoxoxoxoxoxo"),
)  # fmt: skip
"""How players keep time where a style says no more than eighths: up to which habit, and how."""
_HANDS_FULL = frozenset("Xx")


def is_programmed(plan: Plan) -> bool:
    """Whether a machine plays the drums."""
    chance = float(np.interp(plan.groove.looseness, (_PROGRAMMED, _PLAYED), (1.0, 0.0)))
    return habit(plan, "percussion", "programmed") < chance


def programmed_velocity(note: Note, plan: Plan) -> int:
    """The level at which a machine plays a written stroke, as the song's programmer has set it.

    Parameters
    ----------
    note : Note
        With the velocity that the network wrote.
    plan : Plan
    """
    role = drum_role(note.pitch)
    plain = _PLAIN.get(role, _TOM) + _BY_EAR * (habit(plan, "percussion", f"level of {role}") - 0.5)
    accents = habit(plan, "percussion", "accents")
    if accents < _EVEN:
        plain = float(np.interp(habit(plan, "percussion", "level"), (0.0, 1.0), _EVEN_LEVELS))
    if note.velocity < _SOFT_BELOW:
        return round(plain * _SOFT)
    if note.velocity < _ACCENT_FROM or accents < _FLAT or (accents < _TWO_LEVELS and "hat" in role):
        return round(plain)
    return min(_MOST, round(plain * _ACCENT))


def occasion(plan: Plan, section: SectionPlan, bar: int) -> tuple[str | int, ...]:
    """What the small changes of a bar (of the song) belong to: its place in the section, so that they come back with
    it, or, in some bars of drummers, this bar alone.
    """
    within = bar - section.start_bar
    if is_programmed(plan):
        return section.label, within % PROGRAM_BARS
    freedom = float(np.interp(habit(plan, "percussion", "freedom"), (0.0, 1.0), _ALONE))
    alone = generator(plan.seed, "occasion", bar).random() < plan.variation * freedom
    return (bar,) if alone else (section.label, within)


def restlessness(plan: Plan) -> float:
    """How much more often than usual bars are played anew or turn: 0.3 to 3.2 by drummers, 0 to 2 by machines."""
    inclined = habit(plan, "percussion", "restless")
    if is_programmed(plan):
        return float(np.interp(inclined, (_STILL, 1.0), (0.0, _RESTLESS_MACHINE)))
    return float(np.interp(inclined, (0.0, 1.0), _RESTLESS))


def within_reach(patterns: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """The patterns as the player has hands for them: time is kept in a pulse of the song's own, and a drummer shakes
    nothing beside the kit, unless the style is made of hand drums.
    """
    played, shaken = dict(patterns), patterns.get("percussion", "")
    if patterns.get("closed_hat") == _EIGHTHS:
        pulse = habit(plan, "percussion", "pulse")
        played["closed_hat"] = next(hats for until, hats in _PULSES if pulse <= until)
    if not is_programmed(plan) and not _HANDS_FULL & set(shaken):
        played["percussion"] = "-" * len(shaken)
    return played


def rides(plan: Plan, section: str) -> bool:
    """Whether the drummer keeps time on the ride in sections of a name, rather than on the hat."""
    inclined = habit(plan, "percussion", "rides")
    if is_programmed(plan) or inclined < _RIDES:
        return False
    return section in _ON_RIDE if inclined < _RIDES_VERSES else section not in _ON_RIDE
