"""`GET /parameters`: everything that a request can say."""

from __future__ import annotations

from fastapi import APIRouter

from workbench.api.auth import DENIALS, Reading
from workbench.api.forms import ParametersResponse
from workbench.api.parameters import parameters_response
from workbench.api.problems import responses

router = APIRouter(tags=["parameters"])


@router.get("/parameters", response_model=ParametersResponse, responses=responses(*DENIALS))
def read_parameters(caller: Reading) -> ParametersResponse:
    """Definitions with ranges, units and defaults; styles, presets, patches, networks and references by name."""
    return parameters_response()
