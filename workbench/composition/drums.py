"""Percussion: the network plays on a grid of what the style expects, with fills and a new touch at each return."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from workbench.composition.patterns import in_feel, layered
from workbench.composition.phrases import TRIES, stands_still
from workbench.composition.surround import context_for, section_of_bar
from workbench.domain.plan import Feel, Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.song import DRUM_ROLES
from workbench.models.context import SongContext
from workbench.models.elements import PERCUSSION
from workbench.models.grid import SIXTEENTH_SLOTS, SLOTS_PER_BAR
from workbench.models.history import STEP_COLUMN, SYMBOL_COLUMN, Rows
from workbench.models.prior import CellPrior
from workbench.models.registry import load_network
from workbench.models.sampling import PartWriter
from workbench.models.spec import BAR_STEP, surroundings

_EXPECTED = {"x": 0.96, "o": 0.35, ".": 0.03, "-": 0.003}
_OFF_GRID, _UNNAMED = 0.006, 0.012
_OFF_TRIPLET = 0.02
_LEAST_WEIGHT = 0.45
"""Weight of the style's grid where the style leaves its players free: a backbeat is a backbeat."""
_OPTIONS_BY_LEVEL = (0.4, 1.0, 1.9)
_PLACES = 3
_FEELS: tuple[Feel, ...] = ("normal", "half-time", "double-time")
_ROLL_STEPS = {4: (4, 2, 1), 3: (3, 3, 1)}
"""Steps between the strokes of a build-up from its first third to its last, by steps in a beat."""
_TRIPLET_SLOTS = np.arange(0, SLOTS_PER_BAR, 4)
_HATS = ("closed_hat", "open_hat", "ride", "pedal_hat")
_TOMS = ("low_tom", "mid_tom", "high_tom")
_MACHINE_STYLES = ("house", "techno", "trance", "dnb", "dance", "ambient", "lofi", "electronic")


def write_percussion(plan: Plan) -> Rows:
    """Rows of the percussion part; sections that it does not play in are empty."""
    writer, _ = drum_writer(plan)
    first: dict[str, SectionPlan] = {}
    for number, section in enumerate(plan.sections):
        if "percussion" not in section.elements:
            writer.rest(section.bars)
            continue
        if section.label not in first:
            writer.forget()
        model = first.setdefault(section.label, section)
        rng = generator(plan.seed, "percussion", section.label, number)
        _write_section(writer, plan, section, model, rng)
    return without_roles(writer.rows, plan.groove.without)


def without_roles(rows: Rows, roles: Collection[str]) -> Rows:
    """Rows without the strokes of some drums, which nobody else shall see either."""
    silent = [_symbol(role) for role in roles]
    strokes = rows[:, STEP_COLUMN] != BAR_STEP
    kept: Rows = rows[~(strokes & np.isin(rows[:, SYMBOL_COLUMN], silent))]
    return kept


def drum_writer(plan: Plan, *, ahead: Rows | None = None) -> tuple[PartWriter, SongContext]:
    """The network of percussion, ready to write, and its surroundings; `ahead` are bars that stand already."""
    source = "accompaniment" if plan.model_style in _MACHINE_STYLES else "played"
    context = context_for(plan, PERCUSSION, (), {}, source)
    writer = PartWriter(
        load_network("percussion", plan.models.get("percussion")),
        surroundings(PERCUSSION, context),
        context.bar_beats,
        replace(PERCUSSION.settings, nucleus=0.97),
        prior=_prior(plan),
        ahead=ahead,
    )
    return writer, context


def loop_bars(plan: Plan) -> int:
    """Bars of the groove that a section plays on."""
    return 2 if plan.groove.adherence > 0.65 else 4


def _write_section(
    writer: PartWriter, plan: Plan, section: SectionPlan, model: SectionPlan, rng: np.random.Generator
) -> None:
    """The groove is found once, then played on; every eighth bar and the last one are free for a fill.

    The more variation is asked for, the more often the fourth bar is free as well; a build-up never stands still.
    """
    loop = loop_bars(plan)
    for bar in range(section.bars):
        last_of_phrase = bar % 8 == 7 or bar == section.bars - 1
        turn = bar % 4 == 3 and rng.random() < 0.6 * plan.variation
        rises = section.name == "build" and _third(section, bar) > _third(section, bar - 1)
        if (model is section and (bar < loop or rises)) or ((last_of_phrase or turn) and bar >= loop):
            writer.sample(1, rng, may_rest=False)
        elif section.name == "build":
            writer.replay(writer.bars - 1 if model is section else model.start_bar + min(bar, model.bars - 1), 1, rng)
        else:
            crash_again = bar == 0 or (bar % 8 == 0 and section.energy > 0.75)
            source = model.start_bar + min(bar % loop, model.bars - 1)
            writer.replay(source, 1, rng, without=() if crash_again else (_symbol("crash"),))
        _move_on(writer, plan, rng)


