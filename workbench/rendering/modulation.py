"""The modulation matrix: sources, by an amount, to targets of a voice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.domain.arrays import Control
from workbench.dsp.oscillators import control_seconds
from workbench.rendering.patch import PERIODS_BEATS, Route

SCALE = {"pitch": 12.0, "cutoff": 4.0, "level": 24.0, "index": 2.0, "pan": 1.0}
"""What an amount of 1 does at the source's full height: semitones, octaves, dB, octaves of the index, place."""

_MIDDLE_PITCH = 60.0
_SMOOTH_BLOCKS = 5
"""Control blocks (3 ms at 48 kHz) over which steps are rounded, so that a square or random wave does not click."""


def modulation(
    routes: Sequence[Route],
    target: str,
    *,
    pitch: Control,
    velocity: Control,
    beats: Control,
    length: int,
    sample_rate_hz: int,
    rng: np.random.Generator,
) -> Control | None:
    """Sum of everything that moves a target, in its own unit (see `SCALE`), by control block; None where nothing does.

    Parameters
    ----------
    routes
        The patch's matrix.
    target
        A name of `SCALE`.
    pitch, velocity
        MIDI pitch and velocity (0..1) by control block.
    beats
        Place in the song in quarter notes by control block: what LFOs in time with it run by.
    length, sample_rate_hz
        Samples of the voice and their rate.
    rng
        For phases and random values; each route draws once.
    """
    seconds = control_seconds(length, sample_rate_hz)
    total: Control | None = None
    for route in routes:
        chance = rng.random(2)
        if route.target != target or route.amount == 0.0:
            continue
        value = route.amount * SCALE[target] * _source(route, seconds, pitch, velocity, beats, chance, rng)
        total = value if total is None else total + value
    return total


def _source(
    route: Route,
    seconds: Control,
    pitch: Control,
    velocity: Control,
    beats: Control,
    chance: Control,
    rng: np.random.Generator,
) -> Control:
    """LFO and random run from -1 to 1; velocity, rise and fall from 0 to 1; the key counts octaves from C4."""
    if route.source == "velocity":
        return velocity
    if route.source == "key":
        return (pitch - _MIDDLE_PITCH) / 12.0
    if route.source == "random":
        return np.full(seconds.size, 2.0 * chance[0] - 1.0)
    grown = np.clip(seconds / max(route.time_ms / 1000.0, 1e-3), 0.0, 1.0)
    if route.source == "rise":
        return grown
    if route.source == "fall":
        return 1.0 - grown
    if route.sync == "free":
        return grown * _wave(route, route.rate_hz * seconds + chance[1], rng)
    return grown * _wave(route, np.maximum(beats, 0.0) / PERIODS_BEATS[route.sync], rng)


def _wave(route: Route, turns: Control, rng: np.random.Generator) -> Control:
    phase = turns - np.floor(turns)
    if route.shape == "sine":
        return np.sin(2.0 * np.pi * phase)
    if route.shape == "triangle":
        return 1.0 - 4.0 * np.abs(phase - 0.5)
    if route.shape == "saw":
        return smooth_steps(1.0 - 2.0 * phase)
    if route.shape == "square":
        return smooth_steps(np.where(phase < 0.5, 1.0, -1.0))
    steps = np.floor(turns).astype(np.int64)
    return smooth_steps(rng.uniform(-1.0, 1.0, int(steps.max(initial=0)) + 1)[steps])


def smooth_steps(values: Control) -> Control:
    """A control whose steps are rounded over 3 ms, so that what follows it does not click."""
    padded = np.pad(values, _SMOOTH_BLOCKS // 2, mode="edge")
    return np.convolve(padded, np.full(_SMOOTH_BLOCKS, 1.0 / _SMOOTH_BLOCKS), mode="valid")
