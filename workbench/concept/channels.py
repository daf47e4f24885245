"""Channels of the desk that a request moves: by effects that it names, and by what its text asks of an element."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from workbench.concept.brief import Brief
from workbench.concept.decide import quoted
from workbench.concept.desk_words import spoken_move
from workbench.domain.moves import StripMove
from workbench.domain.plan import Decision
from workbench.domain.plugin_forms import insert_of


def decide_channels(brief: Brief, palette: Collection[str]) -> dict[str, StripMove]:
    """The moves of channels that a request's effects and its text are; the text moves what plays."""
    moves = _asked(brief, palette)
    for element, forms in brief.request.parameters.sound_design.inserts.items():
        moves[element] = replace(moves.get(element, StripMove()), inserts=tuple(map(insert_of, forms)))
    return moves


def channel_decisions(brief: Brief, palette: Collection[str]) -> tuple[Decision, ...]:
    """One decision for each channel that the text moves, and for each with effects: their names in order."""
    asked, stated = brief.extracted.desk, brief.request.parameters.sound_design.inserts
    moved = [
        Decision(f"mix.{element}", spoken_move(move), "text", quoted(asked))
        for element, move in _asked(brief, palette).items()
        if asked
    ]
    effects = [
        Decision(
            f"inserts.{element}",
            ", ".join(f"{form.plugin} (bypassed)" if form.bypass else form.plugin for form in forms),
            "stated",
            brief.why_stated("inserts"),
        )
        for element, forms in stated.items()
    ]
    return (*moved, *effects)


def _asked(brief: Brief, palette: Collection[str]) -> dict[str, StripMove]:
    desk = brief.extracted.desk
    return {element: move for element, move in desk.value.items() if element in palette} if desk else {}
