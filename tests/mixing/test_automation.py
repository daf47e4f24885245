"""Automation: kicks, section rides, ramps, opening filters."""

from dataclasses import replace

import numpy as np
import pytest

from workbench.analysis.defects import clicks
from workbench.domain.audio import Audio
from workbench.domain.plan import SectionPlan
from workbench.mixing.automation import (
    fade_out,
    kick_onsets_seconds,
    open_over_sections,
    rise_over_builds,
    section_gain,
    section_rides_db,
    throw_gain,
)

RATE = 48000


def test_kicks_come_from_the_score(tiny_score):
    onsets = kick_onsets_seconds(tiny_score)
    assert onsets == pytest.approx([0.5 * beat for beat in range(16)])


def test_rides_push_towards_the_energies_within_limits(tiny_score):
    flat = np.full(80, 0.01)  # 8 s of one loudness; energies 0.3, 0.5, 0.9
    rides = section_rides_db(flat, tiny_score, slope_lu=5.0)
    assert rides == pytest.approx([-1.0, 0.0, 1.0], abs=0.01), "2 LU are asked for the chorus, 1 dB is allowed"
    assert section_rides_db(flat, tiny_score, slope_lu=20.0)[0] == pytest.approx(-3.0)


def test_what_the_arrangement_does_itself_counts(tiny_score):
    energies = np.full(80, 0.01)
    energies[60:] *= 10**0.2  # the chorus is 2 LU louder already
    assert section_rides_db(energies, tiny_score, slope_lu=5.0)[2] == pytest.approx(0.0, abs=0.01)


def test_silent_sections_are_left_alone(tiny_score):
    energies = np.full(80, 0.01)
    energies[:20] = 0.0
    assert section_rides_db(energies, tiny_score, slope_lu=5.0)[0] == 0.0
    assert section_rides_db(np.zeros(80), tiny_score, slope_lu=5.0) == [0.0, 0.0, 0.0]


def test_gain_reaches_each_value_on_the_first_beat_without_steps(tiny_score):
    gain = section_gain([-3.0, 0.0, 1.0], tiny_score, 9 * RATE, RATE)
    level = 20 * np.log10(gain)
    assert level[[0, 2 * RATE, 6 * RATE, -1]] == pytest.approx([-3, 0, 1, 1], abs=0.01)
    assert np.abs(np.diff(gain)).max() < 1e-3


def test_intro_opens_and_the_rest_is_untouched(tiny_score):
    rng = np.random.default_rng(0)
    noise = (0.1 * rng.standard_normal((2, 8 * RATE))).astype(np.float32)
    out = open_over_sections(noise, tiny_score, 500.0, RATE)
    change = np.abs(out - noise).max(axis=0)
    assert not change[2 * RATE :].any()
    early, late = out[:, 4800:14400].std(), out[:, 80000:90000].std()
    assert early < 0.5 * late
    assert not np.array_equal(out, open_over_sections(noise, tiny_score, 2000.0, RATE))


def test_build_in_the_middle_fades_in(tiny_score):
    sections = (SectionPlan("verse", "verse", 0, 2, 0.5, ()), SectionPlan("build", "build", 2, 2, 0.5, ()))
    tone = np.tile(0.5 * np.sin(2 * np.pi * 3000 * np.arange(8 * RATE) / RATE), (2, 1)).astype(np.float32)
    out = open_over_sections(tone, replace(tiny_score, sections=sections), 300.0, RATE)
    border = 4 * RATE
    assert out[:, border + 5000 : border + 9000].std() < 0.5 * out[:, : border - 3000].std()
    assert np.abs(np.diff(out[0])).max() <= 1.05 * np.abs(np.diff(tone[0])).max()


def test_rise_takes_the_lows_of_a_build_and_gives_them_back(tiny_score):
    sections = (
        replace(tiny_score.sections[0], name="build", start_bar=0, bars=2),
        replace(tiny_score.sections[0], name="drop", start_bar=2, bars=2),
    )
    score = replace(tiny_score, sections=sections)
    seconds = score.duration_seconds
    low = np.tile(0.5 * np.sin(2 * np.pi * 60 * np.arange(round(seconds * RATE)) / RATE), (2, 1)).astype(np.float32)
    out = rise_over_builds(low, score, 400.0, RATE)
    half = low.shape[1] // 2
    assert np.abs(out[:, half - 4000 : half - 2000]).max() < 0.1
    assert np.array_equal(out[:, half:], low[:, half:])
    assert clicks(Audio(out, RATE)) == ()


def test_throw_opens_the_last_beat_of_a_section(tiny_score):
    sections = tuple(replace(tiny_score.sections[0], start_bar=bar, bars=1) for bar in (0, 1))
    score = replace(tiny_score, sections=sections)
    length = round(score.duration_seconds * RATE)
    gain = throw_gain(score, 12.0, length, RATE)
    assert gain.max() == pytest.approx(10 ** (12 / 20), rel=1e-4)
    beat = 60.0 / score.tempo_bpm
    assert np.count_nonzero(gain > 1.01) / RATE == pytest.approx(beat, rel=0.05)
    assert gain[length // 2 :].max() == 1.0


def test_the_fader_falls_over_the_last_half_of_a_short_song_and_stays_down(tiny_score):
    """Four bars of 120 BPM: eight seconds."""
    gain = fade_out(tiny_score, 9 * RATE, RATE)
    assert gain[: 4 * RATE] == pytest.approx(1.0)
    assert gain[6 * RATE] == pytest.approx(0.5, abs=1e-3)
    assert (np.diff(gain) <= 0.0).all()
    assert gain[8 * RATE :] == pytest.approx(0.0, abs=1e-7)


def test_contrast_that_is_asked_for_comes_on_top(tiny_score):
    """Energies 0 and 1 lie so much further apart, also where the ride is at its limits."""
    flat = np.full(80, 0.01)
    usual, more = (section_rides_db(flat, tiny_score, 20.0, contrast) for contrast in (0.0, 2.5))
    energy = [section.energy for section in tiny_score.sections]
    moved = np.array(more) - np.array(usual)
    assert moved - moved[0] == pytest.approx(2.5 * (np.array(energy) - energy[0]))
