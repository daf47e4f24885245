"""The OpenAPI description against the server: schemathesis makes requests from it and holds answers to it.

About 600 cases here, of which some walk along the links between endpoints; `make test-long` runs 5,000 of each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, use_after_free

from tests.api.conftest import PREFIX, SONG
from tests.api.test_authorisation import OPEN, SCOPE
from workbench.api.app import create_app
from workbench.api.keys import SCOPES
from workbench.api.settings import ApiSettings
from workbench.api.tiers import Tier
from workbench.api.worker import Worker

OPERATIONS = sorted({*SCOPE, *OPEN})
MORE_THAN_A_SCHEMA = {"/generate", "/modify", "/render", "/analyze"}
"""What they refuse depends on parts that have to fit each other, which no schema says."""

POSSIBLE: dict[str, dict[str, Any]] = {
    "/generate": SONG,
    "/modify": {"project_id": "song", "edits": [{"edit": "drop", "element": "pads"}]},
    "/render": {"project_id": "song", "format": "flac"},
}
"""Work that can be done, for walks: they are about order, and a body made up from a schema is seldom a song."""

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
    app = _app(ApiSettings(tmp_path_factory.mktemp("openapi"), queue_limit=10**9))
    return schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", app), _key(app)


def _app(settings: ApiSettings) -> Any:
    """A server whose tier allows everything."""
    app = create_app(settings)
    app.state.services = replace(app.state.services, tiers={"studio": BOUNDLESS})
    return app


def _key(app: Any) -> str:
    return str(app.state.services.keys.create("fuzz", "studio", SCOPES)[1])


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


def _walk(tmp_path: Path, walks: int, steps: int, *, with_key: bool) -> Counter[tuple[str, int]]:
    """Go along the links, while a worker does what is asked for; how often each endpoint gave each status."""
    server_settings = ApiSettings(tmp_path / "api", queue_limit=10**9)
    app = _app(server_settings)
    worker, seen = Worker(server_settings), Counter[tuple[str, int]]()
    headers = {"X-API-Key": _key(app)} if with_key else {}
    machine = schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", app).as_state_machine()

    class Workflow(machine):  # type: ignore[misc, valid-type]
        def setup(self) -> None:
            # Each walk begins with nothing, so that Hypothesis finds it again as it was.
            super().setup()
            with app.state.services.database.transaction() as connection:
                for table in ("jobs", "versions", "sessions", "session_steps", "idempotency"):
                    connection.execute(f"DELETE FROM {table}")

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def before_call(self, case: Any) -> None:
            super().before_call(case)
            body = POSSIBLE.get(case.operation.path.removeprefix(PREFIX))
            if body and case.meta.generation.mode.is_positive:
                case.body = {**body, "project_id": case.body.get("project_id") or body["project_id"]}

        def after_call(self, response: Any, case: Any) -> None:
            super().after_call(response, case)
            seen[(case.operation.label.replace(PREFIX, ""), response.status_code)] += 1
            for job_id in app.state.services.jobs.queued():
                worker.run(job_id)

        def validate_response(self, response: Any, case: Any, **options: Any) -> None:
            # What fits a song depends on the song, which no schema says.
            # A job that is cancelled is still there: its owner may ask what became of it.
            stays = [use_after_free] if "/jobs/" in case.operation.path else []
            excluded = [positive_data_acceptance, *stays]
            case.validate_response(response, excluded_checks=excluded, transport_kwargs=options, recorder=self.recorder)

    Workflow.run(
        settings=settings(
            max_examples=walks, stateful_step_count=steps, deadline=None, derandomize=walks < 100,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )
    )  # fmt: skip
    return seen


def _hold_walks(seen: Counter[tuple[str, int]], reached: set[str] | None) -> None:
    """No fault of the server; with a key these endpoints gave what they are for, without one none did."""
    assert not [answer for answer in seen if answer[1] >= 500]
    if reached is not None:
        assert reached <= {label for label, status in seen if status < 300}
        return
    assert {status for label, status in seen if label != "GET /health"} <= {401, 403, 404, 405, 422}


@pytest.mark.usefixtures("quick_songs")
@pytest.mark.parametrize(("with_key", "walks"), [(True, 20), (False, 3)])
def test_walks_along_the_links(tmp_path: Path, with_key: bool, walks: int) -> None:
    _hold_walks(
        _walk(tmp_path, walks, 8, with_key=with_key), {"POST /generate", "POST /sessions"} if with_key else None
    )


@pytest.mark.long
@pytest.mark.usefixtures("quick_songs")
@pytest.mark.parametrize(("with_key", "walks"), [(True, 400), (False, 60)])
def test_walks_along_the_links_at_length(tmp_path: Path, with_key: bool, walks: int) -> None:
    seen = _walk(tmp_path, walks, 12, with_key=with_key)
    print(f"\n{seen.total()} cases: {dict(seen)}")
    below = {f"{verb} /{noun}" for verb, noun in (("GET", "jobs/{job_id}"), ("GET", "projects/{project_id}"))}
    songs = {"POST /generate", "POST /modify", "POST /render", "POST /sessions"}
    _hold_walks(seen, below | songs if with_key else None)
