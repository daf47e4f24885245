"""Drums with a skin, hands and wood: kick, snare, toms, side stick, clap, hand percussion.

Each voice is a pure function (voice, velocity 0..1, generator, sample rate) -> array of shape (1 or 2, n).
Velocity sets timbre here; loudness follows in `workbench.rendering.drums`.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Signal
from workbench.domain.units import db_to_gain
from workbench.dsp.envelopes import decay_curve, fade_edges
from workbench.dsp.noise import white_noise
from workbench.dsp.oscillators import control_length, wave_tables, wavetable_oscillator
from workbench.dsp.physical import modal_bank
from workbench.dsp.saturation import saturate
from workbench.dsp.voice_filters import state_variable_filter
from workbench.rendering.kit import Clap, HandPercussion, Kick, SideStick, Snare, Toms

_HEAD_MODES = (1.594, 2.136, 2.296, 2.653)  # circular membrane, Rossing, "The Physics of Musical Instruments"


def _swept_sine(length: int, sample_rate_hz: int, frequency_hz: float, *, octaves: float, sweep_ms: float) -> Signal:
    """A sine whose pitch falls exponentially by `octaves`; 95 % of the fall within `sweep_ms`."""
    seconds = np.arange(length) / sample_rate_hz
    bend = octaves * np.exp(seconds * (-3000.0 / sweep_ms))
    turns = np.cumsum(frequency_hz * 2.0**bend) / sample_rate_hz
    return np.asarray(np.sin(2.0 * np.pi * (turns - turns[0])), dtype=np.float32)


def _band(noise: Signal, sample_rate_hz: int, low_hz: float, high_hz: float) -> Signal:
    edged = state_variable_filter(noise[None, :], low_hz, sample_rate_hz=sample_rate_hz, mode="highpass")
    if high_hz >= 0.42 * sample_rate_hz:
        return np.asarray(edged[0])
    return np.asarray(state_variable_filter(edged, high_hz, sample_rate_hz=sample_rate_hz)[0])


def _samples(milliseconds: float, sample_rate_hz: int) -> int:
    return max(64, round(milliseconds / 1000.0 * sample_rate_hz))


def _finished(sound: Signal, sample_rate_hz: int, *, in_ms: float = 0.0) -> Signal:
    shaped = sound if sound.ndim == 2 else sound[None, :]
    return fade_edges(shaped, sample_rate_hz, in_ms=in_ms, out_ms=8.0)


def kick(voice: Kick, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """Bass drum; soft hits sweep less, click less and are driven less."""
    length = _samples(voice.hold_ms + 1.15 * voice.decay_ms, sample_rate_hz)
    octaves = voice.sweep_octaves * (0.7 + 0.3 * velocity)
    body = _swept_sine(length, sample_rate_hz, voice.frequency_hz, octaves=octaves, sweep_ms=voice.sweep_ms)
    body *= decay_curve(length, sample_rate_hz, decay_ms=voice.decay_ms, hold_ms=voice.hold_ms)
    click = modal_bank(
        [voice.click_hz, voice.click_hz * 1.83, voice.click_hz * 0.52],
        [1.0, 0.5, 0.6],
        [9.0, 6.0, 14.0],
        length=length,
        sample_rate_hz=sample_rate_hz,
    )
    tick = white_noise(length, rng) * decay_curve(length, sample_rate_hz, decay_ms=7.0)
    knock = modal_bank(
        voice.frequency_hz * 2.0 * np.array(_HEAD_MODES) * (1.0 + 0.01 * rng.standard_normal(4)),
        [1.0, 0.7, 0.5, 0.4],
        [90.0, 70.0, 60.0, 45.0],
        length=length,
        sample_rate_hz=sample_rate_hz,
    )
    dust = _band(white_noise(length, rng), sample_rate_hz, 150.0, 2500.0)
    dust *= decay_curve(length, sample_rate_hz, decay_ms=0.5 * voice.decay_ms)
    attack = (click + 0.7 * tick) * np.float32(db_to_gain(voice.click_db) * (0.25 + 0.75 * velocity**1.5))
    total = body + attack
    total += knock * np.float32(db_to_gain(voice.knock_db)) + dust * np.float32(db_to_gain(voice.noise_db))
    # Driving beater and body together rounds the spike that would otherwise take the level from the body.
    driven = saturate(total[None, :], drive_db=voice.drive_db * (0.5 + 0.5 * velocity))
    return _finished(driven, sample_rate_hz, in_ms=0.3)


def snare(voice: Snare, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """Snare drum; ghost notes are darker, shorter and have more head than wires."""
    wires_ms = voice.noise_decay_ms * (0.65 + 0.35 * velocity)
    length = _samples(1.15 * max(wires_ms, voice.tone_decay_ms), sample_rate_hz)
    tune = voice.tone_hz * (1.0 + 0.004 * rng.standard_normal())
    octaves = voice.bend_semitones / 12.0 * (0.6 + 0.4 * velocity)
    tone = np.zeros(length, dtype=np.float32)
    for ratio, share, shorter in ((1.0, 0.7, 1.0), (voice.tone_ratio, 0.45, 0.7)):
        mode = _swept_sine(length, sample_rate_hz, tune * ratio, octaves=octaves, sweep_ms=30.0)
        mode *= decay_curve(length, sample_rate_hz, decay_ms=voice.tone_decay_ms * shorter)
        tone += np.float32(share) * mode
    ring = modal_bank(
        tune * np.array([2.65, 3.5, 4.06, 5.13, 6.21]) * (1.0 + 0.006 * rng.standard_normal(5)),
        [1.0, 0.8, 0.7, 0.5, 0.4],
        voice.tone_decay_ms * np.array([1.3, 1.1, 0.9, 0.8, 0.7]),
        length=length,
        sample_rate_hz=sample_rate_hz,
    )
    high_hz = voice.noise_high_hz * 2.0 ** (-1.4 * (1.0 - velocity))
    wires = _band(white_noise(length, rng), sample_rate_hz, voice.noise_low_hz, high_hz)
    quick = decay_curve(length, sample_rate_hz, decay_ms=0.35 * wires_ms)
    wires *= 0.55 * quick + 0.45 * decay_curve(length, sample_rate_hz, decay_ms=wires_ms)
    snap = _band(white_noise(length, rng), sample_rate_hz, 2500.0, 12000.0)
    snap *= decay_curve(length, sample_rate_hz, decay_ms=14.0)
    total = (
        tone * np.float32(db_to_gain(voice.tone_db))
        + ring * np.float32(db_to_gain(voice.ring_db))
        + wires * np.float32(1.7 * db_to_gain(voice.noise_db) * (0.5 + 0.5 * velocity))
        + snap * np.float32(db_to_gain(voice.snap_db) * velocity)
    )
    driven = saturate(total[None, :], drive_db=voice.drive_db * (0.5 + 0.5 * velocity))
    return _finished(driven, sample_rate_hz, in_ms=0.3)


def side_stick(voice: SideStick, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """Rim: a few short modes and a tick."""
    length = _samples(1.3 * voice.decay_ms, sample_rate_hz)
    tune = voice.tone_hz * (1.0 + 0.006 * rng.standard_normal())
    bright = 0.2 + 1.6 * voice.brightness * (0.4 + 0.6 * velocity)
    modes = modal_bank(
        tune * np.array([1.0, 1.87, 3.31, 4.73, 6.9]),
        np.array([1.0, 0.7, 0.8 * bright, 0.6 * bright, 0.4 * bright]),
        voice.decay_ms * np.array([1.0, 0.8, 0.55, 0.4, 0.3]),
        length=length,
        sample_rate_hz=sample_rate_hz,
    )
    tick = _band(white_noise(length, rng), sample_rate_hz, 2000.0, 10000.0)
    tick *= decay_curve(length, sample_rate_hz, decay_ms=10.0) * np.float32(0.8 * bright)
    return _finished(modes + tick, sample_rate_hz, in_ms=0.3)


def clap(voice: Clap, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """Several hands: bursts a few milliseconds apart, the last with a tail; left and right differ a little."""
    hands = int(voice.bursts)
    starts = [0]
    for _ in range(hands):
        gap = voice.spacing_ms * (1.0 + 0.12 * rng.standard_normal())
        starts.append(starts[-1] + _samples(max(3.0, gap), sample_rate_hz))
    length = starts[-1] + _samples(1.15 * voice.decay_ms, sample_rate_hz)
    envelope = np.zeros(length, dtype=np.float32)
    for number, start in enumerate(starts):
        fall = voice.decay_ms if number == hands else 3.0 * voice.spacing_ms
        share = 1.0 if number == hands else 0.9
        envelope[start:] = np.maximum(
            envelope[start:], np.float32(share) * decay_curve(length - start, sample_rate_hz, decay_ms=fall)
        )
    centre, side = white_noise(length, rng), white_noise(length, rng)
    spread = np.float32(0.7 * voice.width)
    noise = np.stack([centre + spread * side, centre - spread * side])
    centre_hz = voice.centre_hz * (0.8 + 0.2 * velocity)
    band = state_variable_filter(
        noise, centre_hz, sample_rate_hz=sample_rate_hz, resonance=voice.resonance, mode="bandpass"
    )
    air = state_variable_filter(noise, 2.4 * centre_hz, sample_rate_hz=sample_rate_hz, mode="highpass")
    air = state_variable_filter(air, 9000.0, sample_rate_hz=sample_rate_hz)
    mixed = np.float32(3.0) * band + air * np.float32(db_to_gain(voice.air_db) * velocity)
    return _finished(mixed * envelope, sample_rate_hz, in_ms=0.5)


def tom(voice: Toms, role: str, velocity: float, rng: np.random.Generator, sample_rate_hz: int) -> Signal:
    """One of the toms (`role` is low_tom, mid_tom or high_tom)."""
    pitch_hz = {"low_tom": voice.low_hz, "mid_tom": voice.mid_hz, "high_tom": voice.high_hz}[role]
    tune = pitch_hz * (1.0 + 0.004 * rng.standard_normal())
    length = _samples(1.15 * voice.decay_ms, sample_rate_hz)
    octaves = voice.bend_semitones / 12.0 * (0.4 + 0.6 * velocity)
    body = _swept_sine(length, sample_rate_hz, tune, octaves=octaves, sweep_ms=voice.bend_ms)
    body *= decay_curve(length, sample_rate_hz, decay_ms=voice.decay_ms)
    modes = modal_bank(
        tune * np.array(_HEAD_MODES),
        [1.0, 0.6, 0.5, 0.4],
        voice.decay_ms * np.array([0.45, 0.3, 0.3, 0.2]),
        length=length,
        sample_rate_hz=sample_rate_hz,
    )
    stick = _band(white_noise(length, rng), sample_rate_hz, 400.0, 6000.0 * (0.4 + 0.6 * velocity))
    stick *= decay_curve(length, sample_rate_hz, decay_ms=60.0)
    total = body + modes * np.float32(db_to_gain(voice.modes_db))
    total += stick * np.float32(db_to_gain(voice.noise_db) * (0.3 + 0.7 * velocity))
    return _finished(saturate(total[None, :], drive_db=voice.drive_db), sample_rate_hz, in_ms=0.5)


_KIND_BY_PITCH = {
    54: "tambourine", 60: "conga", 61: "conga", 62: "conga", 63: "conga", 64: "conga", 65: "conga", 66: "conga",
    67: "cowbell", 68: "cowbell", 69: "shaker", 70: "shaker", 73: "shaker", 74: "shaker", 75: "woodblock",
    76: "woodblock", 77: "woodblock", 82: "shaker",
}  # fmt: skip
_SEMITONES_BY_PITCH = {60: 5, 61: 2, 62: 4, 63: 3, 64: -2, 65: 7, 66: 4, 67: 3, 68: -2, 76: 3, 77: -3, 75: 8}


def hand_percussion(
    voice: HandPercussion, pitch: int, velocity: float, rng: np.random.Generator, sample_rate_hz: int
) -> Signal:
    """The kit's own percussion, or the instrument that a General MIDI note names (54 tambourine, 60 bongo ...)."""
    kind = _KIND_BY_PITCH.get(pitch, voice.kind)
    semitones = voice.tune_semitones + _SEMITONES_BY_PITCH.get(pitch, 0) + 0.08 * float(rng.standard_normal())
    tune = 2.0 ** (semitones / 12.0)
    bright = voice.brightness * (0.35 + 0.65 * velocity)
    make = {"conga": _conga, "cowbell": _cowbell, "woodblock": _woodblock, "snap": _snap}.get(kind)
    if make is not None:
        return _finished(make(voice.decay_ms, tune, bright, rng, sample_rate_hz), sample_rate_hz, in_ms=0.4)
    return _rattle(voice.decay_ms, tune, bright, rng, sample_rate_hz, jingles=kind == "tambourine")


