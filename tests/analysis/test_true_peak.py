"""True peaks between the samples: signals whose highest value is known, and meters that look more coarsely."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis.peaks import true_peak_dbtp
from workbench.domain.audio import Audio


def burst(share: float, level: float, at: int, length: int) -> np.ndarray:
    """A tone of `share` of the sample rate below a smooth hump: its true peak is `level` at the hump's middle."""
    places = np.arange(length) - at
    hump = np.exp(-0.5 * (places / 40.0) ** 2)
    return level * hump * np.cos(2 * np.pi * share * places)


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
@pytest.mark.parametrize("share", [0.11, 0.23, 0.31, 0.38])
def test_the_peak_of_a_tone_is_found_between_samples_of_any_meter(rate: int, share: float) -> None:
    """The phase puts the crest in the middle between two points of a fourfold (at 96 kHz twofold) meter."""
    factor = 4 if rate < 88200 else 2
    offset = 0.5 / factor
    places = np.arange(4000) - 2000 - offset
    wave = 0.8 * np.exp(-0.5 * (places / 200.0) ** 2) * np.cos(2 * np.pi * share * places)
    audio = Audio(np.stack([wave, 0.1 * wave]).astype(np.float32), rate)
    assert true_peak_dbtp(audio) == pytest.approx(20 * np.log10(0.8), abs=0.01)


def test_a_high_tone_is_not_hidden_by_a_low_one_whose_crest_lies_on_a_sample() -> None:
    """A twofold meter reads the high tone 1.2 dB too low, crest and trough alike, and would look elsewhere."""
    low = burst(0.01, 0.87, 1000, 6000)
    places = np.arange(6000) - 4000 - 0.25
    high = 0.9 * np.exp(-0.5 * (places / 60.0) ** 2) * np.cos(2 * np.pi * places / 3)
    audio = Audio(np.stack([low + high, low]).astype(np.float32), 44100)
    assert true_peak_dbtp(audio) == pytest.approx(20 * np.log10(0.9), abs=0.05)


def test_the_place_of_a_peak_does_not_matter() -> None:
    for at in (0, 63, 64, 262143, 262144, 262150, 299999):
        wave = np.zeros(300000)
        wave[at] = 0.5
        audio = Audio(np.stack([0 * wave, wave]).astype(np.float32), 48000)
        assert true_peak_dbtp(audio) == pytest.approx(20 * np.log10(0.5), abs=0.02)
