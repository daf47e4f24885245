"""Jobs, sessions, limits and errors, with a worker that is run by hand."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import PREFIX, SONG, Server
from workbench.api.certificates import development_certificate
from workbench.api.forms import ParametersResponse
from workbench.api.middleware import JSON_DEPTH
from workbench.api.parameters_page import parameters_response
from workbench.api.queue import JobQueue
from workbench.api.serving import Listening, check_listening, recover
from workbench.api.settings import ApiSettings
from workbench.api.tiers import load_tiers
from workbench.api.work import Making
from workbench.api.worker import Worker
from workbench.domain.errors import ParameterError

pytestmark = pytest.mark.usefixtures("quick_songs")


def _song(**technical: Any) -> dict[str, Any]:
    parameters = {"creative": {"concept": "short house loop"}, "technical": {"duration": 8, **technical}}
    return {"project_id": "song", "parameters": parameters}


def test_a_song_in_the_published_form(server: Server) -> None:
    job = server.finish(server.key())
    assert (job["status"], job["percentage"], job["attempt"]) == ("completed", 100.0, 1)
    song = job["result"]
    assert {"project_id", "status", "outputs", "metadata"} <= set(song)
    assert (song["project_id"], song["status"], song["version"]) == ("song", "completed", 1)
    assert set(song["outputs"]) == {"master", "stems", "alternatives"}
    assert song["metadata"]["key"] == "F minor"


def test_waiting_is_preferred(server: Server) -> None:
    key = server.key()
    watch = threading.Thread(target=_work_when_queued, args=(server,))
    watch.start()
    answer = server.client.post(f"{PREFIX}/generate", json=SONG, headers={**key, "Prefer": "wait=20"})
    watch.join()
    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert answer.headers["Preference-Applied"] == "wait=20"


def _work_when_queued(server: Server) -> None:
    for _ in range(200):
        waiting = server.services.jobs.queued()
        if waiting:
            server.worker.run(waiting[0])
            return
        time.sleep(0.05)


def test_the_same_idempotency_key_is_the_same_job(server: Server) -> None:
    key = {**server.key(), "Idempotency-Key": "once"}
    first = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key)
    again = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key)
    assert first.json()["job_id"] == again.json()["job_id"]
    assert first.headers["Location"] == f"{PREFIX}/jobs/{first.json()['job_id']}"
    other = server.client.post(f"{PREFIX}/generate", json=_song(tempo=99), headers=key)
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
    assert server.services.jobs.counts() == {"queued": 1}


def test_a_job_that_fails_says_why_and_is_not_charged(server: Server) -> None:
    key = server.key()
    job = server.finish(key, {"parameters": {"creative": {"concept": "fails"}, "technical": {"duration": 8}}})
    assert (job["status"], job["error"], job["result"]) == ("failed", "weights are missing", None)
    assert server.services.jobs.audio_seconds_today(key["X-API-Key"].split("_")[1]) == 0.0


def test_cancellation(server: Server) -> None:
    key = server.key()
    waiting = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    assert server.client.delete(f"{PREFIX}/jobs/{waiting}", headers=key).json()["status"] == "cancelled"
    server.worker.run(waiting)
    assert server.services.jobs.counts() == {"cancelled": 1}
    running = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    server.services.jobs.claim(running, server.worker.name)
    server.client.delete(f"{PREFIX}/jobs/{running}", headers=key)
    assert server.services.jobs.report(running, server.worker.name, "compose", 0.5) is False


def test_a_running_job_is_cancelled_by_its_progress(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    key = server.key()
    job_id = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]

    def never_ends(making: Making) -> dict[str, Any]:
        server.services.jobs.cancel(making.job.id)
        making.progress(0.2, "compose")
        raise AssertionError("progress did not stop the job")

    monkeypatch.setattr("workbench.api.worker.make_bundle", never_ends)
    server.worker.run(job_id)
    assert server.client.get(f"{PREFIX}/jobs/{job_id}", headers=key).json()["status"] == "cancelled"


def test_a_dead_worker_is_noticed(server: Server) -> None:
    key = server.key()
    job_id = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    for attempt in (1, 2):
        assert server.services.jobs.claim(job_id, f"dead-{attempt}") is not None
        assert server.services.jobs.reclaim(15.0, attempts=2) == []  # its lease still runs
        again = server.services.jobs.reclaim(-1.0, attempts=2)
        assert again == ([job_id] if attempt == 1 else [])
    ended = server.services.jobs.find(job_id)
    assert ended is not None
    assert (ended.state, ended.attempt) == ("failed", 2)
    assert "the worker died 2 times" in (ended.error or "")


def test_a_worker_that_lost_its_job_does_not_end_it(server: Server) -> None:
    key = server.key()
    job_id = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    server.services.jobs.claim(job_id, "slow")
    server.services.jobs.reclaim(-1.0, attempts=2)
    server.worker.run(job_id)
    with server.services.database.transaction() as connection:
        assert not server.services.jobs.end(job_id, "failed", worker="slow", error="late", connection=connection)
    assert server.client.get(f"{PREFIX}/jobs/{job_id}", headers=key).json()["status"] == "completed"
    assert server.client.get(f"{PREFIX}/projects", headers=key).json()["projects"][0]["versions"] == [1]


def test_what_waits_is_put_into_the_queue_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    key = server.key()
    put: list[str] = []
    monkeypatch.setattr(type(server.services.queue), "put", lambda self, job_id: put.append(job_id))
    job_id = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    recover(server.services, every=True)
    assert put == [job_id, job_id]


def test_a_worker_knows_what_the_server_put_into_the_queue(settings: ApiSettings, server: Server) -> None:
    server.services.queue.put("a job")
    seen: list[str] = []
    queue = JobQueue(settings, seen.append)
    waiting = queue._huey.dequeue()
    queue._huey.execute(waiting)
    assert seen == ["a job"]


def test_sessions_undo_and_redo(server: Server) -> None:
    key = server.key()
    session = server.client.post(f"{PREFIX}/sessions", headers=key).json()["session_id"]
    headers, address = {**key, "X-Session-Id": session}, f"{PREFIX}/sessions/{session}"
    server.finish(headers)
    change = {"project_id": "song", "edits": [{"edit": "drop", "element": "pads"}]}
    server.finish(headers, change, "/modify")
    assert server.client.get(address, headers=key).json()["history"] == ["song/1", "song/2"]
    undone = server.client.post(f"{address}/undo", headers=key).json()
    assert (undone["position"], undone["current"]["version"]) == (1, 1)
    assert server.client.post(f"{address}/undo", headers=key).status_code == 409
    assert server.client.post(f"{address}/redo", headers=key).json()["current"]["version"] == 2
    server.client.post(f"{address}/undo", headers=key)
    # Working on from version 1 drops what was undone; the bundle tells that version 1 was its parent.
    third = server.finish(headers, {"project_id": "song", "format": "flac"}, "/render")["result"]
    assert server.client.get(address, headers=key).json()["history"] == ["song/1", "song/3"]
    first = server.services.projects.get(key["X-API-Key"].split("_")[1], "song", 1)
    assert first is not None
    made_from = json.loads(server.client.get(third["outputs"]["master"]).content)[2]
    assert made_from == str(server.services.projects.bundle(first.id))
    assert server.client.delete(address, headers=key).status_code == 204
    assert server.client.get(address, headers=key).status_code == 404


def test_sessions_expire(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    key = server.key()
    session = server.client.post(f"{PREFIX}/sessions", headers=key).json()["session_id"]
    later = time.time() + server.services.settings.session_seconds + 1
    monkeypatch.setattr("workbench.api.sessions.now", lambda: later)
    assert server.client.get(f"{PREFIX}/sessions/{session}", headers=key).status_code == 404


def test_limits_of_a_tier(server: Server) -> None:
    free = server.key("free")
    tier = server.services.tiers["free"]
    too_long = server.client.post(f"{PREFIX}/generate", json=_song(duration=tier.longest_seconds + 60), headers=free)
    assert (too_long.status_code, too_long.json()["field"]) == (422, "parameters.technical.duration")
    assert server.client.post(f"{PREFIX}/generate", json=SONG, headers=free).status_code == 202
    busy = server.client.post(f"{PREFIX}/generate", json=SONG, headers=free)
    assert busy.status_code == 429
    assert int(busy.headers["Retry-After"]) > 0


def test_minutes_of_music_a_day(server: Server) -> None:
    free = server.key("free")
    seconds = 60.0 * server.services.tiers["free"].audio_minutes_a_day
    with server.services.database.transaction() as connection:
        for _ in range(2):
            job_id = server.services.jobs.add(
                free["X-API-Key"].split("_")[1], "generate", "x", {}, audio_seconds=seconds / 2, connection=connection
            )
            connection.execute("UPDATE jobs SET state = 'completed' WHERE id = ?", (job_id,))
    spent = server.client.post(f"{PREFIX}/generate", json=SONG, headers=free)
    assert spent.status_code == 429
    assert "minutes of music a day" in spent.json()["detail"]


def test_requests_a_minute(server: Server) -> None:
    free = server.key("free")
    allowed = server.services.tiers["free"].requests_a_minute
    answers = [server.client.get(f"{PREFIX}/projects", headers=free) for _ in range(allowed + 1)]
    assert [answer.status_code for answer in answers] == [200] * allowed + [429]
    assert answers[0].headers["RateLimit-Limit"] == str(allowed)
    assert answers[0].headers["RateLimit-Remaining"] == str(allowed - 1)
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


def test_a_full_queue(settings: ApiSettings, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    key = server.key()
    monkeypatch.setattr(type(server.services.jobs), "active", lambda self, key_id=None: settings.queue_limit)
    full = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key)
    assert (full.status_code, full.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 422, "not JSON"),
        (b"[" * (JSON_DEPTH + 1) + b"]" * (JSON_DEPTH + 1), 422, "nested deeper"),
        (b'{"a": "' + b"x" * 1_000_001 + b'"}', 413, "larger than 1 MB"),
        (json.dumps({"parameters": {"creative": {}}}).encode(), 422, "concept"),
        (
            json.dumps({"parameters": {"creative": {"concept": "x"}, "technical": {"tempo": 9000}}}).encode(),
            422,
            "tempo",
        ),
        (json.dumps({**SONG, "surprise": 1}).encode(), 422, "surprise"),
        (json.dumps({**SONG, "models": {"bass": "not-there"}}).encode(), 422, "not-there"),
    ],
)
def test_wrong_bodies_are_problems(server: Server, body: bytes, status: int, told: str) -> None:
    headers = {**server.key(), "Content-Type": "application/json"}
    answer = server.client.post(f"{PREFIX}/generate", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]


def test_no_edit_reads_a_file_of_the_server(server: Server) -> None:
    key = server.key()
    server.finish(key)
    edit = {"edit": "import", "file": "song.mid", "role": "melody"}
    answer = server.client.post(f"{PREFIX}/modify", json={"project_id": "song", "edits": [edit]}, headers=key)
    assert (answer.status_code, answer.json()["field"]) == (422, "edits")


def test_an_unexpected_error_shows_no_traceback(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    key = server.key()
    monkeypatch.setattr(type(server.services.projects), "versions", lambda self, key_id: 1 / 0)
    answer = server.client.get(f"{PREFIX}/projects", headers=key)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "division" not in answer.text


def test_events_end_with_the_job(server: Server) -> None:
    key = server.key()
    job = server.finish(key)
    lines = server.client.get(f"{PREFIX}/jobs/{job['job_id']}/events", headers=key).text.splitlines()
    assert [line for line in lines if line.startswith("event")] == ["event: progress", "event: end"]
    assert json.loads(lines[-2].removeprefix("data: "))["status"] == "completed"


def test_metrics_and_health(server: Server) -> None:
    key = server.key()
    server.finish(key)
    text = server.client.get(f"{PREFIX}/metrics", headers=key).text
    assert 'beatsfoundry_jobs{state="completed"} 1' in text
    assert 'beatsfoundry_requests_total{method="POST",path="/generate",status="202"} 1' in text
    health = server.client.get(f"{PREFIX}/health")
    assert (health.status_code, health.json()["status"]) == (200, "degraded")  # no worker process runs in this test
    assert health.headers["X-Content-Type-Options"] == "nosniff"


def test_parameters_name_everything(server: Server) -> None:
    found = server.client.get(f"{PREFIX}/parameters", headers=server.key()).json()
    assert found["request"]["properties"]["project_id"]
    assert {"house", "pop"} <= set(found["styles"])
    assert "streaming" in found["deliveries"]
    assert found["models"]["bass"][0] == "shipped"


def test_parameters_are_sent_once(server: Server) -> None:
    key = server.key()
    first = server.client.get(f"{PREFIX}/parameters", headers=key)
    tag = first.headers["ETag"]
    for known in (tag, f'W/{tag}, "other"'):
        again = server.client.get(f"{PREFIX}/parameters", headers={**key, "If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert "RateLimit-Remaining" in again.headers
    changed = server.client.get(f"{PREFIX}/parameters", headers={**key, "If-None-Match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)


def test_parameters_show_what_appears(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is made anew after some seconds, and only then."""
    made: list[str] = []

    def response() -> ParametersResponse:
        made.append("style")
        return parameters_response().model_copy(update={"styles": list(made)})

    monkeypatch.setattr("workbench.api.parameters_page.parameters_response", response)
    clock = [time.time()]
    monkeypatch.setattr("workbench.api.parameters_page.now", lambda: clock[0])
    key = server.key()
    pages = []
    for seconds in (10.0, 1.0, 10.0):
        clock[0] += seconds
        pages.append(server.client.get(f"{PREFIX}/parameters", headers=key))
    assert [len(page.json()["styles"]) for page in pages] == [1, 1, 2]
    assert pages[0].headers["ETag"] == pages[1].headers["ETag"] != pages[2].headers["ETag"]


