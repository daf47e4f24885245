"""Signals of known truth for the measurements."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from workbench.domain.audio import Audio

RATE = 48000


@pytest.fixture(scope="session")
def mono_audio() -> Callable[..., Audio]:
    """Make stereo audio of equal channels from one array."""

    def make(wave: np.ndarray, sample_rate_hz: int = RATE) -> Audio:
        return Audio(np.stack([wave, wave]).astype(np.float32), sample_rate_hz)

    return make


@pytest.fixture(scope="session")
def sine() -> Callable[..., np.ndarray]:
    """Make a sine: level as peak in dB full scale."""

    def make(level_db: float, seconds: float, hz: float = 1000.0, rate: int = RATE, phase_deg: float = 0.0):
        time = np.arange(round(seconds * rate)) / rate
        return 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * time + np.deg2rad(phase_deg))

    return make


@pytest.fixture(scope="session")
def drum_song() -> Callable[..., np.ndarray]:
    """Make kick, snare and hats at a steady tempo, with swing and human deviation."""

    def make(bpm: float, seconds: float, *, swing: float = 0.0, jitter_seconds: float = 0.0, rate: int = RATE):
        noise = np.random.default_rng(1)
        time = np.arange(rate // 4) / rate
        kick = np.sin(2 * np.pi * (50 * time + 8 * (1 - np.exp(-time * 30)))) * np.exp(-time * 14)
        snare = 0.5 * noise.standard_normal(time.size) * np.exp(-time * 20)
        hat = 0.2 * np.diff(noise.standard_normal(time.size + 1)) * np.exp(-time * 60)
        song = np.zeros(round(seconds * rate) + rate)
        for beat in range(int(seconds * bpm / 60)):
            for offset, hit in ((0.0, snare if beat % 2 else kick), (0.0, hat), (0.5 + swing, hat)):
                start = (beat + offset) * 60 / bpm + jitter_seconds * noise.standard_normal()
                place = max(0, round(start * rate))
                song[place : place + hit.size] += hit
        return 0.3 * song[: round(seconds * rate)]

    return make
