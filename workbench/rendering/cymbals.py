"""Metal: hi-hats, ride and crash, as inharmonic squares (machines) or as clusters of decaying modes (cymbals)."""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.units import db_to_gain
from workbench.dsp.envelopes import decay_curve, fade_edges
from workbench.dsp.noise import white_noise
from workbench.dsp.oscillators import control_length, wave_tables, wavetable_oscillator
from workbench.dsp.physical import modal_bank
from workbench.dsp.voice_filters import state_variable_filter
from workbench.rendering.kit import Crash, HiHat, Ride

# Oscillators of the TR-808's cymbal circuit, as ratios to their mean (Werner, Abel, Smith, DAFx 2014).
_SQUARE_RATIOS = np.array([205.3, 304.4, 369.6, 522.7, 540.0, 800.0]) / 457.0


def _edges(sound: Signal, sample_rate_hz: int, low_hz: float, high_hz: float) -> Signal:
    """Steep low edge (24 dB an octave), soft high edge."""
    for _ in range(2):
        sound = state_variable_filter(sound, low_hz, sample_rate_hz=sample_rate_hz, mode="highpass")
    if high_hz >= 0.42 * sample_rate_hz:
        return sound
    return state_variable_filter(sound, high_hz, sample_rate_hz=sample_rate_hz)


