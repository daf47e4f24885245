"""Queue and limits on a real Redis, which goes away and comes back."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import PREFIX, SONG, Server
from workbench.api.app import create_app
from workbench.api.queue import JobQueue
from workbench.api.serving import recover
from workbench.api.settings import ApiSettings
from workbench.api.worker import Worker

pytestmark = [
    pytest.mark.usefixtures("quick_songs"),
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is absent"),
]


class Redis:
    """A Redis server of this test's own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self._process = subprocess.Popen([*command, str(self._folder)], stdout=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def server(tmp_path: Path, redis: Redis) -> Iterator[Server]:
    from fastapi.testclient import TestClient

    settings = ApiSettings(tmp_path / "api", redis_url=redis.url)
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield Server(client, app.state.services, Worker(settings))


def _queued(server: Server) -> list[str]:
    """What a worker takes from the queue until it is empty."""
    seen: list[str] = []
    queue = JobQueue(server.services.settings, seen.append)
    while (task := queue._huey.dequeue()) is not None:
        queue._huey.execute(task)
    return seen


def test_jobs_go_through_redis(server: Server) -> None:
    key = server.key()
    job_id = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    assert _queued(server) == [job_id]


def test_limits_are_shared_by_servers(server: Server, tmp_path: Path) -> None:
    free = server.key("free")
    allowed = server.services.tiers["free"].requests_a_minute
    other: Any = create_app(server.services.settings)
    remaining = []
    from fastapi.testclient import TestClient

    with TestClient(other, base_url="http://localhost") as second:
        for client in (server.client, second, server.client):
            remaining.append(int(client.get(f"{PREFIX}/projects", headers=free).headers["RateLimit-Remaining"]))
    assert remaining == [allowed - 1, allowed - 2, allowed - 3]


def test_redis_goes_away_and_comes_back(server: Server, redis: Redis) -> None:
    key = server.key()
    redis.stop()
    away = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key)
    assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
    assert "rate limits cannot be read" in away.json()["detail"]
    assert "127.0.0.1" not in away.json()["detail"]
    assert server.client.get(f"{PREFIX}/health").status_code == 503
    redis.start()
    assert server.client.get(f"{PREFIX}/health").status_code == 200
    assert server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).status_code == 202


def test_an_accepted_job_survives_a_queue_that_is_away(
    server: Server, monkeypatch: pytest.MonkeyPatch, redis: Redis
) -> None:
    key = server.key()
    accepted = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    redis.stop()  # and with it all that was queued: this one keeps nothing on disk
    recover(server.services, every=True)
    redis.start()
    assert _queued(server) == []
    recover(server.services, every=True)
    assert _queued(server) == [accepted]


def test_a_worker_waits_for_redis_and_goes_on(server: Server, redis: Redis, tmp_path: Path) -> None:
    """A real worker process outlives its queue: it starts while Redis is away, and works once it is there."""
    key, settings = server.key(), server.services.settings
    job_id = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    with server.services.database.transaction() as connection:
        # The bundle that it would change is gone, so that it fails at once, without making music.
        connection.execute("UPDATE jobs SET kind = 'render', parent = 'gone' WHERE id = ?", (job_id,))
    redis.stop()
    command = [sys.executable, "-m", "workbench.api.worker", "--home", str(settings.home), "--redis", redis.url]
    with (tmp_path / "worker.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as worker:
        try:
            _until(lambda: b"worker starts" in (tmp_path / "worker.log").read_bytes())
            time.sleep(2.0)
            assert worker.poll() is None
            redis.start()
            recover(server.services, every=True)
            _until(lambda: server.services.jobs.counts() == {"failed": 1})
            assert worker.poll() is None
        finally:
            worker.terminate()
            worker.wait(30)
    ended = server.client.get(f"{PREFIX}/jobs/{job_id}", headers=key).json()
    assert ended["error"] == "server/projects/gone does not exist: expected a bundle, as generate and compose write it"


def _until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)
