"""The plan: everything that composition, sound and delivery need to know, decided and explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from workbench.domain.moves import PluginSettings, StripMove
from workbench.domain.showing import Shown
from workbench.domain.tempo_map import TempoMap
from workbench.domain.theory import Chord, Key, Metre

Feel = Literal["normal", "half-time", "double-time"]
"""Whether the backbeat goes at the song's pace, at half or at twice of it."""

Ending = Literal["close", "fade", "abrupt"]
"""How a song ends: with a chord that rings, ever softer as the music goes on, or cut off on a beat."""

DEFAULT_VARIATION = 0.5

Source = Literal["stated", "text", "mood", "style", "reference", "default"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One parameter, its value as text, where it came from and why; `contradiction` tells what speaks against it."""

    parameter: str
    value: str
    source: Source
    reason: str
    contradiction: str = ""


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """A section: where it lies (bars from 0), how intense it is (0..1), what plays, which chords if given.

    `label` tells repeats: two sections with one label hold the same material ("verse"), developed.
    `chords` start at beat 0 of the section. `tempo_bpm` and `key` hold where the section has its own, `pedal` names the
    degree on which the bass stays under changing chords.
    """

    name: str
    label: str
    start_bar: int
    bars: int
    energy: float
    elements: tuple[str, ...]
    chords: tuple[Chord, ...] = ()
    tempo_bpm: float | None = None
    key: Key | None = None
    feel: Feel = "normal"
    pedal: Literal["", "tonic", "dominant"] = ""

    @property
    def end_bar(self) -> int:
        """The bar after the last."""
        return self.start_bar + self.bars


@dataclass(frozen=True, slots=True)
class Groove:
    """How the beat feels.

    `swing_percent`: place of the off 16th in its pair, 50 straight to 75. `late_ms`: how late the backbeat lies.
    `looseness`: size of the human timing that the network adds, 0 quantised, 1 as played.
    `patterns`: drum role -> `steps_per_beat` characters a beat (16 a bar in 4/4, 12 in 3/4; in compound metres three to
    each of four dotted quarters), 'X' certain, 'x' expected, 'o' possible, 'g' possible as a soft ghost stroke, '.'
    rare, '-' never; a prior. `sections` holds by section name what replaces some of them there.
    `adherence`: weight of that prior, 0 none to 1 strict. `without`: drum roles that are silent.
    `fills`: what a change is announced with, in order of liking. How often, 0..1: `rolls` of the hats end a phrase,
    a `crash` opens a section, and all drums stop before a hook (`stops`). `ghosts`: whether a drummer may add soft
    strokes of the snare.
    """

    swing_percent: float = 50.0
    late_ms: float = 0.0
    looseness: float = 1.0
    patterns: Mapping[str, str] = field(default_factory=dict)
    adherence: float = 0.5
    steps_per_beat: int = 4
    without: tuple[str, ...] = ()
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fills: tuple[str, ...] = ("snares", "toms")
    rolls: float = 0.0
    crash: float = 0.6
    stops: float = 0.0
    ghosts: bool = True


@dataclass(frozen=True, slots=True)
class HarmonyTraits:
    """What the style expects of chords: `colour` is their size, `bars_per_chord` the pace, `loop_bars` the loop.

    `turns`: the second half of eight bars ends on other chords than the first.
    `borrowed` tells by section name how welcome chords of the parallel mode are, 0 (where it says nothing) to 1.
    `passing` is how often a chord of a bar or more gives its last half bar to one that leads to the next, 0..1.
    """

    colour: Literal["power", "triads", "sevenths", "ninths"] = "triads"
    bars_per_chord: float = 1.0
    loop_bars: int = 4
    borrowed: Mapping[str, float] = field(default_factory=dict)
    turns: bool = False
    passing: float = 0.0


@dataclass(frozen=True, slots=True)
class PartTraits:
    """What is asked of one element: notes a bar as `density` (0..1 of the human range), register as MIDI pitches.

    `presence`: share of bars that the element plays in, 0..1; leads breathe longer the less they are present.
    `sustain`: 0 short notes to 1 legato. `manner`: whether leads sing a tune, or play a riff that keeps coming back.
    Of a bass, `walking` is how often it steps into a change, `octaves` how often it leaps an octave off the beat, and
    `slides` how often a long note glides into another, 0..1. `rhythm` is where it likes to strike, in the characters of
    drum patterns, 16 a bar; empty leaves it free.
    Of pads and bass, `figures` names the rhythms that the style's players accompany in; "free" is the network's own.
    Of pads, `hand_tones` is how many tones of a chord a hand plays over a bass.
    """

    density: float = 0.5
    low_pitch: int = 36
    high_pitch: int = 84
    presence: float = 1.0
    sustain: float = 0.5
    manner: Literal["tune", "riff"] = "tune"
    walking: float = 0.5
    octaves: float = 0.0
    slides: float = 0.0
    rhythm: str = ""
    figures: tuple[str, ...] = ()
    hand_tones: int = 3


@dataclass(frozen=True, slots=True)
class SoundTraits:
    """What words, macros and references add to mix profile and processing style; 0 leaves them as they are.

    `tilt_db`: more above 800 Hz than below. `low_db`: shelf below 100 Hz. `side_db`: width of what is wide.
    `reverb_db`, `delay_db`: sends. `drive_db`: into the saturation. `contrast_lu`: louder from energy 0 to energy 1.
    """

    tilt_db: float = 0.0
    low_db: float = 0.0
    side_db: float = 0.0
    reverb_db: float = 0.0
    delay_db: float = 0.0
    drive_db: float = 0.0
    contrast_lu: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is written: format, sample rate, bits, loudness and true-peak targets.

    A `loop` is as long as its bars, without a tail, and its end flows into its beginning.
    """

    format: str = "wav"
    sample_rate_hz: int = 48000
    bit_depth: int = 24
    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    stem_export: bool = True
    preview: bool = False
    loop: bool = False

    @property
    def suffix(self) -> str:
        """What names of its sound files end with: ".wav"."""
        return f".{self.format}"


@dataclass(frozen=True, slots=True)
class Plan(Shown):
    """A whole song before its first note.

    `style` names a file of `concept/styles`, `model_style` the style word that the networks know.
    `valence` and `arousal` lie in -1..1, `texture_density` in 0..1. `patches` holds patch (or kit) by element.
    `models` names a fine-tuned network by element (harmony too); the weights in use serve the others. `variation` is
    how much comes back changed, 0 (as it was) to 1. By element, `patch_settings` holds what was set by hand of its
    patch, `mix` how its channel was moved.
    """

    project_id: str
    concept: str
    seed: int
    style: str
    model_style: str
    tempo_bpm: float
    metre: Metre
    key: Key
    valence: float
    arousal: float
    sections: tuple[SectionPlan, ...]
    palette: tuple[str, ...]
    texture_density: float
    groove: Groove
    harmony: HarmonyTraits
    parts: Mapping[str, PartTraits]
    patches: Mapping[str, str]
    processing_style: str
    mix_profile: str
    delivery: Delivery
    references: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    variation: float = DEFAULT_VARIATION
    ending: Ending = "close"
    sound: SoundTraits = SoundTraits()
    patch_settings: Mapping[str, PluginSettings] = field(default_factory=dict)
    mix: Mapping[str, StripMove] = field(default_factory=dict)

    @property
    def bars(self) -> int:
        """Bars of the whole song."""
        return self.sections[-1].end_bar

    @property
    def bar_seconds(self) -> float:
        """Length of one bar in seconds, at the song's own tempo."""
        return self.metre.bar_beats * 60.0 / self.tempo_bpm

    @property
    def duration_seconds(self) -> float:
        """Length of the song in seconds, without the tail."""
        return self.tempo_map.seconds_at(self.bars * self.metre.bar_beats)

    @property
    def tempo_map(self) -> TempoMap:
        """Where the tempo changes."""
        return tempo_map(self.tempo_bpm, self.metre, self.sections)


def tempo_map(tempo_bpm: float, metre: Metre, sections: Sequence[SectionPlan]) -> TempoMap:
    """The tempi of the sections: their own where they have one, else the song's."""
    return TempoMap(
        tuple(section.start_bar * metre.bar_beats for section in sections),
        tuple(section.tempo_bpm or tempo_bpm for section in sections),
    )
