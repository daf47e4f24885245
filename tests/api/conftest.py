"""A server in a temporary folder, keys of several kinds, and a worker that is run by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from workbench.api.app import create_app
from workbench.api.logs import configure_logs
from workbench.api.services import Services
from workbench.api.settings import ApiSettings
from workbench.api.work import Making
from workbench.api.worker import Worker
from workbench.domain.errors import ModelError
from workbench.output.files.folder import appearing

PREFIX = "/api/v1"
SONG: dict[str, Any] = {
    "project_id": "song",
    "parameters": {"creative": {"concept": "short house loop"}, "technical": {"duration": 8}},
}


@dataclass(frozen=True)
class Server:
    """A server under test."""

    client: TestClient
    services: Services
    worker: Worker

    def key(self, tier: str = "studio", *scopes: str) -> dict[str, str]:
        """Headers with a new key."""
        _, text = self.services.keys.create("test", tier, scopes or ("generate", "read", "analyze", "metrics"))
        return {"X-API-Key": text}

    def finish(self, headers: dict[str, str], body: dict[str, Any] = SONG, path: str = "/generate") -> dict[str, Any]:
        """Post work, do it, and return the finished job."""
        answer = self.client.post(PREFIX + path, json=body, headers=headers)
        assert answer.status_code == 202, answer.text
        self.worker.run(answer.json()["job_id"])
        done: dict[str, Any] = self.client.get(f"{PREFIX}/jobs/{answer.json()['job_id']}", headers=headers).json()
        return done


@pytest.fixture(autouse=True)
def logs() -> None:
    """Logs take the form that they have on a server."""
    configure_logs()


@pytest.fixture
def settings(tmp_path: Path) -> ApiSettings:
    return ApiSettings(tmp_path / "api")


@pytest.fixture
def server(settings: ApiSettings) -> Iterator[Server]:
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield Server(client, app.state.services, Worker(settings))


@pytest.fixture
def quick_songs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs write a small bundle instead of music: the server is under test here, not the pipeline."""
    monkeypatch.setattr("workbench.api.worker.make_bundle", small_bundle)


def small_bundle(making: Making) -> dict[str, Any]:
    """A bundle with one file, whose text tells what it was made from."""
    job, bundle = making.job, making.bundle
    making.progress(0.5, "compose")
    if job.payload.get("parameters", {}).get("creative", {}).get("concept") == "fails":
        raise ModelError("weights are missing")
    sound = json.dumps([job.kind, job.payload, str(making.parent)]).encode()
    files = {"master.wav": {"sha256": hashlib.sha256(sound).hexdigest(), "bytes": len(sound)}}
    with appearing(bundle) as folder:
        (folder / "master.wav").write_bytes(sound)
        manifest = {"creation_time": "2026-01-01T00:00:00+00:00", "files": files}
        (folder / "manifest.json").write_text(json.dumps(manifest))
    return {
        "outputs": {"master": "master.wav", "stems": {}, "alternatives": []},
        "metadata": {
            "duration": 8.0, "tempo": 120.0, "key": "F minor", "loudness": -14.0,
            "creation_time": "2026-01-01T00:00:00+00:00", "generation_parameters": dict(job.payload),
        },
        "notes": [],
    }  # fmt: skip
