"""A drum kit: the parameters of each synthesised drum, with their ranges. The YAML files hold only what differs.

Levels are the peak of one full hit, so that a kit is balanced by its levels alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.rendering.parameters import Validated, choice, group, ranged

PERCUSSION_KINDS = ("shaker", "tambourine", "conga", "cowbell", "woodblock", "snap")


@dataclass(frozen=True, slots=True)
class Kick(Validated):
    """Bass drum: a sine that falls in pitch, a click and a knock."""

    level_db: float = ranged(-3.0, -40.0, 6.0, "peak of a full hit")
    frequency_hz: float = ranged(52.0, 35.0, 90.0, "pitch on which it settles")
    sweep_octaves: float = ranged(2.2, 0.0, 6.0, "where the pitch starts above that")
    sweep_ms: float = ranged(45.0, 3.0, 300.0, "time of the fall")
    hold_ms: float = ranged(20.0, 0.0, 200.0, "time at full level")
    decay_ms: float = ranged(420.0, 60.0, 3000.0, "decay by 60 dB after that")
    click_db: float = ranged(-14.0, -60.0, 0.0, "level of the beater's click")
    click_hz: float = ranged(3500.0, 500.0, 9000.0, "pitch of the click")
    knock_db: float = ranged(-24.0, -60.0, 0.0, "level of the shell's middle modes")
    noise_db: float = ranged(-34.0, -60.0, -6.0, "level of air and dust")
    drive_db: float = ranged(4.0, 0.0, 30.0, "saturation")


@dataclass(frozen=True, slots=True)
class Snare(Validated):
    """Snare drum: two modes of the head, ring, wires as noise."""

    level_db: float = ranged(-4.0, -40.0, 6.0, "peak of a full hit")
    pan: float = ranged(0.0, -1.0, 1.0, "place")
    tone_hz: float = ranged(190.0, 120.0, 320.0, "lowest mode")
    tone_ratio: float = ranged(1.6, 1.1, 2.6, "second mode as a multiple")
    tone_db: float = ranged(-4.0, -60.0, 6.0, "level of the modes")
    tone_decay_ms: float = ranged(180.0, 20.0, 1200.0, "decay of the modes by 60 dB")
    bend_semitones: float = ranged(3.0, 0.0, 24.0, "how much higher the modes start")
    ring_db: float = ranged(-26.0, -60.0, 0.0, "level of the head's high modes")
    noise_db: float = ranged(-3.0, -60.0, 6.0, "level of the wires")
    noise_decay_ms: float = ranged(260.0, 20.0, 2000.0, "decay of the wires by 60 dB")
    noise_low_hz: float = ranged(1200.0, 100.0, 6000.0, "low edge of the wires")
    noise_high_hz: float = ranged(9500.0, 1000.0, 18000.0, "high edge of the wires at full velocity")
    snap_db: float = ranged(-8.0, -60.0, 6.0, "level of the stick")
    drive_db: float = ranged(3.0, 0.0, 30.0, "saturation")


@dataclass(frozen=True, slots=True)
class SideStick(Validated):
    """Rim: short woody modes."""

    level_db: float = ranged(-8.0, -40.0, 6.0, "peak of a full hit")
    pan: float = ranged(0.08, -1.0, 1.0, "place")
    tone_hz: float = ranged(520.0, 200.0, 1600.0, "lowest mode")
    decay_ms: float = ranged(90.0, 15.0, 500.0, "decay by 60 dB")
    brightness: float = ranged(0.5, 0.0, 1.0, "share of the high modes")


@dataclass(frozen=True, slots=True)
class Clap(Validated):
    """Hands: a few bursts of noise and their room."""

    level_db: float = ranged(-6.0, -40.0, 6.0, "peak of a full hit")
    pan: float = ranged(0.0, -1.0, 1.0, "place")
    centre_hz: float = ranged(1250.0, 500.0, 4000.0, "centre of the band")
    resonance: float = ranged(0.22, 0.0, 0.8, "narrowness of the band")
    bursts: float = ranged(3.0, 1.0, 6.0, "hands before the last (whole part)")
    spacing_ms: float = ranged(10.0, 4.0, 25.0, "time between them")
    decay_ms: float = ranged(280.0, 40.0, 1500.0, "decay of the last by 60 dB")
    air_db: float = ranged(-10.0, -60.0, 6.0, "level above the band")
    width: float = ranged(0.5, 0.0, 1.0, "stereo width")


@dataclass(frozen=True, slots=True)
class HiHat(Validated):
    """Hi-hat: metal and noise above a high-pass; closed, pedal and open share it."""

    level_db: float = ranged(-15.0, -40.0, 6.0, "peak of a full closed hit")
    open_level_db: float = ranged(-15.0, -40.0, 6.0, "peak of a full open hit")
    pan: float = ranged(0.22, -1.0, 1.0, "place")
    source: str = choice("squares", ("squares", "modes"), "inharmonic squares (machines) or a cymbal's modes")
    tune_hz: float = ranged(400.0, 150.0, 1200.0, "pitch of the metal")
    metal: float = ranged(0.6, 0.0, 1.0, "share of metal; the rest is noise")
    low_hz: float = ranged(7000.0, 2000.0, 12000.0, "low edge")
    high_hz: float = ranged(14000.0, 4000.0, 20000.0, "high edge at full velocity")
    closed_ms: float = ranged(90.0, 15.0, 500.0, "decay of the closed hat by 60 dB")
    pedal_ms: float = ranged(70.0, 15.0, 500.0, "decay of the pedal hat by 60 dB")
    open_ms: float = ranged(650.0, 80.0, 3000.0, "decay of the open hat by 60 dB")
    attack_ms: float = ranged(0.5, 0.3, 30.0, "attack; long ones are brushed")


@dataclass(frozen=True, slots=True)
class Toms(Validated):
    """Three toms: falling sines with the heads' upper modes."""

    level_db: float = ranged(-5.0, -40.0, 6.0, "peak of a full hit")
    low_hz: float = ranged(85.0, 50.0, 160.0, "pitch of the low tom")
    mid_hz: float = ranged(120.0, 70.0, 240.0, "pitch of the middle tom")
    high_hz: float = ranged(165.0, 90.0, 360.0, "pitch of the high tom")
    spread: float = ranged(0.35, 0.0, 1.0, "how far they are placed apart")
    bend_semitones: float = ranged(5.0, 0.0, 36.0, "how much higher they start")
    bend_ms: float = ranged(120.0, 5.0, 600.0, "time of that fall")
    decay_ms: float = ranged(600.0, 60.0, 3000.0, "decay by 60 dB")
    modes_db: float = ranged(-14.0, -60.0, 0.0, "level of the upper modes")
    noise_db: float = ranged(-20.0, -60.0, 0.0, "level of the stick")
    drive_db: float = ranged(2.0, 0.0, 30.0, "saturation")


