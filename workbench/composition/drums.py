"""Percussion: the network plays on a grid of what the style expects, with fills and a new touch at each return."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from workbench.composition.surround import context_for, section_of_bar
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.song import DRUM_ROLES
from workbench.models.elements import PERCUSSION
from workbench.models.grid import SIXTEENTH_SLOTS, SLOTS_PER_BAR
from workbench.models.history import Rows
from workbench.models.prior import CellPrior
from workbench.models.registry import load_model
from workbench.models.sampling import PartWriter, Settings
from workbench.models.spec import surroundings

_EXPECTED = {"x": 0.96, "o": 0.35, ".": 0.03, "-": 0.003}
_OFF_GRID, _UNNAMED = 0.006, 0.012
_LEAST_WEIGHT = 0.45
"""Weight of the style's grid where the style leaves its players free: a backbeat is a backbeat."""
_PLAIN, _OPENING, _FILL, _THIN = range(4)
_TOMS = ("low_tom", "mid_tom", "high_tom")
_MACHINE_STYLES = ("house", "techno", "trance", "dnb", "dance", "ambient", "lofi", "electronic")


def write_percussion(plan: Plan) -> Rows:
    """Rows of the percussion part; sections that it does not play in are empty."""
    source = "accompaniment" if plan.model_style in _MACHINE_STYLES else "played"
    context = context_for(plan, PERCUSSION, (), {}, source)
    settings = Settings(nucleus=0.97, attribute_temperature=0.9)
    writer = PartWriter(
        load_model("percussion"), surroundings(PERCUSSION, context), context.bar_beats, settings, prior=_prior(plan)
    )
    loop = 2 if plan.groove.adherence > 0.65 else 4
    first: dict[str, SectionPlan] = {}
    for number, section in enumerate(plan.sections):
        if "percussion" not in section.elements:
            writer.rest(section.bars)
            continue
        model = first.setdefault(section.label, section)
        _write_section(writer, section, model, loop, generator(plan.seed, "percussion", section.label, number))
    return writer.rows


def _write_section(
    writer: PartWriter, section: SectionPlan, model: SectionPlan, loop: int, rng: np.random.Generator
) -> None:
    """The groove is found once, then played on; every eighth bar and the last one are free for a fill."""
    for bar in range(section.bars):
        last_of_phrase = bar % 8 == 7 or bar == section.bars - 1
        if (model is section and bar < loop) or (last_of_phrase and bar >= loop):
            writer.sample(1, rng, may_rest=False)
        else:
            crash_again = bar == 0 or (bar % 8 == 0 and section.energy > 0.75)
            source = model.start_bar + min(bar % loop, model.bars - 1)
            writer.replay(source, 1, rng, without=() if crash_again else (_symbol("crash"),))


def _prior(plan: Plan) -> CellPrior:
    patterns = plan.groove.patterns
    kinds = [_kind(section, bar - section.start_bar) for bar, section in enumerate(section_of_bar(plan))]
    plain = _grid(patterns)
    opening, fill, thin = plain.copy(), plain.copy(), plain.copy()
    crash, kick = _symbol("crash"), _symbol("kick")
    opening[0, crash], opening[0, kick] = max(0.6, plain[0, crash]), max(0.7, plain[0, kick])
    tail = slice(SLOTS_PER_BAR // 2, SLOTS_PER_BAR)
    for role in ("snare", *_TOMS):
        fill[tail, _symbol(role)] = np.maximum(fill[tail, _symbol(role)], _on_grid(0.3, 0.04)[tail])
    for role in ("closed_hat", "ride", "open_hat"):
        fill[tail, _symbol(role)] = np.minimum(fill[tail, _symbol(role)], 0.5)
    loud = [_symbol(role) for role in ("snare", "clap", "open_hat", "crash", "ride")]
    thin[:, loud] = np.minimum(thin[:, loud], 0.5)
    weight = _LEAST_WEIGHT + (1.0 - _LEAST_WEIGHT) * plan.groove.adherence
    return CellPrior([plain, opening, fill, thin], kinds, weight)


def _kind(section: SectionPlan, bar: int) -> int:
    if section.bars >= 4 and (bar == section.bars - 1) and section.energy >= 0.4:
        return _FILL
    if bar == 0 and section.energy >= 0.5:
        return _OPENING
    return _THIN if section.energy < 0.4 else _PLAIN


def _grid(patterns: Mapping[str, str]) -> npt.NDArray[np.float64]:
    """Probabilities (48, roles) from the style's patterns of 16ths."""
    grid = np.tile(_on_grid(_UNNAMED, _OFF_GRID)[:, None], (1, len(DRUM_ROLES)))
    for role, pattern in patterns.items():
        grid[:, _symbol(role)] = _OFF_GRID
        grid[SIXTEENTH_SLOTS[: len(pattern)], _symbol(role)] = [_EXPECTED[character] for character in pattern]
    return grid


def _on_grid(sixteenth: float, other: float) -> npt.NDArray[np.float64]:
    column = np.full(SLOTS_PER_BAR, other)
    column[SIXTEENTH_SLOTS] = sixteenth
    return column


def _symbol(role: str) -> int:
    return list(DRUM_ROLES).index(role)
