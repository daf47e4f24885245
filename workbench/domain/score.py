"""The score: the truth of a song. Tempo, metre, key, chords, sections and notes, all exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.plan import SectionPlan
from workbench.domain.theory import Chord, Key, Metre
from workbench.domain.units import beats_to_seconds


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One note. `onset_beats` is the place on the grid, `shift_beats` the human deviation from it.

    Times are quarter notes from the start of the song, `pitch` is a MIDI number (for percussion a General MIDI
    drum note), `velocity` lies in 1..127.
    """

    onset_beats: float
    pitch: int
    duration_beats: float
    velocity: int
    shift_beats: float = 0.0

    @property
    def start_beats(self) -> float:
        """When the note sounds: grid plus deviation, never before the song begins."""
        return max(0.0, self.onset_beats + self.shift_beats)

    @property
    def end_beats(self) -> float:
        """When the note ends."""
        return self.start_beats + self.duration_beats


@dataclass(frozen=True, slots=True)
class Part:
    """The notes of one element, sorted by onset, then pitch."""

    element: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A composed song. `chords` cover it without gaps; `parts` holds one part for each element of the palette."""

    title: str
    tempo_bpm: float
    metre: Metre
    key: Key
    sections: tuple[SectionPlan, ...]
    chords: tuple[Chord, ...]
    parts: Mapping[str, Part]

    @property
    def bars(self) -> int:
        """Bars of the whole song."""
        return self.sections[-1].end_bar

    @property
    def length_beats(self) -> float:
        """Length in quarter notes, without the tail."""
        return self.bars * self.metre.bar_beats

    @property
    def duration_seconds(self) -> float:
        """Length in seconds, without the tail."""
        return beats_to_seconds(self.length_beats, self.tempo_bpm)
