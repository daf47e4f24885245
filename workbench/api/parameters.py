"""The definitions behind `GET /parameters`."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from workbench.api.database import now
from workbench.api.forms import ParametersResponse

_FRESH_SECONDS = 5.0


def parameters_json() -> bytes:
    """The definitions as JSON; files of the user's that appear are seen after a few seconds."""
    return _json_at(int(now() / _FRESH_SECONDS))


@lru_cache(maxsize=1)
def _json_at(moment: int) -> bytes:
    return parameters_response().model_dump_json().encode()


def parameters_response() -> ParametersResponse:
    """Schemas and the names that a request can use, those of the user's own files among them."""
    from workbench.analysis.references import ReferenceLibrary
    from workbench.concept import list_macros, list_starters, list_styles
    from workbench.domain.deliveries import list_deliveries
    from workbench.models.elements import SPECS
    from workbench.models.library import list_names
    from workbench.rendering import list_kits, list_patches

    pitched = ("bass", "pads", "leads")
    return ParametersResponse(
        request=_schemas()[0],
        edits=_schemas()[1],
        styles=list(list_styles()),
        presets=list(list_starters("preset")),
        templates=list(list_starters("template")),
        macros=list(list_macros()),
        deliveries=[profile.name for profile in list_deliveries()],
        patches=sorted({name for element in pitched for name in list_patches(element)}),
        kits=list(list_kits()),
        models={element: ["shipped", *list_names(element)] for element in SPECS},
        references=[profile.id for profile in ReferenceLibrary().list()],
    )


@cache
def _schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    from workbench.domain.request import GenerationRequest
    from workbench.editing.edits import edits_schema

    return GenerationRequest.model_json_schema(), edits_schema()
