"""The pace of harmony: how many bars a loop has, and how long a chord lasts in each section of a song."""

from __future__ import annotations

from workbench.composition.phrases import HOOKS, habit
from workbench.domain.plan import Plan, SectionPlan

_LOOPS = {4: ((0.3, 2), (0.75, 4), (1.0, 8)), 8: ((0.3, 4), (1.0, 8))}
"""By the loop of a style: up to which habit a song has a loop of how many bars."""
_VAMPS, _QUICK, _QUICK_BAR_SECONDS = 0.4, 0.7, 1.8
"""Up to which habit verses stand on their chords for twice as long, from which on chords change twice a bar in choruses
or verses, and how long a bar has to be for that.
"""
_LONGEST_BARS = 2.0
_CALM = ("verse", "theme", "intro")


def loop_bars(plan: Plan, section: SectionPlan) -> int:
    """Bars of the loop of a section: shorter or longer than usual in its style, in choruses, verses and elsewhere by
    themselves.
    """
    kind = "choruses" if section.name in HOOKS else "verses" if section.name in _CALM else "others"
    loops = _LOOPS.get(plan.harmony.loop_bars, ((1.0, plan.harmony.loop_bars),))
    chosen = next(bars for until, bars in loops if habit(plan, "harmony", f"loop of {kind}") <= until)
    # One chord is no loop.
    return max(chosen, min(plan.harmony.loop_bars, round(2.0 * plan.harmony.bars_per_chord)))


def bars_per_chord(plan: Plan, section: SectionPlan) -> float:
    """The pace of a section: that of the style, or slower in the verses or quicker in the choruses of some songs."""
    usual = plan.harmony.bars_per_chord
    inclined = habit(plan, "harmony", "pace")
    if (
        section.name in _CALM
        and inclined < _VAMPS
        and usual < _LONGEST_BARS <= min(loop_bars(plan, section), section.bars) / 2
    ):
        return 2.0 * usual
    quick = _CALM if habit(plan, "harmony", "quick verses") < 0.5 else HOOKS
    if inclined >= _QUICK and section.name in quick and usual <= 1.0 and plan.bar_seconds >= _QUICK_BAR_SECONDS:
        return 0.5 * usual
    return usual
