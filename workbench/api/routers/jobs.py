"""`/jobs`: the state of a piece of work, its events as they happen, and its cancellation."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
from anyio import to_thread
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from workbench.api.auth import DENIALS, Caller, Generating, Reading
from workbench.api.database import BusyError
from workbench.api.forms import JobStatus
from workbench.api.jobs import Job
from workbench.api.links import TO_JOB, TO_PROJECT
from workbench.api.problems import ApiError, responses
from workbench.api.services import Services, ServicesIn
from workbench.api.songs import job_status, preview_address

router = APIRouter(tags=["jobs"])

_EVENT = {
    "type": "object",
    "description": "Each event: its name, and JSON as text.",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["progress", "preview", "end"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}
_POLL_SECONDS = 0.2
_KEEP_ALIVE_SECONDS = 15.0


_ANSWERS: dict[int | str, dict[str, Any]] = {200: {"links": {**TO_JOB, **TO_PROJECT}}, **responses(404, *DENIALS)}


@router.get("/jobs/{job_id}", response_model=JobStatus, responses=_ANSWERS)
def read_job(job_id: str, caller: Reading, services: ServicesIn) -> JobStatus:
    """State, stage and percentage of a job, with the song once it is finished."""
    return job_status(services, _own_job(services, caller, job_id))


@router.delete("/jobs/{job_id}", response_model=JobStatus, responses=_ANSWERS)
def cancel_job(job_id: str, caller: Generating, services: ServicesIn) -> JobStatus:
    """Cancel a job: one that waits ends at once, one that runs within moments; one that has ended stays as it is."""
    job = _own_job(services, caller, job_id)
    services.jobs.cancel(job.id)
    return job_status(services, _own_job(services, caller, job_id))


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {"schema": _EVENT}},
            "description": "Events until the job ends",
        },
        **responses(404, *DENIALS),
    },
)
async def follow_job(job_id: str, caller: Reading, services: ServicesIn) -> StreamingResponse:
    """Server-sent events: `progress` with stage and percentage as they change, `preview` with the address of the first
    seconds once they can be heard, and `end` with the whole job.
    """
    job = await to_thread.run_sync(_own_job, services, caller, job_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(services, job), media_type="text/event-stream", headers=headers)


async def _events(services: Services, job: Job) -> AsyncIterator[str]:
    sent: tuple[str, int] | None = None
    heard: str | None = None
    quiet_seconds = 0.0
    while True:
        now = (job.stage, round(100 * job.fraction))
        if now != sent:
            yield _event("progress", {"status": job.state, "stage": job.stage, "percentage": now[1]})
            sent, quiet_seconds = now, 0.0
        if heard is None:
            heard = preview_address(services, job)
            if heard is not None:
                yield _event("preview", {"preview": heard})
        if job.ended:
            yield _event("end", job_status(services, job).model_dump(mode="json"))
            return
        await anyio.sleep(_POLL_SECONDS)
        quiet_seconds += _POLL_SECONDS
        if quiet_seconds >= _KEEP_ALIVE_SECONDS:
            yield ": still here\n\n"
            quiet_seconds = 0.0
        try:
            job = await to_thread.run_sync(_again, services, job)
        except BusyError:
            continue


def _again(services: Services, job: Job) -> Job:
    return services.jobs.find(job.id) or job


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _own_job(services: Services, caller: Caller, job_id: str) -> Job:
    job = services.jobs.find(job_id, caller.key.id)
    if job is None:
        raise ApiError(404, f"no job {job_id!r} of this key", field="job_id")
    return job
