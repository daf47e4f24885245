"""Noise: level, slope and repeatability."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from workbench.dsp.noise import white_noise

RATE = 48000


def slope_db_per_octave(noise: np.ndarray) -> float:
    frequency, power = signal.welch(noise, RATE, nperseg=8192)
    kept = (frequency > 60.0) & (frequency < 12000.0)
    return float(np.polyfit(np.log2(frequency[kept]), 10.0 * np.log10(power[kept]), 1)[0])


def test_white_noise_is_flat() -> None:
    assert slope_db_per_octave(white_noise(RATE * 10, np.random.default_rng(1))) == pytest.approx(0.0, abs=0.1)


def test_levels_are_as_promised() -> None:
    assert np.sqrt(np.mean(white_noise(RATE, np.random.default_rng(1)) ** 2)) == pytest.approx(0.577, abs=0.01)


def test_the_same_generator_state_gives_the_same_noise() -> None:
    first = white_noise(999, np.random.default_rng(7))
    np.testing.assert_array_equal(first, white_noise(999, np.random.default_rng(7)))
    assert not np.array_equal(first, white_noise(999, np.random.default_rng(8)))
