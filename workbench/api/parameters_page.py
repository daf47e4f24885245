"""The definitions behind `GET /parameters`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import anyio

from workbench.api.database import now
from workbench.api.forms import ParametersResponse
from workbench.domain.elements import PITCHED_ELEMENTS

_FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ParametersPage:
    """The definitions as JSON, and the tag by which a client knows them again."""

    json: bytes
    etag: str


class ParametersCache:
    """The definitions, written once for many readers; files of the user's that appear are seen after a few seconds."""

    def __init__(self) -> None:
        self._page: ParametersPage | None = None
        self._made = 0.0
        self._lock = anyio.Lock()

    async def page(self) -> ParametersPage:
        """The page as it is; while one request makes it anew, the others are answered with what there was."""
        if self._page is None:
            async with self._lock:
                return self._page or await self._renewed()
        return await self._renewed() if now() - self._made >= _FRESH_SECONDS else self._page

    async def _renewed(self) -> ParametersPage:
        self._made = now()
        self._page = await anyio.to_thread.run_sync(_written)
        return self._page


def _written() -> ParametersPage:
    text = parameters_response().model_dump_json().encode()
    return ParametersPage(text, f'"{hashlib.sha256(text).hexdigest()[:32]}"')


def parameters_response() -> ParametersResponse:
    """Schemas and the names that a request can use, those of the user's own files among them."""
    from workbench.analysis.references import ReferenceLibrary
    from workbench.concept import list_macros, list_starters, list_styles
    from workbench.domain.deliveries import list_deliveries
    from workbench.models.elements import SPECS
    from workbench.models.library import list_names
    from workbench.rendering import list_kits, list_patches

    return ParametersResponse(
        request=_schemas()[0],
        edits=_schemas()[1],
        styles=list(list_styles()),
        presets=list(list_starters("preset")),
        templates=list(list_starters("template")),
        macros=list(list_macros()),
        deliveries=[profile.name for profile in list_deliveries()],
        patches=sorted({name for element in PITCHED_ELEMENTS for name in list_patches(element)}),
        kits=list(list_kits()),
        models={element: ["shipped", *list_names(element)] for element in SPECS},
        references=[profile.id for profile in ReferenceLibrary().list()],
    )


@cache
def _schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    from workbench.domain.request import GenerationRequest
    from workbench.editing.edits import edits_schema

    return GenerationRequest.model_json_schema(), edits_schema()
