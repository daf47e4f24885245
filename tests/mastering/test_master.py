"""Mastering: loudness, ceiling, styles, refusals."""

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import resample_poly

from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.domain.request import PROCESSING_STYLES
from workbench.mastering import list_styles, load_style, master

RATE = 48000


def song(seconds: float = 6.0, rate: int = RATE) -> Audio:
    """Kicks, a bass tone, a chord and stereo noise: peaks about 14 dB above the loudness."""
    rng = np.random.default_rng(0)
    t = np.arange(int(seconds * rate)) / rate
    beat = t % 0.5
    kick = np.sin(2 * np.pi * (50 * beat + 5 * (1 - np.exp(-40 * beat)))) * np.exp(-14 * beat)
    bass = 0.25 * np.sin(2 * np.pi * 55 * t)
    chord = sum(0.04 * np.sin(2 * np.pi * hz * t) for hz in (220, 277, 330, 880, 2200))
    noise = 0.06 * rng.standard_normal((2, len(t))) * np.exp(-20 * ((t + 0.25) % 0.5))
    side = 0.04 * np.sin(2 * np.pi * 660 * t)
    samples = kick + bass + chord + noise + np.stack([side, -side])
    return Audio((0.4 * samples).astype(np.float32), rate)


def lufs(audio: Audio) -> float:
    return float(pyloudnorm.Meter(audio.sample_rate_hz).integrated_loudness(audio.samples.T.astype(np.float64)))


def true_peak_db(audio: Audio) -> float:
    return 20 * np.log10(np.abs(resample_poly(audio.samples.astype(np.float64), 4, 1, axis=1)).max())


@pytest.mark.parametrize("target_lufs", [-23.0, -14.0, -9.0])
@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_loudness_and_ceiling(target_lufs, rate):
    out = master(song(4.0, rate), target_lufs=target_lufs, ceiling_dbtp=-1.0, processing_style="warm")
    assert lufs(out) == pytest.approx(target_lufs, abs=0.05)
    assert true_peak_db(out) <= -1.0
    assert out.samples.shape == song(4.0, rate).samples.shape


def test_ceiling_is_followed():
    out = master(song(), target_lufs=-14.0, ceiling_dbtp=-3.0, processing_style="clean")
    assert -3.4 < true_peak_db(out) <= -3.0


@pytest.mark.parametrize("style", PROCESSING_STYLES)
def test_every_style_holds_its_promises(style):
    out = master(song(), target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style=style)
    assert lufs(out) == pytest.approx(-14.0, abs=0.05)
    assert true_peak_db(out) <= -1.0
    assert np.isfinite(out.samples).all()
    assert np.abs(out.samples.mean(axis=1)).max() < 1e-3


def test_a_quiet_target_is_not_limited():
    out = master(song(), target_lufs=-24.0, ceiling_dbtp=-1.0, processing_style="clean")
    assert true_peak_db(out) - lufs(out) > 12.0
    assert true_peak_db(out) < -6.0


def test_peak_to_loudness_stays_above_twelve_at_minus_14():
    out = master(song(), target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style="clean")
    assert true_peak_db(out) - lufs(out) > 12.0


def test_styles_measure_differently():
    figures = {}
    for style in PROCESSING_STYLES:
        x = master(song(), target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style=style).samples.astype(np.float64)
        power = (np.abs(np.fft.rfft(x, axis=1)) ** 2).sum(axis=0)
        hz = np.fft.rfftfreq(x.shape[1], 1 / RATE)
        high = 10 * np.log10(power[hz > 6000].sum() / power.sum())
        side = 20 * np.log10((x[0] - x[1]).std() / (x[0] + x[1]).std())
        rms = np.sqrt(np.mean(x.reshape(2, -1, 1200) ** 2, axis=(0, 2)))
        figures[style] = (high, side, 20 * np.log10(np.percentile(rms, 95) / np.percentile(rms, 20)))
    assert figures["bright"][0] > figures["clean"][0] > figures["warm"][0] > figures["dark"][0]
    assert figures["wide"][1] > figures["clean"][1] + 1 > figures["vintage"][1] + 1.5
    assert figures["aggressive"][2] < figures["clean"][2], "denser"
    assert len({tuple(np.round(row, 1)) for row in figures.values()}) == len(PROCESSING_STYLES)


def test_input_level_does_not_matter_and_repeats_are_equal():
    audio = song()
    first = master(audio, target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style="warm")
    again = master(audio, target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style="warm")
    quiet = Audio(audio.samples * np.float32(0.01), RATE)
    scaled = master(quiet, target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style="warm")
    assert first.samples.tobytes() == again.samples.tobytes()
    assert np.abs(first.samples - scaled.samples).max() < 1e-3


def test_lows_are_mono():
    t = np.arange(4 * RATE) / RATE
    side = 0.2 * np.sin(2 * np.pi * 50 * t)
    audio = Audio((song(4.0).samples + np.stack([side, -side])).astype(np.float32), RATE)
    before, after = (
        np.abs(np.fft.rfft(x[0] - x[1]))[200] / np.abs(np.fft.rfft(x[0] + x[1]))[220]
        for x in (
            audio.samples,
            master(audio, target_lufs=-14, ceiling_dbtp=-1, processing_style="clean").samples,
        )
    )
    assert after < 0.3 * before


def test_short_sounds_are_mastered():
    out = master(song(1.0), target_lufs=-16.0, ceiling_dbtp=-1.0, processing_style="clean")
    assert lufs(out) == pytest.approx(-16.0, abs=0.05)


def test_refusals_are_clear():
    good = song(1.0)
    keywords = {"target_lufs": -14.0, "ceiling_dbtp": -1.0, "processing_style": "warm"}
    with pytest.raises(ParameterError, match="near silence"):
        master(Audio(np.zeros((2, RATE), np.float32), RATE), **keywords)
    with pytest.raises(ParameterError, match="target_lufs"):
        master(good, **(keywords | {"target_lufs": 3.0}))
    with pytest.raises(ParameterError, match="not known: expected one of"):
        master(good, **(keywords | {"processing_style": "crunchy"}))
    broken = good.samples.copy()
    broken[0, 5] = np.nan
    with pytest.raises(ParameterError, match="finite"):
        master(Audio(broken, RATE), **keywords)


def test_styles_are_those_of_the_request():
    assert set(list_styles()) == {*PROCESSING_STYLES, "neutral"}
    assert load_style("aggressive").limiter_release_ms < load_style("vintage").limiter_release_ms
