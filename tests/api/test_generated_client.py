"""Clients that nobody here wrote: one that a generator made from the OpenAPI description, and curl."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import soundfile

from tests.api.test_live_server import REQUEST
from workbench.api.local import LocalServer

pytest.importorskip("openapi_python_client", reason="openapi-python-client is not installed")

pytestmark = pytest.mark.long

LONGEST_SECONDS = 900.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    with LocalServer(tmp_path_factory.mktemp("server") / "api") as running:
        yield running


@pytest.fixture
def generated(server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A package that openapi-python-client wrote, without a warning, from what the server says of itself."""
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    address = f"{server.address}/api/v1/openapi.json"
    made = subprocess.run(
        [*command, "--url", address, "--output-path", str(tmp_path / "stranger")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "WARNING" not in made.stdout + made.stderr, made.stdout
    monkeypatch.syspath_prepend(tmp_path)
    return importlib.import_module("stranger")


def _call(name: str) -> Any:
    """An operation of the generated package, such as "songs.generate"."""
    return importlib.import_module(f"stranger.api.{name}").sync


def test_a_generated_client_makes_changes_and_fetches_a_song(
    server: LocalServer, generated: ModuleType, tmp_path: Path
) -> None:
    with generated.AuthenticatedClient(base_url=server.address, token=server.key) as client:
        _make_change_and_fetch(client, tmp_path)


def _make_change_and_fetch(client: Any, folder: Path) -> None:
    models = importlib.import_module("stranger.models")
    job = _call("songs.generate")(client=client, body=models.GenerationRequest.from_dict(REQUEST))
    song = _ended(client, job)
    assert (song.project_id, song.metadata.tempo, song.metadata.key) == ("neon-rain", 120, "F minor")
    edits = {"project_id": "neon-rain", "edits": [{"edit": "mute", "element": "bass"}]}
    changed = _ended(client, _call("songs.modify")(client=client, body=models.ModifyRequest.from_dict(edits)))
    assert (changed.version, [one.versions for one in _call("projects.list_projects")(client=client).projects]) == (
        2, [[1, 2]],
    )  # fmt: skip
    target = folder / "master.wav"
    target.write_bytes(client.get_httpx_client().get(song.outputs.master).raise_for_status().content)
    assert soundfile.info(target).duration == pytest.approx(song.metadata.duration, abs=1e-3)
    wrong = models.GenerationRequest.from_dict({**REQUEST, "parameters": {"creative": {"concept": "x", "mood": "y"}}})
    wrong.parameters.creative.concept = ""
    refusal = _call("songs.generate")(client=client, body=wrong)
    assert (refusal.status, refusal.field) == (422, "parameters.creative.concept")


def _ended(client: Any, job: Any) -> Any:
    """Poll a job until it is completed; the song."""
    until = time.monotonic() + LONGEST_SECONDS
    while job.status not in ("completed", "failed", "cancelled"):
        assert time.monotonic() < until, job
        time.sleep(0.5)
        job = _call("jobs.read_job")(job.job_id, client=client)
    assert job.status == "completed", job.error
    return job.result


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is absent")
def test_the_published_example_as_it_stands(server: LocalServer, repository: Path, tmp_path: Path) -> None:
    """The file is posted as it lies there, and the answer has the published form."""
    example = repository / "data" / "requests" / "example.json"
    asked = json.loads(example.read_text())
    job = _curl(server, "-d", f"@{example}", "/generate")
    until = time.monotonic() + LONGEST_SECONDS
    while job["status"] in ("queued", "running"):
        assert time.monotonic() < until, job
        time.sleep(2.0)
        job = _curl(server, f"/jobs/{job['job_id']}")
    song = job["result"]
    assert (song["project_id"], song["status"]) == (asked["project_id"], "completed")
    assert set(song["outputs"]) == {"master", "stems", "alternatives"}
    assert set(song["outputs"]["stems"]) == set(asked["parameters"]["sound_design"]["palette"])
    told = song["metadata"]
    assert {"duration", "tempo", "key", "loudness", "creation_time", "generation_parameters"} <= set(told)
    assert (told["tempo"], told["key"]) == (120, "F minor")
    assert told["duration"] == pytest.approx(240.0, rel=0.05)
    for address in (song["outputs"]["master"], *song["outputs"]["stems"].values()):
        target = tmp_path / "file.wav"
        subprocess.run(["curl", "-sf", "-o", target, server.address + address], check=True)
        assert soundfile.info(target).duration == pytest.approx(told["duration"], abs=0.01)


def _curl(server: LocalServer, *options: str) -> dict[str, Any]:
    *given, path = options
    headers = ["-H", f"X-API-Key: {server.key}", "-H", "Content-Type: application/json"]
    done = subprocess.run(
        ["curl", "-sf", *headers, *given, f"{server.address}/api/v1{path}"], capture_output=True, check=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
