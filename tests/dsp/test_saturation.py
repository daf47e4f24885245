"""Saturation: unity for quiet signals, bounded for loud ones, less aliasing than the plain curve."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import windows

from workbench.domain.errors import ParameterError
from workbench.dsp.saturation import bit_crush, oversampled_tanh, saturate

RATE = 48000


def sine(frequency_hz: float, level: float = 1.0) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency_hz * np.arange(RATE) / RATE)).astype(np.float32)[None]


def alias_db(sound: np.ndarray, frequency_hz: float) -> float:
    """Strongest part that is no harmonic, against the fundamental."""
    size = np.abs(np.fft.rfft(sound[0] * windows.blackmanharris(sound.shape[1])))
    bins = np.arange(size.size)
    foreign = np.abs(bins / frequency_hz - np.round(bins / frequency_hz)) * frequency_hz > 8.0
    return float(20.0 * np.log10(size[foreign & (bins > 20)].max() / size.max()))


def test_half_of_the_drive_is_taken_back_for_quiet_signals() -> None:
    quiet = sine(100.0, 1e-3)
    gain = np.abs(saturate(quiet, drive_db=12.0)).max() / 1e-3
    assert 20.0 * np.log10(gain) == pytest.approx(6.0, abs=0.05)


def test_loud_signals_are_bounded() -> None:
    # A square wave without its highest harmonics rings about the corners (Gibbs).
    assert np.abs(saturate(sine(100.0, 10.0), drive_db=0.0)).max() <= 1.1


def test_antiderivative_lowers_aliasing_and_oversampling_removes_it() -> None:
    tone = sine(3217.0, 0.9)
    plain = np.tanh(10.0 ** (18.0 / 20.0) * tone)
    assert alias_db(saturate(tone, drive_db=18.0, factor=1), 3217.0) < alias_db(plain, 3217.0) - 5.0
    assert alias_db(saturate(tone, drive_db=18.0), 3217.0) < -80.0


@pytest.mark.parametrize("level", [1e-3, 0.05, 0.3, 3.0])
@pytest.mark.parametrize("bias", [0.0, 0.3])
def test_the_curve_is_the_mean_of_the_hyperbolic_tangent_between_neighbours(level: float, bias: float) -> None:
    sound = (level * np.random.default_rng(2).standard_normal((1, 5000))).astype(np.float32)
    out = oversampled_tanh(sound, gain=2.0, bias=bias, makeup=1.0, factor=1)
    x = 2.0 * sound[0].astype(np.float64) + bias
    steps = (np.arange(2000) + 0.5) / 2000.0
    between = np.tanh(x[:-1, None] + np.diff(x)[:, None] * steps).mean(axis=1) - np.tanh(bias)
    # The straight part is not averaged: quiet sound keeps its treble.
    straight = (1.0 - np.tanh(bias) ** 2) * np.diff(x) / 2.0
    np.testing.assert_allclose(out[0, 1:], between + straight, atol=4e-6)


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_the_result_may_lie_where_the_sound_was(factor: int) -> None:
    sound = np.random.default_rng(2).standard_normal((2, 5000)).astype(np.float32)
    expected = oversampled_tanh(sound, gain=2.0, bias=0.1, makeup=0.5, factor=factor)
    assert oversampled_tanh(sound, gain=2.0, bias=0.1, makeup=0.5, factor=factor, out=sound) is sound
    np.testing.assert_array_equal(sound, expected)


def test_quiet_sound_keeps_its_treble() -> None:
    rng = np.random.default_rng(3)
    quiet = (1e-4 * rng.standard_normal((1, 4096))).astype(np.float32)
    np.testing.assert_allclose(saturate(quiet, drive_db=0.0), quiet, atol=1e-9)


def test_bias_adds_even_harmonics_without_dc_in_silence() -> None:
    tone = sine(100.0, 0.5)
    second = [np.abs(np.fft.rfft(saturate(tone, drive_db=6.0, bias=b)[0]))[200] for b in (0.0, 0.5)]
    assert second[1] > 100.0 * (second[0] + 1.0)
    assert np.abs(saturate(np.zeros((2, 64), dtype=np.float32), drive_db=6.0, bias=0.5)).max() < 1e-6


def test_bit_crush_quantises_and_holds() -> None:
    tone = sine(100.0, 0.9)
    crushed = bit_crush(tone, sample_rate_hz=RATE, bits=4.0, rate_hz=12000.0)
    assert np.unique(crushed).size <= 17
    held = crushed[0, : RATE - RATE % 4].reshape(-1, 4)
    assert (held == held[:, :1]).all()
    np.testing.assert_allclose(bit_crush(tone, sample_rate_hz=RATE, bits=24.0, rate_hz=96000.0), tone, atol=1e-6)


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ParameterError, match="0 to 48 dB"):
        saturate(sine(100.0), drive_db=60.0)
    with pytest.raises(ParameterError, match="4 to 24 bits"):
        bit_crush(sine(100.0), sample_rate_hz=RATE, bits=1.0, rate_hz=8000.0)
