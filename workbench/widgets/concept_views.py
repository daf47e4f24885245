"""From words to parameters in a notebook: tables of what is understood, the plane of feeling, and the macros."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from workbench.concept import (
    explain,
    list_macros,
    list_starters,
    list_styles,
    load_starter,
    load_style,
    translate,
)
from workbench.concept.mood import load_lexicon
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.output.figures.labels import format_number
from workbench.output.report.html_tables import folded, plain_table
from workbench.widgets.pictures import embedded
from workbench.widgets.tables import HtmlTable

if TYPE_CHECKING:
    from IPython.display import Image

    from workbench.analysis.references import ReferenceProfile

READINGS: Mapping[str, Callable[[Plan], float]] = {
    "tempo, BPM": lambda plan: plan.tempo_bpm,
    "valence": lambda plan: plan.valence,
    "arousal": lambda plan: plan.arousal,
    "loudest section": lambda plan: max(section.energy for section in plan.sections),
    "texture density": lambda plan: plan.texture_density,
    "chord size": lambda plan: ("power", "triads", "sevenths", "ninths").index(plan.harmony.colour),
    "bars a chord": lambda plan: plan.harmony.bars_per_chord,
    "notes of the pads": lambda plan: plan.parts["pads"].density,
    "note length of the pads": lambda plan: plan.parts["pads"].sustain,
    "highest lead, MIDI": lambda plan: plan.parts["leads"].high_pitch,
    "brightness, dB": lambda plan: plan.sound.tilt_db,
    "lows, dB": lambda plan: plan.sound.low_db,
    "width, dB": lambda plan: plan.sound.side_db,
    "reverb, dB": lambda plan: plan.sound.reverb_db,
    "drive, dB": lambda plan: plan.sound.drive_db,
    "contrast, LU": lambda plan: plan.sound.contrast_lu,
    "swing, %": lambda plan: plan.groove.swing_percent,
    "looseness": lambda plan: plan.groove.looseness,
    "late backbeat, ms": lambda plan: plan.groove.late_ms,
    "drums keep the pattern": lambda plan: plan.groove.adherence,
}
"""What can be read off a plan as a number, and how it is called in pictures."""

_MOST_LINES = 6


def mood_plane(concepts: str | Sequence[str]) -> Image:
    """The plane of valence and arousal with mood words, the styles' usual places, and where concepts come to lie."""
    from workbench.output.figures.concept_figures import mood_plane as draw

    styles = {name: (load_style(name).valence, load_style(name).arousal) for name in list_styles()}
    plans = {concept: translate(GenerationRequest.from_concept(concept)) for concept in _listed(concepts)}
    placed = {concept: (plan.valence, plan.arousal) for concept, plan in plans.items()}
    return embedded(draw(load_lexicon(), styles, placed), alt="Valence and arousal of words, styles and concepts")


def concepts_table(concepts: str | Sequence[str]) -> HtmlTable:
    """What is understood of some concepts: one row each, with what was contradicted."""
    heads = ("Concept", "Style", "BPM", "Key", "Density", "Brightness, dB", "Lows, dB", "Contradicted")
    return HtmlTable(plain_table(heads, [_understood(text) for text in _listed(concepts)], numeric=(2, 4, 5, 6)))


def _listed(concepts: str | Sequence[str]) -> Sequence[str]:
    """One concept is a list of one, not of its letters."""
    return [concepts] if isinstance(concepts, str) else concepts


def _understood(text: str) -> tuple[str, ...]:
    plan = translate(GenerationRequest.from_concept(text))
    against = "; ".join(f"{row['parameter']}: {row['contradiction']}" for row in explain(plan)["contradictions"])
    numbers = (plan.texture_density, plan.sound.tilt_db, plan.sound.low_db)
    return text, plan.style, format_number(plan.tempo_bpm), str(plan.key), *map(format_number, numbers), against


def starters_table() -> HtmlTable:
    """Every preset and template with its description; a click opens the list."""
    lists = {kind: [load_starter(kind, name) for name in list_starters(kind)] for kind in ("preset", "template")}
    tables = {
        kind: plain_table(("Name", "What it is"), [(one.name, one.description) for one in found])
        for kind, found in lists.items()
    }
    return HtmlTable("".join(folded(f"{len(lists[kind])} {kind}s", table) for kind, table in tables.items()))


def pull_table(concept: str, profile: ReferenceProfile, weights: Sequence[float] = (0.0, 0.5, 1.0)) -> HtmlTable:
    """What a reference does to the plan of a concept at some weights, 0 to 1."""
    heads = ("Weight", "BPM", "Key", "Brightness, dB", "Width, dB", "Dynamics, LU", "Density")
    rows = [_pulled(concept, profile, weight) for weight in weights]
    return HtmlTable(plain_table(heads, rows, numeric=(0, 1, 3, 4, 5, 6)))


def _pulled(concept: str, profile: ReferenceProfile, weight: float) -> tuple[str, ...]:
    creative = {"concept": concept, "references": [profile.id], "reference_weight": weight}
    plan = translate(parse_request({"parameters": {"creative": creative}}), references=[profile])
    sound = plan.sound
    numbers = (sound.tilt_db, sound.side_db, sound.contrast_lu, plan.texture_density)
    return format_number(weight), format_number(plan.tempo_bpm), str(plan.key), *map(format_number, numbers)


def macro_curves(request: GenerationRequest, names: Sequence[str] = ()) -> Image:
    """What each macro (all by default) does to the plan of a request, from -1 to 1.

    The parameters that move most, by their own range, are drawn.
    """
    from workbench.output.figures.concept_figures import macro_curves as draw

    amounts = np.linspace(-1.0, 1.0, 9).tolist()
    return embedded(
        draw(amounts, {name: _readings(request, name, amounts) for name in names or list_macros()}),
        alt="What each macro does to the plan",
    )


def _readings(request: GenerationRequest, macro: str, amounts: Sequence[float]) -> dict[str, list[float]]:
    plans = [translate(request.model_copy(update={"macros": {macro: amount}})) for amount in amounts]
    values = {name: [float(read(plan)) for plan in plans] for name, read in READINGS.items()}
    moving = {name: line for name, line in values.items() if len(set(line)) > 1}
    smooth = sorted(moving, key=lambda name: -len(set(moving[name])))[:_MOST_LINES]
    return {name: line for name, line in moving.items() if name in smooth}
