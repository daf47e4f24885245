"""A patch: every parameter of a synthesiser sound, with its range. The YAML files hold only what differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from workbench.dsp.oscillators import WAVES
from workbench.rendering.parameters import OneOf, Validated

SWITCH = ("no", "yes")
BODIES = ("none", "soundboard", "guitar", "violin", "brass", "cabinet")
PERIODS_BEATS = {
    "free": 0.0, "16": 16.0, "8": 8.0, "4": 4.0, "2": 2.0, "1": 1.0, "2/3": 2.0 / 3.0, "1/2": 0.5, "1/3": 1.0 / 3.0,
    "1/4": 0.25,
}  # fmt: skip
"""Periods of an LFO in time with the song, in quarter notes; "free" is none of them."""


@dataclass(frozen=True, slots=True)
class Oscillator(Validated):
    """A wavetable oscillator with unison."""

    wave: Annotated[str, OneOf(WAVES), Field(description="wave form")] = "saw"
    morph_wave: Annotated[
        str, OneOf(("none", *WAVES)), Field(description="second wave that the first moves to and from")
    ] = "none"
    morph_rate_hz: Annotated[
        float, Field(ge=0.01, le=8.0, description="speed of the movement to the second wave and back")
    ] = 0.1
    level_db: Annotated[float, Field(ge=-48.0, le=12.0, description="level")] = 0.0
    semitones: Annotated[float, Field(ge=-36.0, le=36.0, description="tuning in semitones")] = 0.0
    cents: Annotated[float, Field(ge=-100.0, le=100.0, description="fine tuning")] = 0.0
    unison: Annotated[float, Field(ge=1.0, le=9.0, description="number of detuned voices (whole part)")] = 1.0
    detune_cents: Annotated[float, Field(ge=0.0, le=100.0, description="distance of the outer unison voices")] = 12.0
    spread: Annotated[float, Field(ge=0.0, le=1.0, description="stereo width of the unison voices")] = 0.0
    free_phase: Annotated[
        str, OneOf(SWITCH), Field(description="start at a random phase; 'no' gives every note the same attack")
    ] = "yes"


@dataclass(frozen=True, slots=True)
class FmPair(Validated):
    """Two sine operators, one modulating the other."""

    ratio: Annotated[float, Field(ge=0.25, le=16.0, description="carrier frequency as a multiple of the note")] = 1.0
    modulator_ratio: Annotated[
        float, Field(ge=0.25, le=20.0, description="modulator frequency as a multiple of the note")
    ] = 1.0
    index: Annotated[float, Field(ge=0.0, le=12.0, description="modulation index at full velocity, radians")] = 1.0
    index_sustain: Annotated[
        float, Field(ge=0.0, le=1.0, description="share of the index that stays after its decay")
    ] = 0.3
    index_decay_ms: Annotated[float, Field(ge=5.0, le=10000.0, description="decay of the index by 60 dB")] = 600.0
    velocity_index: Annotated[float, Field(ge=0.0, le=1.0, description="how much velocity sets the index")] = 0.6
    feedback: Annotated[float, Field(ge=0.0, le=1.5, description="feedback of the modulator, radians")] = 0.0
    level_db: Annotated[float, Field(ge=-48.0, le=12.0, description="level")] = 0.0
    decay_ms: Annotated[
        float, Field(ge=10.0, le=20000.0, description="decay of the pair by 60 dB; 20000 leaves it to the amplifier")
    ] = 20000.0


@dataclass(frozen=True, slots=True)
class StringModel(Validated):
    """A plucked string."""

    decay_ms: Annotated[
        float, Field(ge=100.0, le=20000.0, description="decay of the fundamental by 60 dB at A2; shorter above")
    ] = 4000.0
    damping: Annotated[float, Field(ge=0.0, le=0.9, description="loss of high partials")] = 0.4
    velocity_damping: Annotated[float, Field(ge=0.0, le=0.5, description="extra loss for soft notes")] = 0.2
    pick_position: Annotated[float, Field(ge=0.05, le=0.5, description="place of the pluck from the bridge")] = 0.15
    pick_softness_hz: Annotated[float, Field(ge=200.0, le=16000.0, description="low-pass of the pluck itself")] = 6000.0
    semitones: Annotated[float, Field(ge=-24.0, le=24.0, description="tuning in semitones")] = 0.0
    level_db: Annotated[float, Field(ge=-48.0, le=12.0, description="level")] = 0.0


@dataclass(frozen=True, slots=True)
class StruckModel(Validated):
    """Piano strings or tuned bars, struck and left to ring."""

    body: Annotated[str, OneOf(("string", "undercut bar", "free bar")), Field(description="what is struck")] = "string"
    decay_ms: Annotated[
        float, Field(ge=100.0, le=20000.0, description="decay of the lowest partial by 60 dB at C4; shorter above")
    ] = 9000.0
    damping: Annotated[float, Field(ge=0.0, le=3.0, description="how much faster each higher partial dies away")] = 0.12
    stiffness: Annotated[
        float, Field(ge=0.0, le=0.005, description="stiffness of strings at C4, which sharpens high partials")
    ] = 0.0004
    strings_cents: Annotated[
        float, Field(ge=0.0, le=12.0, description="distance of a note's strings from each other")
    ] = 0.8
    strike_position: Annotated[
        float, Field(ge=0.02, le=0.5, description="place of the stroke, as a share of the length")
    ] = 0.12
    hardness_hz: Annotated[float, Field(ge=100.0, le=12000.0, description="up to where a full stroke excites")] = 2400.0
    velocity_octaves: Annotated[
        float, Field(ge=0.0, le=4.0, description="how much lower that is for the softest stroke")
    ] = 2.0
    semitones: Annotated[float, Field(ge=-24.0, le=24.0, description="tuning in semitones")] = 0.0
    level_db: Annotated[float, Field(ge=-48.0, le=12.0, description="level")] = 0.0


@dataclass(frozen=True, slots=True)
class ReleaseNoise(Validated):
    """What is heard where a note is let go: a damper, a key, a finger that leaves the string."""

    level_db: Annotated[float, Field(ge=-60.0, le=0.0, description="level at full velocity")] = -36.0
    centre_hz: Annotated[float, Field(ge=100.0, le=12000.0, description="centre of the band")] = 600.0
    decay_ms: Annotated[float, Field(ge=5.0, le=400.0, description="decay by 60 dB")] = 60.0


@dataclass(frozen=True, slots=True)
class NoiseSource(Validated):
    """Breath, hammer or hiss beside the tone."""

    level_db: Annotated[float, Field(ge=-60.0, le=6.0, description="level")] = -30.0
    centre_hz: Annotated[float, Field(ge=100.0, le=16000.0, description="centre of the band")] = 3000.0
    resonance: Annotated[float, Field(ge=0.0, le=1.0, description="narrowness of the band")] = 0.1
    key_track: Annotated[float, Field(ge=0.0, le=1.0, description="how far the band follows the note")] = 0.0
    decay_ms: Annotated[
        float, Field(ge=5.0, le=20000.0, description="decay by 60 dB; 20000 lasts as long as the note")
    ] = 80.0


@dataclass(frozen=True, slots=True)
class GrainCloud(Validated):
    """Short grains of a wave, scattered over pitch and place."""

    wave: Annotated[str, OneOf(WAVES), Field(description="wave of the grains")] = "vocal"
    density_hz: Annotated[float, Field(ge=2.0, le=150.0, description="grains a second")] = 40.0
    grain_ms: Annotated[float, Field(ge=10.0, le=400.0, description="length of a grain")] = 90.0
    scatter_cents: Annotated[float, Field(ge=0.0, le=400.0, description="scatter of the grains' tuning")] = 8.0
    octave_share: Annotated[float, Field(ge=0.0, le=1.0, description="share of grains an octave higher")] = 0.15
    width: Annotated[float, Field(ge=0.0, le=1.0, description="how far left and right grains lie")] = 0.9
    semitones: Annotated[float, Field(ge=-36.0, le=36.0, description="tuning in semitones")] = 0.0
    level_db: Annotated[float, Field(ge=-48.0, le=12.0, description="level")] = 0.0


@dataclass(frozen=True, slots=True)
class Route(Validated):
    """One row of the modulation matrix: a source moves a target by an amount."""

    source: Annotated[
        str,
        OneOf(("lfo", "velocity", "key", "random", "rise", "fall")),
        Field(description="what moves; random is by note"),
    ] = "lfo"
    target: Annotated[str, OneOf(("pitch", "cutoff", "level", "index", "pan")), Field(description="what is moved")] = (
        "cutoff"
    )
    amount: Annotated[
        float,
        Field(ge=-1.0, le=1.0, description="1 is 12 semitones, 4 octaves of cutoff, 24 dB, 2 octaves of index, a side"),
    ] = 0.2
    shape: Annotated[
        str,
        OneOf(("sine", "triangle", "saw", "square", "steps")),
        Field(description="wave of the LFO; steps are random"),
    ] = "sine"
    rate_hz: Annotated[float, Field(ge=0.01, le=20.0, description="speed of the LFO")] = 1.0
    sync: Annotated[
        str,
        OneOf(tuple(PERIODS_BEATS)),
        Field(description="LFO's period in beats, from the song's first; free takes rate_hz"),
    ] = "free"
    time_ms: Annotated[
        float, Field(ge=1.0, le=20000.0, description="time of a rise or fall, and until an LFO is full")
    ] = 10.0


@dataclass(frozen=True, slots=True)
class Amplifier(Validated):
    """Loudness over time."""

    attack_ms: Annotated[float, Field(ge=1.0, le=8000.0, description="attack")] = 3.0
    decay_ms: Annotated[float, Field(ge=5.0, le=20000.0, description="decay by 60 dB towards the sustain level")] = (
        800.0
    )
    sustain: Annotated[float, Field(ge=0.0, le=1.0, description="level held")] = 0.8
    release_ms: Annotated[float, Field(ge=5.0, le=5000.0, description="release by 60 dB")] = 150.0
    velocity_db: Annotated[float, Field(ge=0.0, le=48.0, description="how much softer the softest note is")] = 18.0


@dataclass(frozen=True, slots=True)
class Filter(Validated):
    """The voice's filter with its envelope and slow movement."""

    kind: Annotated[
        str, OneOf(("lowpass", "bandpass", "highpass", "ladder")), Field(description="filter; the ladder saturates")
    ] = "lowpass"
    cutoff_hz: Annotated[float, Field(ge=20.0, le=20000.0, description="cutoff at C4, full velocity")] = 4000.0
    resonance: Annotated[float, Field(ge=0.0, le=1.0, description="resonance")] = 0.1
    key_track: Annotated[float, Field(ge=0.0, le=1.0, description="how far the cutoff follows the note")] = 0.5
    drive_db: Annotated[
        float, Field(ge=-12.0, le=30.0, description="level into the ladder's saturation; other filters ignore it")
    ] = 0.0
    envelope_octaves: Annotated[float, Field(ge=-6.0, le=8.0, description="how far the envelope moves the cutoff")] = (
        0.0
    )
    velocity_octaves: Annotated[
        float, Field(ge=0.0, le=4.0, description="how much lower the cutoff of the softest note is")
    ] = 1.0
    attack_ms: Annotated[float, Field(ge=1.0, le=8000.0, description="attack of the filter envelope")] = 2.0
    decay_ms: Annotated[float, Field(ge=5.0, le=20000.0, description="decay of the filter envelope by 60 dB")] = 500.0
    sustain: Annotated[float, Field(ge=0.0, le=1.0, description="level that the filter envelope holds")] = 0.3
    release_ms: Annotated[float, Field(ge=5.0, le=5000.0, description="release of the filter envelope by 60 dB")] = (
        300.0
    )
    lfo_rate_hz: Annotated[float, Field(ge=0.01, le=12.0, description="speed of the slow movement")] = 0.2
    lfo_octaves: Annotated[float, Field(ge=0.0, le=3.0, description="size of the slow movement")] = 0.0


