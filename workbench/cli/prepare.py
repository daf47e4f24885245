"""`beatsfoundry prepare`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.domain.plan import Plan
    from workbench.domain.results import Track
    from workbench.domain.score import Score

_CONCEPT = "house with bass, drums, pads and leads"
_SECONDS = 16
_NOTES = 3


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "prepare",
        help="compile every kernel now, so that the first song is not the slow one",
        description=prepare.__doc__,
    )
    parser.set_defaults(run=prepare)


def prepare(options: argparse.Namespace) -> int:
    """Compile every kernel and keep the result beside the installed code: `make setup` does it once.

    A few bars go through the whole line, and a few notes through every patch, kit, mix profile and style.
    """
    track = _whole_line()
    for plan in _every_sound(track.plan):
        _render(track.score, plan)
    for plan in _every_style(track.plan):
        _mix_and_master(track, plan)
    print("kernels are compiled")
    return 0


def _whole_line() -> Track:
    from workbench.domain.request import GenerationRequest
    from workbench.output import export
    from workbench.pipeline import generate

    technical = {"duration": _SECONDS, "structure": ["build", "drop"]}
    parameters = {"creative": {"concept": _CONCEPT}, "technical": technical}
    request = GenerationRequest.model_validate({"parameters": parameters, "options": {"seed": 1}})
    track = generate(request)
    with tempfile.TemporaryDirectory() as folder:
        for bits in (16, 24):
            plan = replace(track.plan, delivery=replace(track.plan.delivery, bit_depth=bits))
            export(replace(track, plan=plan), Path(folder) / str(bits))
    return track


def _every_sound(plan: Plan) -> Iterator[Plan]:
    """The plan with each patch and kit in turn, as often as the element with the most of them needs."""
    from workbench.rendering import list_patches

    names = {element: list_patches(element) for element in plan.palette}
    for turn in range(max(map(len, names.values()))):
        yield replace(plan, patches={element: known[turn % len(known)] for element, known in names.items()})


def _every_style(plan: Plan) -> Iterator[Plan]:
    from workbench.mastering import list_styles
    from workbench.mixing import list_profiles

    styles = list_styles()
    for turn, profile in enumerate(list_profiles()):
        yield replace(plan, mix_profile=profile, processing_style=styles[turn % len(styles)])


def _render(score: Score, plan: Plan) -> None:
    from workbench.rendering import render

    parts = {element: replace(part, notes=part.notes[:_NOTES]) for element, part in score.parts.items()}
    render(replace(score, parts=parts), plan)


def _mix_and_master(track: Track, plan: Plan) -> None:
    from workbench.mixing import mix
    from workbench.pipeline import deliver

    deliver(mix(track.mix.stems, track.score, plan), plan)
