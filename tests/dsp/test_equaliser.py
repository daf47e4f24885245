"""Equaliser: the filters do what the analogue curves promise."""

import numpy as np
import pytest
from scipy.signal import freqz

from workbench.domain.errors import ParameterError
from workbench.dsp.equaliser import Band, design, equalise, response_db, split_bands, tilt
from workbench.dsp.sweep import sweep_filter

RATE = 48000


def impulse(length: int = 1 << 15) -> np.ndarray:
    samples = np.zeros((2, length), dtype=np.float32)
    samples[:, 0] = 1.0
    return samples


def magnitude_db(samples: np.ndarray) -> np.ndarray:
    return 20 * np.log10(np.abs(np.fft.rfft(samples[0].astype(np.float64))) + 1e-12)


@pytest.mark.parametrize(
    "band",
    [
        Band("peak", 1000, 6, 1.2),
        Band("peak", 5000, -9, 0.6),
        Band("low_shelf", 120, 4),
        Band("high_shelf", 8000, -5),
        Band("low_pass", 3000),
        Band("high_pass", 80),
        Band("notch", 50, q=4),
    ],
)
def test_measured_response_is_the_predicted_one(band):
    frequencies = np.fft.rfftfreq(1 << 15, 1 / RATE)[1:-1]
    measured = magnitude_db(equalise(impulse(), [band], RATE))[1:-1]
    expected = response_db([band], frequencies, RATE)
    audible = expected > -60
    assert np.abs(measured - expected)[audible].max() < 0.02


def test_coefficients_agree_with_scipy_freqz():
    b0, b1, b2, a1, a2 = design([Band("peak", 1000, 6, 1.2)], RATE)[0]
    frequencies = np.array([100.0, 1000.0, 5000.0])
    _, h = freqz([b0, b1, b2], [1, a1, a2], worN=frequencies, fs=RATE)
    expected = response_db([Band("peak", 1000, 6, 1.2)], frequencies, RATE)
    assert np.allclose(20 * np.log10(np.abs(h)), expected, atol=1e-9)


def test_analogue_anchor_points():
    at = lambda band, *hz: response_db([band], np.array(hz, dtype=float), RATE)  # noqa: E731
    assert at(Band("high_pass", 100), 100)[0] == pytest.approx(-3.01, abs=0.01)
    assert at(Band("low_pass", 1000), 1000, 2000)[1] == pytest.approx(-10 * np.log10(17), abs=0.15)
    assert at(Band("low_shelf", 200, 6), 5, 200, 10000) == pytest.approx([6, 3, 0], abs=0.05)
    assert at(Band("high_shelf", 2000, -4), 20, 2000, 20000) == pytest.approx([0, -2, -4], abs=0.05)
    assert at(Band("notch", 50), 50)[0] < -100


def test_peak_matches_analogue_prototype_below_a_tenth_of_the_rate():
    band, hz = Band("peak", 500, 8, 1.0), np.geomspace(50, 4000, 40)
    amplitude, s = 10 ** (8 / 40), 1j * hz / 500
    analogue = np.abs((s * s + s * amplitude + 1) / (s * s + s / amplitude + 1))
    assert np.abs(response_db([band], hz, RATE) - 20 * np.log10(analogue)).max() < 0.1


def test_bands_act_in_series_and_channels_alone():
    bands = [Band("peak", 300, -3, 1), Band("high_shelf", 5000, 4)]
    stereo = impulse(4096)
    stereo[1] = 0
    together = equalise(stereo, bands, RATE)
    apart = equalise(equalise(stereo, bands[:1], RATE), bands[1:], RATE)
    assert np.allclose(together, apart, atol=1e-6)
    assert not together[1].any()


def test_split_bands_add_up_to_an_all_pass():
    low, high = split_bands(impulse(), 120, RATE)
    assert np.abs(magnitude_db(low + high)).max() < 0.01
    assert magnitude_db(low)[round(1200 / RATE * (1 << 15))] < -75


def test_tilt_raises_highs_over_lows():
    low, middle, high = response_db(tilt(6.0), np.array([30.0, 800.0, 18000.0]), RATE)
    assert high - low == pytest.approx(6.0, abs=0.3)
    assert abs(middle) < 0.5


def test_sweep_with_a_steady_cutoff_is_a_butterworth_low_pass():
    out = sweep_filter(impulse(), np.full(1000, 1000.0), 64, RATE)
    hz = np.array([200.0, 1000.0, 4000.0])
    measured = magnitude_db(out)[np.round(hz / RATE * (1 << 15)).astype(int)]
    assert measured == pytest.approx(response_db([Band("low_pass", 1000)], hz, RATE), abs=0.1)


def test_moving_sweep_does_not_click():
    t = np.arange(RATE) / RATE
    tone = np.tile(0.5 * np.sin(2 * np.pi * 100 * t), (2, 1)).astype(np.float32)
    out = sweep_filter(tone, np.geomspace(300, 18000, RATE // 64 + 1), 64, RATE)
    assert np.abs(np.diff(out[0, 2000:], n=2)).max() < 2 * np.abs(np.diff(tone[0], n=2)).max()


def test_wrong_bands_are_refused():
    with pytest.raises(ParameterError, match="half the sample rate"):
        design([Band("peak", 30000)], RATE)
    with pytest.raises(ParameterError, match="not known"):
        Band("bell", 1000)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="above 0"):
        Band("peak", -1)
    with pytest.raises(ParameterError, match="cutoff values"):
        sweep_filter(impulse(), np.array([100.0]), 64, RATE)