def _conga(decay_ms: float, tune: float, bright: float, rng: np.random.Generator, rate: int) -> Signal:
    length = _samples(2.6 * decay_ms, rate)
    body = _swept_sine(length, rate, 210.0 * tune, octaves=0.12, sweep_ms=25.0)
    body *= decay_curve(length, rate, decay_ms=2.2 * decay_ms)
    modes = modal_bank(
        210.0 * tune * np.array([1.59, 2.14, 3.6]), [0.5, 0.35, 0.2], decay_ms * 0.8, length=length, sample_rate_hz=rate
    )
    slap = _band(white_noise(length, rng), rate, 900.0, 5000.0) * decay_curve(length, rate, decay_ms=30.0)
    return body + modes + slap * np.float32(1.2 * bright)


def _cowbell(decay_ms: float, tune: float, bright: float, rng: np.random.Generator, rate: int) -> Signal:
    length = _samples(2.6 * decay_ms, rate)
    frequencies = np.full(control_length(length), 540.0 * tune)
    squares = wavetable_oscillator(
        wave_tables("square"),
        frequencies,
        length=length,
        sample_rate_hz=rate,
        detune_ratios=(1.0, 1.4805),
        phases=rng.random(2),
        pans=(0.0, 0.0),
    )
    body = state_variable_filter(
        squares, (900.0 + 1800.0 * bright) * tune, sample_rate_hz=rate, resonance=0.3, mode="bandpass"
    )
    shape = 0.6 * decay_curve(length, rate, decay_ms=0.5 * decay_ms) + 0.4 * decay_curve(
        length, rate, decay_ms=2.2 * decay_ms
    )
    return np.asarray(body[0] * shape)


