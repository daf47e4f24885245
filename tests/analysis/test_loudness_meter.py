"""Conformance with EBU Tech 3341 and 3342 and BS.1770-4 annex 2, on signals made here."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis import loudness, peaks
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.dsp.parallel import BLOCK_SAMPLES


def steps(sine, levels_and_seconds):
    """A tone whose level steps while its phase runs on."""
    total = sum(seconds for _, seconds in levels_and_seconds)
    tone = sine(0.0, total)
    gain = np.concatenate([np.full(round(s * 48000), 10 ** (db / 20)) for db, s in levels_and_seconds])
    return tone[: gain.size] * gain[: tone.size]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_integrated_loudness_tech_3341(sine, mono_audio, levels, expected):
    audio = mono_audio(steps(sine, levels))
    assert loudness.integrated_loudness(audio) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_integrated_loudness_at_other_rates(sine, mono_audio, rate):
    audio = mono_audio(sine(-20.0, 5.0, 997.0, rate), rate)
    assert loudness.integrated_loudness(audio) == pytest.approx(-20.0, abs=0.1)
    assert loudness.short_term_loudness(audio).max() == pytest.approx(-20.0, abs=0.1)


def test_short_term_constant_tech_3341_9(sine, mono_audio):
    series = loudness.short_term_loudness(mono_audio(steps(sine, [(-20, 1.34), (-30, 1.66)] * 5)))
    assert np.all(np.abs(series + 23.0) < 0.1)


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.14, 0.38])
def test_momentary_maximum_tech_3341_13(sine, mono_audio, delay):
    wave = np.concatenate([np.zeros(round(delay * 48000)), sine(-23.0, 0.4), np.zeros(48000)])
    result = loudness.measure_loudness(mono_audio(wave))
    assert result.momentary_max_lufs == pytest.approx(-23.0, abs=0.1)


def test_the_lower_edge_of_the_range_is_the_tenth_percentile(sine, mono_audio):
    """Of 100 s 15 lie 12 LU below the rest: 12 % of the windows of 3 s are soft throughout, 15 % at least in part."""
    levels = [(-32, 15), (-20, 85)]
    assert loudness.loudness_range(mono_audio(steps(sine, levels))) == pytest.approx(12.0, abs=0.1)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(-20, 20), (-30, 20)], 10.0),
        ([(-20, 20), (-15, 20)], 5.0),
        ([(-40, 20), (-20, 20)], 20.0),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15.0),
    ],
)
def test_loudness_range_tech_3342(sine, mono_audio, levels, expected):
    assert loudness.loudness_range(mono_audio(steps(sine, levels))) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    ("divisor", "phase", "amplitude", "expected"),
    [(4, 0, 0.5, -6.0), (4, 45, 0.5, -6.0), (6, 60, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45, 1.41, 3.0)],
)
def test_true_peak_tech_3341_15_to_19(sine, mono_audio, divisor, phase, amplitude, expected):
    wave = sine(20 * np.log10(amplitude), 1.0, 48000 / divisor, phase_deg=phase)
    ramp = np.minimum(1.0, np.arange(wave.size) / 480)
    assert peaks.true_peak_dbtp(mono_audio(wave * ramp * ramp[::-1])) == pytest.approx(expected, abs=0.1)


def test_a_true_peak_between_two_pieces_is_seen():
    noise = np.random.default_rng(3).uniform(-0.1, 0.1, (2, BLOCK_SAMPLES + 50000)).astype(np.float32)
    noise[1, BLOCK_SAMPLES - 1 : BLOCK_SAMPLES + 1] = 0.9
    around = np.ascontiguousarray(noise[:, BLOCK_SAMPLES - 4000 : BLOCK_SAMPLES + 4000])
    assert peaks.true_peak_dbtp(Audio(noise, 48000)) == peaks.true_peak_dbtp(Audio(around, 48000))
    assert peaks.true_peak_dbtp(Audio(noise, 48000)) > peaks.peak_db(Audio(noise, 48000)) + 0.5


def test_k_weighting_is_the_standards_table():
    shelf, cut = loudness.k_weighting(48000)
    assert shelf == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585], abs=1e-8
    )
    assert cut[3:] == pytest.approx([1.0, -1.99004745483398, 0.99007225036621], abs=1e-8)


@pytest.mark.parametrize("count", [0, 1, 100, 19000])
def test_silence_and_short_audio_have_a_floor(count):
    audio = Audio(np.zeros((2, count), np.float32), 48000)
    result = loudness.measure_loudness(audio)
    assert result.integrated_loudness_lufs == loudness.FLOOR_LUFS
    assert result.loudness_range_lu == result.crest_factor_db == result.plr_db == 0.0
    assert result.true_peak_dbtp == result.sample_peak_db == -200.0


def test_peak_crest_and_plr(sine, mono_audio):
    audio = mono_audio(sine(-6.0, 5.0))
    result = loudness.measure_loudness(audio)
    assert result.sample_peak_db == pytest.approx(-6.0, abs=0.01)
    assert result.crest_factor_db == pytest.approx(3.01, abs=0.01)
    assert result.plr_db == pytest.approx(result.true_peak_dbtp - result.integrated_loudness_lufs)
    assert result.psr_db == pytest.approx(result.plr_db, abs=0.1)


def test_hop_must_fit_the_slots(sine, mono_audio):
    with pytest.raises(ParameterError, match=r"multiple of 0\.01"):
        loudness.momentary_loudness(mono_audio(sine(-20, 1.0)), hop_seconds=0.013)