@dataclass(frozen=True, slots=True)
class Ride(Validated):
    """Ride cymbal: ping, bell and wash."""

    level_db: float = ranged(-14.0, -40.0, 6.0, "peak of a full hit")
    pan: float = ranged(-0.28, -1.0, 1.0, "place")
    tune_hz: float = ranged(420.0, 200.0, 1000.0, "lowest mode")
    ping_db: float = ranged(-4.0, -60.0, 6.0, "level of the stick on the bow")
    bell_db: float = ranged(-14.0, -60.0, 6.0, "level of the bell's modes")
    wash_db: float = ranged(-12.0, -60.0, 6.0, "level of the wash")
    decay_ms: float = ranged(2200.0, 100.0, 6000.0, "decay by 60 dB")
    high_hz: float = ranged(12000.0, 3000.0, 20000.0, "high edge at full velocity")


@dataclass(frozen=True, slots=True)
class Crash(Validated):
    """Crash cymbal: a dense cluster of modes under noise that blooms."""

    level_db: float = ranged(-9.0, -40.0, 6.0, "peak of a full hit")
    pan: float = ranged(0.15, -1.0, 1.0, "place")
    tune_hz: float = ranged(330.0, 150.0, 900.0, "lowest mode")
    bloom_ms: float = ranged(8.0, 0.5, 400.0, "rise of the wash")
    decay_ms: float = ranged(3200.0, 200.0, 8000.0, "decay by 60 dB")
    noise_db: float = ranged(-3.0, -60.0, 6.0, "level of the noise against the modes")
    high_hz: float = ranged(13000.0, 3000.0, 20000.0, "high edge at full velocity")


