"""`POST /modify` and `POST /render`: a finished song becomes its next version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Response

from workbench.api.accepting import IdempotencyKey, Prefer, SessionId, accept, answer, session_of
from workbench.api.auth import DENIALS, Caller, Generating
from workbench.api.forms import JobStatus, ModifyRequest, RenderRequest, SongResponse
from workbench.api.jobs import Job, Kind
from workbench.api.problems import ApiError, responses
from workbench.api.projects import Version
from workbench.api.services import Services, ServicesIn
from workbench.api.sessions import WorkSession

router = APIRouter(tags=["songs"])

_ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {"model": JobStatus, "description": "Accepted: poll the job"},
    **responses(404, 413, 422, *DENIALS),
}


@router.post("/modify", response_model=SongResponse | JobStatus, responses=_ANSWERS)
async def modify(
    request: ModifyRequest,
    caller: Generating,
    services: ServicesIn,
    response: Response,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
    session_id: SessionId = None,
) -> SongResponse | JobStatus:
    """Edit a finished song; what no edit touches keeps its bytes."""
    job = await to_thread.run_sync(_modified, services, caller, request, session_id, idempotency_key)
    return await answer(services, job, prefer, response)


@router.post("/render", response_model=SongResponse | JobStatus, responses=_ANSWERS)
async def render(
    request: RenderRequest,
    caller: Generating,
    services: ServicesIn,
    response: Response,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
    session_id: SessionId = None,
) -> SongResponse | JobStatus:
    """Write a finished song in another format, sample rate, bit depth or loudness."""
    job = await to_thread.run_sync(_rendered, services, caller, request, session_id, idempotency_key)
    return await answer(services, job, prefer, response)


def _modified(
    services: Services, caller: Caller, request: ModifyRequest, session_id: str | None, idempotency_key: str | None
) -> Job:
    from workbench.editing import parse_edits

    # A file name in an edit would be a path on the server, which no client may choose.
    if any("file" in edit for edit in request.edits):
        raise ApiError(422, "edits that read a file cannot be used here: the file would be the server's", field="edits")
    parse_edits(request.edits)
    return _next_version(services, caller, "modify", request, {"edits": request.edits}, session_id, idempotency_key)


def _rendered(
    services: Services, caller: Caller, request: RenderRequest, session_id: str | None, idempotency_key: str | None
) -> Job:
    options = request.model_dump(exclude_none=True, exclude={"project_id", "version"})
    if not options:
        raise ApiError(422, "expected one of format, sample_rate, bit_depth, stem_export, delivery, target_loudness")
    return _next_version(services, caller, "render", request, options, session_id, idempotency_key)


def _next_version(
    services: Services,
    caller: Caller,
    kind: Kind,
    request: ModifyRequest | RenderRequest,
    payload: Mapping[str, Any],
    session_id: str | None,
    idempotency_key: str | None,
) -> Job:
    session = session_of(services, caller, session_id)
    parent = _parent(services, caller, request.project_id, request.version, session)
    return accept(
        services, caller, kind, parent.project_id, payload, audio_seconds=parent.response["metadata"]["duration"],
        session=session, idempotency_key=idempotency_key, parent=parent.id,
    )  # fmt: skip


def _parent(
    services: Services, caller: Caller, project_id: str, number: int | None, session: WorkSession | None
) -> Version:
    """The version that is worked on: the one that is named, else where the session stands, else the newest."""
    current = services.projects.find(session.current) if session and session.current and number is None else None
    if current is not None and current.project_id == project_id:
        return current
    found = services.projects.get(caller.key.id, project_id, number)
    if found is None:
        which = "" if number is None else f" of version {number}"
        raise ApiError(404, f"no finished project {project_id!r}{which}: GET /projects lists yours", field="project_id")
    return found
