"""What the endpoints share: settings, stores, queue, limits and the signing secret, made once by `create_app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from workbench.api.database import Database
from workbench.api.jobs import JobStore
from workbench.api.keys import KeyStore
from workbench.api.previews import PreviewStore
from workbench.api.projects import ProjectStore
from workbench.api.queue import JobQueue
from workbench.api.rate_limits import RateLimits
from workbench.api.sessions import SessionStore
from workbench.api.settings import ApiSettings, signing_secret
from workbench.api.tiers import Tier, load_tiers


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that an endpoint may need."""

    settings: ApiSettings
    database: Database
    keys: KeyStore
    tiers: dict[str, Tier]
    jobs: JobStore
    projects: ProjectStore
    previews: PreviewStore
    sessions: SessionStore
    queue: JobQueue
    limits: RateLimits
    secret: bytes


def make_services(settings: ApiSettings) -> Services:
    """Open the stores of a server.

    Raises
    ------
    BusyError, OutputError, ParameterError
        If the server's folder cannot be used, or its tiers are damaged.
    """
    secret = signing_secret(settings)
    database = Database(settings.database)
    return Services(
        settings,
        database,
        KeyStore(database),
        load_tiers(settings.home),
        JobStore(database),
        ProjectStore(database, settings.projects),
        PreviewStore(settings.previews),
        SessionStore(database, settings.session_seconds),
        JobQueue(settings),
        RateLimits(settings.redis_url),
        secret,
    )


async def services_of(request: Request) -> Services:
    """The services of the application that a request came to; async, so that it needs no thread."""
    services: Services = request.app.state.services
    return services


ServicesIn = Annotated[Services, Depends(services_of)]
