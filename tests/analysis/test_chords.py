"""Chords are heard in synthetic songs whose chords are known, under drums and over a bass."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from workbench.analysis.chords import HeardChord, estimate_chords, majmin_overlap, triad_of
from workbench.domain.audio import Audio

RATE = 24000
INTERVALS = {"maj": (0, 4, 7), "min": (0, 3, 7)}


def tone(pitch: float, seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    hz = 440.0 * 2 ** ((pitch - 69) / 12)
    fade = np.minimum(1.0, np.minimum(time / 0.01, (seconds - time) / 0.05))
    return fade * sum(np.sin(2 * np.pi * hz * h * time) / h for h in range(1, 7))


def song(chords: list[tuple[int, str]], seconds: float) -> Audio:
    bars = []
    for root, quality in chords:
        voices = [60 + (root + interval) % 12 for interval in INTERVALS[quality]]
        bars.append(sum(tone(pitch, seconds) for pitch in (*voices, 36 + root)))
    wave = 0.05 * np.concatenate(bars)
    noise = np.random.default_rng(0).standard_normal(wave.size)
    wave += 0.05 * noise * (np.arange(wave.size) % 12000 < 1200)
    return Audio(np.stack([wave, wave]).astype(np.float32), RATE)


def spans(chords: list[tuple[int, str]], seconds: float) -> list[HeardChord]:
    return [HeardChord(index * seconds, (index + 1) * seconds, chord) for index, chord in enumerate(chords)]


@pytest.mark.parametrize("tonic", [0, 3, 6, 10])
def test_pop_loop_is_heard_in_any_key(tonic: int) -> None:
    chords = [((tonic + step) % 12, quality) for step, quality in ((0, "maj"), (7, "maj"), (9, "min"), (5, "maj"))] * 2
    right, compared = majmin_overlap(spans(chords, 1.5), estimate_chords(song(chords, 1.5)))
    assert compared == pytest.approx(12.0)
    assert right / compared > 0.9


def test_heard_chords_cover_the_recording() -> None:
    audio = song([(0, "maj"), (9, "min")], 2.0)
    heard = estimate_chords(audio)
    assert heard[0].start_seconds == 0.0
    assert heard[-1].end_seconds == pytest.approx(audio.duration_seconds)
    assert all(a.end_seconds == b.start_seconds for a, b in pairwise(heard))
    assert [chord.symbol for chord in heard] == ["C", "Am"]


def test_silence_holds_no_chord() -> None:
    heard = estimate_chords(Audio(np.zeros((2, RATE), np.float32), RATE))
    assert [chord.symbol for chord in heard] == ["N"]


def test_only_major_and_minor_are_compared() -> None:
    assert triad_of(5, "maj9") == (5, "maj")
    assert triad_of(5, "hdim7") is None
    reference = [HeardChord(0.0, 1.0, None), HeardChord(1.0, 2.0, (0, "maj"))]
    assert majmin_overlap(reference, [HeardChord(0.0, 2.0, (0, "min"))]) == (0.0, 1.0)
