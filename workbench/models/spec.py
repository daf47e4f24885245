"""What an element's model is made of: the fields of a row, the contexts it sees, how notes become symbols.

A row is one note (or one bar line). Its fields are decided in this order: `step` (bar line, slot in the bar, or
"same slot as before"), `symbol` (drum role, pitch, chord root), then the attributes (duration, velocity, offset ...).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from workbench.models.context import CHORD_FEATURES, SongContext
from workbench.models.grid import OFFSET_BINS, SLOTS_PER_BAR, SLOTS_PER_BEAT
from workbench.models.vocabulary import SOURCES, STYLES

BAR_STEP = 0
SAME_STEP = SLOTS_PER_BAR + 1
STEPS = SLOTS_PER_BAR + 2
UNKNOWN_STEP = STEPS
"""In place of the step that a neighbouring bar would take, where there is none to follow."""
RECENT_NOTES = 3
"""Notes before the one under way whose attributes are shown when its own are decided."""

VELOCITY_BINS = 16
DURATIONS_BEATS = (
    1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 3 / 4, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0,
    5.0, 6.0, 8.0,
)  # fmt: skip
"""Note lengths that a pitched row can have, in quarter notes."""

DRUM_ATTRIBUTES: Mapping[str, int] = {"velocity": VELOCITY_BINS, "offset": OFFSET_BINS}
NOTE_ATTRIBUTES: Mapping[str, int] = {
    "duration": len(DURATIONS_BEATS),
    "velocity": VELOCITY_BINS,
    "offset": OFFSET_BINS,
}


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Size of a network: width, heads, blocks before the step and after the symbol, dropout in training."""

    width: int = 192
    heads: int = 4
    trunk_blocks: int = 3
    note_blocks: int = 2
    dropout: float = 0.15


@dataclass(frozen=True, slots=True)
class Settings:
    """How choices are drawn.

    Parameters
    ----------
    nucleus : float
        Probability mass kept for step and symbol, 0..1.
    step_temperature, symbol_temperature, attribute_temperature, offset_temperature : float
        Of where the next note stands, which it is, how it is played, and how far off the grid; below 1 safer, above 1
        wilder.
    polyphony : int
        Most notes in one slot.
    on_downbeat : bool
        Whether every bar begins with a note (chords are stated anew at each bar).
    pace, register, compass : float
        How firmly the density, the register asked for, and each note's distance from it are held, see `pace`; 0 leaves
        them to the network.
    guidance : float
        Strength of classifier-free guidance, see `guidance`; 0 is off.
    """

    nucleus: float = 0.98
    step_temperature: float = 1.0
    symbol_temperature: float = 1.0
    attribute_temperature: float = 0.9
    offset_temperature: float = 1.0
    polyphony: int = 8
    on_downbeat: bool = False
    pace: float = 0.0
    register: float = 0.0
    compass: float = 0.0
    guidance: float = 0.0

    def temperature(self, field: str) -> float:
        """The temperature that a field is drawn at.

        Examples
        --------
        >>> settings = Settings(step_temperature=0.8)
        >>> [settings.temperature(field) for field in ("step", "symbol", "velocity", "offset")]
        [0.8, 1.0, 0.9, 1.0]
        """
        known = {"step": self.step_temperature, "symbol": self.symbol_temperature, "offset": self.offset_temperature}
        return known.get(field, self.attribute_temperature)


