"""File names whose bytes are no UTF-8, as they come from old disks and archives: every door opens them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import soundfile

from tests.analysis import odd_files as odd
from tests.midi.writing import body, chunk, header, name, note
from training.commands.corpora import main as corpora
from training.corpora.roles import read_roles
from workbench.analysis.references import ReferenceLibrary
from workbench.cli.main import main

SONG = os.fsdecode(b"10 Le Voyage de P\xe9n\xe9lope")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    (tmp_path / "in").mkdir()
    try:
        soundfile.write(os.fsencode(tmp_path / "in" / f"{SONG}.wav"), odd.sound(), odd.RATE, format="WAV")
    except (OSError, soundfile.SoundFileError):
        pytest.skip("this file system takes names in UTF-8 alone")
    return tmp_path


def test_sound_is_measured_mastered_and_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """beets 2267: an album whose names were mangled on a USB drive stopped the import."""
    path = folder / "in" / f"{SONG}.wav"
    assert main(["analyze", str(path), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["path"] == str(path)
    assert main(["analyze", str(folder / "in"), "--quiet", "--pictures", str(folder / "pictures")]) == 0
    assert main(["samples", str(folder / "in")]) == 0
    assert main(["master", str(path), "--out", str(folder / "out.wav")]) == 0
    capsys.readouterr()
    assert main(["references", "add", str(folder / "in")]) == 0
    assert capsys.readouterr().out == "added 10-le-voyage-de-pnlope\n"
    assert ReferenceLibrary().get("10-le-voyage-de-pnlope").duration_seconds == pytest.approx(4.0, abs=0.1)
    assert main(["references", "list"]) == 0


def test_roles_of_midi_files_are_written_and_read_back(folder: Path) -> None:
    events = [(0.0, name("Bass")), *(event for at in range(32) for event in note(at, 0.9, 36 + at % 5, 90))]
    (folder / "in" / f"{SONG}.mid").write_bytes(header(0, 1) + chunk(body(events)))
    assert corpora(["roles", str(folder / "in")]) in (0, None)
    assert read_roles(folder / "in")[f"{SONG}.mid"][0] == "bass"
