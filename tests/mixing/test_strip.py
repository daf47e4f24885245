"""Strips and tone: saturation, sends, tonal correction."""

from dataclasses import replace

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.delay import Delay, delay_samples
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.loudness import loudness
from workbench.dsp.matching import THIRDS_HZ, apply_curve, bin_powers, third_octave_sums
from workbench.dsp.reverb import Reverb
from workbench.mixing.profiles import Colour, Strip
from workbench.mixing.strip import StripContext, run_strip, saturated
from workbench.mixing.tone import Tone, stem_curves, target_db

RATE = 48000
PLAIN = Colour("plain", "")


@pytest.fixture
def context(tiny_score):
    return StripContext(tiny_score, (), Reverb(decay_seconds=1.0), Delay(beats=0.5), 0.5, RATE)


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


def test_strip_sets_its_level(context):
    rng = np.random.default_rng(0)
    noise = (0.01 * rng.standard_normal((2, 4 * RATE))).astype(np.float32)
    for level_lu in (0.0, -6.0):
        out = run_strip(noise, Strip(level_lu=level_lu), PLAIN, context)
        assert loudness(out, RATE) == pytest.approx(-20 + level_lu, abs=0.1)


def test_sends_add_their_returns_at_the_right_time_and_level(context):
    dry = run_strip(burst(), Strip(), PLAIN, context)
    end = RATE // 2 + 200
    assert np.abs(dry[:, end + 4800 :]).max() < 1e-3
    echoed = run_strip(burst(), Strip(delay_send_db=-10.0), PLAIN, context) - dry
    step = delay_samples(0.5, context.score.tempo_bpm, RATE)
    assert np.abs(echoed[:, :step]).max() < 1e-6 < np.abs(echoed[:, step : step + 1000]).max()
    room = run_strip(burst(), Strip(reverb_send_db=-10.0), PLAIN, context) - dry
    louder = run_strip(burst(), Strip(reverb_send_db=-4.0), PLAIN, context) - dry
    assert room[:, end + 4800 : end + 24000].std() > 1e-3
    assert 20 * np.log10(louder.std() / room.std()) == pytest.approx(6.0, abs=0.05)


def test_more_of_the_rooms_is_farther_away_and_not_louder(context):
    """Noise without a gap, so that direct sound and returns add up at all times."""
    noise = 0.1 * np.random.default_rng(1).standard_normal((2, 6 * RATE)).astype(np.float32)
    usual = run_strip(noise, Strip(room_db=-5.0), PLAIN, context)
    added = run_strip(noise, Strip(room_db=4.0), PLAIN, context)
    asked = run_strip(noise, Strip(room_db=4.0), PLAIN, replace(context, reverb_db=9.0))
    assert loudness(added, RATE) > loudness(usual, RATE) + 3.0
    assert loudness(asked, RATE) == pytest.approx(loudness(usual, RATE), abs=0.5)


def test_silence_stays_silent(context):
    assert not run_strip(np.zeros((2, RATE), np.float32), Strip(reverb_send_db=0.0), PLAIN, context).any()


def pink(seconds: float = 6.0) -> np.ndarray:
    """Noise whose octaves have the target's powers."""
    rng = np.random.default_rng(0)
    n = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal((2, n)))
    hz = np.fft.rfftfreq(n, 1 / RATE)
    density = target_db("dance") - 10 * np.log10(THIRDS_HZ)
    shape = 10 ** (np.interp(np.log(np.maximum(hz, 30)), np.log(THIRDS_HZ), density) / 20)
    return np.fft.irfft(spectrum * shape, n).astype(np.float32)


def distance_db(samples, family="dance"):
    levels = 10.0 * np.log10(third_octave_sums(bin_powers(samples), RATE)) - target_db(family)
    return levels - np.median(levels)


def curves_of(stems, tone, colour, rate):
    heard = {name: bin_powers(stem) if stem.any() else None for name, stem in stems.items()}
    return stem_curves(heard, tone, colour, rate)


def test_curves_move_the_sum_towards_the_target():
    wrong = [Band("low_shelf", 150, 8), Band("high_shelf", 4000, -8)]
    dull = equalise(pink(), wrong, RATE)
    curve = curves_of({"pads": dull}, Tone(), (), RATE)["pads"]
    before, after = distance_db(dull), distance_db(apply_curve(dull, curve, RATE))
    assert np.abs(after).mean() < 0.5 * np.abs(before).mean()
    assert np.abs(after).max() < 5.0


def test_curves_keep_the_colour_and_their_limits():
    colour = (Band("high_shelf", 3000, -6),)
    coloured = equalise(pink(), colour, RATE)
    kept = curves_of({"pads": coloured}, Tone(), colour, RATE)["pads"]
    fought = curves_of({"pads": coloured}, Tone(), (), RATE)["pads"]
    assert kept[-1] < fought[-1] - 1.0
    narrow = equalise(pink(), [Band("low_pass", 300)] * 2, RATE)
    extreme = curves_of({"pads": narrow}, Tone(boost_db=3.0), (), RATE)["pads"]
    assert extreme[(THIRDS_HZ > 60) & (THIRDS_HZ < 8000)].max() <= 3.0


def test_the_weaker_stem_gives_way():
    strong, weak = 2.0 * pink(), pink()
    curves = curves_of({"bass": strong, "pads": weak}, Tone(strength=1e-6, room_db=4.0), (), RATE)
    assert (curves["pads"] - curves["bass"])[3:-3].max() == pytest.approx(-4.0, abs=0.1)


def test_neutral_tone_and_silence_change_nothing():
    assert not curves_of({"pads": pink()}, Tone(strength=0.0), (), RATE)["pads"].any()
    assert not curves_of({"pads": np.zeros((2, RATE), np.float32)}, Tone(), (), RATE)["pads"].any()
    with pytest.raises(ParameterError, match="family"):
        target_db("polka")


def test_offsets_move_the_target():
    plain, heavy, airy = (
        curves_of({"pads": pink()}, tone, (), RATE)["pads"] for tone in (Tone(), Tone(low_db=4), Tone(high_db=4))
    )
    assert heavy[1] > plain[1] + 1
    assert airy[-2] > plain[-2] + 1


def test_a_kick_and_a_bass_on_one_low_note_are_held_back():
    hz, seconds = 43.65, np.arange(6 * RATE) / RATE
    heavy = pink() + np.float32(2.0 * pink().std()) * np.sin(2 * np.pi * hz * seconds).astype(np.float32)
    curve = curves_of({"bass": heavy}, Tone(), (), RATE)["bass"]
    band = int(np.argmin(np.abs(THIRDS_HZ - 40.0)))
    assert distance_db(heavy)[band] > 15.0
    assert abs(distance_db(apply_curve(heavy, curve, RATE))[band]) < 6.0
    assert curve[THIRDS_HZ > 60].min() >= -12.0


def test_every_hit_counts_where_the_powers_are_taken():
    """A hit of half a second gives the same power wherever it falls between the frames."""
    hit, found = burst(0.5), []
    for place in (0.0, 0.17, 0.34, 0.51, 0.68):
        samples = np.zeros((2, 6 * RATE), np.float32)
        first = RATE + round(place * RATE)
        samples[:, first : first + hit.shape[1]] = hit
        found.append(bin_powers(samples).sum())
    assert max(found) / min(found) < 1.05
    frames = (6 * RATE - 16384) // 8192 + 1
    assert found[0] == pytest.approx(np.square(hit).sum() / (frames * 8192) / 2, rel=0.05)
