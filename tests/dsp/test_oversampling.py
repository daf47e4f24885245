"""Oversampling: the same filter as scipy's, transparent where nothing changes, little aliasing where it does."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from workbench.domain.errors import ParameterError
from workbench.dsp.oversampling import oversample
from workbench.dsp.parallel import BLOCK_SAMPLES
from workbench.dsp.true_peak import peak_envelope, true_peak

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
    assert true_peak(np.zeros((2, 0), np.float32)) == 0.0


def test_odd_factor_is_refused():
    with pytest.raises(ParameterError, match="2, 4 or 8"):
        oversample(noise(10), 3)


@pytest.mark.parametrize("factor", [2, 4])
def test_true_peak_is_the_highest_of_scipys_resampling(factor):
    samples = noise(20_000)
    samples[1, 7000:9000] *= 3.0
    assert true_peak(samples, factor) == pytest.approx(
        np.abs(resample_poly(samples, factor, 1, axis=1)).max(), rel=1e-6
    )


def test_peaks_that_cannot_pass_the_limit_are_left_out_and_no_others():
    samples = noise(9000)
    samples[:, 4000:4500] *= 4.0
    whole, loud = peak_envelope(samples), peak_envelope(samples, above=1.0)
    assert np.array_equal(loud[whole > 1.0], whole[whole > 1.0])
    assert (whole > 1.0).any()
    assert loud[whole <= 1.0].max() <= 1.0


def test_no_seams_at_the_blocks_of_threads():
    samples = noise(BLOCK_SAMPLES + 5000)
    tail = peak_envelope(samples[:, BLOCK_SAMPLES - 1000 :])
    assert np.array_equal(peak_envelope(samples)[BLOCK_SAMPLES - 900 :], tail[100:])