@dataclass(frozen=True, slots=True)
class Pitch(Validated):
    """How notes follow each other, and how they bend."""

    mono: Annotated[
        str, OneOf(SWITCH), Field(description="one note at a time; overlapping notes are tied and glide")
    ] = "no"
    glide_ms: Annotated[float, Field(ge=0.0, le=1000.0, description="time of the glide between tied notes")] = 0.0
    glide_always: Annotated[
        str, OneOf(SWITCH), Field(description="glide from the last note even where notes are not tied")
    ] = "no"
    vibrato_rate_hz: Annotated[float, Field(ge=0.1, le=10.0, description="speed of the vibrato")] = 5.2
    vibrato_cents: Annotated[float, Field(ge=0.0, le=100.0, description="size of the vibrato")] = 0.0
    vibrato_delay_ms: Annotated[float, Field(ge=0.0, le=3000.0, description="time until the vibrato is full")] = 250.0
    drift_cents: Annotated[float, Field(ge=0.0, le=30.0, description="slow random detuning of each note")] = 2.0
    bend_semitones: Annotated[float, Field(ge=-24.0, le=48.0, description="where the pitch starts above the note")] = (
        0.0
    )
    bend_ms: Annotated[float, Field(ge=1.0, le=2000.0, description="time of that bend's fall by 60 dB")] = 30.0


