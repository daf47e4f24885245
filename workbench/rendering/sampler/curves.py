"""Envelopes, oscillators of low frequency and crossfades as arrays over the time of a note."""

from __future__ import annotations

import math

import numpy as np

from workbench.domain.arrays import Floats
from workbench.rendering.sampler.instrument import Fade, Zone
from workbench.rendering.sampler.shapes import Envelope, Lfo

_SHORTEST_MS = 0.1
_LN_10_BY_20 = math.log(10.0) / 20.0


def envelope(shape: Envelope, seconds: Floats, gate_seconds: float) -> Floats:
    """Level (0..1) at each time of a note whose key is released at `gate_seconds`.

    The attack rises in a straight line; decay and release fall by `shape.decibels` in their time, evenly in decibels,
    or in a straight line over the whole height where that is 0. Infinite gates never release.
    """
    level = _held(shape, seconds)
    if not math.isfinite(gate_seconds):
        return level
    since = np.maximum(0.0, seconds - gate_seconds)
    at_release = float(_held(shape, np.array([gate_seconds]))[0])
    released = _fallen(shape, at_release, since, shape.release_ms)
    return np.where(seconds < gate_seconds, level, released)


def _held(shape: Envelope, seconds: Floats) -> Floats:
    after_delay = seconds - shape.delay_ms / 1000.0
    attack = max(shape.attack_ms, _SHORTEST_MS) / 1000.0
    rise = np.clip(shape.start + after_delay / attack, shape.start, 1.0)
    if shape.convex:
        rise = np.clip(1.0 + 40.0 / 96.0 * np.log10(np.maximum(rise, 1e-3)), 0.0, 1.0)
    top = attack * (1.0 - shape.start) + shape.hold_ms / 1000.0
    falling = _fallen(shape, 1.0, np.maximum(0.0, after_delay - top), shape.decay_ms)
    return np.minimum(rise, np.maximum(falling, shape.sustain))


def _fallen(shape: Envelope, level: float, seconds: Floats, milliseconds: float) -> Floats:
    share = seconds / (max(milliseconds, _SHORTEST_MS) / 1000.0)
    if shape.decibels == 0.0:
        return np.asarray(np.maximum(0.0, level - share))
    return np.asarray(level * np.exp(-_LN_10_BY_20 * shape.decibels * share))


def lfo(shape: Lfo, seconds: Floats) -> Floats:
    """The oscillator's value (-1..1; pulses 0..1) at each time of a note."""
    since = seconds - shape.delay_ms / 1000.0
    turned = (since * shape.hz + shape.phase) % 1.0
    fade = np.clip(since / (shape.fade_ms / 1000.0), 0.0, 1.0) if shape.fade_ms > 0.0 else 1.0
    return np.asarray(np.where(since < 0.0, 0.0, fade * _wave(shape.wave, turned)))


def _wave(name: str, turned: Floats) -> Floats:
    if name == "sine":
        return np.asarray(np.sin(2.0 * np.pi * turned))
    if name == "triangle":
        return 1.0 - np.abs((4.0 * turned + 1.0) % 4.0 - 2.0)
    if name in ("ramp", "saw"):
        return (2.0 * turned - 1.0) * (1.0 if name == "ramp" else -1.0)
    width = {"pulse_75": 0.75, "square": 0.5, "pulse_25": 0.25, "pulse_12": 0.125}[name]
    return np.asarray(turned < width, dtype=np.float64)


def velocity_gain(zone: Zone, velocity: int) -> float:
    """Gain of a velocity: its square, or the zone's own curve, as far as the zone follows velocity at all."""
    curve = (velocity / 127.0) ** 2
    if zone.velocity_curve:
        velocities, gains = zip(*zone.velocity_curve, strict=True)
        curve = float(np.interp(velocity, list(velocities), list(gains)))
    missing = abs(zone.velocity_track) * (1.0 - curve)
    return missing if zone.velocity_track < 0.0 else 1.0 - missing


def crossfade_gain(fade: Fade, value: float) -> float:
    """Gain of one crossfade at a key, velocity or controller value."""
    if fade.high <= fade.low:
        share = float(value >= fade.high) if fade.rising else float(value > fade.high)
    else:
        share = min(1.0, max(0.0, (value - fade.low) / (fade.high - fade.low)))
    share = share if fade.rising else 1.0 - share
    return math.sqrt(share) if fade.power else share
