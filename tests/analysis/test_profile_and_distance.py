"""The whole measurement, and distances between measurements."""

from __future__ import annotations

import json

import numpy as np
import pytest

from workbench.analysis.distances import TYPICAL, distance
from workbench.analysis.profile import analyze, measure
from workbench.domain.audio import Audio

NAMES = {
    "integrated_loudness_lufs", "true_peak_dbtp", "loudness_range_lu", "plr_db", "correlation", "tempo_bpm",
    "tempo_confidence", "spectral_tilt_db_per_octave", "dc_offset", "click_count",
}  # fmt: skip


@pytest.fixture(scope="module")
def songs(drum_song, mono_audio):
    bass = 0.2 * np.sin(2 * np.pi * 55 * np.arange(48000 * 15) / 48000)
    first = mono_audio(drum_song(120.0, 15.0))
    second = mono_audio(0.3 * drum_song(100.0, 15.0) + bass)
    return measure(first), measure(second)


def test_measure_names_and_finite_numbers(songs):
    for one in songs:
        assert one.numbers.keys() >= NAMES
        assert all(np.isfinite(value) for value in one.numbers.values())
        assert len(one.third_octave_db) == 30
    assert songs[0]["tempo_bpm"] == pytest.approx(120.0, abs=0.1)


def test_measure_is_deterministic(drum_song, mono_audio):
    audio = mono_audio(drum_song(126.0, 6.0))
    assert measure(audio) == measure(audio)


@pytest.mark.parametrize("count", [0, 1, 500])
def test_measure_of_almost_nothing(count):
    result = measure(Audio(np.zeros((2, count), np.float32), 44100))
    assert result.key is None
    assert all(np.isfinite(value) for value in result.numbers.values())


def test_measure_counts_non_finite_samples():
    samples = np.zeros((2, 48000), np.float32)
    samples[0, 10] = np.nan
    result = measure(Audio(samples, 48000))
    assert result["non_finite_samples"] == 1.0
    assert np.isfinite(result["integrated_loudness_lufs"])


def test_expected_tempo_changes_the_octave(drum_song, mono_audio):
    audio = mono_audio(drum_song(120.0, 15.0))
    assert measure(audio, expected_bpm=60.0)["tempo_bpm"] == pytest.approx(60.0, abs=0.1)


def test_distance_is_zero_for_itself_and_symmetric(songs):
    first, second = songs
    assert set(distance(first, first).values()) == {0.0}
    there, back = distance(first, second), distance(second, first)
    assert there == back
    assert there["overall"] > 0.0
    assert there.keys() - {"overall"} <= TYPICAL.keys()
    assert there["tempo_percent"] == pytest.approx(20.0, abs=0.3)
    assert there["low_end_db"] > 1.0


def test_gain_moves_only_loudness(drum_song, mono_audio):
    wave = drum_song(120.0, 10.0)
    moved = distance(measure(mono_audio(wave)), measure(mono_audio(wave * 0.5)))
    assert moved["loudness_lu"] == pytest.approx(6.02, abs=0.02)
    assert moved["spectrum_db"] < 0.01
    assert moved["plr_db"] < 0.01


def test_analyze_gives_plain_json(tmp_path, sine):
    import soundfile

    path = tmp_path / "tone.wav"
    soundfile.write(path, np.stack([sine(-20.0, 4.0, 440.0)] * 2, axis=1), 48000, subtype="PCM_24")
    result = json.loads(json.dumps(analyze(path).to_dict()))
    assert result["sample_rate_hz"] == 48000
    assert result["measurements"]["sample_peak_db"] == pytest.approx(-20.0, abs=0.01)
    assert len(result["third_octave_db"]) == 30
