"""Who calls: the key of a request, its tier, its scope and its rate limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from workbench.api.keys import ApiKey
from workbench.api.problems import ApiError
from workbench.api.services import ServicesIn
from workbench.api.tiers import Tier, find_tier

_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="A key of `beatsfoundry keys create`.")
_BEARER = HTTPBearer(auto_error=False, description="The same key as a bearer token.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that a request came with, and what its tier allows."""

    key: ApiKey
    tier: Tier


def caller_with(scope: str) -> Callable[..., Caller]:
    """A dependency that lets through only keys with a scope, as often as their tier allows."""

    def check(
        request: Request,
        response: Response,
        services: ServicesIn,
        header: Annotated[str | None, Security(_HEADER)] = None,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)] = None,
    ) -> Caller:
        text = header or (bearer.credentials if bearer else "")
        key = services.keys.find(text) if text else None
        if key is None:
            why = "the key is wrong or revoked" if text else "a key is needed: send it as X-API-Key"
            raise ApiError(401, why, headers={"WWW-Authenticate": "Bearer"})
        request.state.key_id = key.id
        tier = find_tier(services.tiers, key.tier)
        allowance = services.limits.take(key.id, tier.requests_a_minute)
        if not allowance.granted:
            why = f"tier {key.tier} allows {allowance.limit} requests a minute: wait {allowance.reset_seconds} s"
            raise ApiError(429, why, headers=allowance.headers)
        response.headers.update(allowance.headers)
        if scope not in key.scopes:
            raise ApiError(403, f"the key has no scope {scope!r}: its scopes are {', '.join(key.scopes)}")
        return Caller(key, tier)

    return check


Generating = Annotated[Caller, Depends(caller_with("generate"))]
Reading = Annotated[Caller, Depends(caller_with("read"))]
Analyzing = Annotated[Caller, Depends(caller_with("analyze"))]
Watching = Annotated[Caller, Depends(caller_with("metrics"))]

DENIALS: tuple[Any, ...] = (401, 403, 429, 503)
"""What every endpoint that needs a key may answer."""
