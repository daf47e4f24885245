"""What the server stands on fails: disk, database, MLflow. It says so in one line, and works again by itself."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.api.conftest import PREFIX, SONG, Server
from tests.tracking.servers import free_port, started
from workbench.api.app import create_app
from workbench.api.database import Database
from workbench.api.recording import AWAY
from workbench.api.serving import recover
from workbench.api.settings import ApiSettings, signing_secret
from workbench.api.worker import Worker
from workbench.domain.errors import OutputError
from workbench.domain.results import Track
from workbench.tracking.records import pending

MEGABYTES = 24


class SmallDisk:
    """A file system of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave not a byte."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 512, 1):
                try:
                    while file.write(bytes(size)):
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def on_disk(disk: SmallDisk) -> Iterator[Server]:
    from fastapi.testclient import TestClient

    settings = ApiSettings(disk.folder / "api")
    app = create_app(settings)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield Server(client, app.state.services, Worker(settings))


@pytest.mark.usefixtures("quick_songs")
def test_a_full_disk_under_the_database(on_disk: Server, disk: SmallDisk) -> None:
    key = on_disk.key()
    waiting = on_disk.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    disk.fill()
    # The database has some room in pages that it holds already.
    answers = [on_disk.client.post(f"{PREFIX}/sessions", headers=key) for _ in range(200)]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert {answer.status_code for answer in refused} == {503}
    assert refused[-1].headers["Retry-After"] == "5"
    assert "full" in refused[-1].json()["detail"]
    assert on_disk.client.get(f"{PREFIX}/jobs/{waiting}", headers=key).json()["status"] == "queued"
    on_disk.worker.run(waiting)
    disk.free()
    recover(on_disk.services, every=True)
    on_disk.worker.run(waiting)
    assert on_disk.client.get(f"{PREFIX}/jobs/{waiting}", headers=key).json()["status"] == "completed"
    assert on_disk.client.post(f"{PREFIX}/sessions", headers=key).status_code == 201


