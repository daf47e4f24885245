"""The canonical form in which the networks write (four or three quarter notes a bar, one tonic), and the way back.

A compound metre becomes four beats on the grid of triplets, each a dotted quarter: a bar of 12/8 is one bar of the
canonical form, two bars of 6/8 are one. Odd metres are bars of which something is left out (`bar_grid`). A section in a
key of its own is written on the song's tonic, in the mode of that key, and moved to its place afterwards. So networks
that never saw 12/8 write it as the shuffle that they know, and a chorus that comes back a tone higher is the same
chorus.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from workbench.composition.bar_grid import BarGrid, bar_grid
from workbench.composition.bass_line import TIE_BEATS
from workbench.composition.harmony import join
from workbench.composition.patterns import compound_patterns
from workbench.composition.performance import in_register, without_unisons
from workbench.domain.elements import element_of, is_drums, kind_of
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord, Key

_SWING_ROOM = 2.0
_TINY = 1e-6


def to_canonical(plan: Plan) -> Plan:
    """The plan as the networks are asked for it."""
    grid = bar_grid(plan.metre)
    sections = tuple(_on_home_tonic(section, plan.key) for section in plan.sections)
    if grid.metre != plan.metre:
        sections = _in_canonical_bars(sections, grid)
    harmony = replace(plan.harmony, passing=plan.harmony.passing / grid.canonical_bars)
    canonical = replace(
        plan, metre=grid.metre, tempo_bpm=plan.tempo_bpm / grid.scale, sections=sections, harmony=harmony
    )
    if not plan.metre.is_compound:
        return canonical
    groove = replace(
        plan.groove,
        patterns=compound_patterns(plan.groove.patterns),
        sections={name: compound_patterns(changed) for name, changed in plan.groove.sections.items()},
        steps_per_beat=3,
        swing_percent=50.0,
    )
    return replace(canonical, groove=groove)


def from_canonical(score: Score, plan: Plan) -> Score:
    """The score in the plan's own metre and keys."""
    canonical = to_canonical(plan)
    chords: list[Chord] = []
    notes: dict[str, list[Note]] = {name: [] for name in score.parts}
    for section, home in zip(plan.sections, canonical.sections, strict=True):
        move = _to_song(section, home, plan)
        chords += move.chords(score.chords)
        for name, part in score.parts.items():
            notes[name] += move.notes(part.notes, name)
    parts = {name: Part(name, _settled(name, found, plan)) for name, found in notes.items()}
    return Score(score.title, plan.tempo_bpm, plan.metre, plan.key, plan.sections, join(chords), parts)


def is_canonical(plan: Plan) -> bool:
    """Whether a song is in canonical form already."""
    moved = any(interval_to(section.key, plan.key) for section in plan.sections)
    return bar_grid(plan.metre).metre == plan.metre and not moved


def score_to_canonical(score: Score, plan: Plan) -> Score:
    """A standing song in canonical form: the way back of `from_canonical`."""
    canonical = to_canonical(plan)
    chords: list[Chord] = []
    notes: dict[str, list[Note]] = {name: [] for name in score.parts}
    for section, home in zip(plan.sections, canonical.sections, strict=True):
        move = _to_song(section, home, plan).inverted()
        chords += move.chords(score.chords)
        for name, part in score.parts.items():
            notes[name] += move.notes(part.notes, name)
    parts = {name: Part(name, tuple(sorted(found))) for name, found in notes.items()}
    chords = list(_filled(join(chords), canonical.bars * canonical.metre.bar_beats))
    return Score(score.title, canonical.tempo_bpm, canonical.metre, plan.key, canonical.sections, tuple(chords), parts)


def canonical_range(plan: Plan, bars: range) -> range:
    """The bars of the canonical form that hold some bars of the song."""
    grid, inside = bar_grid(plan.metre), []
    for section, home in zip(plan.sections, to_canonical(plan).sections, strict=True):
        first, end = max(bars.start, section.start_bar), min(bars.stop, section.end_bar)
        if first < end:
            within = grid.range_for(first - section.start_bar, end - section.start_bar)
            inside += [home.start_bar + bar for bar in within]
    return range(min(inside), max(inside))


def interval_to(key: Key | None, home: Key) -> int:
    """Semitones from the song's tonic to a section's, -5 to 6.

    Examples
    --------
    >>> interval_to(Key.parse("G minor"), Key.parse("F minor")), interval_to(None, Key.parse("C"))
    (2, 0)
    """
    return 0 if key is None else (key.tonic - home.tonic + 5) % 12 - 5


def _to_song(section: SectionPlan, home: SectionPlan, plan: Plan) -> _Move:
    """From the canonical form to the song."""
    grid, bar_beats = bar_grid(plan.metre), plan.metre.bar_beats
    return _Move(
        grid,
        source_beats=home.start_bar * grid.metre.bar_beats,
        target_beats=section.start_bar * bar_beats,
        length_beats=section.bars * bar_beats,
        semitones=interval_to(section.key, plan.key),
    )