@dataclass(frozen=True, slots=True)
class Effects(Validated):
    """What the whole stem passes through, in this order."""

    drive_db: Annotated[float, Field(ge=0.0, le=40.0, description="saturation of all notes together")] = 0.0
    drive_bias: Annotated[float, Field(ge=0.0, le=1.0, description="asymmetry of that saturation")] = 0.0
    formant_mix: Annotated[float, Field(ge=0.0, le=1.0, description="share of vowel formants")] = 0.0
    formant_vowel: Annotated[float, Field(ge=0.0, le=3.0, description="vowel: 0 ah, 1 oh, 2 oo, 3 eh, and between")] = (
        0.0
    )
    formant_rate_hz: Annotated[float, Field(ge=0.01, le=8.0, description="speed of the movement between vowels")] = 0.1
    formant_movement: Annotated[float, Field(ge=0.0, le=1.5, description="size of the movement between vowels")] = 0.0
    tremolo_rate_hz: Annotated[float, Field(ge=0.05, le=12.0, description="speed of the tremolo")] = 5.0
    tremolo_db: Annotated[float, Field(ge=0.0, le=24.0, description="depth of the tremolo")] = 0.0
    tremolo_pan: Annotated[float, Field(ge=0.0, le=1.0, description="how far left and right alternate")] = 0.0
    chorus_mix: Annotated[float, Field(ge=0.0, le=1.0, description="chorus")] = 0.0
    chorus_rate_hz: Annotated[float, Field(ge=0.05, le=10.0, description="speed of the chorus")] = 0.6
    chorus_depth_ms: Annotated[float, Field(ge=0.0, le=10.0, description="size of the chorus")] = 2.5
    ensemble_mix: Annotated[float, Field(ge=0.0, le=1.0, description="string ensemble")] = 0.0
    ensemble_depth_ms: Annotated[float, Field(ge=0.0, le=8.0, description="size of the ensemble")] = 2.5
    wow_cents: Annotated[float, Field(ge=0.0, le=60.0, description="tape wow")] = 0.0
    wow_rate_hz: Annotated[float, Field(ge=0.1, le=4.0, description="speed of the wow")] = 0.5
    highpass_hz: Annotated[float, Field(ge=20.0, le=2000.0, description="low cut")] = 20.0
    lowpass_hz: Annotated[float, Field(ge=200.0, le=20000.0, description="high cut; 20000 leaves it out")] = 20000.0
    body: Annotated[
        str, OneOf(BODIES), Field(description="what it sounds through: a soundboard, a guitar's body, a speaker")
    ] = "none"
    width: Annotated[float, Field(ge=0.0, le=2.0, description="stereo width; 0 is mono")] = 1.0
    mono_below_hz: Annotated[float, Field(ge=20.0, le=400.0, description="below this the sound is mono")] = 20.0


