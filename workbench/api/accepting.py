"""Accepting work: idempotency, quota and queue, then a job; and waiting for it as long as the client prefers."""

from __future__ import annotations

import hashlib
import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
import structlog
from fastapi import Depends, Header, Request, Response

from workbench.api.auth import DENIALS, Caller, Generating
from workbench.api.database import BusyError, now
from workbench.api.forms import JobStatus, SongResponse
from workbench.api.jobs import Job, Kind
from workbench.api.links import TO_JOB, TO_PROJECT
from workbench.api.problems import ApiError, responses
from workbench.api.services import Services, ServicesIn
from workbench.api.sessions import WorkSession
from workbench.api.settings import API_PREFIX
from workbench.api.songs import job_status, song_response

LONGEST_WAIT_SECONDS = 120.0
SONG_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": SongResponse, "description": "The finished song", "links": TO_PROJECT},
    202: {"model": JobStatus, "description": "Accepted: poll the job", "links": {**TO_JOB, **TO_PROJECT}},
    **responses(404, 413, 422, *DENIALS),
}
"""What every endpoint that makes a song may answer."""
_POLL_SECONDS = 0.1
_DAY_SECONDS = 86_400

Prefer = Annotated[str | None, Header(description="`wait=N`: answer with the song if it is finished in N seconds.")]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=200, description="The same key and body again answer with the same job."),
]
SessionId = Annotated[str | None, Header(alias="X-Session-Id", description="The session that the work belongs to.")]


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks for work of whom, and what the headers say of it."""

    services: Services
    caller: Caller
    session_id: str | None
    idempotency_key: str | None
    patience_seconds: float

    def session(self) -> WorkSession | None:
        """The session that the work belongs to; None if none is named.

        Raises
        ------
        ApiError
            404 if the key has no such session, or it has expired.
        """
        return None if self.session_id is None else session_of(self.services, self.caller, self.session_id)


async def order(
    caller: Generating,
    services: ServicesIn,
    prefer: Prefer = None,
    idempotency_key: IdempotencyKey = None,
    session_id: SessionId = None,
) -> Order:
    """The dependency of every endpoint that makes a song."""
    return Order(services, caller, session_id, idempotency_key, _patience(prefer))


OrderIn = Annotated[Order, Depends(order)]


def session_of(services: Services, caller: Caller, session_id: str) -> WorkSession:
    """A key's own session.

    Raises
    ------
    ApiError
        404 if the key has no such session, or it has expired.
    """
    session = services.sessions.find(session_id, caller.key.id)
    if session is None:
        raise ApiError(404, "the session is not known or has expired: POST /sessions begins one", field="X-Session-Id")
    return session


def accept(
    order: Order,
    kind: Kind,
    project_id: str,
    payload: Mapping[str, Any],
    *,
    audio_seconds: float,
    session: WorkSession | None,
    parent: str | None = None,
) -> Job:
    """Accept a job, or find the one that the same idempotency key made before.

    Raises
    ------
    ApiError
        422 if the idempotency key was used for another request; 429 if the tier allows no more.
    BusyError
        If the queue is full.
    """
    services, caller, idempotency_key = order.services, order.caller, order.idempotency_key
    digest = hashlib.sha256(json.dumps([kind, project_id, parent, payload], sort_keys=True).encode()).hexdigest()
    with services.database.transaction() as connection:
        if idempotency_key is not None:
            row = connection.execute(
                "SELECT request, job_id FROM idempotency WHERE key_id = ? AND name = ? AND created >= ?",
                (caller.key.id, idempotency_key, now() - _DAY_SECONDS),
            ).fetchone()
            if row is not None:
                if row["request"] != digest:
                    why = "this idempotency key was used for another request: take a new one"
                    raise ApiError(422, why, field="Idempotency-Key")
                return _existing(services, row["job_id"])
        # The checks see what this transaction sees, so that two requests at once cannot both take the last place.
        _check_allowed(services, caller, audio_seconds)
        identifier = services.jobs.add(
            caller.key.id, kind, project_id, payload, audio_seconds=audio_seconds,
            session_id=session.id if session else None, parent=parent, connection=connection,
        )  # fmt: skip
        if idempotency_key is not None:
            connection.execute(
                "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)",
                (caller.key.id, idempotency_key, digest, identifier, now()),
            )
    _enqueue(services, identifier)
    structlog.get_logger().info("job accepted", job_id=identifier, key_id=caller.key.id, kind=kind)
    return _existing(services, identifier)


def _enqueue(services: Services, identifier: str) -> None:
    try:
        services.queue.put(identifier)
    except BusyError:
        # The job is accepted and safe in the table; the server puts it into the queue again when it can be reached.
        return


def _existing(services: Services, identifier: str) -> Job:
    job = services.jobs.find(identifier)
    if job is None:
        raise BusyError("the job cannot be read back: try again in a moment")
    return job


def _check_allowed(services: Services, caller: Caller, audio_seconds: float) -> None:
    tier, key = caller.tier, caller.key
    if audio_seconds > tier.longest_seconds:
        raise ApiError(
            422, f"tier {key.tier} allows songs of {tier.longest_seconds:g} s, this one lasts {audio_seconds:.0f} s",
            field="parameters.technical.duration",
        )  # fmt: skip
    if services.jobs.active() >= services.settings.queue_limit:
        raise BusyError("the queue is full: try again in a moment")
    if services.jobs.active(key.id) >= tier.concurrent_jobs:
        why = f"tier {key.tier} allows {tier.concurrent_jobs} jobs at once: wait until one has ended"
        raise ApiError(429, why, headers={"Retry-After": "5"})
    used = services.jobs.audio_seconds_today(key.id)
    if used + audio_seconds > 60.0 * tier.audio_minutes_a_day:
        left = max(1, math.ceil(_DAY_SECONDS - now() % _DAY_SECONDS))
        why = f"tier {key.tier} allows {tier.audio_minutes_a_day:g} minutes of music a day, {used / 60:.1f} are used"
        raise ApiError(429, why, headers={"Retry-After": str(left)})


async def answer(order: Order, job: Job, request: Request, response: Response) -> SongResponse | JobStatus:
    """The finished song, if it is finished in the time that the client prefers to wait; else 202 and the job.

    Raises
    ------
    ApiError
        422 if the job failed while the client waited.
    """
    request.state.job_id = job.id
    services, patience = order.services, order.patience_seconds
    until = time.monotonic() + patience
    while not job.ended and time.monotonic() < until:
        await anyio.sleep(_POLL_SECONDS)
        job = await anyio.to_thread.run_sync(_existing, services, job.id)
    version = services.projects.find(job.version_id) if job.state == "completed" else None
    if patience:
        response.headers["Preference-Applied"] = f"wait={patience:g}"
    if version is not None:
        return song_response(services, version)
    if job.state == "failed":
        raise ApiError(422, job.error or "the job failed")
    response.status_code = 202
    response.headers["Location"] = f"{API_PREFIX}/jobs/{job.id}"
    return job_status(services, job)


def _patience(prefer: str | None) -> float:
    """Seconds of a `Prefer` header; what is not understood is passed over (RFC 7240).

    Examples
    --------
    >>> _patience("respond-async, wait=10"), _patience("wait=99999999999"), _patience("wait=1e9")
    (10.0, 120.0, 0.0)
    """
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d+)(?![\w.])", prefer or "")
    return min(LONGEST_WAIT_SECONDS, float(found.group(1))) if found else 0.0
