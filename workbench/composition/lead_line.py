"""What a singer or player makes of a tune: tones that are struck again turn to a neighbour, or leap an octave.

Networks say a tone again where people ornament it: 28 % of the moves of their leads stay on the pitch, 19 % of those
that people wrote. Which ornament a song likes, and how often, is a habit of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import mean

from workbench.composition.phrases import HOOKS, habit, is_sung
from workbench.domain.plan import PartTraits, Plan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord, Key

_RISE = 3.0
"""Semitones that choruses stand above verses at least."""
_BURIED = 5
"""Semitones from the bottom of its register in which a verse would lie among the chords that accompany it."""
_SHORT_BEATS = 1.0
"""A tone that is longer is meant to stay."""
_NEIGHBOURS, _LEAPS, _THIRDS = 0.5, 0.7, 0.2
"""Share of the repeated tones that the most ornamental song changes in either way, and of the first by a third."""
_SCALES, _STEP = 0.35, 2
"""Share of players who move by scales rather than by the tones of a chord, and how far a step of the scale leads."""
_PHRASE_BARS = 4
_TINY = 1e-6
_LOWER = ("verse",)
_OCTAVE = 12


def risen(notes: Sequence[Note], plan: Plan, element: str) -> tuple[Note, ...]:
    """A tune whose choruses stand above its verses: where they do not, one of both moves by an octave.

    Whichever leaves less of the tune outside its register, or at its bottom, moves; the verse comes down where both do
    as well. A chorus that lies in the lower third of the register moves up where there is room, and so does a solo in
    its lower half.

    Parameters
    ----------
    notes : sequence of Note
        A single line, sorted.
    plan : Plan
        `parts[element]` holds the register.
    element : str
        One that plays a tune.
    """
    bar_beats = plan.metre.bar_beats
    hooks = {section.label for section in plan.sections if section.name in HOOKS}
    verses = {section.label for section in plan.sections if section.name in _LOWER}
    labels = {bar: section.label for section in plan.sections for bar in range(section.start_bar, section.end_bar)}
    label_of = [labels.get(int((note.onset_beats + _TINY) // bar_beats), "") for note in notes]
    high = [note.pitch for note, label in zip(notes, label_of, strict=True) if label in hooks]
    moves: dict[str, int] = {}
    for verse in sorted(verses):
        low = [note.pitch for note, label in zip(notes, label_of, strict=True) if label == verse]
        if high and low and mean(high) - mean(low) < _RISE:
            moves[verse] = -_OCTAVE
    if moves:
        low = [note.pitch for note, label in zip(notes, label_of, strict=True) if label in moves]
        traits = plan.parts[element]
        deep = sum(max(0, traits.low_pitch + _BURIED - pitch + _OCTAVE) for pitch in low)
        steep = sum(max(0, pitch + _OCTAVE - traits.high_pitch) for pitch in high)
        if steep < deep:
            moves = dict.fromkeys(hooks, _OCTAVE)
    elif high and _lies_low(high, plan.parts[element]):
        moves = dict.fromkeys(hooks, _OCTAVE)
    for solo in {section.label for section in plan.sections if section.name == "solo"} - set(moves):
        own = [note.pitch for note, label in zip(notes, label_of, strict=True) if label == solo]
        if own and _lies_low(own, plan.parts[element], share=0.5):
            moves[solo] = _OCTAVE
    return tuple(
        replace(note, pitch=note.pitch + moves.get(label, 0)) for note, label in zip(notes, label_of, strict=True)
    )


def _lies_low(pitches: Sequence[int], traits: PartTraits, share: float = 1.0 / 3.0) -> bool:
    """Whether a tune lies in the lower share of its register, and an octave higher would lie within it."""
    until = traits.low_pitch + (traits.high_pitch - traits.low_pitch) * share
    return mean(pitches) < until and max(pitches) + _OCTAVE <= traits.high_pitch


def ornamented(notes: Sequence[Note], plan: Plan, element: str) -> tuple[Note, ...]:
    """A tune whose repeated short tones are varied; what returns is varied alike.

    A tone between two of its own pitch goes to a neighbouring tone of the scale, or a third away, and back; one before
    another pitch passes on the way to it. Off the beat, instruments that like leaps raise it by an octave; nobody sings
    that.

    Parameters
    ----------
    notes : sequence of Note
        A single line, sorted.
    plan : Plan
    """
    line = list(notes)
    for place in range(1, len(line) - 1):
        before, note, after = line[place - 1 : place + 2]
        if note.pitch == before.pitch and after.onset_beats - note.onset_beats <= _SHORT_BEATS:
            line[place] = replace(note, pitch=_pitch(note, after, plan, element))
    return tuple(line)


def broken(notes: Sequence[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """A tune of an instrument that breaks chords: off the beat, tones between those of the chord go on to the next one.

    Tunes that are sung stay as they are, and those of players who like scales.

    Parameters
    ----------
    notes : sequence of Note
        A single line, sorted.
    plan : Plan
    element : str
        One that plays a tune.
    chords : sequence of Chord
        Of the whole song.
    """
    often = (habit(plan, element, "broken chords") - _SCALES) / (1.0 - _SCALES)
    if is_sung(plan, element) or often <= 0.0:
        return tuple(notes)
    line = list(notes[:1])
    for before, note in pairwise(notes):
        chord = next((one for one in chords if one.end_beats > note.onset_beats + _TINY), None)
        steps = 0 < abs(note.pitch - before.pitch) <= _STEP and note.onset_beats % 1.0 > _TINY
        chosen = generator(plan.seed, element, "broken", *_place(note, plan)).random() < often
        if chord is not None and chord.sounds and note.pitch % 12 not in chord.pitch_classes and steps and chosen:
            way = 1 if note.pitch > before.pitch else -1
            tones = (note.pitch + way * size for size in range(1, 12))
            pitch = next(tone for tone in tones if tone % 12 in chord.pitch_classes)
            note = replace(note, pitch=pitch if pitch <= plan.parts[element].high_pitch else note.pitch)
        line.append(note)
    return tuple(line)


def _place(note: Note, plan: Plan) -> tuple[str, int, int]:
    """Where a note stands, so that what returns is played alike: section, bar of four, twelfth of a beat."""
    bar = int((note.onset_beats + _TINY) // plan.metre.bar_beats)
    section = next((one for one in plan.sections if bar < one.end_bar), plan.sections[-1])
    within = round((note.onset_beats % plan.metre.bar_beats) * 12)
    return section.label, (bar - section.start_bar) % _PHRASE_BARS, within


def _pitch(note: Note, after: Note, plan: Plan, element: str) -> int:
    bar = int((note.onset_beats + _TINY) // plan.metre.bar_beats)
    section = next((one for one in plan.sections if bar < one.end_bar), plan.sections[-1])
    turn, leap, side = generator(plan.seed, element, "ornament", *_place(note, plan)).random(3).tolist()
    traits = plan.parts[element]
    off_beat = note.onset_beats % 1.0 > _TINY
    if off_beat and not is_sung(plan, element) and leap < _LEAPS * max(0.0, 2.0 * habit(plan, element, "leaps") - 1.0):
        return note.pitch + 12 if note.pitch + 12 <= traits.high_pitch else note.pitch
    if turn < _NEIGHBOURS * habit(plan, element, "neighbours"):
        key = section.key or plan.key
        upwards = after.pitch > note.pitch if after.pitch != note.pitch else side < 0.5
        way = 1 if upwards else -1
        found = _next_in_scale(note.pitch, way, key)
        found = _next_in_scale(found, way, key) if turn < _THIRDS * _NEIGHBOURS else found
        return found if found != after.pitch else note.pitch
    return note.pitch


def _next_in_scale(pitch: int, side: int, key: Key) -> int:
    """The tone of the scale above (1) or below (-1) a pitch.

    Examples
    --------
    >>> _next_in_scale(64, 1, Key.parse("C major")), _next_in_scale(64, -1, Key.parse("C major"))
    (65, 62)
    """
    return next(pitch + side * size for size in (1, 2, 3, 4) if (pitch + side * size) % 12 in key.pitch_classes)
