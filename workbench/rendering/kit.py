"""A drum kit: the parameters of each synthesised drum, with their ranges. The YAML files hold only what differs.

Levels are the peak of one full hit, so that a kit is balanced by its levels alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from workbench.rendering.parameters import OneOf, Validated

PERCUSSION_KINDS = ("shaker", "tambourine", "conga", "cowbell", "woodblock", "snap")


@dataclass(frozen=True, slots=True)
class Kick(Validated):
    """Bass drum: a sine that falls in pitch, a click and a knock."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -3.0
    frequency_hz: Annotated[float, Field(ge=35.0, le=90.0, description="pitch on which it settles")] = 52.0
    sweep_octaves: Annotated[float, Field(ge=0.0, le=6.0, description="where the pitch starts above that")] = 2.2
    sweep_ms: Annotated[float, Field(ge=3.0, le=300.0, description="time of the fall")] = 45.0
    hold_ms: Annotated[float, Field(ge=0.0, le=200.0, description="time at full level")] = 20.0
    decay_ms: Annotated[float, Field(ge=60.0, le=3000.0, description="decay by 60 dB after that")] = 420.0
    click_db: Annotated[float, Field(ge=-60.0, le=0.0, description="level of the beater's click")] = -14.0
    click_hz: Annotated[float, Field(ge=500.0, le=9000.0, description="pitch of the click")] = 3500.0
    knock_db: Annotated[float, Field(ge=-60.0, le=0.0, description="level of the shell's middle modes")] = -24.0
    noise_db: Annotated[float, Field(ge=-60.0, le=-6.0, description="level of air and dust")] = -34.0
    drive_db: Annotated[float, Field(ge=0.0, le=30.0, description="saturation")] = 4.0


@dataclass(frozen=True, slots=True)
class Snare(Validated):
    """Snare drum: two modes of the head, ring, wires as noise."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -4.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0, description="place")] = 0.0
    tone_hz: Annotated[float, Field(ge=120.0, le=320.0, description="lowest mode")] = 190.0
    tone_ratio: Annotated[float, Field(ge=1.1, le=2.6, description="second mode as a multiple")] = 1.6
    tone_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the modes")] = -4.0
    tone_decay_ms: Annotated[float, Field(ge=20.0, le=1200.0, description="decay of the modes by 60 dB")] = 180.0
    bend_semitones: Annotated[float, Field(ge=0.0, le=24.0, description="how much higher the modes start")] = 3.0
    ring_db: Annotated[float, Field(ge=-60.0, le=0.0, description="level of the head's high modes")] = -26.0
    noise_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the wires")] = -3.0
    noise_decay_ms: Annotated[float, Field(ge=20.0, le=2000.0, description="decay of the wires by 60 dB")] = 260.0
    noise_low_hz: Annotated[float, Field(ge=100.0, le=6000.0, description="low edge of the wires")] = 1200.0
    noise_high_hz: Annotated[
        float, Field(ge=1000.0, le=18000.0, description="high edge of the wires at full velocity")
    ] = 9500.0
    snap_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the stick")] = -8.0
    drive_db: Annotated[float, Field(ge=0.0, le=30.0, description="saturation")] = 3.0


@dataclass(frozen=True, slots=True)
class SideStick(Validated):
    """Rim: short woody modes."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -8.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0, description="place")] = 0.08
    tone_hz: Annotated[float, Field(ge=200.0, le=1600.0, description="lowest mode")] = 520.0
    decay_ms: Annotated[float, Field(ge=15.0, le=500.0, description="decay by 60 dB")] = 90.0
    brightness: Annotated[float, Field(ge=0.0, le=1.0, description="share of the high modes")] = 0.5


