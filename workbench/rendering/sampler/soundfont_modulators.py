"""Modulators of SoundFonts (2.04, section 8.2): what velocity, key and controllers at rest do to a zone's settings."""

from __future__ import annotations

import math
from dataclasses import dataclass

_AT_REST = {7: 100, 10: 64, 11: 127}
_VELOCITY, _KEY, _WHEEL, _WHEEL_RANGE = 2, 3, 14, 16
_LINKED = 0x8000
_ABSOLUTE = 2


@dataclass(frozen=True, slots=True)
class Modulator:
    """A source, the generator that it moves, by how much, and a second source that scales it; as they lie in a file."""

    source: int
    target: int
    amount: int
    by: int
    transform: int

    @property
    def identity(self) -> tuple[int, int, int, int]:
        """What makes two modulators the same, so that the later one replaces the earlier."""
        return self.source, self.target, self.by, self.transform

    def value(self, key: int, velocity: int) -> float:
        """What is added to the generator at a key and velocity."""
        if self.target & _LINKED or (self.source & 0x7F == 0 and not self.source & 0x80):
            return 0.0
        second = 1.0 if self.by & 0xFF == 0 else _source(self.by, key, velocity)
        value = self.amount * _source(self.source, key, velocity) * second
        return abs(value) if self.transform == _ABSOLUTE else value


DEFAULT_MODULATORS = (
    Modulator(0x0502, 48, 960, 0, 0),
    Modulator(0x0587, 48, 960, 0, 0),
    Modulator(0x0081, 6, 50, 0, 0),
)
"""Velocity, volume (controller 7) and the wheel, which stands at zero. As in FluidSynth, velocity does not darken."""


def joined_modulators(below: tuple[Modulator, ...], above: tuple[Modulator, ...]) -> tuple[Modulator, ...]:
    """Those above in the place of the same ones below, and all others of both."""
    joined = {one.identity: one for one in below} | {one.identity: one for one in above}
    return tuple(joined.values())


def _source(bits: int, key: int, velocity: int) -> float:
    """A source through its curve: -1..1 or 0..1."""
    index, controller = bits & 0x7F, bool(bits & 0x80)
    place = _AT_REST.get(index, 0) / 127.0 if controller else _of_the_note(index, key, velocity)
    if bits & 0x100:
        place = 1.0 - place
    curve = {1: _concave, 2: _convex, 3: _switch}.get(bits >> 10, float)
    if not bits & 0x200:
        return curve(place)
    return math.copysign(curve(abs(2.0 * place - 1.0)), 2.0 * place - 1.0)


def _of_the_note(index: int, key: int, velocity: int) -> float:
    known = {_VELOCITY: velocity / 127.0, _KEY: key / 127.0, _WHEEL: 0.5, _WHEEL_RANGE: 2.0 / 127.0}
    return known.get(index, 0.0)


def _concave(place: float) -> float:
    """Even in decibels: what is left at full height is 96 dB."""
    return 1.0 if place >= 1.0 else min(1.0, -40.0 / 96.0 * math.log10(1.0 - place))


def _convex(place: float) -> float:
    return 1.0 - _concave(1.0 - place)


def _switch(place: float) -> float:
    return 1.0 if place >= 0.5 else 0.0
