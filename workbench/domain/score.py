"""The score: the truth of a song. Tempo, metre, key, chords, sections and notes, all exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.domain.errors import ParameterError
from workbench.domain.plan import SectionPlan, tempo_map
from workbench.domain.showing import Shown
from workbench.domain.tempo_map import TempoMap
from workbench.domain.theory import Chord, Key, Metre


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
class Score(Shown):
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
        if not self.sections:
            raise ParameterError("score: expected one section at least, got none")
        return self.sections[-1].end_bar

    @property
    def length_beats(self) -> float:
        """Length in quarter notes, without the tail."""
        return self.bars * self.metre.bar_beats

    @property
    def duration_seconds(self) -> float:
        """Length in seconds, without the tail."""
        return self.tempo_map.seconds_at(self.length_beats)

    @property
    def tempo_map(self) -> TempoMap:
        """Where the tempo changes."""
        return tempo_map(self.tempo_bpm, self.metre, self.sections)

    def seconds_at_bar(self, bar: float) -> float:
        """When a bar (from 0) begins, in seconds."""
        return self.tempo_map.seconds_at(bar * self.metre.bar_beats)

    def key_at(self, beats: float) -> Key:
        """The key of the section that `beats` lie in."""
        bar = int((beats + 1e-6) // self.metre.bar_beats)
        section = next((one for one in self.sections if bar < one.end_bar), self.sections[-1])
        return section.key or self.key


def in_one_tempo(score: Score) -> Score:
    """The same sounding times in beats of the song's own tempo; only for what turns beats into seconds by it.

    Examples
    --------
    >>> sections = (SectionPlan("verse", "verse", 0, 1, 0.5, ("bass",), tempo_bpm=60.0),)
    >>> part = Part("bass", (Note(1.0, 40, 1.0, 90),))
    >>> slow = Score("", 120.0, Metre(), Key.parse("C"), sections, (), {"bass": part})
    >>> in_one_tempo(slow).parts["bass"].notes[0].onset_beats
    2.0
    """
    if all(section.tempo_bpm in (None, score.tempo_bpm) for section in score.sections):
        return score
    beats_at = score.tempo_map.beats_at_tempo(score.tempo_bpm)

    def moved(note: Note) -> Note:
        start, end = beats_at(note.start_beats), beats_at(note.end_beats)
        return replace(note, onset_beats=start, shift_beats=0.0, duration_beats=end - start)

    parts = {name: Part(name, tuple(moved(note) for note in part.notes)) for name, part in score.parts.items()}
    return replace(score, parts=parts)
