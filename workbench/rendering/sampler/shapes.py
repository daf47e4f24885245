"""What shapes a zone's sound over a note: envelopes, oscillators of low frequency, filters, equaliser bands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

FilterKind = Literal[
    "lowpass", "highpass", "bandpass", "notch", "lowpass_1", "highpass_1", "allpass_1", "peak", "low_shelf",
    "high_shelf",
]  # fmt: skip
Wave = Literal["triangle", "sine", "pulse_75", "square", "pulse_25", "pulse_12", "ramp", "saw"]
WAVES: tuple[Wave, ...] = ("triangle", "sine", "pulse_75", "square", "pulse_25", "pulse_12", "ramp", "saw")
"""In the order in which SFZ numbers them."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Delay, attack, hold, decay, sustain and release.

    `decibels` says what a decay or release time means: how far the level falls in that time. SFZ players fall by nine
    nepers (78.2 dB), SoundFont players by 96 dB, where they reach the floor of 16 bits (the standard says 100 dB); 0
    stands for a straight line. `convex`: the attack rises evenly in decibels, as it does in SoundFonts towards pitch.
    """

    delay_ms: float = 0.0
    start: float = 0.0
    attack_ms: float = 0.0
    hold_ms: float = 0.0
    decay_ms: float = 0.0
    sustain: float = 1.0
    release_ms: float = 80.0
    decibels: float = 78.17
    convex: bool = False

    def changed_by(self, velocity: float, slopes: Envelope) -> Envelope:
        """Times and sustain with what full velocity (1.0) adds of `slopes`; nothing falls below zero."""
        added = {
            name: max(0.0, getattr(self, name) + velocity * getattr(slopes, name))
            for name in ("delay_ms", "attack_ms", "hold_ms", "decay_ms", "release_ms", "sustain")
        }
        return replace(self, **(added | {"sustain": min(1.0, added["sustain"])}))


PLAIN = Envelope()
"""At full level while the key is held, then a short release."""
FLAT = Envelope(sustain=0.0, release_ms=0.0)
"""Slopes of an envelope that velocity does not change."""


@dataclass(frozen=True, slots=True)
class ModulationEnvelope:
    """An envelope that moves pitch or cutoff by `cents` at its top, and by `velocity_cents` more at full velocity."""

    envelope: Envelope
    cents: float
    velocity_cents: float = 0.0
    slopes: Envelope = FLAT


@dataclass(frozen=True, slots=True)
class Lfo:
    """An oscillator of low frequency and what it moves; it fades in over `fade_ms` once `delay_ms` are over."""

    hz: float
    delay_ms: float = 0.0
    fade_ms: float = 0.0
    phase: float = 0.0
    wave: Wave = "sine"
    pitch_cents: float = 0.0
    filter_cents: float = 0.0
    volume_db: float = 0.0


@dataclass(frozen=True, slots=True)
class ZoneFilter:
    """One filter; the envelope and the LFOs of a zone move the cutoff of the first.

    `times` filters of the kind stand in series. The cutoff follows keys by `key_cents` a semitone from `key_center`,
    and velocity by `velocity_cents` at full velocity. `level_db` is added behind it.
    """

    kind: FilterKind
    cutoff_hz: float
    resonance_db: float = 0.0
    times: int = 1
    gain_db: float = 0.0
    key_cents: float = 0.0
    key_center: int = 60
    velocity_cents: float = 0.0
    random_cents: float = 0.0
    level_db: float = 0.0


@dataclass(frozen=True, slots=True)
class EqualiserBand:
    """One band of an equaliser: `bandwidth` in octaves; velocity adds its shares at full velocity."""

    kind: FilterKind
    frequency_hz: float
    gain_db: float
    bandwidth: float = 1.0
    velocity_hz: float = 0.0
    velocity_db: float = 0.0
