"""One zone of a SoundFont as a zone of ours at a key and velocity: generators in their units, as FluidSynth plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.rendering.sampler.instrument import Zone
from workbench.rendering.sampler.shapes import Envelope, Lfo, ModulationEnvelope, ZoneFilter
from workbench.rendering.sampler.soundfont_modulators import Modulator

_NO_TIME = -12000
DEFAULTS = {
    8: 13500, 21: _NO_TIME, 23: _NO_TIME, 25: _NO_TIME, 26: _NO_TIME, 27: _NO_TIME, 28: _NO_TIME, 30: _NO_TIME,
    33: _NO_TIME, 34: _NO_TIME, 35: _NO_TIME, 36: _NO_TIME, 38: _NO_TIME, 46: -1, 47: -1, 56: 100, 58: -1,
}  # fmt: skip
"""Amounts of generators that a zone leaves out, where they are not 0 (SoundFont 2.04, section 8.1.3)."""
FLUID_DECIBELS = 96.0
# How FluidSynth and the sound cards before it read an attenuation in a file; modulators count whole.
_ATTENUATION = 0.4
_VOLUME_AT_REST_DB = 4.15
_SHORTEST_RELEASE_MS = 15.6
_BUTTERWORTH_DB = 3.01
_OPEN_CENTS = 13500.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample in memory: its name there, frames, loop (first frame, one behind the last), root key and its cents."""

    name: str
    frames: int
    loop: tuple[int, int]
    root: int
    cents: int


@dataclass(frozen=True, slots=True)
class SoundZone:
    """Generators of instrument and preset together, modulators, and the ranges of keys and velocities."""

    sample: Sample
    keys: tuple[int, int]
    velocities: tuple[int, int]
    generators: Mapping[int, int]
    modulators: tuple[Modulator, ...]


class _Amounts:
    """Amounts of generators at a key and velocity."""

    def __init__(self, zone: SoundZone, key: int, velocity: int) -> None:
        self._own = zone.generators
        self._moved: dict[int, float] = {}
        for one in zone.modulators:
            self._moved[one.target] = self._moved.get(one.target, 0.0) + one.value(key, velocity)

    def of(self, kind: int, low: float = -32768.0, high: float = 32767.0) -> float:
        return max(low, min(high, self.written(kind) + self.moved(kind)))

    def written(self, kind: int) -> int:
        return self._own.get(kind, DEFAULTS.get(kind, 0))

    def moved(self, kind: int) -> float:
        return self._moved.get(kind, 0.0)

    def milliseconds(self, kind: int, cents: float = 0.0, high: float = 5000.0) -> float:
        """A time; the least amount means none at all."""
        timecents = self.of(kind, high=high) + cents
        return 0.0 if timecents <= _NO_TIME + 50 else 1000.0 * float(2.0 ** (min(timecents, 8000.0) / 1200.0))

    def hertz(self, kind: int) -> float:
        return 8.176 * float(2.0 ** (self.of(kind, -16000.0, 4500.0) / 1200.0))


def zone_at(zone: SoundZone, key: int, velocity: int) -> Zone:
    """A zone as one key and velocity play it; a file may hold other ones for both (generators 46 and 47)."""
    written = _Amounts(zone, key, velocity)
    fixed = written.written(46)
    sounding = fixed if 0 <= fixed <= 127 else key
    struck = written.written(47) if 1 <= written.written(47) <= 127 else velocity
    amounts = _Amounts(zone, sounding, struck)
    sample, root = zone.sample, _root(zone)
    track = amounts.of(56, 0.0, 1200.0) / 100.0
    held_pitch = 100.0 * track * (sounding - root) if fixed == sounding else 0.0
    group = amounts.written(57) & 0xFFFF
    return Zone(
        sample=sample.name,
        low_key=zone.keys[0],
        high_key=zone.keys[1],
        root=float(root),
        low_velocity=max(1, zone.velocities[0]),
        high_velocity=zone.velocities[1],
        tune_cents=100.0 * amounts.of(51, -120.0, 120.0) + amounts.of(52) + sample.cents + held_pitch,
        key_track=0.0 if held_pitch else track,
        gain_db=_VOLUME_AT_REST_DB - max(0.0, _ATTENUATION * amounts.written(48) + amounts.moved(48)) / 10.0,
        velocity_track=0.0,
        pan=amounts.of(17, -500.0, 500.0) / 500.0,
        offset=max(0, _frames(amounts, 0, 4)),
        end=max(0, min(sample.frames, sample.frames + _frames(amounts, 1, 12))),
        loop=_loop(amounts, sample),
        loop_held=amounts.written(54) & 3 == 3,
        amp=_volume_envelope(amounts, sounding),
        pitch_sweep=_sweep(amounts, sounding, amounts.of(7, -12000.0, 12000.0)),
        filter_sweep=_sweep(amounts, sounding, amounts.of(11, -12000.0, 12000.0)),
        lfos=_lfos(amounts),
        filters=_filters(amounts),
        group=group,
        off_by=group,
    )


