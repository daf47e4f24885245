"""Voice filters: responses as designed, stable under fast movement."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.oscillators import control_length
from workbench.dsp.voice_filters import ladder_filter, ladder_filters, state_variable_filter

RATE = 48000


def impulse(level: float = 1.0) -> np.ndarray:
    sound = np.zeros((1, 16384), dtype=np.float32)
    sound[0, 0] = level
    return sound


def gain_db(response: np.ndarray, frequency_hz: float, level: float = 1.0) -> float:
    size = np.abs(np.fft.rfft(response[0])) / level
    return float(20.0 * np.log10(size[round(frequency_hz * response.shape[1] / RATE)]))


def test_lowpass_is_butterworth() -> None:
    response = state_variable_filter(impulse(), 1000.0, sample_rate_hz=RATE)
    assert gain_db(response, 100.0) == pytest.approx(0.0, abs=0.05)
    assert gain_db(response, 1000.0) == pytest.approx(-3.0, abs=0.1)
    assert gain_db(response, 4000.0) == pytest.approx(-24.4, abs=1.0)


def test_highpass_bandpass_and_notch_do_what_they_say() -> None:
    high = state_variable_filter(impulse(), 1000.0, sample_rate_hz=RATE, mode="highpass")
    band = state_variable_filter(impulse(), 1000.0, sample_rate_hz=RATE, mode="bandpass", resonance=0.5)
    notch = state_variable_filter(impulse(), 1000.0, sample_rate_hz=RATE, mode="notch")
    assert gain_db(high, 10000.0) == pytest.approx(0.0, abs=0.1)
    assert gain_db(high, 100.0) < -38.0
    assert gain_db(band, 1000.0) == pytest.approx(0.0, abs=0.2)
    assert gain_db(band, 200.0) < -20.0
    assert gain_db(notch, 1000.0) < -30.0
    assert gain_db(notch, 100.0) == pytest.approx(0.0, abs=0.2)


def test_resonance_lifts_the_cutoff() -> None:
    gains = [
        gain_db(state_variable_filter(impulse(), 1000.0, sample_rate_hz=RATE, resonance=r), 1000.0)
        for r in (0.0, 0.5, 1.0)
    ]
    assert gains[0] < gains[1] < gains[2]
    assert gains[2] == pytest.approx(20.0 * np.log10(25.0), abs=1.5)


def test_ladder_falls_by_24_db_an_octave_when_quiet() -> None:
    response = ladder_filter(impulse(1e-3), 500.0, sample_rate_hz=RATE)
    assert gain_db(response, 50.0, 1e-3) == pytest.approx(0.0, abs=0.2)
    assert gain_db(response, 500.0, 1e-3) == pytest.approx(-12.0, abs=0.4)
    fall = gain_db(response, 2000.0, 1e-3) - gain_db(response, 4000.0, 1e-3)
    assert fall == pytest.approx(24.0, abs=1.5)


def test_ladder_resonance_and_drive_are_heard() -> None:
    peak = gain_db(ladder_filter(impulse(1e-3), 500.0, sample_rate_hz=RATE, resonance=0.9), 500.0, 1e-3)
    assert peak > 6.0
    time = np.arange(RATE) / RATE
    sine = (0.5 * np.sin(2 * np.pi * 100 * time)).astype(np.float32)[None]
    clean = ladder_filter(sine, 5000.0, sample_rate_hz=RATE, drive_db=-12.0)
    hot = ladder_filter(sine, 5000.0, sample_rate_hz=RATE, drive_db=18.0)
    third = [np.abs(np.fft.rfft(x[0]))[300] / np.abs(np.fft.rfft(x[0]))[100] for x in (clean, hot)]
    assert third[0] < 0.005
    assert third[1] > 0.1


@pytest.mark.parametrize("kind", ["svf", "ladder"])
def test_wild_modulation_stays_finite(kind: str) -> None:
    rng = np.random.default_rng(3)
    noise = rng.uniform(-1, 1, (2, 48000)).astype(np.float32)
    cutoff = rng.uniform(-100.0, 60000.0, control_length(48000))
    if kind == "svf":
        out = state_variable_filter(noise, cutoff, sample_rate_hz=RATE, resonance=1.0)
    else:
        out = ladder_filter(noise, cutoff, sample_rate_hz=RATE, resonance=1.0, drive_db=30.0)
    assert np.isfinite(out).all()
    assert np.abs(out).max() < 60.0


def test_two_channels_are_filtered_as_two_single_ones() -> None:
    noise = np.random.default_rng(4).uniform(-1, 1, (2, 4800)).astype(np.float32)
    both = ladder_filter(noise, 900.0, sample_rate_hz=RATE, resonance=0.4)
    np.testing.assert_array_equal(both[1:], ladder_filter(noise[1:], 900.0, sample_rate_hz=RATE, resonance=0.4))


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ParameterError, match="mode of lowpass"):
        state_variable_filter(impulse(), 100.0, sample_rate_hz=RATE, mode="comb")
    with pytest.raises(ParameterError, match="resonance of 0 to 1, got 2"):
        ladder_filter(impulse(), 100.0, sample_rate_hz=RATE, resonance=2.0)
    with pytest.raises(ParameterError, match="control values"):
        ladder_filter(impulse(), np.full(3, 100.0), sample_rate_hz=RATE)


@pytest.mark.parametrize("factor", [1, 2])
def test_a_voice_is_filtered_alike_alone_and_among_others(factor: int) -> None:
    rng = np.random.default_rng(5)
    voices = [rng.standard_normal((c, n)).astype(np.float32) for c, n in ((2, 5000), (1, 333), (2, 64), (1, 4801))]
    cutoffs = [300.0 * 2.0 ** (4.0 * rng.random(control_length(voice.shape[1]))) for voice in voices]
    settings = {"sample_rate_hz": RATE, "resonance": 0.6, "drive_db": 9.0, "factor": factor}
    together = ladder_filters(voices, cutoffs, **settings)
    for voice, cutoff, found in zip(voices, cutoffs, together, strict=True):
        np.testing.assert_array_equal(found, ladder_filter(voice, cutoff, **settings))
