"""What stands in the headers of answers: for browsers, for pages of other origins, for who asks for headers alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import PREFIX, Server
from workbench.api.app import create_app
from workbench.api.settings import ApiSettings

pytestmark = pytest.mark.usefixtures("quick_songs")


def test_head_is_get_without_a_body(server: Server) -> None:
    key = server.key()
    address = server.finish(key)["result"]["outputs"]["master"]
    for path in (address, f"{PREFIX}/health", f"{PREFIX}/projects", f"{PREFIX}/jobs/none"):
        whole, alone = server.client.get(path, headers=key), server.client.head(path, headers=key)
        assert (alone.status_code, alone.content) == (whole.status_code, b"")
        assert alone.headers["content-length"] == str(len(whole.content))
    assert server.client.head(f"{PREFIX}/generate", headers=key).status_code == 405


def test_a_report_may_show_itself_and_nothing_more(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.api.routers.files.PREVIEW", "none")
    address = server.finish(server.key())["result"]["outputs"]["master"]
    assert server.client.get(address).headers["Content-Security-Policy"].startswith("default-src 'none'; frame")
    monkeypatch.setattr("starlette.responses.guess_type", lambda _: ("text/html", None))
    policy = server.client.get(address).headers["Content-Security-Policy"]
    assert {"default-src 'none'", "style-src 'unsafe-inline'", "sandbox allow-scripts"} <= set(policy.split("; "))


def test_https_is_not_promised_for_names_of_this_machine(settings: ApiSettings) -> None:
    app = create_app(replace(settings, secure=True))
    for host, promised in (
        ("localhost:8443", False),
        ("127.0.0.1", False),
        ("[::1]:8443", False),
        ("api.example", True),
    ):
        with TestClient(app, base_url="https://localhost") as client:
            answer = client.get(f"{PREFIX}/health", headers={"Host": host})
        assert ("Strict-Transport-Security" in answer.headers) is promised, host


def test_pages_of_an_origin_that_may_call_can_play_and_read(settings: ApiSettings) -> None:
    origin = "https://studio.example"
    with TestClient(create_app(replace(settings, cors_origins=(origin,))), base_url="http://localhost") as client:
        answer = client.get(f"{PREFIX}/health", headers={"Origin": origin})
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
        assert client.options(f"{PREFIX}/health", headers=asked).status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert {"Location", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))


def test_a_body_that_does_not_say_that_it_is_json(server: Server) -> None:
    answer = server.client.post(f"{PREFIX}/generate", content=b'{"a": 1}', headers=server.key())
    assert (answer.status_code, answer.json()["field"]) == (422, "Content-Type")
    assert answer.json()["detail"] == "the body is not JSON: send Content-Type: application/json"


def test_faults_are_told_in_the_words_of_the_command_line(server: Server) -> None:
    key = server.key()
    edits = server.client.post(f"{PREFIX}/modify", json={"project_id": "song", "edits": []}, headers=key)
    assert edits.json()["detail"] == "edits: is empty"
    version = server.client.get(f"{PREFIX}/projects/song", params={"version": "x"}, headers=key)
    assert version.json()["detail"] == 'query.version: "x" is not a whole number'


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no orphans here")
def test_a_worker_ends_when_its_server_is_gone(tmp_path: Path) -> None:
    start = (
        "import subprocess, sys, time; "
        "worker = subprocess.Popen([sys.executable, '-m', 'workbench.api.worker', '--home', sys.argv[1]]); "
        "print(worker.pid, flush=True); time.sleep(600)"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", start, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stderr is not None
    worker = int(server.stdout.readline())
    while "worker starts" not in server.stderr.readline():
        assert server.poll() is None
    server.kill()
    server.wait()
    assert _ends(worker, 30.0)
    server.stdout.close()
    server.stderr.close()


def _ends(process: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    os.kill(process, signal.SIGKILL)
    return False
