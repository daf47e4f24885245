"""Spectrum and stereo image against noise and tones whose figures follow from arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis import spectrum, stereo
from workbench.domain.audio import Audio

RATE = 48000


def noise_pair(correlation: float, seconds: float = 20.0, seed: int = 5) -> Audio:
    first, second = 0.1 * np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))
    right = correlation * first + np.sqrt(1 - correlation**2) * second
    return Audio(np.stack([first, right]).astype(np.float32), RATE)


def test_power_adds_up(sine, mono_audio):
    picture = spectrum.stereo_spectrum(mono_audio(sine(-6.0, 4.0)))
    assert 10 * np.log10(picture.left.sum()) == pytest.approx(-9.01, abs=0.05)


def test_sine_lies_in_its_third_octave(sine, mono_audio):
    bands = spectrum.third_octave_db(spectrum.stereo_spectrum(mono_audio(sine(-20.0, 4.0, 1000.0))))
    place = spectrum.THIRD_OCTAVE_HZ.index(1000.0)
    assert bands[place] == pytest.approx(0.0, abs=0.02)
    assert np.delete(bands, place).max() < -40.0


def test_level_does_not_change_the_bands(mono_audio):
    wave = np.random.default_rng(2).standard_normal(4 * RATE) * 0.1
    loud, soft = (spectrum.third_octave_db(spectrum.stereo_spectrum(mono_audio(wave * g))) for g in (1.0, 0.1))
    assert loud == pytest.approx(soft, abs=0.01)


def test_tilt_of_white_and_brown_noise(mono_audio):
    wave = np.random.default_rng(2).standard_normal(20 * RATE) * 0.1
    white = spectrum.third_octave_db(spectrum.stereo_spectrum(mono_audio(wave)))
    assert spectrum.spectral_tilt_db_per_octave(white) == pytest.approx(3.01, abs=0.1)
    brown = np.cumsum(wave) * 0.01
    bands = spectrum.third_octave_db(spectrum.stereo_spectrum(mono_audio(brown - brown.mean())))
    assert spectrum.spectral_tilt_db_per_octave(bands, high_hz=6000.0) == pytest.approx(-3.01, abs=0.2)


def test_centroid_rolloff_and_balance(sine, mono_audio):
    picture = spectrum.stereo_spectrum(mono_audio(sine(-20, 4.0, 100.0) + sine(-20, 4.0, 3000.0)))
    assert spectrum.spectral_centroid_hz(picture) == pytest.approx(1550.0, abs=60.0)
    assert spectrum.spectral_rolloff_hz(picture) == pytest.approx(3000.0, abs=6.0)
    balance = spectrum.band_balance_db(picture)
    assert balance["bass"] == pytest.approx(-3.01, abs=0.05)
    assert balance["presence"] == pytest.approx(-3.01, abs=0.05)
    assert balance["air"] < -60.0


def test_silence_has_defined_figures():
    picture = spectrum.stereo_spectrum(Audio(np.zeros((2, 10), np.float32), RATE))
    assert set(spectrum.third_octave_db(picture)) == {spectrum.SILENT_BAND_DB}
    assert spectrum.spectral_centroid_hz(picture) == 0.0
    assert stereo.band_correlation(picture) == {"low": 1.0, "mid": 1.0, "high": 1.0}
    image = stereo.stereo_image(Audio(np.zeros((2, 0), np.float32), RATE))
    assert (image.correlation, image.width, image.mono_loss_db, image.balance_db) == (1.0, 0.0, 0.0, 0.0)
    assert image.correlation_series.size == 0


@pytest.mark.parametrize("truth", [-0.5, 0.0, 0.7, 1.0])
def test_correlation_width_and_mono_loss(truth):
    audio = noise_pair(truth)
    image = stereo.stereo_image(audio)
    assert image.correlation == pytest.approx(truth, abs=0.005)
    assert image.width == pytest.approx((1 - truth) / 2, abs=0.005)
    assert image.mono_loss_db == pytest.approx(-10 * np.log10((1 + truth) / 2), abs=0.02)
    bands = stereo.band_correlation(spectrum.stereo_spectrum(audio))
    assert bands["mid"] == pytest.approx(truth, abs=0.02)
    assert bands["high"] == pytest.approx(truth, abs=0.01)


def test_opposite_channels(sine):
    wave = sine(-10.0, 2.0, 60.0).astype(np.float32)
    audio = Audio(np.stack([wave, -wave]), RATE)
    image = stereo.stereo_image(audio)
    assert image.correlation == pytest.approx(-1.0)
    assert image.mono_loss_db == 100.0
    picture = spectrum.stereo_spectrum(audio)
    assert stereo.band_correlation(picture)["low"] == pytest.approx(-1.0)
    assert stereo.band_width(picture)["low"] == pytest.approx(1.0)


def test_correlation_series_finds_the_bad_three_seconds():
    good, bad = noise_pair(0.9, 3.0), noise_pair(-0.9, 3.0, seed=6)
    audio = Audio(np.concatenate([good.samples, bad.samples, np.zeros((2, 3 * RATE), np.float32)], axis=1), RATE)
    assert stereo.stereo_image(audio).correlation_series == pytest.approx([0.9, -0.9], abs=0.01)
    assert stereo.stereo_image(audio, window_seconds=6.0).correlation_series.size == 1


def test_balance(sine):
    wave = sine(-10.0, 1.0).astype(np.float32)
    assert stereo.stereo_image(Audio(np.stack([wave, wave * 0.5]), RATE)).balance_db == pytest.approx(-6.02, abs=0.01)