def _squares(length: int, tune_hz: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    return wavetable_oscillator(
        wave_tables("square"),
        np.full(control_length(length), tune_hz),
        length=length,
        sample_rate_hz=sample_rate_hz,
        detune_ratios=_SQUARE_RATIOS,
        phases=rng.random(6),
        pans=np.array([-0.4, 0.4, -0.2, 0.2, 0.3, -0.3]),
    )


def _cluster(
    length: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
    *,
    lowest_hz: float,
    highest_hz: float,
    count: int,
    tilt: float,
    decay_ms: float,
) -> Signal:
    """Stereo modes, spaced at random over a logarithmic range; high ones fade faster.

    The modes themselves come from a fixed generator, so that all hits of a cymbal are the same cymbal.
    """
    place = np.random.default_rng(20)
    share = (np.arange(count) + place.random(count)) / count
    frequencies = lowest_hz * (highest_hz / lowest_hz) ** share
    amplitudes = (frequencies / lowest_hz) ** tilt * place.uniform(0.4, 1.0, count) / np.sqrt(count)
    decays = decay_ms * (0.35 + 0.65 * place.random(count)) * (lowest_hz / frequencies) ** 0.18
    left = place.random(count) < 0.5
    phases = rng.uniform(0.0, 2.0 * np.pi, count)
    lean = amplitudes * (1.0 + 0.25 * rng.standard_normal(count))
    sides = np.stack([np.where(left, 1.0, 0.45), np.where(left, 0.45, 1.0)])
    return modal_bank(frequencies, lean * sides, decays, length=length, sample_rate_hz=sample_rate_hz, phases=phases)


def _stereo_noise(length: int, rng: np.random.Generator, width: float) -> Signal:
    centre, side = white_noise(length, rng), white_noise(length, rng)
    return np.stack([centre + np.float32(width) * side, centre - np.float32(width) * side])


def hi_hat(voice: HiHat, role: str, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """Closed, pedal or open hat (`role`); soft hits are darker and shorter."""
    decay = {"closed_hat": voice.closed_ms, "pedal_hat": voice.pedal_ms, "open_hat": voice.open_ms}[role]
    decay *= (0.7 + 0.3 * velocity) * (1.0 + 0.05 * float(rng.standard_normal()))
    length = max(256, round((1.1 * decay + voice.attack_ms) / 1000.0 * sample_rate_hz))
    if voice.source == "squares":
        metal = _squares(length, voice.tune_hz * 1.14 * (1.0 + 0.003 * rng.standard_normal()), rng, sample_rate_hz)
    else:
        metal = 4.0 * _cluster(
            length, sample_rate_hz, rng, lowest_hz=voice.tune_hz * 5.0, highest_hz=18000.0, count=54, tilt=0.3,
            decay_ms=4.0 * decay,
        )  # fmt: skip
    sound = np.float32(voice.metal) * metal + np.float32(0.5 * (1.0 - voice.metal)) * _stereo_noise(length, rng, 0.35)
    high_hz = voice.high_hz * 2.0 ** (-0.8 * (1.0 - velocity))
    sound = _edges(sound, sample_rate_hz, voice.low_hz * (0.85 + 0.15 * velocity), high_hz)
    if role == "open_hat":
        shape = 0.45 * decay_curve(length, sample_rate_hz, decay_ms=0.25 * decay)
        shape += 0.55 * decay_curve(length, sample_rate_hz, decay_ms=decay)
    else:
        shape = decay_curve(length, sample_rate_hz, decay_ms=decay)
    return fade_edges(sound * shape, sample_rate_hz, in_ms=voice.attack_ms, out_ms=6.0)


def ride(voice: Ride, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """Ride cymbal: stick, a few low bell modes, and a wash that grows with velocity."""
    length = round(1.1 * voice.decay_ms / 1000.0 * sample_rate_hz)
    bell = modal_bank(
        voice.tune_hz * np.array([1.0, 1.51, 2.34, 3.62, 5.4]),
        [0.6, 1.0, 0.8, 0.6, 0.5],
        voice.decay_ms * np.array([0.7, 0.6, 0.5, 0.45, 0.35]),
        length=length,
        sample_rate_hz=sample_rate_hz,
    )
    ping = _cluster(
        length, sample_rate_hz, rng, lowest_hz=3100.0, highest_hz=9500.0, count=28, tilt=-0.1,
        decay_ms=0.45 * voice.decay_ms,
    )  # fmt: skip
    wash = _cluster(
        length, sample_rate_hz, rng, lowest_hz=1.8 * voice.tune_hz, highest_hz=18000.0, count=66, tilt=0.55,
        decay_ms=voice.decay_ms,
    )  # fmt: skip
    tick = _stereo_noise(length, rng, 0.2) * decay_curve(length, sample_rate_hz, decay_ms=18.0)
    sound = (
        bell[None, :] * np.float32(db_to_gain(voice.bell_db))
        + (ping + 0.25 * tick) * np.float32(2.0 * db_to_gain(voice.ping_db))
        + wash * np.float32(0.7 * db_to_gain(voice.wash_db) * (0.3 + 0.7 * velocity))
    )
    high_hz = voice.high_hz * 2.0 ** (-(1.0 - velocity))
    return fade_edges(_edges(sound, sample_rate_hz, 280.0, high_hz), sample_rate_hz, in_ms=0.5, out_ms=30.0)


def crash(voice: Crash, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """Crash cymbal: dense modes and noise, brighter and longer the harder it is struck."""
    decay = voice.decay_ms * (0.6 + 0.4 * velocity)
    length = round((1.1 * decay + voice.bloom_ms) / 1000.0 * sample_rate_hz)
    modes = _cluster(
        length, sample_rate_hz, rng, lowest_hz=voice.tune_hz, highest_hz=18000.0, count=120, tilt=0.3, decay_ms=decay
    )
    noise = _stereo_noise(length, rng, 0.6)
    high_hz = voice.high_hz * 2.0 ** (-(1.0 - velocity))
    bright = state_variable_filter(noise, 4200.0, sample_rate_hz=sample_rate_hz, mode="highpass")
    bright *= 0.6 * decay_curve(length, sample_rate_hz, decay_ms=0.28 * decay) + 0.2 * decay_curve(
        length, sample_rate_hz, decay_ms=0.75 * decay
    )
    sound = modes + bright * np.float32(2.2 * db_to_gain(voice.noise_db))
    sound = _edges(sound, sample_rate_hz, 250.0, high_hz)
    rise = np.minimum(1.0, np.arange(length, dtype=np.float32) / max(1.0, voice.bloom_ms / 1000.0 * sample_rate_hz))
    return fade_edges(sound * np.sqrt(rise), sample_rate_hz, in_ms=0.5, out_ms=60.0)
