"""`POST /analyze`: measures an upload, or a file of a project."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, File, Form, UploadFile

from workbench.api.auth import DENIALS, Analyzing, Caller
from workbench.api.forms import AnalysisResponse
from workbench.api.measuring import measure_file
from workbench.api.problems import ApiError, responses
from workbench.api.services import Services, ServicesIn
from workbench.api.uploads import stored_upload
from workbench.output import read_manifest

router = APIRouter(tags=["analysis"])

# Measuring is work of the processor: two at once, the others wait.
_MEASURING = CapacityLimiter(2)


@router.post("/analyze", response_model=AnalysisResponse, responses=responses(404, 413, 422, 507, *DENIALS))
async def analyze(
    caller: Analyzing,
    services: ServicesIn,
    file: Annotated[UploadFile | None, File(description="An audio file.")] = None,
    project_id: Annotated[str | None, Form(min_length=1, max_length=200, description="Or a project ...")] = None,
    path: Annotated[str | None, Form(min_length=1, max_length=200, description="... and a file of its bundle.")] = None,
    dual_mono: Annotated[bool, Form(description="Measure a mono file as two speakers play it, 3 LU louder.")] = False,
) -> AnalysisResponse:
    """Loudness, true peak, spectrum, stereo image, rhythm and key of an audio file."""
    if (file is None) == (project_id is None):
        raise ApiError(422, "expected either an uploaded file, or project_id", field="file")
    if file is None:
        return await to_thread.run_sync(_project_file, services, caller, project_id or "", path, limiter=_MEASURING)
    limit = int(caller.tier.upload_megabytes * 1e6)
    async with stored_upload(file, limit) as stored:
        measured = partial(measure_file, stored, file.filename or "upload", dual_mono=dual_mono)
        return await to_thread.run_sync(measured, limiter=_MEASURING)


def _project_file(services: Services, caller: Caller, project_id: str, path: str | None) -> AnalysisResponse:
    version = services.projects.get(caller.key.id, project_id)
    if version is None:
        raise ApiError(404, f"no finished project {project_id!r} of this key", field="project_id")
    bundle = services.projects.bundle(version.id)
    name = path or version.response["outputs"]["master"]
    if name not in read_manifest(bundle)["files"]:
        raise ApiError(404, f"the project holds no file {name!r}", field="path")
    return measure_file(bundle / name, name)
