"""What the drummer reads in each bar: a grid of what is expected, from style, feel, level, section and place.

The network plays on the grid (`PatternPrior`), so what stands there is a leaning, firmer or looser by style; only cells
that are certain are hardly ever passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.composition.conditioning import fuller, section_of_bar
from workbench.composition.drummer import is_programmed, within_reach
from workbench.composition.fills import Announcement, announcements
from workbench.composition.patterns import in_feel, layered
from workbench.composition.phrases import habit
from workbench.domain.arrays import Floats
from workbench.domain.plan import Feel, Plan, SectionPlan
from workbench.domain.song import DRUM_ROLES
from workbench.models.grid import SIXTEENTH_SLOTS, SLOTS_PER_BAR, SLOTS_PER_BEAT
from workbench.models.pattern_prior import PatternPrior

ROLES = tuple(DRUM_ROLES)
_EXPECTED = {"X": 1.0 - 1e-7, "x": 0.96, "o": 0.35, "g": 0.65, ".": 0.03, "-": 0.0008}
_SCALED = "o.g"
"""Characters whose probability goes with the level of the section."""
_OFF_GRID, _UNNAMED, _SILENT = 0.006, 0.012, 1e-7
"""Between the places of a pattern, in a drum that the style says nothing of, and in one that never plays."""
_OFF_TRIPLET = 0.02
_LEAST_WEIGHT = 0.45
"""Weight of the style's grid where the style leaves its players free: a backbeat is a backbeat."""
_LOOSENED = 0.2
"""How much less it weighs for the most restless drummer."""
_OPTIONS_BY_LEVEL = (0.4, 1.0, 1.9)
_LOOPS = ((0.35, 1), (0.85, 2), (1.0, 4))
_STRICT = 0.65
"""Adherence from which a style is built on a short loop."""
_DOWNBEAT = 0.7
_ROLL_STEPS = {4: (4, 2, 1), 3: (3, 3, 1)}
"""Steps between the strokes of a build-up from its first third to its last, by steps in a beat."""
_TRIPLET_SLOTS = np.arange(0, SLOTS_PER_BAR, 4)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What makes the grid of one bar differ from that of another; `stage` is the third of a build-up, -1 elsewhere."""

    feel: Feel
    level: int
    section: str
    opens: bool
    stage: int
    fill: tuple[tuple[str, str], ...]


def drum_prior(plan: Plan) -> PatternPrior:
    """The grid of every bar of the song."""
    grids, grid_of_bar = drum_grids(plan)
    weight = _LEAST_WEIGHT + (1.0 - _LEAST_WEIGHT) * plan.groove.adherence
    if not is_programmed(plan):
        weight -= _LOOSENED * habit(plan, "percussion", "restless")
    return PatternPrior(grids, grid_of_bar, weight)


def drum_grids(plan: Plan) -> tuple[list[Floats], list[int]]:
    """Probabilities (48, roles) of a stroke, one grid for each kind of bar, and which of them each bar has."""
    ends = announcements(plan)
    kinds = [_kind(plan, section, bar, ends.get(bar)) for bar, section in enumerate(section_of_bar(plan))]
    numbers = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    return [_grid_of(plan, kind) for kind in numbers], [numbers[kind] for kind in kinds]


def patterns_of(plan: Plan, section: SectionPlan) -> dict[str, str]:
    """The patterns of a section at its feel and level; fuller sections have more layers."""
    return _patterns(plan, section.name, section.feel, _level(plan, section))


def loop_bars(plan: Plan) -> int:
    """Bars of the groove that a section plays on: each machine has a loop of its own, free styles have longer ones."""
    if is_programmed(plan):
        return next(bars for until, bars in _LOOPS if habit(plan, "percussion", "loop") <= until)
    return 2 if plan.groove.adherence > _STRICT else 4


def third_of(section: SectionPlan, bar: int) -> int:
    """Which third of the section a bar of it lies in, 0 to 2."""
    return min(2, max(0, 3 * bar // section.bars))


def step_slots(steps_per_beat: int) -> npt.NDArray[np.int64]:
    """Places of a pattern's characters: 16ths, or the triplets that stand for eighths of a compound metre."""
    return SIXTEENTH_SLOTS if steps_per_beat == 4 else _TRIPLET_SLOTS


