"""Dynamics: static curve, time constants, ducking depth."""

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.dynamics import (
    Compressor,
    compress,
    compressor_gain,
    ducking_gain,
)

RATE = 48000


def steady(level_db: float, seconds: float = 1.0) -> np.ndarray:
    """Constant magnitude, alternating sign: its peak level is exact at every sample."""
    signs = np.where(np.arange(int(seconds * RATE)) % 2, -1.0, 1.0)
    return np.tile(10 ** (level_db / 20) * signs, (2, 1)).astype(np.float32)


def static_curve_db(level_db: float, settings: Compressor) -> float:
    """Giannoulis, Massberg and Reiss, JAES 60 (2012), equation 4."""
    over, knee = level_db - settings.threshold_db, settings.knee_db
    if 2 * over < -knee:
        return level_db
    if 2 * abs(over) <= knee:
        return level_db + (1 / settings.ratio - 1) * (over + knee / 2) ** 2 / (2 * max(knee, 1e-9))
    return settings.threshold_db + over / settings.ratio


@pytest.mark.parametrize("level_db", [-40.0, -22.0, -20.0, -18.0, -10.0, 0.0])
@pytest.mark.parametrize("settings", [Compressor(-20, 4, knee_db=6), Compressor(-20, 2, knee_db=0)])
def test_settled_gain_follows_the_static_curve(level_db, settings):
    gain = compressor_gain(steady(level_db), settings, RATE)
    expected = static_curve_db(level_db, settings) - level_db
    assert 20 * np.log10(gain[-1]) == pytest.approx(expected, abs=0.01)


def test_ratio_above_the_knee():
    low, high = (20 * np.log10(compressor_gain(steady(at), Compressor(-20, 4), RATE)[-1]) + at for at in (-10.0, -2.0))
    assert high - low == pytest.approx(2.0, abs=0.01)


def test_attack_and_release_times():
    settings = Compressor(-20, 1000, attack_ms=10, release_ms=100, knee_db=0)
    signal = np.concatenate([steady(-60, 0.1), steady(-10, 0.5), steady(-60, 0.5)], axis=1)
    reduction = -20 * np.log10(compressor_gain(signal, settings, RATE))
    on, off = int(0.1 * RATE), int(0.6 * RATE)
    assert reduction[on + 480] == pytest.approx(9.99 * (1 - np.exp(-1)), abs=0.05)
    assert reduction[off + 4800] == pytest.approx(reduction[off - 1] * np.exp(-1), abs=0.05)


def test_makeup_and_links():
    signal = steady(-10)
    signal[1] *= 0.1
    settings = Compressor(-20, 2, knee_db=0, makeup_db=3)
    out = compress(signal, settings, RATE)
    assert np.allclose(out[0] * 0.1, out[1], atol=1e-7), "both channels get one gain"
    assert 20 * np.log10(np.abs(out[0, -1])) == pytest.approx(-12.0, abs=0.01)


def test_ducking_depth_is_exact_at_the_onset_and_comes_back():
    gain = ducking_gain([0.5, 0.52], RATE, RATE, depth_db=6, attack_ms=5, hold_ms=20, release_ms=100)
    level = 20 * np.log10(gain)
    assert level[int(0.5 * RATE) : int(0.539 * RATE)] == pytest.approx(-6.0, abs=1e-3), "dips do not add up"
    assert level[int(0.49 * RATE)] == pytest.approx(0.0, abs=1e-6)
    assert level[int(0.65 * RATE)] == pytest.approx(0.0, abs=1e-6)
    assert np.abs(np.diff(gain)).max() < 0.02, "slopes are smooth"


def test_ducking_at_the_edges():
    gain = ducking_gain([0.0, 0.9999, 5.0], RATE, RATE, depth_db=3)
    assert gain.shape == (RATE,)
    assert gain[0] == pytest.approx(10 ** (-3 / 20), abs=1e-4)


def test_wrong_settings_are_refused():
    with pytest.raises(ParameterError, match="ratio"):
        Compressor(ratio=0.5)
    with pytest.raises(ParameterError, match="depth_db"):
        ducking_gain([0.0], 10, RATE, depth_db=-1)