def test_a_full_disk_under_a_song(
    on_disk: Server, disk: SmallDisk, tiny_track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundle takes more than there is: the job says so, nothing is left of it, and the next one is made."""
    key = on_disk.key()
    monkeypatch.setattr("workbench.api.work._MAKERS", {"generate": lambda making: tiny_track})
    (disk.folder / "other").write_bytes(bytes(MEGABYTES * 1_000_000 - 2_000_000))
    failed = on_disk.finish(key)
    assert (failed["status"], failed["result"]) == ("failed", None)
    assert "No space left on device" in failed["error"]
    assert str(disk.folder) not in failed["error"]
    assert not list(on_disk.services.settings.projects.glob("*"))
    assert on_disk.services.jobs.audio_seconds_today(key["X-API-Key"].split("_")[1]) == 0.0
    (disk.folder / "other").unlink()
    assert on_disk.finish(key)["status"] == "completed"


@pytest.mark.parametrize("seconds", [1.0, 40.0], ids=["in memory", "on disk while it is received"])
def test_a_full_disk_under_an_upload(
    server: Server, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    upload = io.BytesIO()
    soundfile.write(upload, np.zeros(int(48000 * seconds)), 48000, format="WAV")
    monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
    key = server.key()
    disk.fill()
    answer = server.client.post(f"{PREFIX}/analyze", files={"file": ("a.wav", upload.getvalue())}, headers=key)
    assert (answer.status_code, answer.json()["detail"]) == (507, "the server's disk is full: try again later")
    disk.free()
    assert not list(disk.folder.iterdir())


def test_a_full_disk_under_a_new_server(disk: SmallDisk) -> None:
    """No half-written secret stays: an empty one would sign what anybody can sign."""
    settings = ApiSettings(disk.folder / "api")
    settings.home.mkdir()
    disk.fill()
    with pytest.raises(OutputError, match="cannot be read or written: No space left"):
        signing_secret(settings)
    disk.free()
    assert len(signing_secret(settings)) == 32
    assert [path.name for path in settings.home.iterdir()] == ["secret"]


def test_a_damaged_secret_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(OutputError, match="expected 32 bytes, got 0"):
        signing_secret(ApiSettings(tmp_path))


def test_a_preview_that_cannot_be_written_stops_no_song(
    server: Server, tiny_track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(making: Any) -> Track:
        making.hear(tiny_track.mix)
        return tiny_track

    monkeypatch.setattr("workbench.api.work._MAKERS", {"generate": made})
    server.services.settings.previews.write_text("in the way of the folder")
    job = server.finish(server.key())
    assert (job["status"], job["preview"]) == ("completed", None)


@pytest.fixture
def locked(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """A connection that holds the database until it rolls back; others wait for a moment only."""
    monkeypatch.setattr("workbench.api.database._BUSY_SECONDS", 0.05)
    server.services.database._local.__dict__.clear()
    other = sqlite3.connect(server.services.settings.database, isolation_level=None, check_same_thread=False)
    yield other
    other.close()


@pytest.mark.usefixtures("quick_songs")
def test_a_locked_database_is_reported_and_recovers(server: Server, locked: sqlite3.Connection) -> None:
    key = server.key()
    locked.execute("BEGIN EXCLUSIVE")
    answer = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "locked" in answer.json()["detail"]
    locked.execute("ROLLBACK")
    assert server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).status_code == 202


def test_a_database_that_is_locked_while_a_song_is_made(
    server: Server, locked: sqlite3.Connection, tiny_track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines of progress are lost, the song is not: its end is written once the database takes it."""
    key = server.key()

    def made(making: Any) -> Track:
        locked.execute("BEGIN EXCLUSIVE")
        making.progress(0.4, "render")
        return tiny_track

    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        locked.execute("ROLLBACK")

    monkeypatch.setattr("workbench.api.work._MAKERS", {"generate": made})
    server.worker._database._local.__dict__.clear()
    monkeypatch.setattr("workbench.api.worker.time.sleep", sleep)
    assert server.finish(key)["status"] == "completed"
    assert waits == [0.5]


def test_a_database_without_room(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk, wherever this runs: SQLite's own refusal of a page more than it has."""
    key = server.key()
    connect, pages = Database._connection, [1]  # the fewest that it can have are as many as it has now

    def bounded(database: Database) -> sqlite3.Connection:
        connection = connect(database)
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")
        return connection

    monkeypatch.setattr(Database, "_connection", bounded)
    assert {server.client.post(f"{PREFIX}/sessions", headers=key).status_code for _ in range(200)} == {201, 503}
    pages[0] = 1_000_000
    assert server.client.post(f"{PREFIX}/sessions", headers=key).status_code == 201


@pytest.mark.filterwarnings("ignore")  # MLflow and its database warn of their own affairs
def test_mlflow_is_away_and_comes_back(
    server: Server, tiny_track: Track, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A song is finished without its run, which waits; the next song that is recorded takes it along."""
    from mlflow import MlflowClient

    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("workbench.api.work._MAKERS", {"generate": lambda making: tiny_track})
    key, port, store = server.key(), free_port(), f"sqlite:///{tmp_path}/store/mlflow.db"
    settings = replace(server.services.settings, tracking_uri=f"http://127.0.0.1:{port}")
    recording = Server(server.client, server.services, Worker(settings))
    without = recording.finish(key)
    assert (without["status"], without["result"]["notes"]) == ("completed", [AWAY])
    assert len(pending()) == 1
    with started(store, tmp_path, port):
        assert recording.finish(key)["result"]["notes"] == []
    assert pending() == []
    client = MlflowClient(tracking_uri=store)
    runs = client.search_runs([one.experiment_id for one in client.search_experiments()])
    assert [run.info.status for run in runs] == ["FINISHED", "FINISHED"]
