"""The chain itself: what mix and master add to silence and to a tone, and how flat the neutral one is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.criteria import Row, at_least, at_most
from evaluation.sound.aliasing import blackman_harris
from workbench.domain.arrays import Signal
from workbench.domain.audio import Audio
from workbench.domain.plan import Delivery, Plan
from workbench.domain.request import PROCESSING_STYLES, GenerationRequest
from workbench.domain.score import Score
from workbench.domain.units import gain_to_db
from workbench.mastering import master
from workbench.mixing import mix
from workbench.output import roundtrip

RATE = 48000
NEUTRAL = "neutral"
_TONE_HZ = 997.0
_SECONDS = 8.0


def judge_chain() -> list[Row]:
    """Signal to noise of every processing style, and the response of the neutral chain."""
    ratios = [noise_ratio_db(style) for style in (NEUTRAL, *PROCESSING_STYLES)]
    return [
        at_least("chain: tone over what is left in silence, worst style", min(ratios), 90.0, "dB", len(ratios)),
        at_least("chain: tone over the noise beside it, neutral", beside_tone_db(), 90.0, "dB", 1),
        at_most("chain: neutral response, 20 Hz to 20 kHz", neutral_deviation_db(), 0.5, "dB", 1),
    ]


def noise_ratio_db(style: str) -> float:
    """Level of a tone over what a 24-bit file holds once it and its echoes have died away, in dB."""
    sound = np.zeros((2, round(2.5 * _SECONDS * RATE)), dtype=np.float32)
    sound[:, : round(_SECONDS * RATE)] = _tone(_SECONDS)
    heard = through(sound, style).samples
    tone_part = heard[:, RATE : round((_SECONDS - 1.0) * RATE)]
    silence = heard[:, -round(1.5 * RATE) : -round(0.2 * RATE)]
    return _level_db(tone_part) - _level_db(silence)


def beside_tone_db() -> float:
    """Level of a tone over everything that is no harmonic of it, in the neutral chain, in dB."""
    heard = through(_tone(_SECONDS), NEUTRAL).samples[0, RATE : RATE + (1 << 17)].astype(np.float64)
    window = blackman_harris(heard.size)
    power = np.abs(np.fft.rfft(heard * window)) ** 2
    bins = np.arange(power.size)
    step = _TONE_HZ * heard.size / RATE
    beside = (np.abs(bins - np.round(bins / step) * step) > 12) & (bins > 12)
    return float(10.0 * np.log10(power.sum() / max(power[beside].sum(), 1e-30)))


def neutral_deviation_db() -> float:
    """Largest distance of the neutral chain's response from its mean, 20 Hz to 20 kHz, in dB."""
    rng = np.random.default_rng(8)
    noise = (0.05 * rng.standard_normal((1, round(20.0 * RATE)))).astype(np.float32)
    source = np.concatenate([noise, noise])
    heard = through(source, NEUTRAL).samples[:, : source.shape[1]]
    window, size = np.hanning(1 << 15), 1 << 15
    cross, power = np.zeros(size // 2 + 1, dtype=np.complex128), np.zeros(size // 2 + 1)
    for start in range(RATE, source.shape[1] - size - RATE, size // 2):
        before = np.fft.rfft(source[0, start : start + size] * window)
        cross += np.fft.rfft(heard[0, start : start + size] * window) * before.conj()
        power += np.abs(before) ** 2
    hz = np.fft.rfftfreq(size, 1.0 / RATE)
    inside = (hz >= 20.0) & (hz <= 20_000.0)
    response = 20.0 * np.log10(np.abs(cross[inside]) / power[inside])
    return float(np.abs(response - np.median(response)).max())


def through(sound: Signal, style: str) -> Audio:
    """A sound as the stem of a lead, through mix, master and a 24-bit file."""
    plan, score = _setting(style, sound.shape[1] / RATE)
    profile = NEUTRAL if style == NEUTRAL else plan.mix_profile
    plan = replace(plan, mix_profile=profile, processing_style=style)
    mixed = mix({"leads": Audio(sound, RATE)}, score, plan)
    mastered = master(mixed.audio, target_lufs=-23.0, ceiling_dbtp=-1.0, processing_style=style)
    return roundtrip(mastered, Delivery())


def _setting(style: str, seconds: float) -> tuple[Plan, Score]:
    from workbench.concept import translate

    request = GenerationRequest.from_concept("pop")
    plan = translate(request)
    bars = max(1, round(seconds / plan.bar_seconds))
    section = replace(plan.sections[0], start_bar=0, bars=bars, energy=0.5, name="verse")
    plan = replace(plan, sections=(section,))
    return plan, Score("test", plan.tempo_bpm, plan.metre, plan.key, plan.sections, (), {})


def _tone(seconds: float) -> Signal:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 0.25 * np.sin(2.0 * np.pi * _TONE_HZ * time)
    edge = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.05)
    return np.stack([wave * edge, wave * edge]).astype(np.float32)


def _level_db(samples: Signal) -> float:
    return gain_to_db(float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))
