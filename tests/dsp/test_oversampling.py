"""Oversampling: the same filter as scipy's, transparent where nothing changes, little aliasing where it does."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from workbench.domain.errors import ParameterError
from workbench.dsp.oversampling import apply_oversampled, oversample, peak_envelope

RATE = 48000


def noise(length: int, seed: int = 0) -> np.ndarray:
    return (0.2 * np.random.default_rng(seed).standard_normal((2, length))).astype(np.float32)


def sine(hz: float, length: int = RATE, level: float = 1.0) -> np.ndarray:
    return np.tile(level * np.sin(2 * np.pi * hz * np.arange(length) / RATE), (2, 1)).astype(np.float32)


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_phases_are_scipys_resampling(factor):
    samples = noise(5000)
    interleaved = oversample(samples, factor).transpose(0, 2, 1).reshape(2, -1)
    assert np.allclose(interleaved, resample_poly(samples, factor, 1, axis=1), atol=1e-6)


def test_identity_leaves_every_bit():
    samples = noise(10000)
    assert np.array_equal(apply_oversampled(samples, lambda x: x), samples)


def test_linear_curve_is_a_gain_below_the_band_edge():
    tone = sine(5000)
    out = apply_oversampled(tone, lambda x: 0.5 * x)
    assert np.abs(out - 0.5 * tone)[:, 100:-100].max() < 2e-3


def test_blocks_leave_no_seams():
    samples = noise(9000)
    out = apply_oversampled(samples, np.tanh)
    shifted = apply_oversampled(np.pad(samples, ((0, 0), (777, 0))), np.tanh)
    assert np.allclose(out, shifted[:, 777:], atol=1e-6)


def test_aliasing_is_lower_than_without_oversampling():
    tone = sine(7300, level=0.9)
    window = np.hanning(RATE)

    def alias_db(samples):
        power = np.abs(np.fft.rfft(samples[0] * window)) ** 2
        keep = np.ones(len(power), dtype=bool)
        for harmonic in (7300, 21900):
            keep[harmonic - 5 : harmonic + 6] = False
        return 10 * np.log10(power[keep].sum() / power.sum())

    crush = lambda x: np.tanh(4 * x)  # noqa: E731
    assert alias_db(apply_oversampled(tone, crush)) < alias_db(crush(tone)) - 15


def test_peak_envelope_sees_between_samples():
    # A quarter of the sample rate at 45 degrees: samples reach 0.707, the wave 1.0.
    n = np.arange(4000)
    tone = np.tile(np.sin(np.pi / 2 * n + np.pi / 4), (2, 1)).astype(np.float32)
    peaks = peak_envelope(tone)
    assert np.abs(tone).max() < 0.71
    assert peaks[100:-100].min() == pytest.approx(1.0, abs=0.02)
    assert len(peaks) == 4000


def test_short_and_empty_signals():
    assert peak_envelope(np.zeros((2, 0), np.float32)).shape == (0,)
    assert apply_oversampled(noise(3), np.tanh).shape == (2, 3)


def test_odd_factor_is_refused():
    with pytest.raises(ParameterError, match="2, 4 or 8"):
        oversample(noise(10), 3)
