"""Links of the OpenAPI description: which request goes on from which answer, for clients that walk along."""

from __future__ import annotations

from typing import Any

Links = dict[str, dict[str, Any]]


def _to(operation: str, **parameters: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": parameters}


def _with(operation: str, **body: str) -> dict[str, Any]:
    return {"operationId": operation, "requestBody": body}


_JOB, _PROJECT, _SESSION = (f"$response.body#/{name}" for name in ("job_id", "project_id", "session_id"))

TO_PROJECT: Links = {
    "project": _to("read_project", project_id=_PROJECT),
    "modify": _with("modify", project_id=_PROJECT),
    "render": _with("render", project_id=_PROJECT),
}
"""From a song, or a job that makes one."""

TO_JOB: Links = {
    "job": _to("read_job", job_id=_JOB),
    "events": _to("follow_job", job_id=_JOB),
    "cancel": _to("cancel_job", job_id=_JOB),
}
"""From a job."""

TO_SESSION: Links = {
    "session": _to("read_session", session_id=_SESSION),
    "undo": _to("undo", session_id=_SESSION),
    "redo": _to("redo", session_id=_SESSION),
    "end": _to("end_session", session_id=_SESSION),
    "work": _to("generate", **{"X-Session-Id": _SESSION}),
}
"""From a session."""
