"""The OpenAPI description against the server: schemathesis makes requests from it and holds answers to it.

About 500 cases here; `make test-long` runs 5,000, and walks along the links between endpoints.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.conftest import PREFIX
from tests.api.test_authorisation import OPEN, SCOPE
from workbench.api.app import create_app
from workbench.api.settings import ApiSettings
from workbench.api.tiers import Tier

OPERATIONS = sorted({*SCOPE, *OPEN})
MORE_THAN_A_SCHEMA = {"/generate", "/modify", "/render", "/analyze"}
"""What they refuse depends on parts that have to fit each other, which no schema says."""

BOUNDLESS = Tier(
    requests_a_minute=10**9,
    concurrent_jobs=10**9,
    audio_minutes_a_day=1e9,
    longest_seconds=1e9,
    upload_megabytes=1.0,
)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, str]:
    """The description as schemathesis reads it, and a key with every scope."""
    app = create_app(ApiSettings(tmp_path_factory.mktemp("openapi"), queue_limit=10**9))
    app.state.services = replace(app.state.services, tiers={"studio": BOUNDLESS})
    scopes = ("generate", "read", "analyze", "metrics")
    key = str(app.state.services.keys.create("fuzz", "studio", scopes)[1])
    return schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", app), key


def _hold(described: tuple[Any, str], method: str, path: str, cases: int, headers: dict[str, str] | None) -> None:
    schema, key = described
    operation = schema[f"{PREFIX}{path}"][method.upper()]

    @given(case=operation.as_strategy())
    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck), derandomize=cases < 100)
    def hold(case: Any) -> None:
        excluded = [positive_data_acceptance] if path in MORE_THAN_A_SCHEMA else []
        sent = {"X-API-Key": key} if headers is None else headers
        case.call_and_validate(headers=sent, excluded_checks=excluded)

    hold()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_are_as_described(described: tuple[Any, str], method: str, path: str) -> None:
    _hold(described, method, path, 25, None)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_without_a_key_are_as_described(described: tuple[Any, str], method: str, path: str) -> None:
    _hold(described, method, path, 4, {})


@pytest.mark.long
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_are_as_described_at_length(described: tuple[Any, str], method: str, path: str) -> None:
    _hold(described, method, path, 5000 // len(OPERATIONS), None)
