"""Limiter: the ceiling holds for every signal, and what is below it stays as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import minimum_filter1d
from scipy.signal import resample_poly

from workbench.domain.errors import ParameterError
from workbench.dsp.limiter import Limiter, _lowest_around, limit, limiter_gain, soft_clip, true_peak_db
from workbench.dsp.parallel import BLOCK_SAMPLES

RATE = 48000


def measured_true_peak_db(samples: np.ndarray) -> float:
    """Independent meter: scipy's resampling."""
    return 20 * np.log10(np.abs(resample_poly(samples.astype(np.float64), 4, 1, axis=1)).max() + 1e-12)


def sine(hz: float, level_db: float, phase: float = 0.0, length: int = 24000) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(length) / RATE + phase)
    return np.tile(10 ** (level_db / 20) * wave, (2, 1)).astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    level_db=st.floats(-12, 24),
    ceiling_db=st.floats(-12, 0),
    burst=st.integers(1, 4000),
    kind=st.sampled_from(["noise", "clicks", "square", "intersample"]),
)
def test_true_peak_never_passes_the_ceiling(seed, level_db, ceiling_db, burst, kind):
    rng = np.random.default_rng(seed)
    n = 12000
    if kind == "noise":
        wave = rng.standard_normal((2, n)) * (np.arange(n) % (2 * burst) < burst)
    elif kind == "clicks":
        wave = np.zeros((2, n))
        wave[:, rng.integers(0, n, 1 + n // (burst + 1))] = 1.0
    elif kind == "square":
        wave = np.tile(np.sign(np.sin(np.arange(n) / burst + 0.1)), (2, 1))
    else:
        wave = np.tile(np.sin(np.pi / 2 * np.arange(n) + np.pi / 4) * (np.arange(n) > burst), (2, 1))
    samples = (wave * 10 ** (level_db / 20)).astype(np.float32)
    out = limit(samples, Limiter(ceiling_db), RATE)
    assert np.isfinite(out).all()
    assert measured_true_peak_db(out) <= ceiling_db + 0.001


def test_quiet_signal_is_untouched():
    samples = sine(440, -6)
    assert limit(samples, Limiter(-1.0), RATE) is samples


def test_steady_tone_arrives_at_the_ceiling():
    out = limit(sine(997, 6), Limiter(-1.0), RATE)
    assert true_peak_db(out) == pytest.approx(-1.0, abs=0.05)
    assert 20 * np.log10(np.abs(out[:, 6000:12000]).max()) == pytest.approx(-1.0, abs=0.1)


def test_gain_falls_before_the_peak_and_recovers_after():
    samples = sine(200, -20, length=48000)
    samples[:, 24000] = 2.0
    gain = limiter_gain(samples, Limiter(-1.0, lookahead_ms=4, release_ms=50), RATE)
    assert gain[24000] < 0.46
    assert gain[24000 - 400] == 1.0, "nothing happens before the look-ahead"
    assert gain[24000 + 4800] > 0.85
    assert np.abs(np.diff(gain)).max() < 0.01, "no step that could click"


def test_release_changes_the_recovery():
    samples = sine(200, -20, length=48000)
    samples[:, 24000] = 2.0
    fast, slow = (limiter_gain(samples, Limiter(-1.0, release_ms=ms), RATE)[26400] for ms in (20, 400))
    assert fast > slow + 0.1


def test_both_channels_get_one_gain():
    samples = sine(997, 6)
    samples[1] *= 0.1
    out = limit(samples, Limiter(-1.0), RATE)
    assert np.allclose(out[0] * 0.1, out[1], atol=1e-6)


def test_soft_clip_rounds_peaks_and_keeps_the_rest():
    loud, quiet = sine(220, 0), sine(220, -6)
    out = soft_clip(loud, ceiling_db=-1, knee_db=3)
    assert true_peak_db(out) < -0.9
    assert soft_clip(quiet, ceiling_db=-1, knee_db=3) is quiet
    small = np.abs(loud) < 10 ** (-12 / 20)
    assert np.allclose(out[small], loud[small], atol=2e-3)
    assert true_peak_db(soft_clip(loud, ceiling_db=-1, knee_db=6)) < true_peak_db(out), "a wider knee bends more"


def test_wrong_settings_are_refused():
    with pytest.raises(ParameterError, match="lookahead_ms"):
        Limiter(lookahead_ms=0)
    with pytest.raises(ParameterError, match="knee_db"):
        soft_clip(sine(100, 0), knee_db=0)


def test_soft_clip_leaves_every_bit_below_the_knee():
    quiet = 0.3 * np.sin(np.arange(20_000) / 7.0).astype(np.float32) * np.ones((2, 1), np.float32)
    quiet[0, 9000:9100] *= 4.0
    out = soft_clip(quiet, ceiling_db=0.0, knee_db=3.0)
    assert np.array_equal(out[1], quiet[1])
    assert not np.array_equal(out[0], quiet[0])
    assert np.array_equal(out[0, :8900], quiet[0, :8900])


def test_soft_clip_at_four_times_the_rate_folds_less_back_than_a_plain_curve():
    n = np.arange(RATE)
    tone = np.tile(np.sin(2 * np.pi * 7300 * n / RATE), (2, 1)).astype(np.float32)
    knee = 10 ** (-6 / 20)
    plain = np.copysign(np.where(np.abs(tone) > knee, knee + (1 - knee) * np.tanh((np.abs(tone) - knee) / (1 - knee)),
                                 np.abs(tone)), tone)  # fmt: skip

    def folded_db(samples):
        power = np.abs(np.fft.rfft(samples[0] * np.hanning(RATE))) ** 2
        keep = np.ones(len(power), dtype=bool)
        for harmonic in (7300, 21900):
            keep[harmonic - 5 : harmonic + 6] = False
        return 10 * np.log10(power[keep].sum() / power.sum())

    assert folded_db(soft_clip(tone, ceiling_db=0.0, knee_db=6.0)) < folded_db(plain) - 15


def test_seams_between_blocks_change_no_gain():
    rng = np.random.default_rng(4)
    loud = rng.standard_normal((2, BLOCK_SAMPLES + 20_000)).astype(np.float32)
    limiter = Limiter(-3.0, release_ms=40.0)
    gain = limiter_gain(loud, limiter, RATE)
    shifted = limiter_gain(loud[:, 100_000:], limiter, RATE)
    assert np.abs(gain[200_000:] - shifted[100_000:]).max() < 2e-7


@pytest.mark.parametrize("length", [1, 2, 50, 4097])
@pytest.mark.parametrize("reach", [1, 3, 106, 2000])
def test_the_lowest_value_around_each_place(length: int, reach: int) -> None:
    values = np.random.default_rng(length + reach).random(length).astype(np.float32)
    expected = minimum_filter1d(values, 2 * reach + 1, mode="constant", cval=np.inf)
    assert (_lowest_around(values, reach) == expected).all()
