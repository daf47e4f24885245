"""A patch: every parameter of a synthesiser sound, with its range. The YAML files hold only what differs."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.dsp.oscillators import WAVES
from workbench.rendering.parameters import Validated, choice, group, groups, ranged

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

    wave: str = choice("saw", WAVES, "wave form")
    morph_wave: str = choice("none", ("none", *WAVES), "second wave that the first moves to and from")
    morph_rate_hz: float = ranged(0.1, 0.01, 8.0, "speed of the movement to the second wave and back")
    level_db: float = ranged(0.0, -48.0, 12.0, "level")
    semitones: float = ranged(0.0, -36.0, 36.0, "tuning in semitones")
    cents: float = ranged(0.0, -100.0, 100.0, "fine tuning")
    unison: float = ranged(1.0, 1.0, 9.0, "number of detuned voices (whole part)")
    detune_cents: float = ranged(12.0, 0.0, 100.0, "distance of the outer unison voices")
    spread: float = ranged(0.0, 0.0, 1.0, "stereo width of the unison voices")
    free_phase: str = choice("yes", SWITCH, "start at a random phase; 'no' gives every note the same attack")


@dataclass(frozen=True, slots=True)
class FmPair(Validated):
    """Two sine operators, one modulating the other."""

    ratio: float = ranged(1.0, 0.25, 16.0, "carrier frequency as a multiple of the note")
    modulator_ratio: float = ranged(1.0, 0.25, 20.0, "modulator frequency as a multiple of the note")
    index: float = ranged(1.0, 0.0, 12.0, "modulation index at full velocity, radians")
    index_sustain: float = ranged(0.3, 0.0, 1.0, "share of the index that stays after its decay")
    index_decay_ms: float = ranged(600.0, 5.0, 10000.0, "decay of the index by 60 dB")
    velocity_index: float = ranged(0.6, 0.0, 1.0, "how much velocity sets the index")
    feedback: float = ranged(0.0, 0.0, 1.5, "feedback of the modulator, radians")
    level_db: float = ranged(0.0, -48.0, 12.0, "level")
    decay_ms: float = ranged(20000.0, 10.0, 20000.0, "decay of the pair by 60 dB; 20000 leaves it to the amplifier")


@dataclass(frozen=True, slots=True)
class StringModel(Validated):
    """A plucked string."""

    decay_ms: float = ranged(4000.0, 100.0, 20000.0, "decay of the fundamental by 60 dB at A2; shorter above")
    damping: float = ranged(0.4, 0.0, 0.9, "loss of high partials")
    velocity_damping: float = ranged(0.2, 0.0, 0.5, "extra loss for soft notes")
    pick_position: float = ranged(0.15, 0.05, 0.5, "place of the pluck from the bridge")
    pick_softness_hz: float = ranged(6000.0, 200.0, 16000.0, "low-pass of the pluck itself")
    semitones: float = ranged(0.0, -24.0, 24.0, "tuning in semitones")
    level_db: float = ranged(0.0, -48.0, 12.0, "level")


@dataclass(frozen=True, slots=True)
class StruckModel(Validated):
    """Piano strings or tuned bars, struck and left to ring."""

    body: str = choice("string", ("string", "undercut bar", "free bar"), "what is struck")
    decay_ms: float = ranged(9000.0, 100.0, 20000.0, "decay of the lowest partial by 60 dB at C4; shorter above")
    damping: float = ranged(0.12, 0.0, 3.0, "how much faster each higher partial dies away")
    stiffness: float = ranged(0.0004, 0.0, 0.005, "stiffness of strings at C4, which sharpens high partials")
    strings_cents: float = ranged(0.8, 0.0, 12.0, "distance of a note's strings from each other")
    strike_position: float = ranged(0.12, 0.02, 0.5, "place of the stroke, as a share of the length")
    hardness_hz: float = ranged(2400.0, 100.0, 12000.0, "up to where a full stroke excites")
    velocity_octaves: float = ranged(2.0, 0.0, 4.0, "how much lower that is for the softest stroke")
    semitones: float = ranged(0.0, -24.0, 24.0, "tuning in semitones")
    level_db: float = ranged(0.0, -48.0, 12.0, "level")


@dataclass(frozen=True, slots=True)
class ReleaseNoise(Validated):
    """What is heard where a note is let go: a damper, a key, a finger that leaves the string."""

    level_db: float = ranged(-36.0, -60.0, 0.0, "level at full velocity")
    centre_hz: float = ranged(600.0, 100.0, 12000.0, "centre of the band")
    decay_ms: float = ranged(60.0, 5.0, 400.0, "decay by 60 dB")


@dataclass(frozen=True, slots=True)
class NoiseSource(Validated):
    """Breath, hammer or hiss beside the tone."""

    level_db: float = ranged(-30.0, -60.0, 6.0, "level")
    centre_hz: float = ranged(3000.0, 100.0, 16000.0, "centre of the band")
    resonance: float = ranged(0.1, 0.0, 1.0, "narrowness of the band")
    key_track: float = ranged(0.0, 0.0, 1.0, "how far the band follows the note")
    decay_ms: float = ranged(80.0, 5.0, 20000.0, "decay by 60 dB; 20000 lasts as long as the note")


@dataclass(frozen=True, slots=True)
class GrainCloud(Validated):
    """Short grains of a wave, scattered over pitch and place."""

    wave: str = choice("vocal", WAVES, "wave of the grains")
    density_hz: float = ranged(40.0, 2.0, 150.0, "grains a second")
    grain_ms: float = ranged(90.0, 10.0, 400.0, "length of a grain")
    scatter_cents: float = ranged(8.0, 0.0, 400.0, "scatter of the grains' tuning")
    octave_share: float = ranged(0.15, 0.0, 1.0, "share of grains an octave higher")
    width: float = ranged(0.9, 0.0, 1.0, "how far left and right grains lie")
    semitones: float = ranged(0.0, -36.0, 36.0, "tuning in semitones")
    level_db: float = ranged(0.0, -48.0, 12.0, "level")


@dataclass(frozen=True, slots=True)
class Route(Validated):
    """One row of the modulation matrix: a source moves a target by an amount."""

    source: str = choice("lfo", ("lfo", "velocity", "key", "random", "rise", "fall"), "what moves; random is by note")
    target: str = choice("cutoff", ("pitch", "cutoff", "level", "index", "pan"), "what is moved")
    amount: float = ranged(0.2, -1.0, 1.0, "1 is 12 semitones, 4 octaves of cutoff, 24 dB, 2 octaves of index, a side")
    shape: str = choice("sine", ("sine", "triangle", "saw", "square", "steps"), "wave of the LFO; steps are random")
    rate_hz: float = ranged(1.0, 0.01, 20.0, "speed of the LFO")
    sync: str = choice("free", tuple(PERIODS_BEATS), "LFO's period in beats, from the song's first; free takes rate_hz")
    time_ms: float = ranged(10.0, 1.0, 20000.0, "time of a rise or fall, and until an LFO is full")


@dataclass(frozen=True, slots=True)
class Amplifier(Validated):
    """Loudness over time."""

    attack_ms: float = ranged(3.0, 1.0, 8000.0, "attack")
    decay_ms: float = ranged(800.0, 5.0, 20000.0, "decay by 60 dB towards the sustain level")
    sustain: float = ranged(0.8, 0.0, 1.0, "level held")
    release_ms: float = ranged(150.0, 5.0, 5000.0, "release by 60 dB")
    velocity_db: float = ranged(18.0, 0.0, 48.0, "how much softer the softest note is")


@dataclass(frozen=True, slots=True)
class Filter(Validated):
    """The voice's filter with its envelope and slow movement."""

    kind: str = choice("lowpass", ("lowpass", "bandpass", "highpass", "ladder"), "filter; the ladder saturates")
    cutoff_hz: float = ranged(4000.0, 20.0, 20000.0, "cutoff at C4, full velocity")
    resonance: float = ranged(0.1, 0.0, 1.0, "resonance")
    key_track: float = ranged(0.5, 0.0, 1.0, "how far the cutoff follows the note")
    drive_db: float = ranged(0.0, -12.0, 30.0, "level into the ladder's saturation; other filters ignore it")
    envelope_octaves: float = ranged(0.0, -6.0, 8.0, "how far the envelope moves the cutoff")
    velocity_octaves: float = ranged(1.0, 0.0, 4.0, "how much lower the cutoff of the softest note is")
    attack_ms: float = ranged(2.0, 1.0, 8000.0, "attack of the filter envelope")
    decay_ms: float = ranged(500.0, 5.0, 20000.0, "decay of the filter envelope by 60 dB")
    sustain: float = ranged(0.3, 0.0, 1.0, "level that the filter envelope holds")
    release_ms: float = ranged(300.0, 5.0, 5000.0, "release of the filter envelope by 60 dB")
    lfo_rate_hz: float = ranged(0.2, 0.01, 12.0, "speed of the slow movement")
    lfo_octaves: float = ranged(0.0, 0.0, 3.0, "size of the slow movement")


