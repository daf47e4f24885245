"""Every endpoint against every kind of key: a table, so that a new endpoint without a guard is seen."""

from __future__ import annotations

import re

import pytest

from tests.api.conftest import PREFIX, SONG, Server
from workbench.api.keys import SCOPES

OPEN = {("get", "/health"), ("get", "/files/{version_id}/{path}")}
SCOPE = {
    ("post", "/generate"): "generate", ("post", "/modify"): "generate", ("post", "/render"): "generate",
    ("get", "/parameters"): "read", ("post", "/analyze"): "analyze", ("get", "/jobs/{job_id}"): "read",
    ("delete", "/jobs/{job_id}"): "generate", ("get", "/jobs/{job_id}/events"): "read", ("get", "/projects"): "read",
    ("get", "/projects/{project_id}"): "read", ("post", "/sessions"): "generate",
    ("get", "/sessions/{session_id}"): "read", ("delete", "/sessions/{session_id}"): "generate",
    ("post", "/sessions/{session_id}/undo"): "generate", ("post", "/sessions/{session_id}/redo"): "generate",
    ("get", "/metrics"): "metrics",
}  # fmt: skip
BODIES = {
    "/generate": SONG,
    "/modify": {"project_id": "song", "edits": [{"edit": "drop", "element": "pads"}]},
    "/render": {"project_id": "song", "format": "flac"},
}


def _call(server: Server, method: str, path: str, headers: dict[str, str]) -> int:
    address = PREFIX + re.sub(r"\{\w+\}", "x", path)
    body = {"json": BODIES[path]} if path in BODIES else {}
    return server.client.request(method, address, headers=headers, **body).status_code


def test_the_table_names_every_endpoint(server: Server) -> None:
    document = server.client.get(f"{PREFIX}/openapi.json").json()
    there = {(method, path.removeprefix(PREFIX)) for path, methods in document["paths"].items() for method in methods}
    assert there == set(SCOPE) | OPEN


@pytest.mark.parametrize(("method", "path"), sorted(SCOPE))
def test_keys_are_needed(server: Server, method: str, path: str) -> None:
    key = server.key()
    identifier = key["X-API-Key"].split("_")[1]
    wrong = key["X-API-Key"][:-1] + ("A" if key["X-API-Key"][-1] != "A" else "B")
    assert _call(server, method, path, {}) == 401
    assert _call(server, method, path, {"X-API-Key": "nonsense"}) == 401
    assert _call(server, method, path, {"X-API-Key": wrong}) == 401
    assert _call(server, method, path, {"Authorization": f"Bearer {wrong}"}) == 401
    others = [scope for scope in SCOPES if scope != SCOPE[method, path]]
    assert _call(server, method, path, server.key("studio", *others)) == 403
    assert _call(server, method, path, server.key("studio", SCOPE[method, path])) not in (401, 403)
    assert _call(server, method, path, {"Authorization": f"Bearer {key['X-API-Key']}"}) not in (401, 403)
    server.services.keys.revoke(identifier)
    assert _call(server, method, path, key) == 401


def test_a_rotated_key_has_a_new_secret(server: Server) -> None:
    key = server.key()
    _, text = server.services.keys.rotate(key["X-API-Key"].split("_")[1])
    assert _call(server, "get", "/projects", key) == 401
    assert _call(server, "get", "/projects", {"X-API-Key": text}) == 200


def test_no_secret_is_stored(server: Server) -> None:
    secret = server.key()["X-API-Key"].split("_", 2)[2]
    folder = server.services.settings.home
    assert not any(secret.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.usefixtures("quick_songs")
def test_no_key_sees_what_another_made(server: Server) -> None:
    mine, other = server.key(), server.key()
    job = server.finish(mine)
    session = server.client.post(f"{PREFIX}/sessions", headers=mine).json()["session_id"]
    for path in (f"/jobs/{job['job_id']}", f"/jobs/{job['job_id']}/events", "/projects/song", f"/sessions/{session}"):
        assert server.client.get(PREFIX + path, headers=other).status_code == 404, path
        assert server.client.get(PREFIX + path, headers=mine).status_code == 200, path
    assert server.client.delete(f"{PREFIX}/jobs/{job['job_id']}", headers=other).status_code == 404
    assert server.client.post(f"{PREFIX}/sessions/{session}/undo", headers=other).status_code == 404
    assert server.client.delete(f"{PREFIX}/sessions/{session}", headers=other).status_code == 404
    for path in ("/modify", "/render"):
        assert server.client.post(PREFIX + path, json=BODIES[path], headers=other).status_code == 404
        foreign = {**other, "X-Session-Id": session}
        assert server.client.post(PREFIX + path, json=BODIES[path], headers=foreign).status_code == 404
    analysis = server.client.post(f"{PREFIX}/analyze", data={"project_id": "song"}, headers=other)
    assert analysis.status_code == 404
    assert server.client.get(f"{PREFIX}/projects", headers=other).json() == {"projects": []}


@pytest.mark.usefixtures("quick_songs")
def test_signed_addresses(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    key = server.key()
    address = server.finish(key)["result"]["outputs"]["master"]
    assert server.client.get(address).status_code == 200
    part = server.client.get(address, headers={"Range": "bytes=2-9"})
    assert (part.status_code, part.content) == (206, server.client.get(address).content[2:10])
    assert server.client.get(address.replace("master.wav", "manifest.json")).status_code == 403
    assert server.client.get(address[:-1] + ("0" if address[-1] != "0" else "1")).status_code == 403
    assert server.client.get(re.sub(r"expires=\d+", "expires=9999999999", address)).status_code == 403
    with monkeypatch.context() as later:
        later.setattr("workbench.api.signing.now", lambda: 1e11)
        assert server.client.get(address).status_code == 403
    server.services.keys.revoke(key["X-API-Key"].split("_")[1])
    assert server.client.get(address).status_code == 404


def test_plain_http_is_for_this_machine_alone(server: Server) -> None:
    from fastapi.testclient import TestClient

    far = TestClient(server.client.app, client=("192.0.2.7", 50000), raise_server_exceptions=False)
    assert far.get(f"{PREFIX}/health").status_code == 403
    assert far.get(f"{PREFIX}/health", headers={"X-Forwarded-Proto": "https"}).status_code == 403
    secure = TestClient(
        server.client.app, client=("192.0.2.7", 50000), base_url="https://localhost", raise_server_exceptions=False
    )
    assert secure.get(f"{PREFIX}/health").status_code == 200
