"""One zone sounding for one note: brought to pitch, looped, filtered, shaped and placed between the speakers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Signal
from workbench.domain.seeding import generator
from workbench.domain.units import db_to_gain
from workbench.dsp.envelopes import fade_edges
from workbench.dsp.stereo import pan_gains
from workbench.rendering.sampler.curves import crossfade_gain, envelope, lfo, velocity_gain
from workbench.rendering.sampler.filtering import control_times, equalised, filtered
from workbench.rendering.sampler.instrument import Zone
from workbench.rendering.sampler.resampling import resampled, walked
from workbench.rendering.sampler.shapes import ModulationEnvelope

_MOST_OCTAVES = 10.0
_RING = 1.03
"""Releases are followed a little past their time, to where they are 80 dB down."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A key and velocity for `gate` samples at a rate, with a place in the song for what is random."""

    key: int
    velocity: int
    gate: int
    rate: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class _Draws:
    """What chance adds to one note."""

    gain_db: float
    cents: float
    delay_ms: float
    offset: int
    filter_cents: float


def sound(zone: Zone, samples: npt.NDArray[np.float32], own_rate: int, strike: Strike, room: int) -> tuple[int, Signal]:
    """One zone for one note.

    Parameters
    ----------
    zone : Zone
        What plays.
    samples : array of shape (channels, n)
        Its sample.
    own_rate : int
        The sample's rate.
    strike : Strike
        The note.
    room : int
        Samples that are left of the stem: no more are made.

    Returns
    -------
    int
        Samples by which the sound begins after the note.
    array of shape (2, m), float32
    """
    drawn = _drawn(zone, strike)
    delay = round((zone.delay_ms + drawn.delay_ms) / 1000.0 * strike.rate)
    shape = zone.amp.changed_by(strike.velocity / 127.0, zone.amp_slopes)
    silent = delay + round(shape.delay_ms / 1000.0 * strike.rate)
    if not zone.one_shot and strike.gate < silent:
        return 0, np.zeros((2, 0), dtype=np.float32)
    gate = math.inf if zone.one_shot else float(strike.gate - delay)
    longest = room - delay if zone.one_shot else gate + _RING * shape.release_ms / 1000.0 * strike.rate
    tone = _tone(zone, samples, own_rate, strike, drawn, int(min(longest, max(0, room - delay))), gate)
    tone = _filtered(zone, tone, strike, drawn, gate / strike.rate)
    seconds = np.arange(tone.shape[1]) / strike.rate
    level = envelope(shape, seconds, gate / strike.rate) * _tremolo(zone, seconds)
    gain = np.float32(_gain(zone, strike) * db_to_gain(drawn.gain_db))
    placed = _placed(zone, tone * (level * gain).astype(np.float32))
    return delay, fade_edges(placed, strike.rate, in_ms=0.3, out_ms=4.0)


def _drawn(zone: Zone, strike: Strike) -> _Draws:
    most = (
        zone.gain_random_db, zone.tune_random_cents, zone.delay_random_ms, zone.offset_random,
        zone.filters[0].random_cents if zone.filters else 0.0,
    )  # fmt: skip
    if not any(most):
        return _Draws(0.0, 0.0, 0.0, 0, 0.0)
    chances = generator(0, "sampler", zone.sample, strike.place).random(len(most))
    gain, cents, delay, offset, cutoff = (float(limit * chance) for limit, chance in zip(most, chances, strict=True))
    return _Draws(gain, cents, delay, int(offset), cutoff)


def _tone(
    zone: Zone,
    samples: npt.NDArray[np.float32],
    own_rate: int,
    strike: Strike,
    drawn: _Draws,
    longest: int,
    gate: float,
) -> Signal:
    """The sample at the note's pitch, at most `longest` samples of it."""
    octaves = (strike.key - zone.root) * zone.key_track / 12.0
    cents = zone.tune_cents + drawn.cents + zone.tune_velocity_cents * strike.velocity / 127.0
    step = own_rate / strike.rate * 2.0 ** min(_MOST_OCTAVES, max(-_MOST_OCTAVES, octaves + cents / 1200.0))
    last = samples.shape[1] if zone.end is None else min(zone.end, samples.shape[1])
    loop = _loop(zone, last)
    offset = zone.offset + drawn.offset
    reach = _reach(zone, strike.velocity / 127.0)
    natural = math.ceil(max(0, last - offset) / step * 2.0 ** (reach / 1200.0))
    if loop is not None and zone.loop_count is not None:
        natural += math.ceil(zone.loop_count * (loop[1] - loop[0]) / step)
    endless = loop is not None and zone.loop_count is None
    count = longest if endless else min(longest, natural)
    travel = offset + np.arange(count) * step
    if reach > 0.0:
        bent = step * 2.0 ** (_bend(zone, strike, count, gate) / 1200.0)
        travel = offset + np.concatenate([[0.0], np.cumsum(bent)[:-1]])[:count]
    path = walked(travel, last, loop, _most_turns(zone, travel, loop, gate))
    source = samples[:2, ::-1][:, :last] if zone.reverse else samples[:2, :last]
    if loop is not None and zone.loop_crossfade_ms > 0.0:
        source = _seamless(source, loop, round(zone.loop_crossfade_ms / 1000.0 * own_rate))
    return resampled(source, path, step, loop)


