"""Dither: level, whiteness, independence of the signal, determinism."""

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.dither import interleaved, quantise, tpdf_noise


def test_noise_is_triangular_and_white():
    noise = tpdf_noise((1 << 17,), seed=3)
    assert noise.var() == pytest.approx(1 / 6, rel=0.02)
    assert np.abs(noise).max() < 1.0
    histogram = np.histogram(noise, bins=4, range=(-1, 1))[0] / len(noise)
    assert histogram == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8], abs=0.01)
    power = (np.abs(np.fft.rfft(noise)) ** 2).reshape(-1)[1:].reshape(16, -1).mean(axis=1)
    assert power / power.mean() == pytest.approx(np.ones(16), abs=0.08)


@pytest.mark.parametrize("bit_depth", [16, 24])
def test_error_has_three_times_the_power_of_rounding_whatever_the_signal(bit_depth):
    steps = 2 ** (bit_depth - 1)
    for offset in (0.0, 0.25, 0.5):
        signal = np.full(200_000, (100 + offset) / steps)
        error = quantise(signal, bit_depth=bit_depth, seed=1) - signal * steps
        assert error.mean() == pytest.approx(0.0, abs=0.01)
        assert error.var() == pytest.approx(1 / 4, rel=0.02)


def test_a_tone_below_one_step_survives_without_harmonics():
    n = 1 << 16
    tone = 0.5 / 2**15 * np.sin(2 * np.pi * 1000 / n * np.arange(n))
    spectrum = np.abs(np.fft.rfft(quantise(tone, bit_depth=16, seed=2))) / n * 2
    assert spectrum[1000] == pytest.approx(0.5, abs=0.03)
    assert spectrum[[2000, 3000, 5000]].max() < 0.02


def test_seed_decides_the_bytes():
    signal = np.zeros((2, 1000), dtype=np.float32)
    assert np.array_equal(quantise(signal, bit_depth=16, seed=1), quantise(signal, bit_depth=16, seed=1))
    assert not np.array_equal(quantise(signal, bit_depth=16, seed=1), quantise(signal, bit_depth=16, seed=2))


def test_full_scale_is_clipped_not_wrapped():
    codes = quantise(np.array([1.5, -1.5]), bit_depth=16)
    assert codes.tolist() == [32767, -32768]
    assert codes.dtype == np.int32


def test_bit_depths_outside_are_refused():
    with pytest.raises(ParameterError, match="8 to 24"):
        quantise(np.zeros(4), bit_depth=32)


def test_shaping_moves_noise_out_of_the_ears_best_range():
    silence = np.zeros((2, 1 << 16))
    plain, shaped = (quantise(silence, bit_depth=16, seed=2, shaped=on) for on in (False, True))
    spectra = [np.abs(np.fft.rfft(steps[0] * np.hanning(1 << 16))) ** 2 for steps in (plain, shaped)]
    band = slice(round(2000 / 48000 * (1 << 16)), round(5000 / 48000 * (1 << 16)))
    assert 10 * np.log10(spectra[1][band].mean() / spectra[0][band].mean()) < -8.0
    assert np.array_equal(shaped, quantise(silence, bit_depth=16, seed=2, shaped=True))


def test_frames_of_24_bits_are_laid_out_byte_by_byte():
    steps = np.array([[1, -1, 8_388_607, -8_388_608], [-2, 256, 65_536, 1_193_046]], np.int32)
    expected = b"".join(int(value).to_bytes(3, "little", signed=True) for frame in steps.T for value in frame)
    assert interleaved(steps, 24).tobytes() == expected
    assert interleaved(np.vstack([steps, steps[:1]]), 24).size == 36
