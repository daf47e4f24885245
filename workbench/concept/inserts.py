"""Plug-in effects that a request names for its elements' channels."""

from __future__ import annotations

from workbench.concept.brief import Brief
from workbench.domain.moves import StripMove
from workbench.domain.plan import Decision
from workbench.domain.plugin_forms import insert_of
from workbench.domain.request import GenerationRequest


def stated_inserts(request: GenerationRequest) -> dict[str, StripMove]:
    """The moves of channels that a request's effects are."""
    stated = request.parameters.sound_design.inserts
    return {str(element): StripMove(inserts=tuple(map(insert_of, forms))) for element, forms in stated.items()}


def insert_decisions(brief: Brief) -> tuple[Decision, ...]:
    """One decision for each channel with effects: their names in order."""
    stated = brief.request.parameters.sound_design.inserts
    return tuple(
        Decision(
            f"inserts.{element}",
            ", ".join(f"{form.plugin} (bypassed)" if form.bypass else form.plugin for form in forms),
            "stated",
            brief.why_stated("inserts"),
        )
        for element, forms in stated.items()
    )