def test_a_server_does_not_speak_plainly_to_others(settings: ApiSettings) -> None:
    check_listening(settings, Listening("127.0.0.1"))
    check_listening(settings, Listening("::1"))
    certificate, key = development_certificate(settings.home)
    check_listening(settings, Listening("0.0.0.0", certificate=certificate, private_key=key))
    with pytest.raises(ParameterError, match="plain HTTP is served on this machine only"):
        check_listening(settings, Listening("0.0.0.0"))
    with pytest.raises(ParameterError, match="both a certificate and its key"):
        check_listening(settings, Listening("127.0.0.1", certificate=Path("c")))


def test_tiers_are_checked(tmp_path: Path) -> None:
    (tmp_path / "tiers.yaml").write_text("free: {requests_a_minute: 0}")
    with pytest.raises(ParameterError, match=r"tiers.yaml: tiers.free.requests_a_minute: 0 is below the limit"):
        load_tiers(tmp_path)


def test_two_workers_make_a_job_once(settings: ApiSettings, server: Server) -> None:
    key = server.key()
    job_id = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key).json()["job_id"]
    workers = [Worker(settings) for _ in range(4)]
    threads = [threading.Thread(target=worker.run, args=(job_id,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.client.get(f"{PREFIX}/jobs/{job_id}", headers=key).json()["attempt"] == 1
    assert server.client.get(f"{PREFIX}/projects", headers=key).json()["projects"][0]["versions"] == [1]
