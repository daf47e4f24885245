"""`GET /parameters`: everything that a request can say."""

from __future__ import annotations

from fastapi import APIRouter, Response

from workbench.api.auth import DENIALS, Reading
from workbench.api.forms import ParametersResponse
from workbench.api.parameters import parameters_json
from workbench.api.problems import responses

router = APIRouter(tags=["parameters"])


@router.get("/parameters", response_model=ParametersResponse, responses=responses(*DENIALS))
def read_parameters(caller: Reading, response: Response) -> Response:
    """Definitions with ranges, units and defaults; styles, presets, patches, networks and references by name."""
    # Written once for many readers: validating and writing it for each would cost twenty times as much.
    return Response(parameters_json(), media_type="application/json", headers=dict(response.headers))
