"""Licks: what a drummer plays around the groove, from a repertoire of the song's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from workbench.composition.drum_sheet import ROLES, patterns_of
from workbench.composition.drummer import occasion
from workbench.composition.phrases import habit
from workbench.domain.data_files import read_shipped
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.models.grid import SIXTEENTH_SLOTS, SLOTS_24, SLOTS_PER_BEAT

_KNOWN = (4, 8)
"""Licks that a player knows, from the plainest to the most skilled."""
_OFTEN = (1.0, 12.0)
"""Licks a bar at full variation, of the calmest and of the busiest player."""
_GHOSTS = 0.55
"""Share of drummers whose licks hold ghost strokes."""
_TURNS = 1.6
"""How much more often the last bar of four holds one."""
_BEAT_24 = 24
_LOUDNESS = {"ghost": (1, 4), "plain": (6, 11)}
"""Classes of velocity."""

Stroke = tuple[int, str, int]
"""Slot in the bar, drum, class of velocity."""


@dataclass(frozen=True, slots=True)
class Lick:
    """Strokes around an anchor: (drum, place in 24ths of a beat, loudness); `chokes` are silent at those places."""

    at: str
    strokes: tuple[tuple[str, int, str], ...]
    chokes: tuple[str, ...] = ()

    @property
    def drums(self) -> frozenset[str]:
        """The drums that the groove has to have: feet and toms are there in every kit."""
        return frozenset(role for role, _, _ in self.strokes) & {"snare", "closed_hat", "kick"}

    @property
    def has_ghosts(self) -> bool:
        """Whether it strikes the snare softly."""
        return any((role, loudness) == ("snare", "ghost") for role, _, loudness in self.strokes)


@cache
def licks() -> Mapping[str, Lick]:
    """All licks by name."""
    form: dict[str, dict[str, Any]] = read_shipped("workbench.composition", "drum_licks.yaml")
    return {
        name: Lick(fields["at"], tuple(map(tuple, fields["strokes"])), tuple(fields.get("chokes", ())))
        for name, fields in form.items()
    }


def repertoire(plan: Plan) -> tuple[str, ...]:
    """The licks that the drummer of this song knows."""
    count = round(float(np.interp(habit(plan, "percussion", "skill"), (0.0, 1.0), _KNOWN)))
    order = generator(plan.seed, "percussion", "licks").permutation(len(licks()))
    names = list(licks())
    return tuple(names[index] for index in order[:count].tolist())


def licks_of_bar(
    plan: Plan, section: SectionPlan, bar: int, backbeats: Sequence[int]
) -> list[tuple[list[Stroke], tuple[str, ...]]]:
    """What the drummer adds to a bar: strokes, and what they choke.

    Parameters
    ----------
    plan : Plan
    section : SectionPlan
    bar : int
        Of the song.
    backbeats : sequence of int
        Slots of the backbeats that are played there.
    """
    rng = generator(plan.seed, "licks", *occasion(plan, section, bar))
    turn = (bar - section.start_bar) % 4 == 3
    busy = float(np.interp(habit(plan, "percussion", "busy"), (0.0, 1.0), _OFTEN))
    count = int(rng.poisson(busy * plan.variation * (_TURNS if turn else 1.0)))
    patterns = patterns_of(plan, section)
    known = [licks()[name] for name in repertoire(plan) if _fits(licks()[name], patterns, turn=turn)]
    ghosts = plan.groove.ghosts and habit(plan, "percussion", "ghosts") < _GHOSTS
    known = [lick for lick in known if ghosts or not lick.has_ghosts]
    beats = [SLOTS_PER_BEAT * beat for beat in range(round(plan.metre.bar_beats))]
    anchors = {"beat": beats, "backbeat": list(backbeats), "turn": beats[-1:]}
    made = []
    for choice, place in rng.random((count, 2)) if known else ():
        lick = known[int(choice * len(known))]
        places = anchors[lick.at]
        if places:
            strokes = _strokes(lick, places[int(place * len(places))], len(beats), rng)
            made += [(strokes, lick.chokes)] if _suits(strokes, patterns.get("kick", "")) else []
    return made


def _fits(lick: Lick, patterns: Mapping[str, str], *, turn: bool) -> bool:
    """Whether a groove has the drums of a lick."""
    played = {role for role, pattern in patterns.items() if pattern.strip("-")}
    return (turn or lick.at != "turn") and lick.drums <= played


def _suits(strokes: Sequence[Stroke], kick: str) -> bool:
    """Whether the kick keeps out of the 16ths that the style leaves to silence: a one drop has no first beat."""
    steps = {slot: step for step, slot in enumerate(SIXTEENTH_SLOTS[: len(kick)].tolist())}
    return all(kick[steps[slot]] != "-" for slot, role, _ in strokes if role == "kick" and slot in steps)


def _strokes(lick: Lick, anchor: int, beats: int, rng: np.random.Generator) -> list[Stroke]:
    found = []
    for role, place, loudness in lick.strokes:
        beat, within = divmod(anchor // SLOTS_PER_BEAT * _BEAT_24 + place, _BEAT_24)
        loud = int(rng.integers(*_LOUDNESS[loudness], endpoint=True))
        if 0 <= beat < beats and role in ROLES:
            found.append((beat * SLOTS_PER_BEAT + int(np.searchsorted(SLOTS_24, within)), role, loud))
    return found
