"""Kits are tuned to the song's key, and stay themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.analysis.key import chroma
from workbench.domain.audio import Audio
from workbench.domain.score import Note
from workbench.domain.theory import Key
from workbench.rendering import list_kits, load_kit
from workbench.rendering.drums import render_drums
from workbench.rendering.tuning import nearest_hz, tuned

RATE = 24000


def pitch_of(hz: float) -> float:
    return 69.0 + 12.0 * np.log2(hz / 440.0)


@pytest.mark.parametrize("name", list_kits())
def test_every_kit_fits_every_key(name: str) -> None:
    kit = load_kit(name)
    for tonic in range(12):
        key = Key(tonic, "minor")
        ready = tuned(kit, key)
        assert round(pitch_of(ready.kick.frequency_hz)) % 12 in (tonic, (tonic + 7) % 12)
        assert abs(pitch_of(ready.kick.frequency_hz) - pitch_of(kit.kick.frequency_hz)) <= 5.0
        for hz in (ready.toms.low_hz, ready.toms.mid_hz, ready.toms.high_hz, ready.side_stick.tone_hz):
            assert round(pitch_of(hz)) % 12 in (tonic, (tonic + 3) % 12, (tonic + 7) % 12)
        assert round(pitch_of(ready.snare.tone_hz * ready.snare.tone_ratio)) % 12 in key.pitch_classes


def test_a_range_is_never_left() -> None:
    assert nearest_hz(36.0, [1], 35.0, 36.5) == 36.0
    low = replace(load_kit("deep808"), kick=replace(load_kit("deep808").kick, frequency_hz=35.0))
    assert all(tuned(low, Key(tonic, "major")).kick.frequency_hz >= 35.0 for tonic in range(12))


def test_the_kick_is_heard_on_the_tonic() -> None:
    kit = tuned(load_kit("deep808"), Key.parse("Bb minor"))
    kicks = [Note(float(beat), 36, 1.0, 110) for beat in range(8)]
    stem = render_drums(kicks, kit, samples_per_beat=RATE / 2.0, length=4 * RATE, sample_rate_hz=RATE, seed=1)
    profile, _ = chroma(Audio(stem, RATE))
    assert int(profile.argmax()) in (10, 5)
