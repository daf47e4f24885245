"""Versions and jobs in their published form, with signed addresses for paths."""

from __future__ import annotations

from workbench.api.forms import JobStatus, Metadata, Outputs, SongResponse
from workbench.api.jobs import Job
from workbench.api.previews import PREVIEW
from workbench.api.projects import Version
from workbench.api.services import Services
from workbench.api.signing import sign_address
from workbench.output import read_manifest


def song_response(services: Services, version: Version) -> SongResponse:
    """The published response of a finished version; its addresses are signed anew."""

    def address(path: str) -> str:
        return sign_address(services.secret, version.id, path, services.settings.address_seconds)

    paths = version.response["outputs"]
    outputs = Outputs(
        master=address(paths["master"]),
        stems={name: address(path) for name, path in paths["stems"].items()},
        alternatives=[address(path) for path in paths["alternatives"]],
    )
    files = read_manifest(services.projects.bundle(version.id))["files"]
    return SongResponse(
        project_id=version.project_id, status="completed", outputs=outputs, version=version.number,
        metadata=Metadata(**version.response["metadata"]), files={path: address(path) for path in files},
        notes=version.response.get("notes", []),
    )  # fmt: skip


def job_status(services: Services, job: Job) -> JobStatus:
    """A job as its owner sees it, with the song once it is finished."""
    version = services.projects.find(job.version_id) if job.state == "completed" else None
    return JobStatus(
        job_id=job.id, kind=job.kind, project_id=job.project_id, status=job.state, stage=job.stage,
        percentage=round(100.0 * min(1.0, max(0.0, job.fraction)), 1), attempt=job.attempt, error=job.error,
        preview=preview_address(services, job), result=song_response(services, version) if version else None,
    )  # fmt: skip


def preview_address(services: Services, job: Job) -> str | None:
    """Where the first seconds of a job's song are heard, once they can be."""
    if services.previews.find(job.version_id) is None:
        return None
    return sign_address(services.secret, job.version_id, PREVIEW, services.settings.address_seconds)
