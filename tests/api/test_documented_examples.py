"""Every example of docs/api-endpoints.md, by curl and in Python, is answered as it stands there."""

from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.api.conftest import PREFIX, SONG, Server, small_bundle
from workbench.api.client import Client
from workbench.api.worker import Making
from workbench.domain.audio import Audio
from workbench.output.files.audio_files import write_audio

PAGE = Path(__file__).parents[2] / "docs" / "api-endpoints.md"
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
COMMANDS = [
    line for kind, text in BLOCKS if kind == "sh" for line in text.replace("\\\n", " ").splitlines() if "curl" in line
]
PYTHON = "".join(text for kind, text in BLOCKS if kind == "python")


@pytest.fixture
def sounding_songs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs write a small bundle whose master is three seconds of noise."""

    def noise_bundle(making: Making) -> dict[str, Any]:
        answer = small_bundle(making)
        rng = np.random.default_rng(7)
        write_audio(Audio(rng.normal(0.0, 0.1, (2, 144_000)).astype(np.float32), 48000), making.bundle / "master.wav")
        return answer

    monkeypatch.setattr("workbench.api.worker.make_bundle", noise_bundle)


@pytest.fixture
def mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`mix.wav` in the current folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    return write_audio(Audio(rng.normal(0.0, 0.1, (2, 144_000)).astype(np.float32), 48000), tmp_path / "mix.wav")


@contextmanager
def working(server: Server) -> Iterator[None]:
    """A worker beside the test takes whatever is queued."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.02):
            for job_id in server.services.jobs.queued():
                server.worker.run(job_id)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def asked(server: Server, line: str, names: dict[str, str]) -> httpx.Response:
    """Send what a curl command would send; `names` stand for the variables and placeholders of the page."""
    for name, value in names.items():
        line = line.replace(name, value)
    words = iter(shlex.split(line)[1:])
    method, address, headers, form, files, body = "", "", {}, {}, {}, None
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, value = next(words).split(": ", 1)
            headers[name] = value
        elif word == "-d":
            body = next(words)
        elif word == "-F":
            name, value = next(words).split("=", 1)
            if value.startswith("@"):
                files[name] = (value[1:], Path(value[1:]).read_bytes())
            else:
                form[name] = value
        elif word == "-o":
            next(words)
        elif word != "-N":
            address = word
    method = method or ("POST" if body or form or files else "GET")
    return server.client.request(method, address, headers=headers, content=body, data=form or None, files=files or None)


@pytest.mark.usefixtures("sounding_songs", "mix")
def test_every_curl_command_is_answered(server: Server) -> None:
    (auth,) = server.key().items()
    job = server.client.post(f"{PREFIX}/generate", json=SONG, headers=dict([auth])).json()["job_id"]
    names = {"$API": PREFIX, "$AUTH": ": ".join(auth), "JOB_ID": job}
    with working(server):
        for line in COMMANDS:
            answer = asked(server, line, names)
            assert answer.status_code < 300 or (answer.status_code, "/jobs/" in line) == (409, True), (
                line,
                answer.text,
            )
            if not answer.headers.get("content-type", "").startswith("application/json"):
                continue
            found = answer.json()
            if "session_id" in found:
                names["SESSION_ID"] = found["session_id"]
            if "outputs" in found:
                names["MASTER"] = found["outputs"]["master"]


@pytest.mark.usefixtures("sounding_songs", "mix")
def test_every_python_example_runs(server: Server) -> None:
    ((_, key),) = server.key().items()
    server.client.headers["X-API-Key"] = key
    client = Client("http://localhost", key=key)
    client._http = server.client
    with working(server):
        exec(compile(PYTHON, str(PAGE), "exec"), {"client": client})
    assert Path("neon-rain.wav").stat().st_size > 100_000


def test_every_endpoint_has_an_example(server: Server) -> None:
    for address, methods in server.client.app.openapi()["paths"].items():  # type: ignore[attr-defined]
        pattern = re.sub(r"\{[^}]*\}", "[^/ ?]+", address.removeprefix(PREFIX)) + r'(["? ]|$)'
        for method in methods:
            if address.startswith(f"{PREFIX}/files/"):
                continue  # by signed address only, as the master is fetched
            sends = re.compile(rf"\$API{pattern}")
            found = [line for line in COMMANDS if sends.search(line)]
            assert any(
                (method.upper() in line) if "-X" in line else (method == "post") == (" -d " in line or " -F " in line)
                for line in found
            ), f"{method.upper()} {address}"
