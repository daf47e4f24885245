"""Reverb: decay time, pre-delay, damping, width, seed."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from workbench.domain.errors import ParameterError
from workbench.dsp.reverb import Reverb, reverberate

RATE = 48000


def response(reverb: Reverb, seconds: float) -> np.ndarray:
    impulse = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    impulse[:, 0] = 1.0
    return reverberate(impulse, reverb, RATE)


def rt60(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Decay time by a line through the backward integral from -5 to -35 dB (M. Schroeder 1965)."""
    band = sosfilt(butter(4, [low_hz, high_hz], "bandpass", fs=RATE, output="sos"), samples.astype(np.float64))
    energy = np.cumsum((band**2).sum(axis=0)[::-1])[::-1]
    level = 10 * np.log10(energy / energy[0] + 1e-20)
    first, last = np.argmax(level < -5), np.argmax(level < -35)
    slope = np.polyfit(np.arange(first, last), level[first:last], 1)[0]
    return -60.0 / (slope * RATE)


@pytest.mark.parametrize("decay_seconds", [0.4, 1.5, 4.0])
@pytest.mark.parametrize("size", [0.6, 1.5])
def test_decay_time_is_within_a_fifth(decay_seconds, size):
    reverb = Reverb(decay_seconds=decay_seconds, size=size)
    measured = rt60(response(reverb, decay_seconds * 1.3 + 0.3), 350, 1400)
    assert measured == pytest.approx(decay_seconds, rel=0.2)


def test_highs_decay_faster_by_damping():
    samples = response(Reverb(decay_seconds=2.0, damping_hz=3000), 3.0)
    assert rt60(samples, 5000, 9000) < 0.6 * rt60(samples, 350, 1400)
    open_top = response(Reverb(decay_seconds=2.0, damping_hz=23000), 3.0)
    assert rt60(open_top, 5000, 9000) > 1.5


def test_predelay_is_silent():
    first = [np.flatnonzero(np.abs(response(Reverb(predelay_ms=ms), 0.5)).max(axis=0))[0] for ms in (0.0, 40.0)]
    assert first[1] - first[0] == 1920


def test_width_and_decorrelation():
    wide, narrow, mono = (response(Reverb(width=width), 1.0) for width in (1.0, 0.4, 0.0))
    assert abs(np.corrcoef(wide)[0, 1]) < 0.2
    assert np.corrcoef(narrow)[0, 1] > 0.5
    assert np.array_equal(mono[0], mono[1])


def test_seed_and_size_change_the_room_and_nothing_else_does():
    base = response(Reverb(seed=1), 0.5)
    assert np.array_equal(base, response(Reverb(seed=1), 0.5))
    assert not np.array_equal(base, response(Reverb(seed=2), 0.5))
    first = [np.flatnonzero(np.abs(response(Reverb(seed=1, size=size), 0.5)).max(axis=0))[0] for size in (0.5, 2.0)]
    assert first[0] < first[1]


def test_level_hardly_depends_on_the_decay():
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((2, 6 * RATE)).astype(np.float32)
    levels = [
        20 * np.log10(reverberate(noise, Reverb(decay_seconds=decay), RATE)[:, 4 * RATE :].std())
        for decay in (0.5, 1.5, 4.0)
    ]
    assert max(levels) - min(levels) < 3.0
    assert max(np.abs(levels)) < 6.0


def test_balanced_ears_finite_and_without_dc():
    samples = response(Reverb(decay_seconds=1.0), 3.0)
    energy = (samples**2).sum(axis=1)
    assert np.isfinite(samples).all()
    assert abs(10 * np.log10(energy[0] / energy[1])) < 2.0
    assert np.abs(samples[:, -100:]).max() < 1e-5


def test_wrong_rooms_are_refused():
    with pytest.raises(ParameterError, match="decay_seconds"):
        Reverb(decay_seconds=0)
    with pytest.raises(ParameterError, match="width"):
        replace(Reverb(), width=2.0)
