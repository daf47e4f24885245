"""Logs tell who, what and how long, as JSON lines; never a key, a signature or what a client wrote."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.api.conftest import PREFIX, Server
from workbench.api.logs import _JsonLines
from workbench.api.work import Making
from workbench.domain.results import Track

PROMPT = "an unheard-of ballad for Wilhelmina"
SONG: dict[str, Any] = {
    "project_id": "gift-for-wilhelmina",
    "parameters": {"creative": {"concept": PROMPT}, "technical": {"duration": 8}},
}


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def _made(track: Track) -> Any:
    def made(making: Making) -> Track:
        with making.stage("compose"):
            making.progress(0.1, "compose")
        making.hear(track.mix)
        return track

    return {"generate": made}


def test_a_job_is_followed_from_request_to_end(
    server: Server, tiny_track: Track, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("workbench.api.work._MAKERS", _made(tiny_track))
    key = server.key()
    answer = server.client.post(f"{PREFIX}/generate", json=SONG, headers=key)
    job_id, key_id = answer.json()["job_id"], key["X-API-Key"].split("_")[1]
    server.worker.run(job_id)
    lines = _lines(capsys)
    accepted, requested, ended = (
        next(line for line in lines if line["event"] == event) for event in ("job accepted", "request", "job ended")
    )
    assert accepted["request_id"] == requested["request_id"] == answer.headers["X-Request-Id"]
    for line in (accepted, requested, ended):
        assert (line["job_id"], line["key_id"]) == (job_id, key_id)
    assert (ended["state"], ended["kind"]) == ("completed", "generate")
    assert set(ended["stages"]) == {"compose", "export", "record"}
    assert all(0.0 <= seconds <= ended["seconds"] + 0.01 for seconds in ended["stages"].values())


def test_no_secret_is_logged(
    server: Server, tiny_track: Track, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All verbs, refusals and failures of every kind, with an error whose text quotes the request among them."""
    key = server.key()
    secret = key["X-API-Key"].split("_", 2)[2]
    session = server.client.post(f"{PREFIX}/sessions", headers=key).json()["session_id"]
    asked = {**key, "X-Session-Id": session, "Idempotency-Key": "wilhelmina-1"}
    monkeypatch.setattr("workbench.api.work._MAKERS", _made(tiny_track))
    song = server.finish(asked, SONG)
    for address in (song["preview"], song["result"]["outputs"]["master"], song["result"]["outputs"]["master"] + "0"):
        server.client.get(address)
    server.client.post(f"{PREFIX}/analyze", files={"file": (f"{PROMPT}.wav", b"no audio")}, headers=key)
    server.client.get(f"{PREFIX}/projects/{SONG['project_id']}", headers={"Authorization": f"Bearer {secret}"})
    wrong = {**SONG, "parameters": {"creative": {"concept": PROMPT, "mood": 7}}}
    server.client.post(f"{PREFIX}/generate", json=wrong, headers=key)

    def fails(making: Making) -> Track:
        raise KeyError(making.job.payload["parameters"]["creative"]["concept"])

    monkeypatch.setattr("workbench.api.work._MAKERS", {"generate": fails})
    assert server.finish(key, SONG)["status"] == "failed"
    monkeypatch.setattr(type(server.services.projects), "versions", lambda self, key_id: {}[PROMPT])
    server.client.get(f"{PREFIX}/projects", headers=key)
    text = capsys.readouterr().err
    assert text.count("unexpected") == 2
    assert "KeyError" in text
    signature = song["preview"].split("signature=")[1]
    for hidden in (secret, signature, session, "ilhelmina", "bf_"):
        assert hidden not in text, hidden


def test_lines_of_other_packages_take_the_same_form() -> None:
    try:
        raise ValueError(PROMPT)
    except ValueError as error:
        record = logging.LogRecord(
            "uvicorn", logging.ERROR, "x", 1, "failed: %s", (PROMPT,), (type(error), error, None)
        )
    told = json.loads(_JsonLines().format(record))
    assert (told["level"], told["logger"]) == ("error", "uvicorn")
    assert told["error"].endswith("ValueError")
    assert PROMPT not in json.dumps(told)
