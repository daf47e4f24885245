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
    assert "2 samples, 1 with problems, 1 zone on keys 36" in capsys.readouterr().out
    assert main(["samples", str(tmp_path / "none.sfz")]) == 2
    assert "not there" in capsys.readouterr().err


def test_missing_files_are_reported(
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


def test_an_instrument_file_is_described(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its samples measured, its regions with the keys and conditions under which they play, and what never does."""
    time = np.arange(22050) / 44100
    for name, hz, level in (("long", 220.0, 0.5), ("short", 440.0, 0.25), ("mute", 220.0, 0.0)):
        soundfile.write(tmp_path / f"{name}.wav", level * np.sin(2 * np.pi * hz * time), 44100, subtype="FLOAT")
    monkeypatch.setenv("COLUMNS", "160")
    path = tmp_path / "two.sfz"
    path.write_text(
        "<global> sw_default=24 lokey=48 hikey=60\n"
        "<region> sample=long.wav sw_last=24 pitch_keycenter=57\n"
        "<region> sample=short.wav sw_last=25 lorand=0 hirand=0.5 pitch_keycenter=69\n"
        "<region> sample=mute.wav lokey=72 hikey=72\n"
        "<region> sample=long.wav locc64=64\n"
    )
    assert main(["samples", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    facts = {Path(one["path"]).name: (one["seconds"], one["peak_db"], one["pitch"]) for one in found["samples"]}
    assert facts["long.wav"] == (0.5, pytest.approx(-6.02, abs=0.01), pytest.approx(57.0, abs=0.02))
    assert facts["short.wav"] == (0.5, pytest.approx(-12.04, abs=0.01), pytest.approx(69.0, abs=0.02))
    assert [one["problems"] for one in found["samples"] if one["path"].endswith("mute.wav")] == [["silent"]]
    assert main(["samples", str(path)]) == 0
    told = capsys.readouterr().out
    assert "3 samples, 1 with problems, 3 zones on keys 48-60, 72" in told
    assert "keyswitch 24 (as it begins)" in told
    assert "keyswitch 25, chance 0 to 0.5" in told
    assert "not played: 1 region: controller 64 stands at 0, they ask for 64 to 127 (long.wav)" in told


def test_a_folder_holds_every_format_that_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(24000) / 48000)
    soundfile.write(tmp_path / "kick.opus", tone, 48000, format="OGG", subtype="OPUS")
    soundfile.write(tmp_path / "snare.MP3", tone, 48000, format="MP3", subtype="MPEG_LAYER_III")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "hat.wav").write_bytes(b"\0\5\x16\7")
    assert main(["samples", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(Path(one["path"]).name, one["problems"]) for one in found["samples"]] == [
        ("kick.opus", []), ("snare.MP3", []),
    ]  # fmt: skip
    assert {zone["low_key"] for zone in found["zones"]} == {36, 38}