def _loop(zone: Zone, last: int) -> tuple[int, int] | None:
    """The zone's loop as far as the sample goes."""
    if zone.loop is None:
        return None
    first, stop = zone.loop[0], min(zone.loop[1], last)
    return (first, stop) if 0 <= first < stop else None


def _most_turns(zone: Zone, travel: Floats, loop: tuple[int, int] | None, gate: float) -> float:
    """How often the loop is gone round: as often as the zone says, and where it asks so no more than while held."""
    most = math.inf if zone.loop_count is None else float(zone.loop_count)
    if loop is None or not zone.loop_held or gate >= travel.size:
        return most
    return min(most, max(0.0, float(travel[int(gate)] - loop[0]) // (loop[1] - loop[0])))


def _seamless(source: Signal, loop: tuple[int, int], length: int) -> Signal:
    """A copy whose loop ends fading into what lies before its start, so that its return is not heard."""
    length = min(length, loop[0], loop[1] - loop[0])
    rise = (0.5 - 0.5 * np.cos(np.pi * (np.arange(length) + 0.5) / max(1, length))).astype(np.float32)
    mixed = np.array(source[:, : loop[1]], dtype=np.float32)
    mixed[:, loop[1] - length :] *= rise[::-1]
    mixed[:, loop[1] - length :] += rise * source[:, loop[0] - length : loop[0]]
    return np.concatenate([mixed, source[:, loop[1] :]], axis=1)


def _reach(zone: Zone, velocity: float) -> float:
    """Cents by which pitch may move at most during a note."""
    depth = sum(abs(one.pitch_cents) for one in zone.lfos)
    return min(1200.0 * _MOST_OCTAVES, depth + abs(_depth(zone.pitch_sweep, velocity)))


def _depth(sweep: ModulationEnvelope | None, velocity: float) -> float:
    return 0.0 if sweep is None else sweep.cents + velocity * sweep.velocity_cents


def _bend(zone: Zone, strike: Strike, count: int, gate: float) -> Floats:
    seconds = np.arange(count) / strike.rate
    cents = _swept(zone.pitch_sweep, seconds, strike, gate / strike.rate)
    for one in zone.lfos:
        cents = cents + one.pitch_cents * lfo(one, seconds) if one.pitch_cents else cents
    return np.clip(cents, -1200.0 * _MOST_OCTAVES, 1200.0 * _MOST_OCTAVES)


def _swept(sweep: ModulationEnvelope | None, seconds: Floats, strike: Strike, gate_seconds: float) -> Floats:
    depth = _depth(sweep, strike.velocity / 127.0)
    if sweep is None or depth == 0.0:
        return np.zeros(seconds.size)
    shape = sweep.envelope.changed_by(strike.velocity / 127.0, sweep.slopes)
    return depth * envelope(shape, seconds, gate_seconds)


def _filtered(zone: Zone, tone: Signal, strike: Strike, drawn: _Draws, gate_seconds: float) -> Signal:
    velocity = strike.velocity / 127.0
    for index, shape in enumerate(zone.filters):
        still = (strike.key - shape.key_center) * shape.key_cents + velocity * shape.velocity_cents
        cents = np.array([still + drawn.filter_cents])
        if index == 0 and (zone.filter_sweep is not None or any(one.filter_cents for one in zone.lfos)):
            seconds = control_times(tone.shape[1], strike.rate)
            cents = cents + _swept(zone.filter_sweep, seconds, strike, gate_seconds)
            cents = cents + sum(one.filter_cents * lfo(one, seconds) for one in zone.lfos)
        tone = filtered(tone, shape, np.clip(cents, -24000.0, 24000.0), strike.rate)
    for band in zone.bands:
        tone = equalised(tone, band, velocity, strike.rate)
    return tone


def _tremolo(zone: Zone, seconds: Floats) -> Floats | float:
    moving = [one for one in zone.lfos if one.volume_db]
    if not moving:
        return 1.0
    decibels = np.clip(sum(one.volume_db * lfo(one, seconds) for one in moving), -144.0, 48.0)
    return np.asarray(10.0 ** (decibels / 20.0))


def _gain(zone: Zone, strike: Strike) -> float:
    decibels = zone.gain_db + zone.gain_key_db * (strike.key - zone.gain_key_center)
    gain = db_to_gain(min(48.0, max(-144.0, decibels))) * velocity_gain(zone, strike.velocity)
    values = {"key": strike.key, "velocity": strike.velocity}
    return gain * math.prod(crossfade_gain(fade, values[fade.by]) for fade in zone.fades)


def _placed(zone: Zone, tone: Signal) -> Signal:
    """Two sides: a mono sound by `pan` alone, a stereo one by `pan`, `width` and `position`; constant power."""
    gains = pan_gains(max(-1.0, min(1.0, zone.pan)))
    if tone.shape[0] == 1:
        return np.asarray(tone * gains, dtype=np.float32)
    left, right = tone * gains
    if zone.width != 1.0:
        angle = 0.25 * math.pi * (1.0 + max(-1.0, min(1.0, zone.width)))
        own, other = math.sin(angle), math.cos(angle)
        left, right = own * left + other * right, other * left + own * right
    return np.asarray(np.stack([left, right]) * pan_gains(max(-1.0, min(1.0, zone.position))), dtype=np.float32)
