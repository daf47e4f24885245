"""`POST /modify` and `POST /render`: a finished song becomes its next version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from workbench.api.accepting import SONG_ANSWERS, Order, OrderIn, accept, answer
from workbench.api.forms import JobStatus, ModifyRequest, RenderRequest, SongResponse
from workbench.api.jobs import Job, Kind
from workbench.api.problems import ApiError
from workbench.api.projects import Version
from workbench.api.sessions import WorkSession
from workbench.plugins import check_no_plugins
from workbench.rendering.sampler import check_in_library

router = APIRouter(tags=["songs"])


@router.post("/modify", response_model=None, responses=SONG_ANSWERS)
async def modify(request: ModifyRequest, order: OrderIn, http: Request, response: Response) -> SongResponse | JobStatus:
    """Edit a finished song; what no edit touches keeps its bytes."""
    job = await to_thread.run_sync(_modified, order, request)
    return await answer(order, job, http, response)


@router.post("/render", response_model=None, responses=SONG_ANSWERS)
async def render(request: RenderRequest, order: OrderIn, http: Request, response: Response) -> SongResponse | JobStatus:
    """Write a finished song in another format, sample rate, bit depth or loudness."""
    job = await to_thread.run_sync(_rendered, order, request)
    return await answer(order, job, http, response)


def _modified(order: Order, request: ModifyRequest) -> Job:
    from workbench.editing import parse_edits

    # A file name in an edit would be a path on the server, which no client may choose.
    if any("file" in edit for edit in request.edits):
        raise ApiError(422, "edits that read a file cannot be used here: the file would be the server's", field="edits")
    parse_edits(request.edits)
    for edit in request.edits:
        check_in_library(str(edit.get("patch", "")))
        check_no_plugins(edit)
    return _next_version(order, "modify", request, {"edits": request.edits})


def _rendered(order: Order, request: RenderRequest) -> Job:
    options = request.model_dump(exclude_none=True, exclude={"project_id", "version"})
    if not options:
        raise ApiError(422, "expected one of format, sample_rate, bit_depth, stem_export, delivery, target_loudness")
    return _next_version(order, "render", request, options)


def _next_version(order: Order, kind: Kind, request: ModifyRequest | RenderRequest, payload: Mapping[str, Any]) -> Job:
    session = order.session()
    parent = _parent(order, request.project_id, request.version, session)
    seconds = parent.response["metadata"]["duration"]
    return accept(order, kind, parent.project_id, payload, audio_seconds=seconds, session=session, parent=parent.id)


def _parent(order: Order, project_id: str, number: int | None, session: WorkSession | None) -> Version:
    """The version that is worked on: the one that is named, else where the session stands, else the newest."""
    projects = order.services.projects
    current = projects.find(session.current) if session and session.current and number is None else None
    if current is not None and current.project_id == project_id:
        return current
    found = projects.get(order.caller.key.id, project_id, number)
    if found is None:
        which = "" if number is None else f" of version {number}"
        raise ApiError(404, f"no finished project {project_id!r}{which}: GET /projects lists yours", field="project_id")
    return found