@dataclass(frozen=True, slots=True)
class Clap(Validated):
    """Hands: a few bursts of noise and their room."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -6.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0, description="place")] = 0.0
    centre_hz: Annotated[float, Field(ge=500.0, le=4000.0, description="centre of the band")] = 1250.0
    resonance: Annotated[float, Field(ge=0.0, le=0.8, description="narrowness of the band")] = 0.22
    bursts: Annotated[float, Field(ge=1.0, le=6.0, description="hands before the last (whole part)")] = 3.0
    spacing_ms: Annotated[float, Field(ge=4.0, le=25.0, description="time between them")] = 10.0
    decay_ms: Annotated[float, Field(ge=40.0, le=1500.0, description="decay of the last by 60 dB")] = 280.0
    air_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level above the band")] = -10.0
    width: Annotated[float, Field(ge=0.0, le=1.0, description="stereo width")] = 0.5


@dataclass(frozen=True, slots=True)
class HiHat(Validated):
    """Hi-hat: metal and noise above a high-pass; closed, pedal and open share it."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full closed hit")] = -15.0
    open_level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full open hit")] = -15.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0, description="place")] = 0.22
    source: Annotated[
        str, OneOf(("squares", "modes")), Field(description="inharmonic squares (machines) or a cymbal's modes")
    ] = "squares"
    tune_hz: Annotated[float, Field(ge=150.0, le=1200.0, description="pitch of the metal")] = 400.0
    metal: Annotated[float, Field(ge=0.0, le=1.0, description="share of metal; the rest is noise")] = 0.6
    low_hz: Annotated[float, Field(ge=2000.0, le=12000.0, description="low edge")] = 7000.0
    high_hz: Annotated[float, Field(ge=4000.0, le=20000.0, description="high edge at full velocity")] = 14000.0
    closed_ms: Annotated[float, Field(ge=15.0, le=500.0, description="decay of the closed hat by 60 dB")] = 90.0
    pedal_ms: Annotated[float, Field(ge=15.0, le=500.0, description="decay of the pedal hat by 60 dB")] = 70.0
    open_ms: Annotated[float, Field(ge=80.0, le=3000.0, description="decay of the open hat by 60 dB")] = 650.0
    attack_ms: Annotated[float, Field(ge=0.3, le=30.0, description="attack; long ones are brushed")] = 0.5


@dataclass(frozen=True, slots=True)
class Toms(Validated):
    """Three toms: falling sines with the heads' upper modes."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -5.0
    low_hz: Annotated[float, Field(ge=50.0, le=160.0, description="pitch of the low tom")] = 85.0
    mid_hz: Annotated[float, Field(ge=70.0, le=240.0, description="pitch of the middle tom")] = 120.0
    high_hz: Annotated[float, Field(ge=90.0, le=360.0, description="pitch of the high tom")] = 165.0
    spread: Annotated[float, Field(ge=0.0, le=1.0, description="how far they are placed apart")] = 0.35
    bend_semitones: Annotated[float, Field(ge=0.0, le=36.0, description="how much higher they start")] = 5.0
    bend_ms: Annotated[float, Field(ge=5.0, le=600.0, description="time of that fall")] = 120.0
    decay_ms: Annotated[float, Field(ge=60.0, le=3000.0, description="decay by 60 dB")] = 600.0
    modes_db: Annotated[float, Field(ge=-60.0, le=0.0, description="level of the upper modes")] = -14.0
    noise_db: Annotated[float, Field(ge=-60.0, le=0.0, description="level of the stick")] = -20.0
    drive_db: Annotated[float, Field(ge=0.0, le=30.0, description="saturation")] = 2.0


@dataclass(frozen=True, slots=True)
class Ride(Validated):
    """Ride cymbal: ping, bell and wash."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -14.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0, description="place")] = -0.28
    tune_hz: Annotated[float, Field(ge=200.0, le=1000.0, description="lowest mode")] = 420.0
    ping_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the stick on the bow")] = -4.0
    bell_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the bell's modes")] = -14.0
    wash_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the wash")] = -12.0
    decay_ms: Annotated[float, Field(ge=100.0, le=6000.0, description="decay by 60 dB")] = 2200.0
    high_hz: Annotated[float, Field(ge=3000.0, le=20000.0, description="high edge at full velocity")] = 12000.0


