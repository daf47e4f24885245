"""The fast meter reads what pyloudnorm reads."""

import numpy as np
import pyloudnorm
import pytest

from workbench.dsp.loudness import gated_loudness, hop_energies, loudness


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_agrees_with_pyloudnorm(rate):
    rng = np.random.default_rng(1)
    level = np.repeat([0.3, 0.01, 0.2, 0.0, 0.1], rate)
    samples = (level * rng.standard_normal((2, 5 * rate))).astype(np.float32)
    expected = pyloudnorm.Meter(rate).integrated_loudness(samples.T.astype(np.float64))
    assert loudness(samples, rate) == pytest.approx(expected, abs=0.02)


def test_tone_of_the_standard():
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * 48000) / 48000)
    samples = np.stack([tone, np.zeros_like(tone)]).astype(np.float32)
    assert loudness(samples, 48000) == pytest.approx(-3.01, abs=0.1)


def test_energies_scale_with_gain_and_silence_is_minus_70():
    rng = np.random.default_rng(1)
    samples = (0.1 * rng.standard_normal((2, 96000))).astype(np.float32)
    energies = hop_energies(samples, 48000)
    assert len(energies) == 20
    assert gated_loudness(0.25 * energies) == pytest.approx(gated_loudness(energies) - 6.02, abs=0.01)
    assert loudness(np.zeros((2, 48000), np.float32), 48000) == -70.0
    assert loudness(np.zeros((2, 10), np.float32), 48000) == -70.0
