"""A mix that a stage would empty is refused with the reason; loudness never lifts what little is left."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError
from workbench.mastering import master

RATE = 44100
TIMES = np.arange(9 * RATE) / RATE
TONE = 0.3 * np.sin(2 * np.pi * 330 * TIMES) * np.exp(-4 * (TIMES % 0.5))
HISS = 0.02 * np.random.default_rng(0).standard_normal(TIMES.size) * np.exp(-20 * (TIMES % 0.5))
MIX = TONE + HISS + 0.2 * np.sin(2 * np.pi * 60 * TIMES)


def mastered(left: np.ndarray, right: np.ndarray, style: str = "clean") -> Audio:
    samples = np.stack([left, right]).astype(np.float32)
    return master(Audio(samples, RATE), target_lufs=-14.0, ceiling_dbtp=-1.0, processing_style=style)


def half(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.where(TIMES < 4.5, first, second)


@pytest.mark.parametrize("style", ["clean", "neutral", "wide"])
@pytest.mark.parametrize(
    ("right", "cause"),
    [
        (-MIX, "cancel each other in mono"),
        (-0.9 * MIX, "cancel each other in mono"),
        (half(MIX, -MIX), "cancel each other in mono"),
        (MIX - 0.8 * np.sin(2 * np.pi * 60 * TIMES), "of the bass: there its channels cancel each other"),
    ],
    ids=["one side inverted", "and softer", "inverted from the middle on", "inverted bass"],
)
def test_channels_that_cancel_are_refused(right: np.ndarray, cause: str, style: str) -> None:
    left = MIX + 0.4 * np.sin(2 * np.pi * 60 * TIMES) if "bass" in cause else MIX
    with pytest.raises(ParameterError, match=cause) as caught:
        mastered(left, right, style)
    assert "stage 'width'" in str(caught.value)


def test_rumble_below_hearing_is_refused_where_it_is_all_there_is() -> None:
    rumble = 0.9 * np.sin(2 * np.pi * 6 * TIMES)
    with pytest.raises(ParameterError, match="below 20 Hz"):
        mastered(rumble, rumble)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (MIX, MIX),
        (0.3 * MIX + 0.3, 0.3 * MIX + 0.3),
        (MIX, 0.0 * MIX),
        (MIX + 3 * HISS, MIX - 3 * HISS),
        (half(MIX, 1e-4 * MIX), half(MIX, -1e-4 * MIX)),
        (MIX + 0.005 * np.sin(2 * np.pi * 50 * TIMES), MIX - 0.005 * np.sin(2 * np.pi * 50 * TIMES)),
        (TONE + 0.6 * np.sin(2 * np.pi * 12 * TIMES), TONE + 0.6 * np.sin(2 * np.pi * 12 * TIMES)),
    ],
    ids=["mono", "offset", "one side", "wide noise", "faint inverted end", "faint wide bass", "rumble beside music"],
)
def test_mixes_that_lose_little_are_mastered(left: np.ndarray, right: np.ndarray) -> None:
    from workbench.analysis.loudness import integrated_loudness

    assert integrated_loudness(mastered(left, right)) == pytest.approx(-14.0, abs=0.1)


def lone_peaks(every_seconds: float) -> np.ndarray:
    sparse = np.zeros(TIMES.size)
    sparse[RATE // 2 :: round(every_seconds * RATE)] = 0.9
    return sparse


@pytest.mark.parametrize("every_seconds", [30.0, 1.0], ids=["one click", "a click a second"])
def test_what_a_limiter_leaves_of_lone_peaks_is_not_lifted(every_seconds: float) -> None:
    """pydub 49, birdnet-go 3870: near silence was lifted; behind a filter a click leaves ringing below 20 Hz."""
    clicks = lone_peaks(every_seconds)
    done = mastered(clicks, clicks).samples[0]
    power = np.abs(np.fft.rfft(done)) ** 2
    hz = np.fft.rfftfreq(done.size, 1 / RATE)
    assert power[hz < 40].sum() < 0.05 * power.sum()
    away = np.convolve(clicks > 0, np.ones(RATE // 2), mode="same") == 0
    assert np.abs(done[away]).max(initial=0.0) < 0.01


def test_one_spike_does_not_become_the_song() -> None:
    """ffmpeg-normalize 190: one sample far above a soft song misled the loudness of everything behind it."""
    soft = 0.05 * MIX
    spiked = np.where(TIMES == 1.0, 15.0, soft)
    done, plain = mastered(spiked, spiked), mastered(soft, soft)
    assert np.abs(done.samples).max() <= 10 ** (-1 / 20)
    away = slice(2 * RATE, None)
    gain = np.sqrt(np.mean(done.samples[0, away] ** 2) / np.mean(plain.samples[0, away] ** 2))
    assert gain <= 1.05, "the song is no louder than it would be alone"
    assert np.corrcoef(done.samples[0, away], plain.samples[0, away])[0, 1] > 0.95


@pytest.mark.parametrize("offset", [0.25, -0.9])
def test_a_constant_offset_alone_is_silence(offset: float) -> None:
    with pytest.raises(ParameterError, match="near silence"):
        mastered(np.full(TIMES.size, offset), np.full(TIMES.size, offset))
