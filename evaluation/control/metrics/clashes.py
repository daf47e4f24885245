"""Clashes on strong beats: two elements a minor second or a minor ninth apart, both longer than an eighth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Metre

TONAL = ("bass", "pads", "leads")
_EIGHTH_BEATS = 0.5
_EARLY_BEATS = 1 / 16
"""A note that comes this little after the beat was meant for it."""


def strong_beats(metre: Metre) -> tuple[float, ...]:
    """Strong beats of a bar in quarter notes: first and third of four, first of three, dotted quarters that bear.

    Examples
    --------
    >>> strong_beats(Metre(4, 4)), strong_beats(Metre(3, 4))
    ((0.0, 2.0), (0.0,))
    """
    if metre.bar_beats == 6.0:
        return (0.0, 3.0)
    return (0.0, 2.0) if metre.bar_beats == 4.0 else (0.0,)


def clashes(score: Score) -> tuple[int, int]:
    """Strong beats on which elements clash, and strong beats on which at least two of them sound long notes."""
    places = [bar * score.metre.bar_beats + beat for bar in range(score.bars) for beat in strong_beats(score.metre)]
    return clashes_at(places, score.parts)


def clashes_at(places_beats: Iterable[float], parts: Mapping[str, Part]) -> tuple[int, int]:
    """The same at given places (sorted, in quarter notes)."""
    lines = {name: _long_notes(parts[name].notes) for name in TONAL if name in parts}
    clashing = together = 0
    firsts = dict.fromkeys(lines, 0)
    for place in places_beats:
        sounding = []
        for name, notes in lines.items():
            firsts[name] = _first_that_may_sound(notes, firsts[name], place)
            sounding.append(_sounding(notes, firsts[name], place))
        heard = [pitches for pitches in sounding if pitches]
        together += len(heard) > 1
        clashing += any(_clash(a, b) for one, other in combinations(heard, 2) for a in one for b in other)
    return clashing, together


def _long_notes(notes: Sequence[Note]) -> list[Note]:
    return sorted(note for note in notes if note.duration_beats > _EIGHTH_BEATS + 1e-6)


def _first_that_may_sound(notes: Sequence[Note], first: int, place: float) -> int:
    """Notes before this index have ended; only a prefix is passed over, so that a long note keeps its place."""
    while first < len(notes) and notes[first].onset_beats + notes[first].duration_beats <= place + _EARLY_BEATS:
        first += 1
    return first


def _sounding(notes: Sequence[Note], first: int, place: float) -> list[int]:
    pitches = []
    for note in notes[first:]:
        if note.onset_beats > place + _EARLY_BEATS:
            break
        if note.onset_beats + note.duration_beats > place + _EARLY_BEATS:
            pitches.append(note.pitch)
    return pitches


def _clash(first: int, second: int) -> bool:
    """A semitone, or an octave and one (or more octaves); a major seventh is none."""
    return abs(first - second) % 12 == 1
