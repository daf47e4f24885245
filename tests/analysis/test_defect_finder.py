"""Faults that were put in are found, and music-like sound has none."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis import defects
from workbench.domain.audio import Audio

RATE = 48000


def test_clicks_are_found_where_they_are(sine, mono_audio):
    wave = sine(-12.0, 4.0, 220.0) + sine(-18.0, 4.0, 331.0)
    wave[RATE:] += 0.05
    wave[2 * RATE] += 0.3
    assert defects.clicks(mono_audio(wave)) == pytest.approx((1.0, 2.0), abs=0.002)


def test_click_on_a_chunk_edge_is_found_once(sine, mono_audio, monkeypatch):
    wave = sine(-12.0, 2.0, 220.0)
    wave[65536] += 0.3
    monkeypatch.setattr(defects, "_CLICK_CHUNK", 65536)
    assert len(defects.clicks(mono_audio(wave))) == 1


def test_music_has_no_clicks(drum_song, mono_audio):
    assert defects.clicks(mono_audio(drum_song(120.0, 10.0))) == ()
    saw = 0.3 * (2 * ((np.arange(4 * RATE) * 55.0 / RATE) % 1.0) - 1)
    assert len(defects.clicks(mono_audio(saw))) <= 2
    noise = 0.1 * np.random.default_rng(0).standard_normal(4 * RATE)
    assert defects.clicks(mono_audio(noise)) == ()


def test_silence_spans(sine, mono_audio):
    wave = np.concatenate([sine(-20, 1.0), np.zeros(RATE), sine(-20, 1.0), np.zeros(RATE // 10), sine(-20, 0.5)])
    spans = defects.silence_spans(mono_audio(wave))
    assert len(spans) == 1
    assert spans[0] == pytest.approx((1.0, 2.0), abs=0.011)
    assert len(defects.silence_spans(mono_audio(wave), shortest_seconds=0.05)) == 2


def test_dc_offset(sine):
    wave = sine(-20, 1.0)
    audio = Audio(np.stack([wave, wave - 0.02]).astype(np.float32), RATE)
    assert defects.dc_offset(audio) == pytest.approx(0.02, abs=1e-4)


def test_clipping_needs_a_flat_top(sine, mono_audio):
    wave = sine(0.0, 1.0, 100.0)
    assert defects.clipped_samples(mono_audio(wave * 0.99)) == 0
    single = np.zeros(RATE)
    single[::1000] = 1.0
    assert defects.clipped_samples(mono_audio(single)) == 0
    assert defects.clipped_samples(mono_audio(np.clip(1.4 * wave, -1, 1))) > 10000


def test_non_finite_samples_are_counted_and_cleaned():
    samples = np.zeros((2, 100), np.float32)
    samples[0, 3], samples[1, 5], samples[1, 6] = np.nan, np.inf, -np.inf
    audio = Audio(samples, RATE)
    assert defects.non_finite_samples(audio) == 3
    assert np.isfinite(defects.without_non_finite(audio).samples).all()


def test_empty_audio_has_no_defects():
    audio = Audio(np.zeros((2, 0), np.float32), RATE)
    assert defects.clicks(audio) == defects.silence_spans(audio) == ()
    assert defects.dc_offset(audio) == defects.clipped_samples(audio) == 0
