"""Strips and tone: saturation, sends, tonal correction."""

import numpy as np
import pytest

from workbench.dsp.delay import Delay, delay_samples
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.loudness import loudness
from workbench.dsp.reverb import Reverb
from workbench.mixing.profiles import Colour, Strip
from workbench.mixing.strip import Surroundings, run_strip, saturated
from workbench.mixing.tone import OCTAVES_HZ, TARGET_DB, Tone, correction, octave_levels_db

RATE = 48000
PLAIN = Colour("plain", "")


@pytest.fixture
def around(tiny_score):
    return Surroundings(tiny_score, (), Reverb(decay_seconds=1.0), Delay(beats=0.5), 0.5, RATE)


def burst(seconds: float = 8.0) -> np.ndarray:
    rng = np.random.default_rng(0)
    samples = np.zeros((2, int(seconds * RATE)), dtype=np.float32)
    samples[:, : RATE // 2] = 0.1 * rng.standard_normal((2, RATE // 2))
    return samples


def harmonics(samples: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(samples[0]))[[1000, 2000, 3000]] / (RATE / 2)


def test_saturation_has_unity_gain_when_quiet_and_the_curve_when_loud():
    tone = np.tile(np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE), (2, 1)).astype(np.float32)
    assert harmonics(saturated(0.001 * tone, 0.0, 0.0, RATE))[0] == pytest.approx(0.001, rel=1e-3)
    loud = harmonics(saturated(tone, 0.0, 0.0, RATE))
    assert loud[2] > 0.02, "a third harmonic"
    assert loud[1] < 1e-4, "and no second: the curve is symmetric"
    driven = harmonics(saturated(tone, 6.0, 0.0, RATE))
    assert driven[2] / driven[0] > 1.5 * loud[2] / loud[0]
    biased = saturated(tone, 0.0, 0.4, RATE)
    assert harmonics(biased)[1] > 0.02
    assert abs(biased[:, RATE // 2 :].mean()) < 1e-3


def test_strip_sets_its_level(around):
    rng = np.random.default_rng(0)
    noise = (0.01 * rng.standard_normal((2, 4 * RATE))).astype(np.float32)
    for level_lu in (0.0, -6.0):
        out = run_strip(noise, Strip(level_lu=level_lu), PLAIN, around)
        assert loudness(out, RATE) == pytest.approx(-20 + level_lu, abs=0.1)


def test_sends_add_their_returns_at_the_right_time_and_level(around):
    dry = run_strip(burst(), Strip(), PLAIN, around)
    end = RATE // 2 + 200
    assert np.abs(dry[:, end + 4800 :]).max() < 1e-3
    echoed = run_strip(burst(), Strip(delay_send_db=-10.0), PLAIN, around) - dry
    step = delay_samples(0.5, around.score.tempo_bpm, RATE)
    assert np.abs(echoed[:, :step]).max() < 1e-6 < np.abs(echoed[:, step : step + 1000]).max()
    room = run_strip(burst(), Strip(reverb_send_db=-10.0), PLAIN, around) - dry
    louder = run_strip(burst(), Strip(reverb_send_db=-4.0), PLAIN, around) - dry
    assert room[:, end + 4800 : end + 24000].std() > 1e-3
    assert 20 * np.log10(louder.std() / room.std()) == pytest.approx(6.0, abs=0.05)


def test_silence_stays_silent(around):
    assert not run_strip(np.zeros((2, RATE), np.float32), Strip(reverb_send_db=0.0), PLAIN, around).any()


def pink(seconds: float = 6.0) -> np.ndarray:
    """Noise whose octaves have the target's powers."""
    rng = np.random.default_rng(0)
    n = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal((2, n)))
    hz = np.fft.rfftfreq(n, 1 / RATE)
    density = TARGET_DB - 10 * np.log10(OCTAVES_HZ)
    shape = 10 ** (np.interp(np.log(np.maximum(hz, 30)), np.log(OCTAVES_HZ), density) / 20)
    return np.fft.irfft(spectrum * shape, n).astype(np.float32)


def test_correction_leaves_what_is_right_and_halves_what_is_wrong():
    tone = Tone(strength=0.7)
    assert max(abs(band.gain_db) for band in correction(pink(), tone, (), RATE)) < 0.7
    wrong = [Band("low_shelf", 150, 6), Band("high_shelf", 4000, -6)]
    dull = equalise(pink(), wrong, RATE)
    mended = equalise(dull, correction(dull, tone, (), RATE), RATE)
    error = lambda x: np.ptp((octave_levels_db(x, RATE) - TARGET_DB)[[0, -2]])  # noqa: E731
    assert error(mended) < 0.55 * error(dull)


def test_correction_keeps_the_colour_and_its_limits():
    colour = (Band("high_shelf", 3000, -6),)
    coloured = equalise(pink(), colour, RATE)
    kept = correction(coloured, Tone(), colour, RATE)
    fought = correction(coloured, Tone(), (), RATE)
    assert abs(kept[-1].gain_db) < 1 < fought[-1].gain_db
    extreme = correction(equalise(pink(), [Band("low_pass", 300)] * 2, RATE), Tone(boost_db=3.0), (), RATE)
    assert max(band.gain_db for band in extreme) <= 3.0
    assert correction(pink(), Tone(strength=0), (), RATE) == ()
    assert correction(np.zeros((2, RATE), np.float32), Tone(), (), RATE) == ()


def test_offsets_move_the_target():
    plain, heavy, airy = (correction(pink(), tone, (), RATE) for tone in (Tone(), Tone(low_db=4), Tone(high_db=4)))
    assert heavy[0].gain_db > plain[0].gain_db + 1
    assert airy[-1].gain_db > plain[-1].gain_db + 1