@dataclass(frozen=True, slots=True)
class HandPercussion(Validated):
    """What notes without a role of their own sound as."""

    level_db: float = ranged(-13.0, -40.0, 6.0, "peak of a full hit")
    pan: float = ranged(-0.35, -1.0, 1.0, "place")
    kind: str = choice("shaker", PERCUSSION_KINDS, "instrument for the General MIDI cowbell; other notes name theirs")
    tune_semitones: float = ranged(0.0, -24.0, 24.0, "tuning")
    decay_ms: float = ranged(120.0, 15.0, 1500.0, "decay by 60 dB")
    brightness: float = ranged(0.5, 0.0, 1.0, "share of the high partials")


@dataclass(frozen=True, slots=True)
class Room(Validated):
    """The room around the kit; a gate cuts it off, as on drums of the 1980s."""

    level_db: float = ranged(-60.0, -60.0, 6.0, "level of the room; -60 leaves it out")
    decay_ms: float = ranged(350.0, 40.0, 2000.0, "decay by 60 dB")
    gate_ms: float = ranged(0.0, 0.0, 800.0, "time after which the room is cut; 0 leaves it whole")
    low_hz: float = ranged(220.0, 60.0, 2000.0, "low edge")
    high_hz: float = ranged(6500.0, 500.0, 16000.0, "high edge")
    width: float = ranged(0.8, 0.0, 1.0, "stereo width")


@dataclass(frozen=True, slots=True)
class KitBus(Validated):
    """What the whole kit passes through."""

    drive_db: float = ranged(0.0, 0.0, 30.0, "saturation")
    crush_bits: float = ranged(24.0, 4.0, 24.0, "resolution of a sampler; 24 leaves it out")
    crush_rate_hz: float = ranged(96000.0, 4000.0, 96000.0, "rate of a sampler; 96000 leaves it out")
    lowpass_hz: float = ranged(20000.0, 1000.0, 20000.0, "high cut; 20000 leaves it out")
    width: float = ranged(1.0, 0.0, 1.5, "stereo width")


@dataclass(frozen=True, slots=True)
class Kit(Validated):
    """A drum kit."""

    name: str
    description: str
    level_db: float = ranged(0.0, -36.0, 24.0, "level of the stem; set so that playing reads about -20 dBFS RMS")
    variation: float = ranged(0.5, 0.0, 1.0, "difference between repeats of one hit")
    kick: Kick = field(default_factory=Kick, metadata=group(Kick, "bass drum"))
    snare: Snare = field(default_factory=Snare, metadata=group(Snare, "snare drum"))
    side_stick: SideStick = field(default_factory=SideStick, metadata=group(SideStick, "rim"))
    clap: Clap = field(default_factory=Clap, metadata=group(Clap, "clap"))
    hat: HiHat = field(default_factory=HiHat, metadata=group(HiHat, "hi-hat"))
    toms: Toms = field(default_factory=Toms, metadata=group(Toms, "toms"))
    ride: Ride = field(default_factory=Ride, metadata=group(Ride, "ride cymbal"))
    crash: Crash = field(default_factory=Crash, metadata=group(Crash, "crash cymbal"))
    percussion: HandPercussion = field(
        default_factory=HandPercussion, metadata=group(HandPercussion, "hand percussion")
    )
    room: Room = field(default_factory=Room, metadata=group(Room, "room"))
    bus: KitBus = field(default_factory=KitBus, metadata=group(KitBus, "whole kit"))
