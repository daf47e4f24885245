"""`/projects`: what a key has made."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Query

from workbench.api.auth import DENIALS, Reading
from workbench.api.forms import ProjectList, ProjectSummary, SongResponse
from workbench.api.links import TO_PROJECT
from workbench.api.problems import ApiError, responses
from workbench.api.services import ServicesIn
from workbench.api.songs import song_response

router = APIRouter(tags=["projects"])


@router.get("/projects", response_model=ProjectList, responses=responses(*DENIALS))
def list_projects(caller: Reading, services: ServicesIn) -> ProjectList:
    """The key's projects by name, with the numbers of their versions."""
    versions = sorted(services.projects.versions(caller.key.id), key=lambda one: (one.project_id, one.number))
    groups = [(name, list(group)) for name, group in groupby(versions, key=lambda one: one.project_id)]
    return ProjectList(
        projects=[
            ProjectSummary(project_id=name, versions=[one.number for one in group], created=group[0].created)
            for name, group in groups
        ]
    )


@router.get(
    "/projects/{project_id}",
    response_model=SongResponse,
    responses={200: {"links": TO_PROJECT}, **responses(404, 422, *DENIALS)},
)
def read_project(
    project_id: str,
    caller: Reading,
    services: ServicesIn,
    version: int | None = Query(None, ge=1, le=2**31, description="The newest if left out."),
) -> SongResponse:
    """A finished song with newly signed addresses of its files."""
    found = services.projects.get(caller.key.id, project_id, version)
    if found is None:
        raise ApiError(404, f"no finished project {project_id!r} of this key", field="project_id")
    return song_response(services, found)
