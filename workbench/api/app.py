"""The application: settings in, FastAPI out. It only puts together what the other modules hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from workbench.api import problems
from workbench.api.middleware import RequestGate
from workbench.api.parameters_page import ParametersCache
from workbench.api.problems import Problem
from workbench.api.routers import analyze, changes, files, generate, health, jobs, parameters, projects, sessions
from workbench.api.services import make_services
from workbench.api.settings import API_PREFIX, ApiSettings
from workbench.provenance import installed_versions

_ROUTERS = (generate, changes, parameters, analyze, jobs, projects, sessions, files, health)


def create_app(settings: ApiSettings, *, living_workers: Callable[[], int] = lambda: 0) -> FastAPI:
    """The API as an ASGI application.

    Parameters
    ----------
    settings : ApiSettings
        Where data lies and what is let through.
    living_workers : callable
        How many worker processes live now.

    Raises
    ------
    BusyError, OutputError, ParameterError
        If the server's folder cannot be used.
    """
    app = FastAPI(
        title="BeatsFoundry",
        version=installed_versions()["beatsfoundry"],
        lifespan=_warmed,
        description="Composes, renders, mixes, masters and measures music.",
        openapi_url=f"{API_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Short names, for links and for the methods of generated clients.
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = make_services(settings)
    app.state.parameters = ParametersCache()
    app.state.living_workers = living_workers
    app.state.request_counts = Counter()
    problems.install(app)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_methods=["*"],
            allow_headers=[
                "Authorization", "Content-Type", "Idempotency-Key", "Prefer", "Range", "X-API-Key", "X-Session-Id",
            ],
            expose_headers=[
                "Content-Range", "ETag", "Location", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
                "Retry-After", "X-Request-Id",
            ],
        )  # fmt: skip
    app.add_middleware(RequestGate, settings=settings, counts=app.state.request_counts)
    for module in _ROUTERS:
        app.include_router(module.router, prefix=API_PREFIX)
    _describe_problems(app)
    return app


@asynccontextmanager
async def _warmed(app: FastAPI) -> AsyncIterator[None]:
    """Have the definitions ready before the first request."""
    await app.state.parameters.page()
    yield


def _describe_problems(app: FastAPI) -> None:
    """Put the form of problems into the OpenAPI description, in place of FastAPI's own form of errors."""
    make = app.openapi

    def openapi() -> dict[str, object]:
        document = make()
        schemas = document["components"]["schemas"]
        if "Problem" not in schemas:
            schemas["Problem"] = Problem.model_json_schema()
        return document

    app.openapi = openapi  # type: ignore[method-assign]