def signed(value: int) -> int:
    """A generator's amount as a signed number.

    Examples
    --------
    >>> signed(0xFFFF), signed(5)
    (-1, 5)
    """
    return ((value & 0xFFFF) ^ 0x8000) - 0x8000


def _root(zone: SoundZone) -> int:
    override = zone.generators.get(58, -1)
    return override if 0 <= override <= 127 else zone.sample.root


def _frames(amounts: _Amounts, fine: int, coarse: int) -> int:
    return amounts.written(fine) + 32768 * amounts.written(coarse)


def _loop(amounts: _Amounts, sample: Sample) -> tuple[int, int] | None:
    if not amounts.written(54) & 1:
        return None
    first = max(0, sample.loop[0] + _frames(amounts, 2, 45))
    stop = min(sample.frames, sample.loop[1] + _frames(amounts, 3, 50))
    return (first, stop) if stop > first + 1 else None


def _volume_envelope(amounts: _Amounts, key: int) -> Envelope:
    return Envelope(
        delay_ms=amounts.milliseconds(33),
        attack_ms=amounts.milliseconds(34, high=8000.0),
        hold_ms=amounts.milliseconds(35, amounts.of(39, -1200.0, 1200.0) * (60 - key)),
        decay_ms=amounts.milliseconds(36, amounts.of(40, -1200.0, 1200.0) * (60 - key), 8000.0),
        sustain=10.0 ** (-FLUID_DECIBELS / 20.0 * amounts.of(37, 0.0, 1000.0) / 1000.0),
        release_ms=max(_SHORTEST_RELEASE_MS, amounts.milliseconds(38, high=8000.0)),
        decibels=FLUID_DECIBELS,
    )


def _sweep(amounts: _Amounts, key: int, cents: float) -> ModulationEnvelope | None:
    """The modulation envelope, which falls in a straight line, towards pitch or cutoff."""
    shape = Envelope(
        delay_ms=amounts.milliseconds(25),
        attack_ms=amounts.milliseconds(26, high=8000.0),
        hold_ms=amounts.milliseconds(27, amounts.of(31, -1200.0, 1200.0) * (60 - key)),
        decay_ms=amounts.milliseconds(28, amounts.of(32, -1200.0, 1200.0) * (60 - key), 8000.0),
        sustain=1.0 - amounts.of(29, 0.0, 1000.0) / 1000.0,
        release_ms=amounts.milliseconds(30, high=8000.0),
        decibels=0.0,
        convex=True,
    )
    return ModulationEnvelope(shape, cents) if cents else None


def _lfos(amounts: _Amounts) -> tuple[Lfo, ...]:
    moving = Lfo(
        amounts.hertz(22),
        amounts.milliseconds(21),
        wave="triangle",
        pitch_cents=amounts.of(5, -12000.0, 12000.0),
        filter_cents=amounts.of(10, -12000.0, 12000.0),
        volume_db=amounts.of(13, -960.0, 960.0) / 10.0,
    )
    vibrato = Lfo(
        amounts.hertz(24), amounts.milliseconds(23), wave="triangle", pitch_cents=amounts.of(6, -12000.0, 12000.0)
    )
    return tuple(one for one in (moving, vibrato) if one.pitch_cents or one.filter_cents or one.volume_db)


def _filters(amounts: _Amounts) -> tuple[ZoneFilter, ...]:
    """The low-pass; its resonance takes half of itself from the level, as FluidSynth has it."""
    cents = amounts.of(8, 1500.0, _OPEN_CENTS)
    resonance = amounts.of(9, 0.0, 960.0) / 10.0
    moved = amounts.of(10) or amounts.of(11)
    if cents >= _OPEN_CENTS and not resonance and not moved:
        return ()
    hertz = 8.176 * 2.0 ** (cents / 1200.0)
    return (ZoneFilter("lowpass", hertz, resonance - _BUTTERWORTH_DB, level_db=-0.5 * resonance),)
