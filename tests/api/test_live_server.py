"""A real server, its worker process and the client: the published example as written, and what fails meanwhile."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from workbench.api.client import ApiClientError
from workbench.api.forms import JobStatus, SongResponse
from workbench.api.local import LocalServer

REQUEST: dict[str, Any] = {
    "project_id": "neon-rain",
    "parameters": {
        "creative": {"concept": "late-night drive through neon rain", "mood": "wistful but driving", "references": []},
        "technical": {"tempo": 120, "key": "F minor", "duration": 8, "structure": ["verse"]},
        "sound_design": {"palette": ["bass", "percussion"], "texture_density": 0.6, "processing_style": "warm"},
    },
    "options": {
        "stem_export": True,
        "iterations": 1,
        "format": "wav",
        "sample_rate": 48000,
        "seed": 7,
        "preview": True,
    },
}


def test_from_request_to_files(tmp_path: Path) -> None:
    with LocalServer(tmp_path / "api") as server, server.client() as client:
        client.begin_session()
        job = client.generate(REQUEST, idempotency_key="first")
        assert isinstance(job, JobStatus)
        events = list(client.events(job.job_id))
        names = [name for name, _ in events]
        assert names.count("preview") == 1
        assert 0 < names.index("preview") < names.index("end")
        # What is heard first is heard before the sound is made, which is done at 90 %.
        assert all(data["percentage"] < 90 for _, data in events[: names.index("preview")])
        heard, _ = soundfile.read(client.download(events[names.index("preview")][1]["preview"], tmp_path / "p.flac"))
        assert len(heard) / 48000 == pytest.approx(8.0, abs=0.1)  # a song of 8 s is heard whole
        assert np.abs(heard).max() > 0.05
        song = client.wait(job)
        assert (song.project_id, song.status, song.metadata.tempo, song.metadata.key) == (
            "neon-rain", "completed", 120.0, "F minor",
        )  # fmt: skip
        assert song.metadata.loudness == pytest.approx(-14.0, abs=0.2)
        assert set(song.outputs.stems) == {"bass", "percussion"}
        master = client.download(song.outputs.master, tmp_path / "master.wav")
        told = json.loads(client.download(song.files["plan.json"], tmp_path / "plan.json").read_text())
        assert told["tempo_bpm"] == 120.0
        sound, rate = soundfile.read(master)
        assert rate == 48000
        assert len(sound) / rate == pytest.approx(song.metadata.duration, abs=1e-3)
        edited = client.modify("neon-rain", [{"edit": "mute", "element": "bass"}], wait_seconds=60)
        assert isinstance(edited, SongResponse)
        drums = [
            client.download(one.outputs.stems["percussion"], tmp_path / f"{number}.wav").read_bytes()
            for number, one in enumerate((song, edited))
        ]
        assert drums[0] == drums[1]
        again = client.render("neon-rain", version=1, format="flac", target_loudness=-20.0, wait_seconds=60)
        assert isinstance(again, SongResponse)
        assert again.metadata.loudness == pytest.approx(-20.0, abs=0.2)
        assert client.analyze(master).measurements["integrated_loudness_lufs"] == pytest.approx(-14.0, abs=0.2)
        assert client.undo().history == ["neon-rain/1", "neon-rain/2", "neon-rain/3"]
        assert [one.versions for one in client.projects().projects] == [[1, 2, 3]]


def test_uploads_are_sniffed_and_bounded(tmp_path: Path) -> None:
    tone = (0.1 * np.sin(2 * np.pi * 440 * np.arange(24000) / 48000)).astype(np.float32)
    soundfile.write(tmp_path / "tone.wav", tone, 48000)
    whole = (tmp_path / "tone.wav").read_bytes()
    broken = {"page.wav": b"<html>", "empty.wav": b"", "cut.wav": whole[:20], "liar.wav": whole[:12] + b"\xff" * 40}
    with LocalServer(tmp_path / "api") as server, server.client() as client:
        assert client.analyze(tmp_path / "tone.wav").duration_seconds == pytest.approx(0.5, abs=1e-3)
        for name, data in broken.items():
            (tmp_path / name).write_bytes(data)
            with pytest.raises(ApiClientError) as refusal:
                client.analyze(tmp_path / name)
            assert refusal.value.status in (413, 422), name


def test_over_tls(tmp_path: Path) -> None:
    with LocalServer(tmp_path / "api", "--dev-tls") as server:
        answer = httpx.get(f"{server.address}/api/v1/health", verify=server.trust())
        assert "Strict-Transport-Security" not in answer.headers
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{server.address}/api/v1/health")


@pytest.mark.long
def test_nothing_is_lost_when_processes_are_killed(tmp_path: Path) -> None:
    """20 kills of the server or of its worker while 40 jobs run: each job ends, each file is whole, none is doubled."""
    chance = random.Random(1)
    home = tmp_path / "api"
    home.mkdir()
    (home / "tiers.yaml").write_text(
        "studio: {requests_a_minute: 100000, concurrent_jobs: 1000, audio_minutes_a_day: 1000, longest_seconds: 900,"
        " upload_megabytes: 10}\n"
    )
    server = LocalServer(home)
    server.start()
    jobs: list[str] = []
    try:
        for number in range(40):
            body = {**REQUEST, "project_id": f"song-{number}", "options": {**REQUEST["options"], "seed": number}}
            jobs.append(_accepted(server, body, f"job-{number}"))
            if number % 2:
                time.sleep(chance.uniform(0.0, 2.0))
                if chance.random() < 0.5:
                    _kill(server)
                    server.start()
                else:
                    for pid in _workers(server)[:1]:
                        os.kill(pid, signal.SIGKILL)
        ended = _all_ended(server, jobs)
    finally:
        server.stop()
    assert len(set(jobs)) == 40
    assert {job.status for job in ended} <= {"completed", "failed"}
    assert all(job.error for job in ended if job.status == "failed")
    _check_bundles(server.home / "projects", sum(job.status == "completed" for job in ended))


def _workers(server: LocalServer) -> list[int]:
    """Process ids of a server's workers."""
    assert server.process is not None
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    return [int(pid) for task in tasks for pid in (task / "children").read_text().split()]


def _kill(server: LocalServer) -> None:
    """End the server and its workers at once, as a crash of the machine would."""
    assert server.process is not None
    workers = _workers(server)
    server.process.kill()
    server.process.wait()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)


def _accepted(server: LocalServer, body: dict[str, Any], name: str) -> str:
    """The identifier of an accepted job; asked again, as a client would, where the server has just died."""
    for _ in range(100):
        try:
            with server.client() as client:
                job = client.generate(body, idempotency_key=name)
                return job.job_id if isinstance(job, JobStatus) else ""
        except ApiClientError:
            time.sleep(0.2)
    raise TimeoutError(f"{name} was not accepted")


def _all_ended(server: LocalServer, jobs: list[str]) -> list[JobStatus]:
    until = time.monotonic() + 1500
    with server.client() as client:
        while time.monotonic() < until:
            found = [client.job(job) for job in jobs]
            if all(job.status in ("completed", "failed", "cancelled") for job in found):
                return found
            time.sleep(2.0)
    raise TimeoutError("some jobs did not end")


def _check_bundles(projects: Path, completed: int) -> None:
    bundles = [path for path in projects.iterdir() if not path.name.startswith(".")]
    assert len(bundles) >= completed
    for bundle in bundles:
        for name, entry in json.loads((bundle / "manifest.json").read_text())["files"].items():
            assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == entry["sha256"]
