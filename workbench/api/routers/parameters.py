"""`GET /parameters`: everything that a request can say."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from workbench.api.auth import DENIALS, Reading
from workbench.api.forms import ParametersResponse
from workbench.api.problems import responses

router = APIRouter(tags=["parameters"])


@router.get(
    "/parameters",
    response_model=ParametersResponse,
    responses={304: {"description": "As the client has them"}, **responses(*DENIALS)},
)
async def read_parameters(
    caller: Reading,
    request: Request,
    response: Response,
    if_none_match: Annotated[str | None, Header(description="The `ETag` of an earlier answer.")] = None,
) -> Response:
    """Definitions with ranges, units and defaults; styles, presets, patches, networks and references by name."""
    page = await request.app.state.parameters.page()
    headers = {**response.headers, "ETag": page.etag, "Cache-Control": "private, no-cache"}
    if page.etag in (if_none_match or ""):
        return Response(status_code=304, headers=headers)
    return Response(page.json, media_type="application/json", headers=headers)
