"""Pairs of words: the outside measures on sounds whose values are known, and what counts as a move."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.control.outside import MEASURES, Received, received
from evaluation.control.word_pairs import Moved, WordPair, judge_pairs, load_pairs
from workbench.domain.audio import Audio
from workbench.domain.score import Score
from workbench.output.files.midi_files import midi_bytes

RATE = 22050


def _sound(samples: np.ndarray, notes: list[tuple[float, ...]] | None = None) -> Received:
    stereo = np.stack([samples, samples]) if samples.ndim == 1 else samples
    return Received(stereo.astype(np.float32), RATE, np.array(notes or np.zeros((0, 5)), np.float64))


def _value(measure: str, track: Received) -> float:
    return MEASURES[measure][0](track)


def _tone(frequency_hz: float, seconds: float = 4.0) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * RATE)) / RATE)


def _clicks(decay_seconds: float, seconds: float = 6.0) -> np.ndarray:
    """Two strokes a second of noise."""
    noise = np.random.default_rng(0).standard_normal(round(0.5 * RATE))
    stroke = 0.3 * noise * np.exp(-np.arange(len(noise)) / (decay_seconds * RATE))
    return np.tile(stroke, round(2 * seconds))


def test_every_pair_names_a_measure() -> None:
    texts, pairs = load_pairs()
    assert len(pairs) == 20
    assert all(pair.measure in MEASURES for pair in pairs)
    assert all(text.format("x").startswith("x ") for text in texts)


def test_spectral_measures_know_high_from_low() -> None:
    low, high = _sound(_tone(80.0)), _sound(_tone(4000.0))
    assert _value("centroid_hz", high) == pytest.approx(4000.0, rel=0.05)
    assert _value("lows_db", low) == pytest.approx(0.0, abs=0.2)
    assert _value("lows_db", high) < -30.0
    noise = _sound(0.1 * np.random.default_rng(1).standard_normal(4 * RATE))
    assert _value("flatness_db", noise) > _value("flatness_db", high) + 20.0


def test_rhythm_and_decay_are_heard() -> None:
    short, long = _sound(_clicks(0.02)), _sound(_clicks(0.2))
    assert _value("onsets_a_second", short) == pytest.approx(2.0, abs=0.2)
    assert _value("decay_db", long) > _value("decay_db", short) + 10.0
    assert _value("contrast_db", short) > 10.0


def test_width_is_the_difference_of_the_channels() -> None:
    tone = _tone(440.0)
    same, apart = _sound(np.stack([tone, tone])), _sound(np.stack([tone, 0.5 * tone]))
    assert _value("width_db", same) < -60.0
    assert _value("width_db", apart) == pytest.approx(20 * np.log10(0.5 / 1.5), abs=0.01)


def test_loudness_is_that_of_the_standard() -> None:
    """A full-scale sine of 997 Hz in one channel has -3.01 LUFS (BS.1770); in both, at -20 dBFS, -20.0."""
    rate, seconds = 48000, 5
    sine = 0.1 * np.sin(2 * np.pi * 997 * np.arange(rate * seconds) / rate)
    track = Received(np.stack([sine, sine]).astype(np.float32), rate, np.zeros((0, 5)))
    assert _value("lufs", track) == pytest.approx(-20.0, abs=0.1)


def test_major_is_told_from_minor() -> None:
    chords = {"major": (261.63, 329.63, 392.0), "minor": (261.63, 311.13, 392.0)}
    major, minor = (_value("major", _sound(np.sum([_tone(hz) for hz in tones], axis=0))) for tones in chords.values())
    assert major > 0 > minor


def test_notes_are_read_from_the_midi_file(tiny_score: Score) -> None:
    track = received(Audio(np.zeros((2, 100), np.float32), 48000), midi_bytes(tiny_score))
    assert len(track.notes) == sum(len(part.notes) for part in tiny_score.parts.values())
    assert int(track.notes[:, 4].sum()) == len(tiny_score.parts["percussion"].notes)


def test_measures_of_notes() -> None:
    straight = [(beat / 2, 0.25, 60.0 + beat % 2, 90.0, 0.0) for beat in range(16)]
    swung = [(onset + 0.1 * (index % 2), length, *rest) for index, (onset, length, *rest) in enumerate(straight)]
    still = np.zeros(RATE)
    assert _value("swing", _sound(still, swung)) > _value("swing", _sound(still, straight)) + 0.05
    assert _value("note_beats", _sound(still, straight)) == pytest.approx(0.5, abs=0.01)
    assert _value("mean_pitch", _sound(still, straight)) == pytest.approx(60.5)
    assert _value("pitch_class_entropy", _sound(still, straight)) == pytest.approx(1.0)
    assert _value("off_grid_beats", _sound(still, straight)) == pytest.approx(0.0, abs=1e-9)
    assert _value("off_grid_beats", _sound(still, swung)) > 0.04
    chord = [(0.0, 4.0, 60.0, 90.0, 0.0), (0.0, 4.0, 64.0, 90.0, 0.0)]
    assert _value("voices", _sound(still, chord)) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("after", "rises", "holds"), [((60, 60, 60), 3, True), ((60, 60, 0), 2, True), ((61, 9, 9), 1, False)]
)
def test_a_pair_holds_where_most_texts_rise_by_as_much_as_counts(
    after: tuple[float, ...], rises: int, holds: bool
) -> None:
    """50 Hz of the centroid count."""
    moved = Moved(WordPair("dark", "bright", "centroid_hz"), (10.0, 8.0, 9.0), after)
    assert (moved.rises, moved.holds) == (rises, holds)
    bar, row = judge_pairs([moved])
    assert bar.value == float(moved.holds)
    assert ("not moved" in row.name) != moved.holds