@dataclass(frozen=True, slots=True)
class _Move:
    """How a section moves from one timeline to the other: over which grid, from where to where, how long it is there,
    and by how many semitones.
    """

    grid: BarGrid
    source_beats: float
    target_beats: float
    length_beats: float
    semitones: int
    back: bool = False

    def inverted(self) -> _Move:
        """The way back."""
        length = self.grid.from_song(self.length_beats, ends=True)
        return _Move(self.grid, self.target_beats, self.source_beats, length, -self.semitones, back=True)

    def notes(self, notes: Iterable[Note], element: str) -> list[Note]:
        """The notes that begin in this section, in song time; two halves of a canonical bar may part at its end."""
        up = 0 if is_drums(element) else self.semitones
        placed = []
        for note in notes:
            within = note.onset_beats - self.source_beats
            if not self.back and self.grid.is_left_out(within):
                continue
            onset = self._place(within)
            if -_TINY <= onset < self.length_beats - _TINY:
                room = self.length_beats - onset + (_SWING_ROOM if not self.semitones else 0.0)
                placed.append(
                    replace(
                        note,
                        onset_beats=round(self.target_beats + onset, 6),
                        duration_beats=round(min(self._length(within, note.duration_beats), room), 6),
                        shift_beats=round(note.shift_beats * self._scale, 6),
                        pitch=note.pitch + up,
                    )
                )
        return placed

    def chords(self, chords: Iterable[Chord]) -> list[Chord]:
        """The chords of this section, cut at its borders, in song time."""
        placed = []
        for chord in chords:
            onset = max(0.0, self._place(chord.onset_beats - self.source_beats))
            end = min(self.length_beats, self._place(chord.end_beats - self.source_beats))
            if end > onset + _TINY:
                placed.append(
                    replace(
                        chord.transposed(self.semitones),
                        onset_beats=self.target_beats + onset,
                        duration_beats=end - onset,
                    )
                )
        return placed

    @property
    def _scale(self) -> float:
        return 1.0 / self.grid.scale if self.back else self.grid.scale

    def _place(self, beats: float) -> float:
        return self.grid.from_song(beats) if self.back else self.grid.to_song(beats)

    def _length(self, onset: float, beats: float) -> float:
        """How long a note is on the other side; one that lies over a gap loses it, or has it back."""
        if self.grid.gap is None:
            return beats * self._scale
        if self.back:
            return self.grid.from_song(onset + beats, ends=True) - self.grid.from_song(onset)
        return self.grid.to_song(onset + beats) - self.grid.to_song(onset)


def _on_home_tonic(section: SectionPlan, home: Key) -> SectionPlan:
    if section.key is None:
        return section
    down = -interval_to(section.key, home)
    chords = tuple(chord.transposed(down) for chord in section.chords)
    return replace(section, key=Key(home.tonic, section.key.mode), chords=chords)


def _in_canonical_bars(sections: Sequence[SectionPlan], grid: BarGrid) -> tuple[SectionPlan, ...]:
    """Sections in bars of the canonical form; an odd bar of 6/8 takes a whole one, whose second half is
    dropped later.
    """
    canonical, start = [], 0
    for section in sections:
        bars = grid.bars_for(section.bars)
        chords = tuple(_chord_from_song(chord, grid) for chord in section.chords)
        chords = _filled(chords, bars * grid.metre.bar_beats)
        canonical.append(replace(section, start_bar=start, bars=bars, chords=chords))
        start += bars
    return tuple(canonical)


def _chord_from_song(chord: Chord, grid: BarGrid) -> Chord:
    onset = grid.from_song(chord.onset_beats)
    length = grid.from_song(chord.end_beats) - onset if grid.gap else chord.duration_beats / grid.scale
    return replace(chord, onset_beats=onset, duration_beats=length)


def _filled(chords: tuple[Chord, ...], length_beats: float) -> tuple[Chord, ...]:
    """The last chord is held to the end of the section."""
    if not chords or chords[-1].end_beats >= length_beats - _TINY:
        return chords
    return (*chords[:-1], replace(chords[-1], duration_beats=length_beats - chords[-1].onset_beats))


def _settled(element: str, notes: list[Note], plan: Plan) -> tuple[Note, ...]:
    """Sorted; what moved out of its register comes back by octaves, and no single line overlaps itself beyond a tie."""
    if is_drums(element):
        return tuple(sorted(notes))
    traits = plan.parts[element]
    settled = sorted(without_unisons(in_register(notes, traits.low_pitch, traits.high_pitch)))
    if not element_of(element).single_line:
        return tuple(settled)
    ends = dict(pairwise(sorted({note.onset_beats for note in settled})))
    tie = TIE_BEATS if kind_of(element) == "bass" and traits.slides else 0.0
    return tuple(
        replace(
            note,
            duration_beats=round(min(note.duration_beats, ends.get(note.onset_beats, 1e9) - note.onset_beats + tie), 6),
        )
        for note in settled
    )
