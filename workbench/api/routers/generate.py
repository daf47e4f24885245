"""`POST /generate`: a request becomes a song."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Body, Request, Response

from workbench.api.accepting import SONG_ANSWERS, Order, OrderIn, accept, answer
from workbench.api.forms import JobStatus, SongResponse
from workbench.api.jobs import Job
from workbench.api.problems import ApiError
from workbench.domain.errors import ModelError
from workbench.domain.request import GenerationRequest
from workbench.pipeline import check_models, check_sound, load_references
from workbench.plugins import check_no_plugins
from workbench.rendering.sampler import check_in_library

router = APIRouter(tags=["songs"])

_EXAMPLE = {
    "project_id": "neon-rain",
    "parameters": {
        "creative": {"concept": "late-night drive through neon rain", "mood": "wistful but driving"},
        "technical": {"tempo": 104, "key": "F minor", "duration": 30},
    },
    "options": {"stem_export": True, "format": "wav", "seed": 7},
}


@router.post(
    "/generate",
    response_model=None,
    responses=SONG_ANSWERS,
)
async def generate(
    request: Annotated[GenerationRequest, Body(openapi_examples={"neon rain": {"value": _EXAMPLE}})],
    order: OrderIn,
    http: Request,
    response: Response,
) -> SongResponse | JobStatus:
    """Make a song: concept to master, stems, MIDI and report."""
    job = await to_thread.run_sync(_accepted, order, request)
    return await answer(order, job, http, response)


def _check_named_networks(request: GenerationRequest) -> None:
    """Refuse networks that are not there as what they are here: a fault of the request, not of the server."""
    try:
        check_models(request)
    except ModelError as error:
        raise ApiError(422, str(error), field="models") from None


def _accepted(order: Order, request: GenerationRequest) -> Job:
    """Refuse at the door what could not be made, and accept the rest."""
    from workbench.concept import translate

    session = order.session()
    _check_named_networks(request)
    check_no_plugins({"inserts": request.parameters.sound_design.inserts})
    for patch in request.parameters.sound_design.patches.values():
        check_in_library(patch)
    plan = translate(request, references=load_references(request))
    check_sound(plan)
    seconds = plan.duration_seconds * request.options.iterations
    form = request.model_dump(mode="json", exclude_unset=True)
    return accept(order, "generate", request.project_id, form, audio_seconds=seconds, session=session)
