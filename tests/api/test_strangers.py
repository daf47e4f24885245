"""What a stranger may try: odd requests are answered by the right refusal, never by a fault of the server."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import PREFIX, SONG, Server
from workbench.api.middleware import JSON_BYTES
from workbench.api.serving import Listening, serve
from workbench.api.settings import ApiSettings
from workbench.domain.errors import ParameterError

pytestmark = pytest.mark.usefixtures("quick_songs")

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", json.dumps(SONG).encode(), 422),
        (FORM, b"project_id=song", 422),
        ("application/xml", b"<song/>", 422),
        ("", json.dumps(SONG).encode(), 422),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422),
        ("application/vnd.api+json", json.dumps(SONG).encode(), 202),
        ("application/json; charset=utf-8", json.dumps(SONG).encode(), 202),
        ("application/json", json.dumps(SONG).encode("utf-16"), 202),
        ("application/json", b"\xff\xfe\xff", 422),
        ("application/json", b"", 422),
        ("application/json", b"null", 422),
        ("application/json", b"NaN", 422),
        ("application/json", b'{"parameters": {"technical": {"tempo": NaN}}}', 422),
        ("application/json", b'{"parameters": {"technical": {"tempo": 1e999}}}', 422),
        ("application/json", b'{"project_id": "\\ud800", "parameters": {"creative": {"concept": "x"}}}', 422),
        ("application/json", b'{"project_id": "a\\u0000b", "parameters": {"creative": {"concept": "house"}}}', 422),
        ("application/json", b"[" * 100_000, 422),
        ("application/json", b'{"a": ' + b"9" * 5000 + b"}", 422),
        ("application/json", b" " * (JSON_BYTES + 1), 413),
    ],
)
def test_bodies_of_all_kinds(server: Server, content_type: str, body: bytes, status: int) -> None:
    headers = {**server.key(), **({"Content-Type": content_type} if content_type else {})}
    answer = server.client.post(f"{PREFIX}/generate", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status != 202:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nno end"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 5000 + b"\r\n--x--"),
        ("application/json", b"{}"),
        (FORM, b"&".join(b"project_id=%d" % number for number in range(3000))),
        (FORM, b"project_id=%00&path=..%2F..%2Fapi.db"),
    ],
)
def test_forms_of_all_kinds(server: Server, content_type: str, body: bytes) -> None:
    headers = {**server.key(), "Content-Type": content_type}
    answer = server.client.post(f"{PREFIX}/analyze", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("value", ["wait=-1", "wait=", "wait=1e9", "respond-async", "\xff", "wait=0"])
def test_a_preference_that_is_not_understood_is_passed_over(server: Server, value: str) -> None:
    headers = {**server.key(), "Prefer": value.encode("latin-1")}
    answer = server.client.post(f"{PREFIX}/generate", json=SONG, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, "Preference-Applied" in answer.headers) == (202, False)


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("bytes=0-3", 206, "bytes 0-3/"),
        ("bytes=-4", 206, "bytes "),
        ("bytes=0-1,4-5", 206, None),
        ("bytes=99999999-", 416, "bytes */"),
        ("bytes=5-2", 400, None),
        ("bytes=a-b", 400, None),
        ("lines=0-3", 400, None),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(0, 4000, 2)), 200, None),
    ],
)
def test_ranges(server: Server, asked: str, status: int, told: str | None) -> None:
    address = server.finish(server.key())["result"]["outputs"]["master"]
    whole = server.client.get(address).content
    answer = server.client.get(address, headers={"Range": asked})
    assert answer.status_code == status
    assert told is None or answer.headers["Content-Range"].startswith(told)
    assert len(answer.content) < len(whole) + 1000
    if asked == "bytes=0-1,4-5":
        assert answer.headers["content-type"].startswith("multipart/byteranges")
        assert whole[:2] in answer.content
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("expires", ["-1", "0", "9" * 30, "x", "1e9", ""])
def test_addresses_that_somebody_made_up(server: Server, expires: str) -> None:
    address = server.finish(server.key())["result"]["outputs"]["master"].split("?")[0]
    for query in (
        f"expires={expires}&signature=00",
        f"expires={expires}",
        "signature=00",
        "",
        "signature=%00&expires=1",
    ):
        assert server.client.get(f"{address}?{query}").status_code in (403, 422)


def test_an_idempotency_key_belongs_to_its_body_and_its_key(server: Server) -> None:
    mine, other = ({**server.key(), "Idempotency-Key": "same"} for _ in range(2))
    first = server.finish(mine)
    assert server.client.post(f"{PREFIX}/generate", json=SONG, headers=other).json()["job_id"] != first["job_id"]
    # The same again after the end is answered with the song, and charged once.
    again = server.client.post(f"{PREFIX}/generate", json=SONG, headers=mine)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    other_verb = server.client.post(f"{PREFIX}/render", json={"project_id": "song", "format": "flac"}, headers=mine)
    assert (other_verb.status_code, other_verb.json()["field"]) == (422, "Idempotency-Key")


def test_a_finished_job_cannot_be_cancelled(server: Server) -> None:
    key = server.key()
    job = server.finish(key)
    after = server.client.delete(f"{PREFIX}/jobs/{job['job_id']}", headers=key)
    assert (after.status_code, after.json()["status"]) == (200, "completed")
    assert server.client.get(after.json()["result"]["outputs"]["master"]).status_code == 200


def test_two_sessions_undo_apart(server: Server) -> None:
    key = server.key()
    sessions = [server.client.post(f"{PREFIX}/sessions", headers=key).json()["session_id"] for _ in range(2)]
    change: dict[str, Any] = {"project_id": "song", "edits": [{"edit": "drop", "element": "pads"}]}
    for session in sessions:
        server.finish({**key, "X-Session-Id": session})
        server.finish({**key, "X-Session-Id": session}, change, "/modify")
    first, second = (f"{PREFIX}/sessions/{session}" for session in sessions)
    assert server.client.post(f"{first}/undo", headers=key).json()["current"]["version"] == 1
    assert server.client.get(second, headers=key).json()["current"]["version"] == 4
    # The next change in each goes on from where it stands, whatever is newest in the project.
    for session, parent in zip(sessions, (1, 4), strict=True):
        done = server.finish({**key, "X-Session-Id": session}, change, "/modify")
        made = server.services.jobs.find(done["job_id"])
        expected = server.services.projects.get(key["X-API-Key"].split("_")[1], "song", parent)
        assert made is not None
        assert expected is not None
        assert made.parent == expected.id
    assert server.client.get(first, headers=key).json()["history"] == ["song/1", "song/5"]
    assert server.client.get(second, headers=key).json()["history"] == ["song/3", "song/4", "song/6"]


@pytest.mark.parametrize(
    "path", ["/jobs/%00", "/jobs/..%2f..", "/projects/%ff", "/sessions/'%20OR%201=1", "/files/a/../b"]
)
def test_odd_names_in_addresses(server: Server, path: str) -> None:
    assert server.client.get(PREFIX + path, headers=server.key()).status_code in (403, 404, 422)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "OPTIONS", "DELETE"])
def test_methods_that_are_not_there(server: Server, method: str) -> None:
    answer = server.client.request(method, f"{PREFIX}/generate", headers=server.key())
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


@pytest.mark.parametrize("key", ["bf_", "bf__", "bf_x_y", "\xff\xfe", "x" * 8000, "bf_" + "a" * 12 + "_" + "é" * 10])
def test_keys_that_are_none(server: Server, key: str) -> None:
    for headers in ({"X-API-Key": key.encode("latin-1")}, {"Authorization": b"Bearer " + key.encode("latin-1")}):
        answer = server.client.get(f"{PREFIX}/projects", headers=headers)  # type: ignore[arg-type]
        assert answer.status_code == 401


def test_a_taken_port_is_reported_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ParameterError, match=f"port {port} of 127.0.0.1 cannot be served: .*--port"):
            serve(ApiSettings(tmp_path / "api"), Listening("127.0.0.1", port, None, None))
    assert not (tmp_path / "api").exists()
