"""Tempo and onsets of clicks and synthetic drums."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis import rhythm
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError


@pytest.mark.parametrize("bpm", [60.0, 83.0, 97.5, 120.0, 133.33, 174.0])
def test_fit_tempo_of_human_swung_drums(drum_song, mono_audio, bpm):
    fit = rhythm.fit_tempo(mono_audio(drum_song(bpm, 40.0, swing=0.08, jitter_seconds=0.004)), bpm)
    assert fit.bpm == pytest.approx(bpm, abs=0.03)
    assert fit.is_steady
    assert fit.residual_ms < 10.0


@pytest.mark.parametrize("bpm", [90.0, 110.0, 128.0])
def test_tempo_without_expectation(drum_song, mono_audio, bpm):
    assert rhythm.estimate_tempo(mono_audio(drum_song(bpm, 30.0))).bpm == pytest.approx(bpm, abs=0.05)


def test_clicks_at_44100(mono_audio):
    wave = np.zeros(30 * 44100)
    wave[np.round(np.arange(0.1, 29.9, 60 / 126.3) * 44100).astype(int)] = 0.8
    fit = rhythm.fit_tempo(mono_audio(wave, 44100), 126.3)
    assert fit.bpm == pytest.approx(126.3, abs=0.01)
    assert fit.confidence > 0.6


@pytest.mark.parametrize("expected", [118.0, 125.0])
def test_a_near_but_wrong_expectation_does_not_bend_the_result(drum_song, mono_audio, expected):
    assert rhythm.fit_tempo(mono_audio(drum_song(120.0, 30.0)), expected).bpm == pytest.approx(120.0, abs=0.03)


def test_a_far_expectation_is_found_out(drum_song, mono_audio):
    fit = rhythm.fit_tempo(mono_audio(drum_song(120.0, 30.0)), 104.0)
    assert fit.bpm == pytest.approx(120.0, abs=0.05)


@pytest.mark.parametrize(("expected", "result"), [(60.0, 60.0), (240.0, 240.0)])
def test_the_octave_follows_the_expectation(drum_song, mono_audio, expected, result):
    assert rhythm.fit_tempo(mono_audio(drum_song(120.0, 30.0)), expected).bpm == pytest.approx(result, abs=0.1)


def test_noise_and_drones_are_not_steady(sine, mono_audio):
    noise = 0.1 * np.random.default_rng(0).standard_normal(30 * 48000)
    assert not rhythm.estimate_tempo(mono_audio(noise)).is_steady
    assert not rhythm.estimate_tempo(mono_audio(sine(-20.0, 30.0, 220.0))).is_steady


@pytest.mark.parametrize("count", [0, 1, 1000, 48000])
def test_silence_has_no_tempo(count):
    audio = Audio(np.zeros((2, count), np.float32), 48000)
    assert rhythm.estimate_tempo(audio) is rhythm.NO_TEMPO


def test_onset_times(mono_audio):
    wave = np.zeros(4 * 48000)
    truth = np.array([0.5, 1.2, 2.05, 3.333])
    noise = np.random.default_rng(1).standard_normal(2400) * np.exp(-np.arange(2400) / 500)
    for time in truth:
        wave[round(time * 48000) : round(time * 48000) + 2400] += 0.5 * noise
    times, strengths = rhythm.onsets(rhythm.onset_envelope(mono_audio(wave)), threshold=0.3)
    assert times == pytest.approx(truth, abs=0.012)
    assert np.all(strengths > 0)


def test_fold_and_range():
    assert rhythm.fold_bpm(87.0, 174.0) == 174.0
    assert rhythm.fold_bpm(0.0, 120.0) == 0.0
    with pytest.raises(ParameterError, match="20 to 400"):
        rhythm.fit_tempo(Audio(np.zeros((2, 10), np.float32), 48000), 900.0)
