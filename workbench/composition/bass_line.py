"""What a bass player adds to a line of roots: steps into the next chord, and octaves and slides by style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from workbench.composition.bass_figures import inclination, play_bass, step_towards
from workbench.composition.performance import release_beats
from workbench.domain.plan import PartTraits, Plan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord, Key

_APPROACH_BEATS = 1.0
"""A note that ends this close before a change may lead into it."""
_TINY = 1e-6
TIE_BEATS = 0.12
"""How far a note reaches into the one that it glides into: monophonic voices glide between notes that overlap."""
_LONG_BEATS, _SLIDE_BEATS, _RINGS_BEATS = 0.75, 0.5, 3.0
_SLIDES = (12, 7, -12, -5, 5)
"""Intervals of slides, the first that the register has."""


def ornament(notes: Sequence[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """A bass line in the figures of its style, with approaches and octaves as often as that plays them.

    Parameters
    ----------
    notes : sequence of Note
        A single line, sorted.
    plan : Plan
        `parts[element].walking` and `.octaves` say how often.
    element : str
        A bass.
    chords : sequence of Chord
        Of the song.
    """
    played = play_bass(notes, plan, element, chords)
    return _with_octaves(_with_approaches(played, plan, element, chords), plan, element)


def with_slides(notes: Sequence[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """A bass line that rings on and glides: the longest note of a bar moves to another before it ends.

    It does at the end of each four bars, and at that of two as often as the style says.

    Parameters
    ----------
    notes : sequence of Note
        A single line, sorted, with the lengths that it sounds with.
    plan : Plan
        `parts[element].slides` says how often; at 0 lengths stay as they are.
    element : str
        A bass.
    chords : sequence of Chord
        Of the song: no note rings on over a chord that it does not belong to.
    """
    if not plan.parts[element].slides:
        return tuple(notes)
    rung = _ringing(notes, plan, chords)
    line: list[Note] = []
    for note in rung:
        bar = int(note.onset_beats // plan.metre.bar_beats)
        others = [one for one in rung if one.onset_beats // plan.metre.bar_beats == bar]
        target = _slide_target(note, plan.parts[element])
        longest = note == max(others, key=lambda one: one.duration_beats) and note.duration_beats >= _LONG_BEATS
        place = bar % 4 == 3 or (bar % 4 == 1 and _drawn(plan, element, "slides", note))
        if target is None or not longest or not place or bar == plan.bars - 1:
            line.append(note)
            continue
        length = _SLIDE_BEATS if note.duration_beats >= 2 * _SLIDE_BEATS else _SLIDE_BEATS / 2
        onset = round((note.onset_beats + note.duration_beats - length) * 4) / 4
        rest = note.onset_beats + note.duration_beats - onset
        line.append(replace(note, duration_beats=round(onset - note.onset_beats + TIE_BEATS, 6)))
        line.append(replace(note, onset_beats=onset, pitch=target, duration_beats=round(rest, 6)))
    return tuple(line)


def _ringing(notes: Sequence[Note], plan: Plan, chords: Sequence[Chord]) -> list[Note]:
    """Each note sounds until the next one or while its chord does, for three beats at most."""
    ends = [note.onset_beats for note in notes[1:]] + [plan.bars * plan.metre.bar_beats]
    rung = []
    for note, end in zip(notes, ends, strict=True):
        room = min(end - note.onset_beats, release_beats(note, chords), _RINGS_BEATS)
        rung.append(replace(note, duration_beats=round(max(note.duration_beats, room), 6)))
    return rung


def _slide_target(note: Note, traits: PartTraits) -> int | None:
    reached = (note.pitch + interval for interval in _SLIDES)
    return next((pitch for pitch in reached if traits.low_pitch <= pitch <= traits.high_pitch), None)


def _with_approaches(notes: Sequence[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """The last note before a change steps to the note after it, where it would only repeat the one before."""
    changes = sorted({chord.onset_beats for chord in chords[1:]})
    line = list(notes)
    for place in range(1, len(line) - 1):
        before, note, after = line[place - 1 : place + 2]
        change = next((beats for beats in changes if note.onset_beats < beats - _TINY <= after.onset_beats), None)
        if change is None or change - note.onset_beats > _APPROACH_BEATS or after.onset_beats > change + _TINY:
            continue
        if (
            note.pitch != before.pitch
            or abs(after.pitch - note.pitch) < 3
            or not _drawn(plan, element, "walking", note)
        ):
            continue
        pitch = step_towards(note.pitch, after.pitch, _key_at(plan, note.onset_beats))
        if plan.parts[element].low_pitch <= pitch <= plan.parts[element].high_pitch:
            line[place] = replace(note, pitch=pitch)
    return tuple(line)


def _with_octaves(notes: Sequence[Note], plan: Plan, element: str) -> tuple[Note, ...]:
    """Off the beat, a note that repeats the one before leaps up an octave, where the register has it."""
    line = list(notes[:1])
    for before, note in pairwise(notes):
        room = note.pitch + 12 <= plan.parts[element].high_pitch
        off_beat = abs(note.onset_beats % 1.0 - 0.5) < _TINY
        raised = room and off_beat and note.pitch == before.pitch and _drawn(plan, element, "octaves", note)
        line.append(replace(note, pitch=note.pitch + 12) if raised else note)
    return tuple(line)


def _drawn(plan: Plan, element: str, what: str, note: Note) -> bool:
    """Whether a place is chosen: by its bar of four, so that what returns is played alike."""
    bar = int(note.onset_beats // plan.metre.bar_beats)
    section = next(one for one in plan.sections if bar < one.end_bar or one is plan.sections[-1])
    within = round((note.onset_beats % plan.metre.bar_beats) * 12)
    rng = generator(plan.seed, element, what, section.label, (bar - section.start_bar) % 4, within)
    return bool(rng.random() < getattr(plan.parts[element], what) * inclination(plan, element, what))


def _key_at(plan: Plan, beats: float) -> Key:
    bar = int(beats // plan.metre.bar_beats)
    return next((one.key for one in plan.sections if bar < one.end_bar), None) or plan.key