@dataclass(frozen=True, slots=True)
class Crash(Validated):
    """Crash cymbal: a dense cluster of modes under noise that blooms."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -9.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0, description="place")] = 0.15
    tune_hz: Annotated[float, Field(ge=150.0, le=900.0, description="lowest mode")] = 330.0
    bloom_ms: Annotated[float, Field(ge=0.5, le=400.0, description="rise of the wash")] = 8.0
    decay_ms: Annotated[float, Field(ge=200.0, le=8000.0, description="decay by 60 dB")] = 3200.0
    noise_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the noise against the modes")] = -3.0
    high_hz: Annotated[float, Field(ge=3000.0, le=20000.0, description="high edge at full velocity")] = 13000.0


@dataclass(frozen=True, slots=True)
class HandPercussion(Validated):
    """What notes without a role of their own sound as."""

    level_db: Annotated[float, Field(ge=-40.0, le=6.0, description="peak of a full hit")] = -13.0
    pan: Annotated[float, Field(ge=-1.0, le=1.0, description="place")] = -0.35
    kind: Annotated[
        str,
        OneOf(PERCUSSION_KINDS),
        Field(description="instrument for the General MIDI cowbell; other notes name theirs"),
    ] = "shaker"
    tune_semitones: Annotated[float, Field(ge=-24.0, le=24.0, description="tuning")] = 0.0
    decay_ms: Annotated[float, Field(ge=15.0, le=1500.0, description="decay by 60 dB")] = 120.0
    brightness: Annotated[float, Field(ge=0.0, le=1.0, description="share of the high partials")] = 0.5


@dataclass(frozen=True, slots=True)
class Room(Validated):
    """The room around the kit; a gate cuts it off, as on drums of the 1980s."""

    level_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level of the room; -60 leaves it out")] = -60.0
    decay_ms: Annotated[float, Field(ge=40.0, le=2000.0, description="decay by 60 dB")] = 350.0
    gate_ms: Annotated[
        float, Field(ge=0.0, le=800.0, description="time after which the room is cut; 0 leaves it whole")
    ] = 0.0
    low_hz: Annotated[float, Field(ge=60.0, le=2000.0, description="low edge")] = 220.0
    high_hz: Annotated[float, Field(ge=500.0, le=16000.0, description="high edge")] = 6500.0
    width: Annotated[float, Field(ge=0.0, le=1.0, description="stereo width")] = 0.8


@dataclass(frozen=True, slots=True)
class KitBus(Validated):
    """What the whole kit passes through."""

    drive_db: Annotated[float, Field(ge=0.0, le=30.0, description="saturation")] = 0.0
    crush_bits: Annotated[float, Field(ge=4.0, le=24.0, description="resolution of a sampler; 24 leaves it out")] = 24.0
    crush_rate_hz: Annotated[
        float, Field(ge=4000.0, le=96000.0, description="rate of a sampler; 96000 leaves it out")
    ] = 96000.0
    lowpass_hz: Annotated[float, Field(ge=1000.0, le=20000.0, description="high cut; 20000 leaves it out")] = 20000.0
    width: Annotated[float, Field(ge=0.0, le=1.5, description="stereo width")] = 1.0


@dataclass(frozen=True, slots=True)
class Kit(Validated):
    """A drum kit."""

    name: str
    description: str
    level_db: Annotated[
        float, Field(ge=-36.0, le=24.0, description="level of the stem; set so that playing reads about -20 dBFS RMS")
    ] = 0.0
    variation: Annotated[float, Field(ge=0.0, le=1.0, description="difference between repeats of one hit")] = 0.5
    kick: Annotated[Kick, Field(description="bass drum")] = Kick()
    snare: Annotated[Snare, Field(description="snare drum")] = Snare()
    side_stick: Annotated[SideStick, Field(description="rim")] = SideStick()
    clap: Annotated[Clap, Field(description="clap")] = Clap()
    hat: Annotated[HiHat, Field(description="hi-hat")] = HiHat()
    toms: Annotated[Toms, Field(description="toms")] = Toms()
    ride: Annotated[Ride, Field(description="ride cymbal")] = Ride()
    crash: Annotated[Crash, Field(description="crash cymbal")] = Crash()
    percussion: Annotated[HandPercussion, Field(description="hand percussion")] = HandPercussion()
    room: Annotated[Room, Field(description="room")] = Room()
    bus: Annotated[KitBus, Field(description="whole kit")] = KitBus()
