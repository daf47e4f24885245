"""Tunes: which phrases a lead is made of, what returns in them, and where it breathes.

A tune is planned before its notes. Phrases have four bars: an idea of two, and the same rhythm again with other
pitches, which ends in a cadence and a breath. A chorus states its phrase, repeats it, and leaves it once at most; a
verse goes from question to answer. A riff is two bars that keep coming back.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.composition.phrases import HOOKS, BarPlan, habit, is_sung
from workbench.domain.elements import plays
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.models.grid import SLOTS_PER_BEAT

PHRASE_BARS, IDEA_BARS = 4, 2

_HOOKS = ((0.6, "AABA"), (0.8, "ABAB"), (1.0, "AAAB"))
_VERSES = ((0.5, "ABAC"), (0.8, "ABAB"), (1.0, "AABA"))
_SOLO = "ABCD"
"""Which phrase comes in each four bars; equal letters are the same phrase, and the pattern goes on from its start."""
_RARE = 0.3
"""Presence below which every second idea is left out."""
_UPBEATS = 0.5
"""Share of breaths that leave room for an upbeat."""
_DEVELOPED = 0.85
_ECHOED = {True: (0.1, 0.7), False: (0.4, 1.0)}
"""Share of second ideas that keep the rhythm of the first, from song to song: where the tune is sung, and where an
instrument plays it. Words change a singer's rhythm; a player's is the motif itself.
"""
_MOTIFS = {True: 0.3, False: 0.6}
"""Share of songs whose ideas are one bar's rhythm, twice, in the same way."""
_BREATHS, _LONGEST_BREATH = {True: (1.2, 3.0), False: (0.3, 1.2)}, 3.5
"""How much longer or shorter the breaths of a song are than usual, in the same way: an instrument needs none.
No breath takes a whole bar.
"""


def plan_tune(plan: Plan, element: str, section: SectionPlan, model: SectionPlan, returns: int) -> list[BarPlan]:
    """What the lead does in each bar of a section.

    Parameters
    ----------
    plan : Plan
    element : str
        One that plays a tune.
    section, model : SectionPlan
        The section, and the first one of its label, whose tune it takes up.
    returns : int
        How often the label has come before.

    Returns
    -------
    list of BarPlan
        One for each bar; their `silence` is the breath.
    """
    traits = plan.parts[element]
    rng = generator(plan.seed, element, "tune", section.label, returns)
    luck = rng.random((section.bars, 2))
    bars = []
    for bar in range(section.bars):
        taken_up = model is not section and bar < model.bars
        if traits.presence < _RARE and bar % PHRASE_BARS >= IDEA_BARS and section.name != "solo":
            bars.append(BarPlan("rest"))
            continue
        often = float(np.interp(habit(plan, element, "echo"), (0.0, 1.0), _ECHOED[is_sung(plan, element)]))
        echoes = bool(luck[bar - bar % IDEA_BARS, 0] < often)
        if taken_up:
            what = _taken_up(plan, element, section, model, bar, returns, luck[bar, 0])
        else:
            what = _stated(plan, element, section, bar, echoes=echoes)
        bars.append(replace(what, silence=breath(plan, element, section, bar, upbeat=bool(luck[bar, 1] < _UPBEATS))))
    return bars


def breath(plan: Plan, element: str, section: SectionPlan, bar: int, *, upbeat: bool) -> tuple[int, int] | None:
    """The slots of a bar in which the lead begins no note; None where it does not breathe.

    A phrase ends in a breath, an idea in a shorter one where the style's leads leave room. What leads a section alone
    hardly breathes.
    """
    last_of_phrase = bar % PHRASE_BARS == PHRASE_BARS - 1 or bar == section.bars - 1
    last_of_idea = bar % IDEA_BARS == IDEA_BARS - 1
    if not (last_of_phrase or last_of_idea):
        return None
    beats = breath_beats(plan, element, section) - (0.0 if last_of_phrase else 1.0)
    if beats <= 0.0:
        return None
    end = round(plan.metre.bar_beats) * SLOTS_PER_BEAT
    start = end - round(beats * SLOTS_PER_BEAT)
    return start, end - (SLOTS_PER_BEAT // 2 if upbeat and beats >= 1.0 else 0)


def breath_beats(plan: Plan, element: str, section: SectionPlan) -> float:
    """How long the lead breathes at the end of a phrase, in quarter notes: longer where it is seldom present."""
    presence = plan.parts[element].presence
    alone = section.name == "solo" or not plays(section.elements, "chords")
    longer = float(np.interp(habit(plan, element, "breath"), (0.0, 1.0), _BREATHS[is_sung(plan, element)]))
    return min(_LONGEST_BREATH, max(0.5, (4.0 if not alone else 2.5) * (1.15 - presence) * longer))


def _pattern(plan: Plan, element: str, section: SectionPlan) -> str:
    """Which phrases a section has: choruses and verses of a song have an order of their own."""
    if section.name == "solo":
        return _SOLO
    hook = _is_hook(plan, element, section)
    inclined = habit(plan, element, "hook order" if hook else "verse order")
    return next(letters for until, letters in (_HOOKS if hook else _VERSES) if inclined <= until)


def _stated(plan: Plan, element: str, section: SectionPlan, bar: int, *, echoes: bool) -> BarPlan:
    """A bar of a section that comes for the first time; the second idea of a phrase `echoes` the first or is new."""
    phrase, place = divmod(bar, PHRASE_BARS)
    pattern = _pattern(plan, element, section)
    letters = pattern * (1 + phrase // len(pattern))
    first = letters.index(letters[phrase])
    source = section.start_bar + first * PHRASE_BARS + place
    if first < phrase:
        return BarPlan("vary" if place == PHRASE_BARS - 1 else "copy", source)
    if place < IDEA_BARS:
        motif = place == 1 and habit(plan, element, "motif") < _MOTIFS[is_sung(plan, element)]
        return BarPlan("echo", section.start_bar + bar - 1) if motif else BarPlan("new")
    idea = section.start_bar + bar - IDEA_BARS
    if plan.parts[element].manner == "riff":
        return BarPlan("copy", idea)
    return BarPlan("echo", idea) if echoes or _is_hook(plan, element, section) else BarPlan("new")


def _taken_up(
    plan: Plan, element: str, section: SectionPlan, model: SectionPlan, bar: int, returns: int, luck: float
) -> BarPlan:
    """A bar of a section that has come before: a hook changes only at the ends of its phrases."""
    odds = min(0.9, plan.variation * _DEVELOPED * (1.0 + 0.3 * max(0, returns - 1)))
    phrase, place = divmod(bar, PHRASE_BARS)
    source = model.start_bar + bar
    if _is_hook(plan, element, section):
        return BarPlan("vary" if place == PHRASE_BARS - 1 and luck < odds else "copy", source)
    if plan.variation > 0.0 and phrase % 2 == 1 and place < IDEA_BARS:
        return BarPlan("echo", source)
    return BarPlan("vary" if luck < odds else "copy", source)


def _is_hook(plan: Plan, element: str, section: SectionPlan) -> bool:
    return section.name in HOOKS or plan.parts[element].manner == "riff"
