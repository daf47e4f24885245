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
