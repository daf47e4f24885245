"""What a network may know before it writes a bar: key, chords, section, density, and what already sounds.

The same code serves training and composition, so a network is asked in the words that it was taught in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Bytes
from workbench.domain.theory import Chord, Key
from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.vocabulary import (
    MODES,
    MOODS,
    PHRASE_BARS,
    SECTIONS,
    SOURCES,
    STYLES,
    TEMPO_EDGES_BPM,
    index_of,
    section_index,
    tempo_index,
)

DENSITY_CLASSES = 8
REGISTER_WIDTH = 4
REGISTER_EDGES = tuple(range(30, 86, REGISTER_WIDTH))
"""Edges of the register classes: mean MIDI pitch of a part."""
REGISTER_CLASSES = len(REGISTER_EDGES) + 1
DYNAMICS_CLASSES = 8
"""Classes of the mean velocity, sixteen MIDI steps each."""
CHORD_FEATURES = 60
"""Chord tones, root, bass, next root and scale, twelve pitch classes each."""
CONDITION_CHORD_FEATURES = 48
"""Those of them that tell the chord; the scale is the song's."""

PREFIX_SIZES: dict[str, int] = {
    "style": len(STYLES) + 1,
    "tempo": len(TEMPO_EDGES_BPM) + 2,
    "mode": len(MODES) + 1,
    "source": len(SOURCES) + 1,
    "section": len(SECTIONS) + 1,
    "density": DENSITY_CLASSES + 1,
    "phrase": PHRASE_BARS + 1,
    "remaining": 5,
    "mood": MOODS + 1,
    "register": REGISTER_CLASSES + 1,
    "dynamics": DYNAMICS_CLASSES + 1,
}
"""Conditions of a bar, and how many values each has. `phrase` is the bar within its eight, `remaining` the
bars to the end of the section (1, 2, 3, more). `register` and `dynamics` are where and how loud the part lies on the
whole."""

DENSITY_COLUMN, REGISTER_COLUMN = (list(PREFIX_SIZES).index(name) for name in ("density", "register"))


def register_classes(mean_pitches: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Register class from 1 of each mean MIDI pitch.

    Examples
    --------
    >>> register_classes([28.0, 60.0, 100.0])
    array([ 1,  9, 15])
    """
    return np.searchsorted(REGISTER_EDGES, mean_pitches, side="right").astype(np.int64) + 1


@dataclass(frozen=True, slots=True, eq=False)
class SongContext:
    """What is known of the song around one part, bar by bar.

    Parameters
    ----------
    bars, bar_beats : int
        Length of the song, and quarter notes in a bar (3 or 4).
    key : Key or None
        None where there is no key (drum recordings).
    chords : tuple of Chord
        In song time, sorted; may be empty.
    style, source : str
        Words of `vocabulary`.
    sections : tuple of str
        Section name for each bar; "" where unknown.
    remaining : array (bars,)
        Bars to the end of the section, this one included; 0 where unknown.
    density : array (bars,)
        Density class 1..8 asked of the part, 0 unknown.
    streams : mapping name -> array (bars, 48)
        Onsets of what already sounds ("kick", "snare", "bass", "leads").
    mood : int
        Mood class of `vocabulary.mood_index`, 0 unknown.
    section_keys : tuple of Key
        The key of each bar, on the song's tonic: sections may have modes of their own. Empty where all are as `key`.
    register, dynamics : array (bars,) or int
        Classes of the part's mean pitch (`register_classes`) and mean velocity (from 1), 0 unknown.
    """

    bars: int
    bar_beats: int
    tempo_bpm: float
    key: Key | None
    chords: tuple[Chord, ...]
    style: str
    source: str
    sections: tuple[str, ...]
    remaining: npt.NDArray[np.int64]
    density: npt.NDArray[np.int64]
    streams: Mapping[str, Bytes]
    mood: int = 0
    section_keys: tuple[Key, ...] = ()
    register: npt.NDArray[np.int64] | int = 0
    dynamics: npt.NDArray[np.int64] | int = 0

    @property
    def tonic(self) -> int:
        """Pitch class of the tonic; C where there is no key."""
        return self.key.tonic if self.key else 0

    @property
    def bar_keys(self) -> tuple[Key | None, ...]:
        """The key of each bar."""
        return self.section_keys or (self.key,) * self.bars

    def prefix(self) -> npt.NDArray[np.int64]:
        """Condition indices, (bars, len(PREFIX_SIZES))."""
        table = np.zeros((self.bars, len(PREFIX_SIZES)), np.int64)
        table[:, 0] = index_of(self.style, STYLES)
        table[:, 1] = tempo_index(self.tempo_bpm)
        table[:, 2] = [0 if key is None else index_of(MODES[int(key.has_minor_third)], MODES) for key in self.bar_keys]
        table[:, 3] = index_of(self.source, SOURCES)
        table[:, 4] = [section_index(name) for name in self.sections]
        table[:, 5] = self.density
        table[:, 6] = np.arange(self.bars) % PHRASE_BARS + 1
        table[:, 7] = np.minimum(self.remaining, 4)
        table[:, 8] = self.mood
        table[:, 9] = self.register
        table[:, 10] = self.dynamics
        return table

    def chord_at_beats(self) -> list[tuple[Chord, Chord] | None]:
        """For each beat of the song the sounding chord and the one after it; None where there is none."""
        result: list[tuple[Chord, Chord] | None] = []
        index = 0
        for beat in range(self.bars * self.bar_beats):
            while index + 1 < len(self.chords) and self.chords[index + 1].onset_beats <= beat + 0.01:
                index += 1
            if self.chords and self.chords[index].onset_beats <= beat + 0.5:
                result.append((self.chords[index], self.chords[min(index + 1, len(self.chords) - 1)]))
            else:
                result.append(None)
        return result

    def chord_features(self, *, relative_to_root: bool) -> Bytes:
        """Chord features for each beat, (bars, bar_beats, CHORD_FEATURES), relative to the root or the tonic."""
        table = np.zeros((self.bars * self.bar_beats, CHORD_FEATURES), np.uint8)
        scales = [key.pitch_classes if key else () for key in self.bar_keys]
        for beat, pair in enumerate(self.chord_at_beats()):
            if pair is None or not pair[0].sounds:
                continue
            chord, following = pair
            zero = chord.root if relative_to_root else self.tonic
            table[beat, [(pitch - zero) % 12 for pitch in chord.pitch_classes]] = 1
            table[beat, 12 + (chord.root - zero) % 12] = 1
            table[beat, 24 + (chord.bass - zero) % 12] = 1
            table[beat, 36 + (following.root - zero) % 12] = 1
            table[beat, [48 + (pitch - zero) % 12 for pitch in scales[beat // self.bar_beats]]] = 1
        return table.reshape(self.bars, self.bar_beats, CHORD_FEATURES)

    def stream_features(self, names: tuple[str, ...]) -> Bytes:
        """Onsets of the named streams, (bars, 48, len(names)); zeros for a stream that is not there."""
        empty = np.zeros((self.bars, SLOTS_PER_BAR), np.uint8)
        if not names:
            return np.zeros((self.bars, SLOTS_PER_BAR, 0), np.uint8)
        return np.stack([self.streams.get(name, empty) for name in names], axis=-1)
