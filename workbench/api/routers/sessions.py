"""`/sessions`: a workflow with its history; undo and redo over versions."""

from __future__ import annotations

from fastapi import APIRouter, Response

from workbench.api.accepting import session_of
from workbench.api.auth import DENIALS, Generating, Reading
from workbench.api.forms import SessionStatus
from workbench.api.links import TO_SESSION
from workbench.api.problems import ApiError, responses
from workbench.api.services import Services, ServicesIn
from workbench.api.sessions import WorkSession
from workbench.api.songs import song_response

router = APIRouter(tags=["sessions"])


@router.post(
    "/sessions",
    response_model=SessionStatus,
    status_code=201,
    responses={201: {"links": TO_SESSION}, **responses(*DENIALS)},
)
def begin_session(caller: Generating, services: ServicesIn) -> SessionStatus:
    """Begin a session; send its identifier as `X-Session-Id` with every request that belongs to it."""
    services.sessions.sweep()
    return _status(services, services.sessions.create(caller.key.id))


@router.get("/sessions/{session_id}", response_model=SessionStatus, responses=responses(404, *DENIALS))
def read_session(session_id: str, caller: Reading, services: ServicesIn) -> SessionStatus:
    """History and place of a session, and the song where it stands."""
    return _status(services, session_of(services, caller, session_id))


@router.post("/sessions/{session_id}/undo", response_model=SessionStatus, responses=responses(404, 409, *DENIALS))
def undo(session_id: str, caller: Generating, services: ServicesIn) -> SessionStatus:
    """Go back to the version before."""
    return _moved(services, session_of(services, caller, session_id), -1, "nothing to undo: this is the first version")


@router.post("/sessions/{session_id}/redo", response_model=SessionStatus, responses=responses(404, 409, *DENIALS))
def redo(session_id: str, caller: Generating, services: ServicesIn) -> SessionStatus:
    """Go on to the version that was undone."""
    return _moved(services, session_of(services, caller, session_id), +1, "nothing to redo: no version was undone")


@router.delete("/sessions/{session_id}", status_code=204, responses=responses(404, *DENIALS))
def end_session(session_id: str, caller: Generating, services: ServicesIn) -> Response:
    """End a session; its projects stay."""
    services.sessions.delete(session_of(services, caller, session_id).id)
    return Response(status_code=204)


def _moved(services: Services, session: WorkSession, by: int, refusal: str) -> SessionStatus:
    moved = services.sessions.move(session, by)
    if moved is None:
        raise ApiError(409, refusal)
    return _status(services, moved)


def _status(services: Services, session: WorkSession) -> SessionStatus:
    found = [services.projects.find(step) for step in session.steps]
    current = services.projects.find(session.current) if session.current else None
    return SessionStatus(
        session_id=session.id,
        history=[f"{one.project_id}/{one.number}" for one in found if one],
        position=session.cursor,
        current=song_response(services, current) if current else None,
    )
