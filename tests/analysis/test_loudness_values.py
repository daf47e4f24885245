"""Values that follow from the text of ITU-R BS.1770-4 and EBU Tech 3341/3342: windows, gates, percentiles, borders."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest

from workbench.analysis import loudness, peaks
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError

RATES = [22050, 44100, 48000, 96000]


def response_db(hz: float, rate: int) -> float:
    """Gain of both K-weighting sections at a frequency."""
    z = np.exp(-2j * np.pi * hz / rate * np.arange(3))
    return float(20 * np.log10(np.prod([abs(row[:3] @ z) / abs(row[3:] @ z) for row in loudness.k_weighting(rate)])))


@pytest.mark.parametrize("rate", RATES)
def test_a_full_scale_tone_in_one_channel_reads_minus_3_01(sine, rate):
    """The calibration of BS.1770-4: 997 Hz, 0 dB full scale, in the left channel alone."""
    tone = sine(0.0, 4.0, 997.0, rate)
    result = loudness.measure_loudness(Audio(np.stack([tone, 0 * tone]).astype(np.float32), rate))
    within = 0.02 if rate >= 44100 else 0.04  # the bilinear transform bends the shelf below its Nyquist frequency
    assert result.momentary_max_lufs == pytest.approx(-3.01, abs=within)
    assert result.short_term_max_lufs == pytest.approx(-3.01, abs=within)
    assert result.integrated_loudness_lufs == pytest.approx(-3.01, abs=0.06)


@pytest.mark.parametrize("rate", [44100, 96000])
@pytest.mark.parametrize("hz", [20.0, 40.0, 100.0, 500.0, 1500.0, 3000.0])
def test_the_weighting_is_the_same_at_every_rate(hz, rate):
    assert response_db(hz, rate) == pytest.approx(response_db(hz, 48000), abs=0.03)


def test_the_shape_of_the_weighting():
    """0.691 dB at 1 kHz, which the standard takes away again; a shelf of 4 dB; half at the corner of the low cut."""
    assert response_db(997.0, 48000) == pytest.approx(0.691, abs=0.01)
    assert response_db(10000.0, 48000) == pytest.approx(4.0, abs=0.05)
    assert response_db(38.135, 48000) == pytest.approx(-6.0, abs=0.05)
    assert list(loudness.k_weighting(48000)[1][:4]) == [1.0, -2.0, 1.0, 1.0]


@pytest.mark.parametrize("rate", [11025, *RATES])
@pytest.mark.parametrize("seconds", [0.4, 0.45, 0.5, 1.0, 2.37])
def test_integrated_loudness_has_the_blocks_of_pyloudnorm(rate, seconds):
    """Where a block begins or how many there are moves the mean: sound is loudest where the last blocks end."""
    count = round(seconds * rate)
    noise = np.random.default_rng(5).standard_normal((2, count)) * np.linspace(0.01, 0.3, count) ** 2
    samples = noise.astype(np.float32)
    expected = pyloudnorm.Meter(rate).integrated_loudness(samples.T.astype(np.float64))
    assert loudness.integrated_loudness(Audio(samples, rate)) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("place", [4799, 4800, 9599, 14400])
def test_a_click_belongs_to_the_blocks_that_begin_before_it(place):
    samples = np.zeros((2, 96000), np.float32)
    samples[:, place] = 0.9
    expected = pyloudnorm.Meter(48000).integrated_loudness(samples.T.astype(np.float64))
    assert loudness.integrated_loudness(Audio(samples, 48000)) == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("count", "momentary", "short_term"),
    [
        (0, 0, 0),
        (19196, 0, 0),
        (19199, 0, 0),
        (19200, 1, 0),
        (23999, 1, 0),
        (24000, 2, 0),
        (143999, 26, 0),
        (144000, 27, 1),
        (148800, 28, 2),
    ],
)
def test_windows_begin_every_tenth_of_a_second(sine, mono_audio, count, momentary, short_term):
    audio = mono_audio(sine(-20.0, 4.0, 997.0)[:count])
    assert loudness.momentary_loudness(audio).shape == (momentary,)
    assert loudness.short_term_loudness(audio).shape == (short_term,)
    assert loudness.momentary_loudness(audio, hop_seconds=0.01).shape == (max(0, (count - 19200) // 480 + 1),)
    both = loudness.loudness_series(audio)
    assert np.array_equal(both[0], loudness.momentary_loudness(audio))
    assert np.array_equal(both[1], loudness.short_term_loudness(audio))
    assert both[0] == pytest.approx(np.full(momentary, -20.0), abs=0.02)


def test_a_window_covers_what_it_says(sine, mono_audio):
    """Of a tone from 1.0 s to 1.4 s the windows that begin up to 0.3 s off hold a quarter less for each 0.1 s."""
    wave = np.concatenate([np.zeros(48000), sine(-20.0, 0.4, 1000.0), np.zeros(48000)])
    series = loudness.momentary_loudness(mono_audio(wave))
    expected = [-20.0 + 10 * np.log10(share / 4) for share in (1, 2, 3, 4, 3, 2, 1)]
    assert series[7:14] == pytest.approx(expected, abs=0.05)
    assert series[:7] == pytest.approx(np.full(7, -150.691), abs=0.001), "silence, far below any gate"


def test_the_loudest_short_term_window_begins_at_a_tenth(sine, mono_audio):
    wave = np.concatenate([np.zeros(14400), sine(-20.0, 3.0, 1000.0), np.zeros(48000)])
    result = loudness.measure_loudness(mono_audio(wave))
    assert result.short_term_max_lufs == pytest.approx(-20.0, abs=0.02)


@pytest.mark.parametrize("hop", [0.0, -0.1, 0.004, 0.0125, 0.013])
def test_hops_are_whole_slots(sine, mono_audio, hop):
    with pytest.raises(ParameterError, match="hop_seconds"):
        loudness.short_term_loudness(mono_audio(sine(-20.0, 4.0)), hop_seconds=hop)


@pytest.mark.parametrize(
    ("soft", "expected"),
    [(-42.0, 22.0), (-42.7, 22.7), (-43.5, None)],
)
def test_the_relative_gate_of_the_range_lies_20_below_the_mean(sine, mono_audio, soft, expected):
    """Half of the time at -20 and half far below: the mean power lies at -23, so the gate at -43."""
    levels = np.repeat([10 ** (-20 / 20), 10 ** (soft / 20)], 20 * 48000)
    found = loudness.loudness_range(mono_audio(sine(0.0, 40.0) * levels))
    if expected is None:
        assert found < 4.0, "what is left are the windows that lie across the step"
    else:
        assert found == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(("soft", "counts"), [(-69.5, True), (-72.0, False), (-76.0, False)])
def test_the_absolute_gate_of_the_range_lies_at_minus_70(sine, mono_audio, soft, counts):
    levels = np.repeat([10 ** (-60 / 20), 10 ** (soft / 20)], 20 * 48000)
    found = loudness.loudness_range(mono_audio(sine(0.0, 40.0) * levels))
    assert (found == pytest.approx(-60.0 - soft, abs=0.1)) if counts else (found < 4.0)


def test_the_edges_of_the_range_are_the_10th_and_95th_percentile(sine, mono_audio):
    """A level that rises evenly, in dB, by 0.4 LU a second: 85 % of the way of the windows of 3 s."""
    seconds = np.arange(40 * 48000) / 48000
    found = loudness.loudness_range(mono_audio(sine(0.0, 40.0) * 10 ** ((-35 + 0.4 * seconds) / 20)))
    assert found == pytest.approx(0.85 * 0.4 * 37.0, abs=0.1)


@pytest.mark.parametrize("seconds", [0.0, 0.3, 2.0, 5.0])
def test_silence_measures_as_nothing(seconds):
    result = loudness.measure_loudness(Audio(np.zeros((2, round(seconds * 48000)), np.float32), 48000))
    assert result.integrated_loudness_lufs == loudness.FLOOR_LUFS == -70.0
    assert result.loudness_range_lu == result.crest_factor_db == result.plr_db == result.psr_db == 0.0
    assert result.true_peak_dbtp == result.sample_peak_db == -200.0


def test_sound_that_is_shorter_than_a_window_takes_the_integrated_loudness(sine, mono_audio):
    short = loudness.measure_loudness(mono_audio(sine(-20.0, 0.3)))
    assert short.momentary_max_lufs == short.short_term_max_lufs == short.integrated_loudness_lufs == -70.0
    assert (short.plr_db, short.psr_db) == (0.0, 0.0)
    longer = loudness.measure_loudness(mono_audio(sine(-20.0, 2.0)))
    assert longer.short_term_max_lufs == longer.integrated_loudness_lufs == pytest.approx(-20.0, abs=0.1)
    assert longer.psr_db == longer.plr_db == pytest.approx(0.0, abs=0.1)


def test_peak_to_loudness_and_peak_to_short_term(sine, mono_audio):
    """5 s at -10 and 5 s at -16 after silence: silence is gated, the mean power lies 2.04 dB below the louder."""
    wave = np.concatenate([np.zeros(48000), sine(-10.0, 5.0), sine(-16.0, 5.0)])
    result = loudness.measure_loudness(mono_audio(wave))
    assert result.psr_db == pytest.approx(0.0, abs=0.05)
    assert result.plr_db == pytest.approx(-10 * np.log10((1 + 10**-0.6) / 2), abs=0.1)
    assert result.loudness_range_lu == pytest.approx(6.0, abs=0.1)


def test_one_channel_is_read_as_a_mono_file(sine):
    left, right = sine(-20.0, 4.0), sine(-8.0, 4.0, 500.0)
    audio = Audio(np.stack([left, right]).astype(np.float32), 48000)
    alone = loudness.measure_loudness(audio, one_channel=True)
    assert alone.integrated_loudness_lufs == pytest.approx(-23.01, abs=0.1)
    assert alone.short_term_max_lufs == pytest.approx(-23.01, abs=0.05)
    assert alone.sample_peak_db == pytest.approx(-8.0, abs=0.01)


@pytest.mark.parametrize(("rate", "factor"), [(44100, 4), (48000, 4), (88200, 2), (96000, 2), (176400, 1), (192000, 1)])
def test_the_first_pass_of_true_peak_looks_four_times_as_close_at_48_khz(monkeypatch, rate, factor):
    asked = []
    whole = peaks.peaks_by_block
    monkeypatch.setattr(peaks, "peaks_by_block", lambda x, n, within: asked.append(n) or whole(x, n, within=within))
    peaks.true_peak_dbtp(Audio(np.full((2, 200), 0.5, np.float32), rate))
    assert asked == [factor]


@pytest.mark.parametrize("place", [0, 1, 62, 63, 64, 126, 127, 128, 197, 198])
def test_the_peak_between_two_equal_samples_is_that_of_the_ideal_filter(place):
    """Half a sample from either of two equal ones: 2 sinc(1/2) = 4/pi times their height, at the ends as well."""
    samples = np.zeros((2, 200), np.float32)
    samples[1, place : place + 2] = 0.5
    assert peaks.true_peak_dbtp(Audio(samples, 48000)) == pytest.approx(20 * np.log10(2 / np.pi), abs=0.01)


@pytest.mark.parametrize("share", [0.2, 0.3, 0.38])
def test_the_crest_of_a_high_tone_between_samples(share):
    places = np.arange(8000) - 4000.5
    wave = 0.8 * np.exp(-0.5 * (places / 800.0) ** 2) * np.cos(2 * np.pi * share * places)
    audio = Audio(np.stack([wave, 0 * wave]).astype(np.float32), 48000)
    assert peaks.true_peak_dbtp(audio) == pytest.approx(20 * np.log10(0.8), abs=0.01)


def test_a_lone_sample_has_its_own_peak():
    assert peaks.true_peak_dbtp(Audio(np.full((2, 1), 0.5, np.float32), 48000)) == pytest.approx(-6.02, abs=0.01)


@pytest.mark.parametrize("level", [-80.0, -60.0, -1.0])
def test_the_crest_factor_of_a_tone_is_3_db_at_any_level(sine, mono_audio, level):
    audio = mono_audio(sine(level, 1.0, 1000.0, phase_deg=90.0))
    assert peaks.crest_factor_db(audio) == pytest.approx(3.01, abs=0.01)
    assert peaks.peak_db(audio) == pytest.approx(level, abs=0.01)


@pytest.mark.parametrize(("below_db", "looked_at"), [(0.5, 2), (0.69, 2), (0.71, 1), (3.0, 1)])
def test_what_comes_within_0_7_db_of_the_highest_is_looked_at_closely(monkeypatch, below_db, looked_at):
    pieces = []
    whole = peaks.interpolate
    monkeypatch.setattr(peaks, "interpolate", lambda padded, *rest: pieces.append(len(padded)) or whole(padded, *rest))
    samples = np.zeros((2, 4000), np.float32)
    samples[0, 100], samples[1, 3000] = 0.5, 0.5 * 10 ** (-below_db / 20)
    peaks.true_peak_dbtp(Audio(samples, 48000))
    assert pieces == [looked_at]


def test_more_loud_places_than_are_looked_at_closely():
    """Of 3000 equal peaks some 2048 are looked at with sixteenfold oversampling, the highest among them."""
    samples = np.zeros((2, 64 * 3000), np.float32)
    samples[0, 20::64] = samples[0, 21::64] = 0.5
    samples[0, 64 * 2999 + 20 : 64 * 2999 + 22] = 0.52
    found = peaks.true_peak_dbtp(Audio(samples, 48000))
    assert found == pytest.approx(20 * np.log10(0.52 * 4 / np.pi), abs=0.02)
