"""Key detection on chord songs in all keys."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis.key import chroma, estimate_key, key_of_profile, same_family
from workbench.domain.audio import Audio
from workbench.domain.theory import Key

RATE = 24000
LOOPS = {
    "major": ((0, 4, 7), (7, 11, 14), (9, 12, 16), (5, 9, 12)),
    "minor": ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)),
}


def tone(pitch: float, seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    hz = 440.0 * 2 ** ((pitch - 69) / 12)
    fade = np.minimum(1.0, np.minimum(time / 0.01, (seconds - time) / 0.05))
    return fade * sum(np.sin(2 * np.pi * hz * h * time) / h for h in (1, 2, 3, 4))


def chord_song(tonic: int, mode: str, cents: float = 0.0) -> Audio:
    base = tonic + cents / 100
    bars = [sum(tone(48 + base + step, 0.8) for step in (*chord, chord[0] - 12)) for chord in LOOPS[mode]]
    wave = np.tile(np.concatenate(bars), 3) * 0.05
    wave += 0.02 * np.random.default_rng(tonic).standard_normal(wave.size) * (np.arange(wave.size) % 12000 < 1500)
    return Audio(np.stack([wave, wave]).astype(np.float32), RATE)


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tonic", range(12))
def test_all_keys(tonic, mode):
    estimate = estimate_key(chord_song(tonic, mode))
    assert estimate is not None
    assert estimate.key == Key(tonic, mode)
    assert estimate.is_tonal


def test_detuned_song_keeps_its_key():
    estimate = estimate_key(chord_song(5, "minor", cents=35.0))
    assert estimate is not None
    assert estimate.key == Key.parse("F minor")
    assert estimate.tuning_cents == pytest.approx(35.0, abs=6.0)


def test_noise_and_silence_are_not_tonal():
    noise = 0.1 * np.random.default_rng(1).standard_normal((2, 10 * RATE)).astype(np.float32)
    estimate = estimate_key(Audio(noise, RATE))
    assert estimate is None or not estimate.is_tonal
    assert estimate_key(Audio(np.zeros((2, 100), np.float32), RATE)) is None


def test_chroma_of_one_tone():
    wave = np.tile(tone(57, 1.0), 3).astype(np.float32)
    profile, _ = chroma(Audio(np.stack([wave, wave]), RATE))
    assert profile.sum() == pytest.approx(1.0)
    assert int(profile.argmax()) == 9


def test_flat_profile_has_no_strength():
    assert key_of_profile(np.ones(12)).strength == 0.0


@pytest.mark.parametrize(
    ("first", "second", "truth"),
    [
        ("F minor", "Ab major", True),
        ("D dorian", "C major", True),
        ("D dorian", "D minor", True),
        ("A major", "F# dorian", True),
        ("C major", "C minor", False),
        ("Bb major", "D dorian", False),
        ("C major", "G major", False),
    ],
)
def test_same_family(first, second, truth):
    assert same_family(Key.parse(first), Key.parse(second)) is truth