def _woodblock(decay_ms: float, tune: float, bright: float, rng: np.random.Generator, rate: int) -> Signal:
    length = _samples(1.3 * decay_ms, rate)
    modes = np.array([820.0, 1340.0, 2290.0, 3950.0]) * tune * (1.0 + 0.003 * rng.standard_normal(4))
    return modal_bank(
        modes, [1.0, 0.6, bright, 0.6 * bright], decay_ms * np.array([1.0, 0.7, 0.4, 0.3]),
        length=length, sample_rate_hz=rate,
    )  # fmt: skip


def _snap(decay_ms: float, tune: float, bright: float, rng: np.random.Generator, rate: int) -> Signal:
    length = _samples(1.3 * decay_ms, rate)
    noise = white_noise(length, rng)[None, :]
    body = state_variable_filter(noise, 1900.0 * tune, sample_rate_hz=rate, resonance=0.45, mode="bandpass")
    air = state_variable_filter(noise, 4500.0 * tune, sample_rate_hz=rate, mode="highpass")
    shape = decay_curve(length, rate, decay_ms=0.3 * decay_ms) + 0.3 * decay_curve(length, rate, decay_ms=decay_ms)
    return np.asarray((2.0 * body[0] + air[0] * np.float32(bright)) * shape)


def _rattle(
    decay_ms: float, tune: float, bright: float, rng: np.random.Generator, rate: int, *, jingles: bool
) -> Signal:
    length = _samples(18.0 + 1.2 * decay_ms, rate)
    noise = _band(white_noise(length, rng), rate, 4200.0 * tune, 7000.0 + 8000.0 * bright)
    swell = np.minimum(1.0, np.arange(length, dtype=np.float32) / _samples(4.0 if jingles else 14.0, rate)) ** 2
    shape = swell * decay_curve(length, rate, decay_ms=decay_ms, hold_ms=0.0 if jingles else 14.0)
    sound = noise * shape
    if jingles:
        pairs = tune * rng.uniform(5200.0, 11500.0, 18)
        sound += 0.25 * swell * modal_bank(
            pairs, 0.35 / (1.0 + np.arange(18) * 0.1), 1.6 * decay_ms, length=length, sample_rate_hz=rate,
            phases=rng.uniform(0.0, 6.28, 18),
        )  # fmt: skip
    return _finished(sound.astype(np.float32), rate, in_ms=1.0)
