"""Diagnostics: correlation and mono loss over time on signals whose truth is known, and pictures that are drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.cli.main import main
from workbench.domain.audio import Audio
from workbench.output import write_audio
from workbench.output.figures.diagnostic_figures import diagnostics, spectra, stereo_over_time

RATE = 48000


def noise(seconds: float, correlation: float) -> Audio:
    rng = np.random.default_rng(2)
    one, other = 0.1 * rng.standard_normal((2, round(seconds * RATE)))
    right = correlation * one + np.sqrt(1 - correlation**2) * other
    return Audio(np.stack([one, right]).astype(np.float32), RATE)


@pytest.mark.parametrize("correlation", [1.0, 0.5, 0.0, -0.6])
def test_correlation_and_mono_loss(correlation: float) -> None:
    moving = stereo_over_time(noise(4.0, correlation))
    assert moving.correlation == pytest.approx(np.full(moving.correlation.size, correlation), abs=0.03)
    expected = -10 * np.log10((1 + correlation) / 2) if correlation > -1 else 100
    assert moving.mono_loss_db == pytest.approx(np.full(moving.mono_loss_db.size, expected), abs=0.25)


def test_silence_counts_as_mono() -> None:
    moving = stereo_over_time(Audio(np.zeros((2, RATE), np.float32), RATE))
    assert set(moving.correlation) == {1.0}
    assert set(moving.mono_loss_db) == {0.0}


def test_pictures_are_drawn() -> None:
    assert len(diagnostics(noise(4.0, 0.5)).axes) == 4
    assert len(spectra({"bass": noise(1.0, 1.0), "mix": noise(1.0, 0.2)}).axes[0].lines) == 2


def test_the_command_writes_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_audio(noise(4.0, 0.4), tmp_path / "song.wav")
    assert main(["analyze", str(file), "--json", "--quiet", "--pictures", str(tmp_path / "pictures")]) == 0
    assert "integrated_loudness_lufs" in capsys.readouterr().out
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {"song-over-time.png", "song-music.png", "spectra.png"}
