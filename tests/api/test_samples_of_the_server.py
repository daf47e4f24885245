"""Samples are named to a server, never pointed at: paths are refused where strangers ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.api.conftest import PREFIX, SONG, Server
from workbench.api.mcp.songs import request_from
from workbench.domain.errors import ParameterError

OUTSIDE = (
    "samples:{folder}/secret.sfz",
    "samples:../../secret",
    "samples:secret.sfz",
    "samples:~/secret.sfz",
    "samples:",
)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path / "home" / "samples", tmp_path):
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / "tone.wav", 0.5 * np.sin(np.arange(4410) / 20.0), 44100)
    (tmp_path / "home" / "samples" / "flute.sfz").write_text("<region> sample=tone.wav pitch_keycenter=60")
    (tmp_path / "secret.sfz").write_text("<region> sample=tone.wav pitch_keycenter=60")
    return tmp_path


def song(patch: str) -> dict[str, Any]:
    parameters = {**SONG["parameters"], "sound_design": {"patches": {"leads": patch}}}
    return {**SONG, "parameters": parameters}


@pytest.mark.parametrize("patch", OUTSIDE)
def test_paths_are_refused_at_every_door_for_others(library: Path, server: Server, patch: str) -> None:
    named = patch.format(folder=library)
    answer = server.client.post(f"{PREFIX}/generate", json=song(named), headers=server.key())
    assert answer.status_code == 422
    assert "not in the library" in answer.text
    edits = {"project_id": "song", "edits": [{"edit": "patch", "element": "leads", "patch": named}]}
    answer = server.client.post(f"{PREFIX}/modify", json=edits, headers=server.key())
    assert answer.status_code == 422
    assert "not in the library" in answer.text
    with pytest.raises(ParameterError, match="not in the library"):
        request_from(song(named), "song")


@pytest.mark.parametrize("patch", ["plugin:ZamComp", "recording:bass-0a1b2c3d"])
def test_programs_and_recordings_of_the_server_are_not_for_its_clients(
    library: Path, server: Server, patch: str
) -> None:
    answer = server.client.post(f"{PREFIX}/generate", json=song(patch), headers=server.key())
    assert (answer.status_code, "cannot be used here" in answer.text) == (422, True)
    effects = song("warm-saw")
    effects["parameters"]["sound_design"] = {"inserts": {"leads": [{"plugin": "ZamComp"}]}}
    answer = server.client.post(f"{PREFIX}/generate", json=effects, headers=server.key())
    assert (answer.status_code, "cannot be used here" in answer.text) == (422, True)
    with pytest.raises(ParameterError, match="cannot be used here"):
        request_from(effects, "song")
    inserted = {"edit": "mix", "element": "bass", "inserts": [{"plugin": "ZamComp"}]}
    for edit in ({"edit": "patch", "element": "leads", "patch": patch}, inserted):
        answer = server.client.post(
            f"{PREFIX}/modify", json={"project_id": "song", "edits": [edit]}, headers=server.key()
        )
        assert (answer.status_code, "cannot be used here" in answer.text) == (422, True)
    with pytest.raises(ParameterError, match="cannot be used here"):
        request_from(song(patch), "song")


def test_names_in_the_library_are_taken(library: Path, server: Server) -> None:
    for name in ("samples:flute", "samples:flute.sfz"):
        answer = server.client.post(f"{PREFIX}/generate", json=song(name), headers=server.key())
        assert answer.status_code == 202, answer.text
        assert request_from(song(name), "song").parameters.sound_design.patches == {"leads": name}