def _move_on(writer: PartWriter, plan: Plan, rng: np.random.Generator) -> None:
    """After eight times the same bar comes another one; where the network knows none, the hats drop out."""
    for attempt in range(TRIES):
        if not stands_still(writer, plan):
            return
        writer.undo()
        if attempt < TRIES - 1:
            writer.sample(1, rng, may_rest=False)
        else:
            writer.replay(writer.bars - 1, 1, rng, without=tuple(_symbol(role) for role in _HATS))


def _prior(plan: Plan) -> CellPrior:
    """A grid for each feel, level of energy and place in the section, and for the stages of a build-up.

    The fuller the section, the more layers play and the likelier is what may be.
    """
    steps = plan.groove.steps_per_beat
    grids = []
    for feel in _FEELS:
        patterns = in_feel(plan.groove.patterns, feel)
        for level, options in enumerate(_OPTIONS_BY_LEVEL):
            plain = _grid(layered(patterns, level), options, steps)
            grids += [plain, _opening(plain), _fill(plain, steps)]
    rolls = len(grids)
    grids += [_roll(grids[_PLACES], _slots(steps)[::distance]) for distance in _ROLL_STEPS[steps]]
    kinds = []
    for bar, section in enumerate(section_of_bar(plan)):
        within = bar - section.start_bar
        if section.name == "build":
            kinds.append(rolls + _third(section, within))
        else:
            set_of_levels = _FEELS.index(section.feel) * len(_OPTIONS_BY_LEVEL)
            kinds.append(_PLACES * (set_of_levels + _level(section)) + _place(section, within))
    weight = _LEAST_WEIGHT + (1.0 - _LEAST_WEIGHT) * plan.groove.adherence
    return CellPrior(grids, kinds, weight)


def _level(section: SectionPlan) -> int:
    """0 calm, 1 middle, 2 full."""
    return int(section.energy >= 0.45) + int(section.energy >= 0.7)


def _place(section: SectionPlan, bar: int) -> int:
    """0 within the section, 1 its first bar, 2 its last."""
    if section.bars >= 4 and bar == section.bars - 1 and section.energy >= 0.4:
        return 2
    return int(bar == 0 and section.energy >= 0.5)


def _opening(plain: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    grid = plain.copy()
    for role, least in (("crash", 0.6), ("kick", 0.7)):
        grid[0, _symbol(role)] = max(least, plain[0, _symbol(role)])
    return grid


def _third(section: SectionPlan, bar: int) -> int:
    """Which third of the section a bar lies in, 0 to 2."""
    return min(2, max(0, 3 * bar // section.bars))


def _roll(plain: npt.NDArray[np.float64], strokes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """A snare that is struck ever more often, as builds have it."""
    grid = plain.copy()
    grid[:, _symbol("snare")] = _OFF_GRID
    grid[strokes, _symbol("snare")] = 0.9
    return grid


def _fill(plain: npt.NDArray[np.float64], steps_per_beat: int) -> npt.NDArray[np.float64]:
    grid = plain.copy()
    tail = slice(SLOTS_PER_BAR // 2, SLOTS_PER_BAR)
    strokes = _on_grid(0.3, 0.04 if steps_per_beat == 4 else _OFF_GRID, steps_per_beat)
    for role in ("snare", *_TOMS):
        grid[tail, _symbol(role)] = np.maximum(grid[tail, _symbol(role)], strokes[tail])
    for role in ("closed_hat", "ride", "open_hat"):
        grid[tail, _symbol(role)] = np.minimum(grid[tail, _symbol(role)], 0.5)
    return grid


def _grid(patterns: Mapping[str, str], options: float, steps_per_beat: int) -> npt.NDArray[np.float64]:
    """Probabilities (48, roles) from the style's patterns; what is merely possible is scaled by `options`."""
    expected = {**_EXPECTED, "o": _EXPECTED["o"] * options, ".": _EXPECTED["."] * options}
    slots = _slots(steps_per_beat)
    grid = np.tile(_on_grid(_UNNAMED, _OFF_GRID, steps_per_beat)[:, None], (1, len(DRUM_ROLES)))
    for role, pattern in patterns.items():
        grid[:, _symbol(role)] = _on_grid(_OFF_GRID, _OFF_GRID, steps_per_beat)
        grid[slots[: len(pattern)], _symbol(role)] = [expected[character] for character in pattern]
    return grid


def _slots(steps_per_beat: int) -> npt.NDArray[np.int64]:
    """Places of a pattern's characters: 16ths, or the triplets that stand for eighths of a compound metre."""
    return SIXTEENTH_SLOTS if steps_per_beat == 4 else _TRIPLET_SLOTS


def _on_grid(step: float, other: float, steps_per_beat: int) -> npt.NDArray[np.float64]:
    # In compound metres what lies between the eighths would sound like a mistake.
    column = np.full(SLOTS_PER_BAR, other if steps_per_beat == 4 else other * _OFF_TRIPLET)
    column[_slots(steps_per_beat)] = step
    return column


def _symbol(role: str) -> int:
    return list(DRUM_ROLES).index(role)
