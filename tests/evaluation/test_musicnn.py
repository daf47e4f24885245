"""The learned embedding is read from its wheel where that is there, and tells in one line where it is not."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from evaluation import musicnn
from evaluation.degradations import muffled
from evaluation.metric_checks import truth
from evaluation.musicnn.checkpoint import read_checkpoint
from workbench.domain.errors import ModelError


def test_missing_or_damaged_weights_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    song = truth.play_notes(truth.chord_song(truth.Key.parse("C"), bars=2)[1], 120.0)
    (tmp_path / "no.whl").write_bytes(b"no wheel")
    musicnn.network._network.cache_clear()
    monkeypatch.setenv("BEATSFOUNDRY_MUSICNN", str(tmp_path / "no.whl"))
    with pytest.raises(ModelError, match="cannot be read") as caught:
        musicnn.embed_windows(song)
    assert "\n" not in str(caught.value)
    with pytest.raises(ModelError, match="expected the index"):
        read_checkpoint(b"x" * 60, b"")


def test_the_published_weights_hear_a_low_pass_step_by_step() -> None:
    if not (os.environ.get("BEATSFOUNDRY_MUSICNN") or importlib.util.find_spec("musicnn")):
        pytest.skip("musicnn's wheel is absent: pip install --no-deps musicnn==0.1.0, or set BEATSFOUNDRY_MUSICNN")
    musicnn.network._network.cache_clear()
    _, notes = truth.chord_song(truth.Key.parse("C"), bars=4)
    song = truth.mixed(truth.play_drums(truth.drum_notes(110.0, 4), 110.0), truth.play_notes(notes, 110.0))
    plain = musicnn.embed_windows(song)
    assert plain.shape[1] == 200
    gaps = [float(np.linalg.norm(musicnn.embed_windows(muffled(song, n)).mean(0) - plain.mean(0))) for n in (2, 3.5, 5)]
    assert 0.0 < gaps[0] < gaps[1] < gaps[2]