@dataclass(frozen=True, slots=True)
class Pitch(Validated):
    """How notes follow each other, and how they bend."""

    mono: str = choice("no", SWITCH, "one note at a time; overlapping notes are tied and glide")
    glide_ms: float = ranged(0.0, 0.0, 1000.0, "time of the glide between tied notes")
    glide_always: str = choice("no", SWITCH, "glide from the last note even where notes are not tied")
    vibrato_rate_hz: float = ranged(5.2, 0.1, 10.0, "speed of the vibrato")
    vibrato_cents: float = ranged(0.0, 0.0, 100.0, "size of the vibrato")
    vibrato_delay_ms: float = ranged(250.0, 0.0, 3000.0, "time until the vibrato is full")
    drift_cents: float = ranged(2.0, 0.0, 30.0, "slow random detuning of each note")
    bend_semitones: float = ranged(0.0, -24.0, 48.0, "where the pitch starts above the note")
    bend_ms: float = ranged(30.0, 1.0, 2000.0, "time of that bend's fall by 60 dB")


@dataclass(frozen=True, slots=True)
class Effects(Validated):
    """What the whole stem passes through, in this order."""

    drive_db: float = ranged(0.0, 0.0, 40.0, "saturation of all notes together")
    drive_bias: float = ranged(0.0, 0.0, 1.0, "asymmetry of that saturation")
    formant_mix: float = ranged(0.0, 0.0, 1.0, "share of vowel formants")
    formant_vowel: float = ranged(0.0, 0.0, 3.0, "vowel: 0 ah, 1 oh, 2 oo, 3 eh, and between")
    formant_rate_hz: float = ranged(0.1, 0.01, 8.0, "speed of the movement between vowels")
    formant_movement: float = ranged(0.0, 0.0, 1.5, "size of the movement between vowels")
    tremolo_rate_hz: float = ranged(5.0, 0.05, 12.0, "speed of the tremolo")
    tremolo_db: float = ranged(0.0, 0.0, 24.0, "depth of the tremolo")
    tremolo_pan: float = ranged(0.0, 0.0, 1.0, "how far left and right alternate")
    chorus_mix: float = ranged(0.0, 0.0, 1.0, "chorus")
    chorus_rate_hz: float = ranged(0.6, 0.05, 10.0, "speed of the chorus")
    chorus_depth_ms: float = ranged(2.5, 0.0, 10.0, "size of the chorus")
    ensemble_mix: float = ranged(0.0, 0.0, 1.0, "string ensemble")
    ensemble_depth_ms: float = ranged(2.5, 0.0, 8.0, "size of the ensemble")
    wow_cents: float = ranged(0.0, 0.0, 60.0, "tape wow")
    wow_rate_hz: float = ranged(0.5, 0.1, 4.0, "speed of the wow")
    highpass_hz: float = ranged(20.0, 20.0, 2000.0, "low cut")
    lowpass_hz: float = ranged(20000.0, 200.0, 20000.0, "high cut; 20000 leaves it out")
    body: str = choice("none", BODIES, "what it sounds through: a soundboard, a guitar's body, a speaker")
    width: float = ranged(1.0, 0.0, 2.0, "stereo width; 0 is mono")
    mono_below_hz: float = ranged(20.0, 20.0, 400.0, "below this the sound is mono")


