"""What librosa hears in signals whose truth is known, and the views that are drawn of it."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis.second_ear import HOP, RATE_HZ, constant_q_chroma, mel_db, second_opinion, tempogram
from workbench.domain.audio import Audio
from workbench.output.figures.listening_figures import listening

RATE = 44100


def stereo(wave: np.ndarray) -> Audio:
    return Audio(np.stack([wave, wave]).astype(np.float32), RATE)


def clicks(bpm: float, seconds: float = 16.0) -> np.ndarray:
    """Short bursts of noise on the beats."""
    wave = np.zeros(round(seconds * RATE))
    burst = np.random.default_rng(1).standard_normal(900) * np.exp(-np.arange(900) / 150.0)
    for start in np.round(np.arange(0.1, seconds - 0.1, 60.0 / bpm) * RATE).astype(int):
        wave[start : start + burst.size] += 0.5 * burst[: wave.size - start]
    return wave


def cadence(cents: float = 0.0) -> np.ndarray:
    """C, F, G, C as sums of partials, a second each."""
    time = np.arange(RATE) / RATE
    tuning = 2.0 ** (cents / 1200.0)
    bars = []
    for pitches in ((48, 60, 64, 67), (53, 60, 65, 69), (55, 59, 62, 67), (48, 60, 64, 67)):
        tones = [
            np.sin(2.0 * np.pi * part * 440.0 * tuning * 2.0 ** ((pitch - 69) / 12.0) * time) / part**2
            for pitch in pitches
            for part in (1, 2, 3)
        ]
        bars.append(0.1 * np.sum(tones, axis=0) * np.minimum(1.0, 20.0 * (1.0 - time)))
    return np.concatenate(bars)


def test_the_tempo_of_clicks_is_heard_to_hundredths() -> None:
    opinion = second_opinion(stereo(clicks(126.3)))
    assert opinion.fitted_bpm == pytest.approx(126.3, abs=0.05)
    assert opinion.tempo_bpm == pytest.approx(126.3, rel=0.03)
    assert opinion.percussive_share > 0.9


def test_key_and_tuning_of_a_cadence() -> None:
    opinion = second_opinion(stereo(cadence(cents=20.0)))
    assert opinion.key is not None
    assert str(opinion.key.key) == "C major"
    assert opinion.tuning_cents == pytest.approx(20.0, abs=5.0)
    assert opinion.percussive_share < 0.2


@pytest.mark.parametrize("count", [0, 1, 100, RATE])
def test_silence_says_nothing(count: int) -> None:
    opinion = second_opinion(Audio(np.zeros((2, count), np.float32), RATE))
    assert (opinion.tempo_bpm, opinion.fitted_bpm, opinion.key) == (0.0, 0.0, None)


def test_views_hold_what_sounds() -> None:
    chord = stereo(cadence())
    frames = 1 + round(4.0 * RATE_HZ) // HOP
    chroma = constant_q_chroma(chord)
    assert chroma.shape == (12, frames)
    assert set(np.argsort(chroma[:, 10:30].mean(axis=1))[-3:]) == {0, 4, 7}
    assert mel_db(chord).shape == (128, frames)
    assert mel_db(chord).max() == pytest.approx(0.0, abs=1e-4)
    # At 129.2 BPM beats lie 20 frames apart.
    pulse = tempogram(stereo(clicks(60.0 * RATE_HZ / (HOP * 20))))
    assert 1 + int(pulse[1:35, 300].argmax()) == 20


def test_the_line_of_the_tempo_lies_on_the_ridge_of_the_tempogram() -> None:
    bpm = 60.0 * RATE_HZ / (HOP * 20)
    figure = listening(stereo(clicks(bpm) + np.tile(cadence(), 4)), tempo_bpm=bpm)
    assert len(figure.axes) == 3
    edges = figure.axes[2].collections[0].get_coordinates()[:, 0, 1]
    assert edges[21] < bpm < edges[20]
    assert figure.axes[1].texts[0].get_text() == "C"


def test_silence_is_drawn_too() -> None:
    figure = listening(Audio(np.zeros((2, RATE), np.float32), RATE), title="nothing")
    assert figure.axes[2].get_legend() is None