@dataclass(frozen=True, slots=True)
class Patch(Validated):
    """A synthesiser sound."""

    name: str
    element: str
    description: str
    level_db: Annotated[
        float, Field(ge=-48.0, le=36.0, description="level of the stem; set so that playing reads about -20 dBFS RMS")
    ] = 0.0
    drive_db: Annotated[float, Field(ge=0.0, le=40.0, description="saturation of each voice, behind the filter")] = 0.0
    voice_spread: Annotated[
        float, Field(ge=0.0, le=1.0, description="how far notes are placed left and right by pitch")
    ] = 0.0
    strum_ms: Annotated[
        float, Field(ge=0.0, le=60.0, description="time from string to string of a chord, down on beats and up between")
    ] = 0.0
    oscillators: Annotated[tuple[Oscillator, ...], Field(description="wavetable oscillators")] = ()
    fm: Annotated[tuple[FmPair, ...], Field(description="frequency modulation pairs")] = ()
    string: Annotated[StringModel | None, Field(description="plucked string")] = None
    struck: Annotated[StruckModel | None, Field(description="struck strings or bars")] = None
    release: Annotated[ReleaseNoise | None, Field(description="noise of letting go")] = None
    noise: Annotated[NoiseSource | None, Field(description="noise")] = None
    grains: Annotated[GrainCloud | None, Field(description="granular cloud")] = None
    amplifier: Annotated[Amplifier, Field(description="loudness over time")] = Amplifier()
    filter: Annotated[Filter | None, Field(description="filter")] = None
    pitch: Annotated[Pitch, Field(description="pitch")] = Pitch()
    modulation: Annotated[tuple[Route, ...], Field(description="modulation matrix")] = ()
    effects: Annotated[Effects, Field(description="effects of the whole stem")] = Effects()
