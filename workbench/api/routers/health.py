"""`/health` for load balancers, `/metrics` for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from workbench.api.auth import DENIALS, Watching
from workbench.api.forms import Health
from workbench.api.metrics import prometheus_text
from workbench.api.problems import responses
from workbench.api.services import ServicesIn
from workbench.provenance import installed_versions

router = APIRouter(tags=["service"])


@router.get("/health", response_model=Health, responses=responses(503))
def read_health(request: Request, services: ServicesIn) -> Health:
    """Whether the server can do its work; needs no key. Where its database or Redis is away it answers 503."""
    services.limits.check()
    workers = request.app.state.living_workers()
    return Health(
        status="ok" if workers >= services.settings.workers else "degraded",
        version=installed_versions()["beatsfoundry"], workers=workers, waiting=services.jobs.active(),
    )  # fmt: skip


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **responses(*DENIALS)},
)
def read_metrics(request: Request, caller: Watching, services: ServicesIn) -> PlainTextResponse:
    """Counts of requests and jobs in Prometheus' text format; needs a key with the scope `metrics`."""
    return PlainTextResponse(prometheus_text(services, request.app.state.request_counts))
