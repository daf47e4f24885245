"""Beds, air, parallel compression and the shared room, each against what it promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.domain.plan import SoundTraits
from workbench.dsp.delay import Delay
from workbench.dsp.dynamics import Compressor
from workbench.dsp.mid_side import side_ratio
from workbench.dsp.reverb import Reverb
from workbench.mixing.profiles import Colour, Strip, coloured, list_profiles, load_profile
from workbench.mixing.strip import StripContext, run_strip, strip_context
from workbench.mixing.texture import Bed, bed_of, parallel_gain, with_air

RATE = 48000
PLAIN = Colour("plain", "")


@pytest.fixture
def context(tiny_score):
    return StripContext(tiny_score, (), Reverb(), Delay(), 0.5, RATE)


def tone(hz: float, seconds: float = 2.0) -> np.ndarray:
    return np.tile(0.1 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE), (2, 1)).astype(np.float32)


def level_db(samples: np.ndarray) -> float:
    return float(10.0 * np.log10(np.square(samples, dtype=np.float64).mean() + 1e-20))


@pytest.mark.parametrize("kind", ["air", "tape", "room"])
def test_a_bed_has_its_level_and_fades_at_both_ends(kind):
    bed = bed_of(Bed(kind, -20.0), 4 * RATE, RATE, seed=1, stage_db=-20.0)
    assert bed.shape == (2, 4 * RATE)
    assert level_db(bed[:, RATE : 3 * RATE]) == pytest.approx(-40.0, abs=0.3)
    assert max(np.abs(bed[:, 0]).max(), np.abs(bed[:, -1]).max()) < 1e-4 * np.abs(bed).max()
    assert abs(np.corrcoef(bed)[0, 1]) < 0.05


def test_vinyl_crackles_and_the_seed_places_the_dust():
    quiet = bed_of(Bed("vinyl", -20.0), 4 * RATE, RATE, seed=1, stage_db=-20.0)
    assert 20 * np.log10(np.abs(quiet).max() / 10 ** (level_db(quiet) / 20.0)) > 10.0
    assert np.array_equal(quiet, bed_of(Bed("vinyl", -20.0), 4 * RATE, RATE, seed=1, stage_db=-20.0))
    assert not np.array_equal(quiet, bed_of(Bed("vinyl", -20.0), 4 * RATE, RATE, seed=2, stage_db=-20.0))


def test_air_puts_harmonics_above_a_sound_and_leaves_lows_alone():
    out = with_air(tone(3000.0), -12.0, RATE)
    spectrum = np.abs(np.fft.rfft(out[0]))
    at = {hz: spectrum[round(hz * 2)] for hz in (3000, 6000, 9000)}
    assert at[6000] > 1e-3 * at[3000]
    assert at[9000] > 1e-3 * at[3000]
    # The level counts from what a second-order high-pass at 2.2 kHz leaves of 3 kHz.
    kept_db = -10.0 * np.log10(1.0 + (2200.0 / 3000.0) ** 4)
    assert level_db(out - tone(3000.0)) == pytest.approx(level_db(tone(3000.0)) + kept_db - 12.0, abs=0.1)
    # What lies below 2.2 kHz is 12 dB an octave away from the band that is saturated.
    assert level_db(with_air(tone(100.0), -12.0, RATE) - tone(100.0)) < level_db(tone(100.0)) - 40.0
    silence = np.zeros((2, RATE), dtype=np.float32)
    assert not with_air(silence, -12.0, RATE).any()


def test_parallel_compression_lifts_what_is_quiet_by_up_to_six_db():
    heavy = Compressor(threshold_db=-40.0, ratio=10.0, attack_ms=1.0, release_ms=50.0, knee_db=0.0)
    loud, soft = tone(1000.0), tone(1000.0) * np.float32(1e-3)
    assert level_db(soft * parallel_gain(soft, heavy, RATE)) - level_db(soft) == pytest.approx(6.02, abs=0.01)
    # A tone of -20 dB peak is 20 dB over: 18 dB of reduction beside it add 20 log10(1 + 10^(-18/20)) = 1.03 dB.
    assert level_db((loud * parallel_gain(loud, heavy, RATE))[:, RATE:]) - level_db(loud) == pytest.approx(
        1.03, abs=0.15
    )


@pytest.mark.parametrize(
    "change",
    [
        {"room_db": -12.0},
        {"bed": Bed("tape", -30.0)},
        {"air_db": -10.0},
        {"parallel": Compressor(-30.0, 6.0)},
        {"wide_above_hz": 120.0},
    ],
)
def test_every_setting_of_a_strip_is_heard(change, context):
    rng = np.random.default_rng(2)
    stem = np.tile(0.1 * rng.standard_normal(4 * RATE), (2, 1)).astype(np.float32)
    stem[:, ::RATE] *= 4.0
    strip = Strip(side_db=-4.0, mono_below_hz=80.0)
    before, after = (run_strip(stem, one, PLAIN, context) for one in (strip, replace(strip, **change)))
    assert level_db(after - before) > level_db(before) - 45.0
    assert not run_strip(np.zeros_like(stem), replace(strip, **change), PLAIN, context).any()


def test_lower_middle_is_wide_where_the_strip_says_so(context):
    rng = np.random.default_rng(2)
    stem = np.tile(rng.standard_normal(4 * RATE), (2, 1)).astype(np.float32)
    low = Strip(side_db=-2.0, mono_below_hz=100.0, highpass_hz=None, wide_above_hz=110.0)

    def share(strip: Strip) -> float:
        out = run_strip(stem, strip, PLAIN, context)
        return side_ratio(out, RATE, above_hz=120.0) / side_ratio(out, RATE, above_hz=2000.0)

    assert share(low) > share(replace(low, wide_above_hz=2000.0))


def test_a_dry_sound_leaves_the_room_and_more_reverb_is_a_longer_one(tiny_score, tiny_plan):
    strip = coloured(Strip(room_db=-12.0), replace(PLAIN, reverb_db=-100.0))
    assert strip.room_db == -112.0
    profile = load_profile("pop")
    plans = [replace(tiny_plan, sound=SoundTraits(reverb_db=db)) for db in (-7.0, 0.0, 7.0)]
    decays = [strip_context(tiny_score, plan, profile, RATE).reverb.decay_seconds for plan in plans]
    assert decays == pytest.approx([1.5, 1.5, 3.0])


def test_only_profiles_of_worn_sound_crackle_and_neutral_adds_nothing():
    beds = {name: load_profile(name).strip_of("pads").bed for name in list_profiles()}
    assert {name for name, bed in beds.items() if bed is not None and bed.kind == "vinyl"} == {"lo-fi", "hip-hop"}
    for strip in load_profile("neutral").strips.values():
        assert (strip.room_db, strip.bed, strip.air_db, strip.parallel) == (None, None, None, None)


def test_odd_beds_are_refused():
    with pytest.raises(ParameterError, match="vinyl"):
        Bed("rain")
    with pytest.raises(ParameterError, match="level_db"):
        Bed("tape", 3.0)