@dataclass(frozen=True, slots=True)
class ElementSpec:
    """The shape of one element's model.

    Parameters
    ----------
    name : str
    symbols : int
        Size of the symbol vocabulary.
    attributes : mapping name -> size
        Fields decided after the symbol, in order.
    lags : tuple of int
        How many bars back, and ahead where those stand already, the model sees its own bars cell by cell.
    groups : tuple of int
        For each symbol the group under which its onsets are shown in the neighbouring bars.
    streams : tuple of str
        Onset streams of other elements that it sees.
    relative_to_root : bool
        Whether pitches and chords are encoded relative to the sounding chord's root (else to the tonic).
    sees_chords : bool
    density_edges : tuple of float
        Edges of the density classes, in notes a bar.
    window_rows : int
        Longest run of rows that the network is trained on and may look back over.
    styles, sources : tuple of str
        Style and source words that its training data holds; the network is not conditioned on others.
    sees_mood : bool
        Whether its training data tells moods.
    guided_by : tuple of str
        Conditions that guidance leads to: names of `context.PREFIX_SIZES`, and "chords".
    settings : Settings
        How its choices are drawn where nothing else is asked, chosen by what comes nearest to human music.
    lowest_pitch, low_anchor : int
        Pitched elements: symbol 0 is `lowest_pitch` semitones from the anchor of the zero pitch class.
    """

    name: str
    symbols: int
    attributes: Mapping[str, int]
    lags: tuple[int, ...] = (1, 2, 4)
    groups: tuple[int, ...] = ()
    streams: tuple[str, ...] = ()
    relative_to_root: bool = False
    sees_chords: bool = True
    density_edges: tuple[float, ...] = field(default=(1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0))
    lowest_pitch: int = 0
    low_anchor: int = 0
    window_rows: int = 192
    styles: tuple[str, ...] = STYLES
    sources: tuple[str, ...] = SOURCES
    sees_mood: bool = False
    guided_by: tuple[str, ...] = ("style",)
    settings: Settings = field(default_factory=Settings)

    @property
    def group_count(self) -> int:
        """How many onset groups the neighbouring bars are shown in."""
        return max(self.groups) + 1

    @property
    def bar_features(self) -> int:
        """Size of the features of a bar."""
        chords = 5 * CHORD_FEATURES if self.sees_chords else 0
        neighbours = len(self.lags) * (2 * SLOTS_PER_BAR * self.group_count + 1)
        return chords + SLOTS_PER_BAR * len(self.streams) + neighbours

    @property
    def cell_features(self) -> int:
        """Size of the features of a slot."""
        chords = CHORD_FEATURES if self.sees_chords else 0
        return chords + len(self.streams) + 2 * self.symbols * len(self.lags)

    def anchors(self, pitch_classes: npt.NDArray[np.int64], tonic: int) -> npt.NDArray[np.int64]:
        """The pitch of interval zero for each zero pitch class.

        The tonic lies on its first pitch at or above `low_anchor`; other roots lie within a tritone of it, so that a
        line can go on where the chord changes.
        """
        home = self.low_anchor + (tonic - self.low_anchor) % 12
        pitches: npt.NDArray[np.int64] = home + (pitch_classes - tonic + 5) % 12 - 5
        return pitches


@dataclass(frozen=True, slots=True, eq=False)
class Conditioning:
    """What is known of a song without the part itself.

    `prefix` (bars, conditions) int, `bar` (bars, d1) and `cell` (bars, 48, d2) uint8; `base` (bars, 4) is the MIDI
    pitch of symbol 0 in each beat, 0 for an element without pitches.
    """

    prefix: np.ndarray
    bar: np.ndarray
    cell: np.ndarray
    base: np.ndarray

    def bars(self, first: int, last: int) -> Conditioning:
        """The conditioning of bars `first`..`last`-1."""
        inside = slice(first, last)
        return Conditioning(self.prefix[inside], self.bar[inside], self.cell[inside], self.base[inside])


def conditioning_of(spec: ElementSpec, context: SongContext) -> Conditioning:
    """Lay out what an element sees of a song."""
    streams = context.stream_features(spec.streams)
    bar_parts = [streams.reshape(context.bars, -1)]
    cell_parts = [streams]
    if spec.sees_chords:
        chords = context.chord_features(relative_to_root=spec.relative_to_root)
        four = np.zeros((context.bars, 4, CHORD_FEATURES), np.uint8)
        four[:, : context.bar_beats] = chords
        ahead = np.concatenate([four[1:, 0], four[-1:, 0]])
        bar_parts += [four.reshape(context.bars, -1), ahead]
        cell_parts.append(np.repeat(four, SLOTS_PER_BEAT, axis=1))
    base = np.zeros((context.bars, 4), np.int64)
    if "duration" in spec.attributes:
        base[:, : context.bar_beats] = base_pitches(spec, context).reshape(context.bars, -1)
    return Conditioning(context.prefix(), np.concatenate(bar_parts, 1), np.concatenate(cell_parts, 2), base)


def zero_pitch_classes(spec: ElementSpec, context: SongContext) -> npt.NDArray[np.int64]:
    """For each beat of the song the pitch class that symbols are counted from: the chord's root or the tonic."""
    beats = context.bars * context.bar_beats
    if not spec.relative_to_root:
        return np.full(beats, context.tonic, np.int64)
    return np.array(
        [pair[0].root if pair and pair[0].sounds else context.tonic for pair in context.chord_at_beats()], np.int64
    )


def base_pitches(spec: ElementSpec, context: SongContext) -> npt.NDArray[np.int64]:
    """For each beat of the song the MIDI pitch of symbol 0, (bars * bar_beats,)."""
    return spec.anchors(zero_pitch_classes(spec, context), context.tonic) + spec.lowest_pitch