@dataclass(frozen=True, slots=True)
class Patch(Validated):
    """A synthesiser sound."""

    name: str
    element: str
    description: str
    level_db: float = ranged(0.0, -48.0, 36.0, "level of the stem; set so that playing reads about -20 dBFS RMS")
    drive_db: float = ranged(0.0, 0.0, 40.0, "saturation of each voice, behind the filter")
    voice_spread: float = ranged(0.0, 0.0, 1.0, "how far notes are placed left and right by pitch")
    strum_ms: float = ranged(0.0, 0.0, 60.0, "time from string to string of a chord, down on beats and up between")
    oscillators: tuple[Oscillator, ...] = field(default=(), metadata=groups(Oscillator, "wavetable oscillators"))
    fm: tuple[FmPair, ...] = field(default=(), metadata=groups(FmPair, "frequency modulation pairs"))
    string: StringModel | None = field(default=None, metadata=group(StringModel, "plucked string"))
    struck: StruckModel | None = field(default=None, metadata=group(StruckModel, "struck strings or bars"))
    release: ReleaseNoise | None = field(default=None, metadata=group(ReleaseNoise, "noise of letting go"))
    noise: NoiseSource | None = field(default=None, metadata=group(NoiseSource, "noise"))
    grains: GrainCloud | None = field(default=None, metadata=group(GrainCloud, "granular cloud"))
    amplifier: Amplifier = field(default_factory=Amplifier, metadata=group(Amplifier, "loudness over time"))
    filter: Filter | None = field(default=None, metadata=group(Filter, "filter"))
    pitch: Pitch = field(default_factory=Pitch, metadata=group(Pitch, "pitch"))
    modulation: tuple[Route, ...] = field(default=(), metadata=groups(Route, "modulation matrix"))
    effects: Effects = field(default_factory=Effects, metadata=group(Effects, "effects of the whole stem"))
