"""The samples command: index and mapping, as table and JSON; refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workbench.cli.main import main


def test_index_and_mapping_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    time = np.arange(22050) / 44100
    soundfile.write(tmp_path / "kick.wav", 0.5 * np.sin(2 * np.pi * 60 * time), 44100)
    soundfile.write(tmp_path / "snare.wav", np.zeros(2000), 44100)
    assert main(["samples", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {Path(one["path"]).name: one["problems"] for one in found["samples"]}["snare.wav"] == ["silent"]
    assert [zone["low_key"] for zone in found["zones"]] == [36]
    assert main(["samples", str(tmp_path)]) == 0
    assert "2 samples, 1 with problems, 1 zones" in capsys.readouterr().out
    assert main(["samples", str(tmp_path / "none.sfz")]) == 2
    assert "not there" in capsys.readouterr().err


def test_missing_files_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    folder = tmp_path / "samples"
    folder.mkdir()
    soundfile.write(folder / "there.wav", 0.5 * np.sin(np.arange(4410) / 20.0), 44100)
    path = folder / "harp.sfz"
    path.write_text("<region> sample=there.wav key=60\n<region> sample=*silence key=61\n")
    assert main(["samples", str(path)]) == 0
    path.write_text(path.read_text() + "<region> sample=gone.wav key=62\n<region> sample=deep/lost.wav key=63\n")
    capsys.readouterr()
    assert main(["samples", str(path)]) == 1
    captured = capsys.readouterr()
    assert "gone.wav" in captured.out
    assert captured.err == f"{path}: 2 sample files are missing: deep/lost.wav, gone.wav\n"
    assert main(["samples", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["missing"] == ["deep/lost.wav", "gone.wav"]
    request = tmp_path / "request.json"
    sound = {"patches": {"pads": "samples:harp"}}
    request.write_text(json.dumps({"parameters": {"creative": {"concept": "house"}, "sound_design": sound}}))
    assert main(["explain", str(request)]) == 2
    assert "samples 'harp': 2 sample files are missing" in capsys.readouterr().err