def _kind(plan: Plan, section: SectionPlan, bar: int, end: Announcement | None) -> _Kind:
    within = bar - section.start_bar
    return _Kind(
        section.feel,
        _level(plan, section),
        section.name if section.name in plan.groove.sections else "",
        within == 0 and section.energy >= 0.5,
        third_of(section, within) if section.name == "build" else -1,
        tuple(end.template.items()) if end else (),
    )


def _level(plan: Plan, section: SectionPlan) -> int:
    """0 calm, 1 middle, 2 full."""
    energy = section.energy + fuller(plan)
    return int(energy >= 0.45) + int(energy >= 0.7)


def _patterns(plan: Plan, section: str, feel: Feel, level: int) -> dict[str, str]:
    groove = plan.groove
    patterns = within_reach({**groove.patterns, **groove.sections.get(section, {})}, plan)
    return layered(in_feel(patterns, feel), level)


def _grid_of(plan: Plan, kind: _Kind) -> Floats:
    steps = plan.groove.steps_per_beat
    if kind.stage >= 0:
        # Builds grow from the calmest pattern.
        plain = _grid(_patterns(plan, kind.section, "normal", 0), _OPTIONS_BY_LEVEL[0], steps)
        return _roll(plain, step_slots(steps)[:: _ROLL_STEPS[steps][kind.stage]])
    patterns = _patterns(plan, kind.section, kind.feel, kind.level)
    if kind.fill:
        bar_steps = steps * round(plan.metre.bar_beats)
        patterns = with_ending(patterns, dict(kind.fill), steps, bar_steps)
    grid = _grid(patterns, _OPTIONS_BY_LEVEL[kind.level], steps)
    if kind.opens and patterns.get("kick", "x")[0] != "-":
        grid[0, ROLES.index("kick")] = max(_DOWNBEAT, grid[0, ROLES.index("kick")])
    return grid


def with_ending(
    patterns: Mapping[str, str], ending: Mapping[str, str], steps_per_beat: int, bar_steps: int
) -> dict[str, str]:
    """Patterns whose last beats are those of a fill.

    Examples
    --------
    >>> with_ending({"snare": "----x-------x---"}, {"snare": "--xx"}, 4, 16)
    {'snare': '----x---------xx'}
    """
    filled = dict(patterns)
    for role, text in ending.items():
        if steps_per_beat == 3:
            text = "".join(text[beat] + text[beat + 2 : beat + 4] for beat in range(0, len(text), 4))
        whole = filled.get(role, "-" * bar_steps)[:bar_steps].ljust(bar_steps, "-")
        filled[role] = whole[: -len(text)] + text
    return filled


def _roll(plain: Floats, strokes: npt.NDArray[np.int64]) -> Floats:
    """A snare that is struck ever more often, as builds have it."""
    grid = plain.copy()
    grid[:, ROLES.index("snare")] = _OFF_GRID
    grid[strokes, ROLES.index("snare")] = _EXPECTED["X"]
    return grid


def _grid(patterns: Mapping[str, str], options: float, steps_per_beat: int) -> Floats:
    """Probabilities (48, roles) from the style's patterns; what is merely possible is scaled by `options`."""
    expected = {**_EXPECTED, **{character: min(0.9, _EXPECTED[character] * options) for character in _SCALED}}
    slots = step_slots(steps_per_beat)
    grid = np.tile(_on_grid(_UNNAMED, _OFF_GRID, steps_per_beat)[:, None], (1, len(ROLES)))
    # Crashes mark sections, and are set where these begin.
    grid[:, ROLES.index("crash")] = _SILENT
    for role, pattern in patterns.items():
        if not pattern.strip("-"):
            grid[:, ROLES.index(role)] = _SILENT
            continue
        grid[:, ROLES.index(role)] = _on_grid(_OFF_GRID, _OFF_GRID, steps_per_beat)
        grid[slots[: len(pattern)], ROLES.index(role)] = [expected[character] for character in pattern]
    return grid


def _on_grid(step: float, other: float, steps_per_beat: int) -> Floats:
    # In compound metres what lies between the eighths would sound like a mistake.
    column = np.full(SLOTS_PER_BAR, other if steps_per_beat == 4 else other * _OFF_TRIPLET)
    column[step_slots(steps_per_beat)] = step
    return column


def beat_slot(bar_beats: float, beats_before_end: float) -> int:
    """The slot that lies so many beats before the end of the bar.

    Examples
    --------
    >>> beat_slot(4, 1.0), beat_slot(4, 0.5)
    (36, 42)
    """
    return round((bar_beats - beats_before_end) * SLOTS_PER_BEAT)
