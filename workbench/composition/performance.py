"""From rows to how it is played: swing, a late backbeat, looseness, dynamics by section, lengths, the ending."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from workbench.composition.conditioning import section_of_bar
from workbench.composition.drummer import is_programmed
from workbench.composition.phrases import carries, habit, is_sung
from workbench.composition.touch import touched
from workbench.domain.elements import element_of, is_drums, kind_of, plays
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.song import drum_role
from workbench.domain.theory import Chord
from workbench.domain.units import seconds_to_beats

_LEGATO_FROM = 0.55
_LEAST_BEATS, _TINY = 0.06, 1e-6
_SHORT_END_BEATS, _SHORT_ENDS = 1.0, 0.6
_BREATH_BEATS, _INHALED_BEATS, _HELD = 1.0, 0.5, 0.4
_LONGEST_HELD_BEATS = {True: (1.0, 4.0), False: (0.0, 2.0)}
"""The last note before a breath of more than a beat is held into it: the longer the more style and singer sustain."""


def perform(notes: Iterable[Note], plan: Plan, element: str) -> tuple[Note, ...]:
    """Timing and dynamics of player, style and sections on the written notes."""
    sections = section_of_bar(plan)
    late_beats = seconds_to_beats(plan.groove.late_ms / 1000.0, plan.tempo_bpm)
    played = []
    for note in touched(notes, plan, element):
        section = sections[min(int(note.onset_beats // plan.metre.bar_beats), plan.bars - 1)]
        shift = note.shift_beats * plan.groove.looseness + swing_shift(note.onset_beats, plan.groove.swing_percent)
        if is_drums(element) and drum_role(note.pitch) in ("snare", "clap", "side_stick"):
            shift += late_beats
        velocity = round(note.velocity * ride(plan, element, section))
        played.append(replace(note, shift_beats=round(shift, 6), velocity=min(127, max(1, velocity))))
    return tuple(sorted(played))


def ride(plan: Plan, element: str, section: SectionPlan) -> float:
    """How much louder players play in a section; a drum machine has the same steps in all of them."""
    return 1.0 if is_drums(element) and is_programmed(plan) else 0.8 + 0.3 * section.energy


def swing_shift(onset_beats: float, swing_percent: float) -> float:
    """How far an onset on an off 16th moves for the swing, in quarter notes; other places stay.

    Examples
    --------
    >>> round(swing_shift(0.25, 66.0), 3), swing_shift(0.5, 66.0)
    (0.08, 0.0)
    """
    within = onset_beats % 0.5
    return (swing_percent - 50.0) / 100.0 * 0.5 if abs(within - 0.25) < 1e-6 else 0.0


def shape_lengths(notes: Iterable[Note], plan: Plan, element: str, chords: tuple[Chord, ...]) -> tuple[Note, ...]:
    """Lengths that fit: single lines do not overlap themselves, pads end with their chord, legato styles connect.

    Pads that carry a section connect in every style, so that nothing falls silent beneath the leads.
    """
    usual, kind = plan.parts[element].sustain, kind_of(element)
    sections = section_of_bar(plan)
    ordered = sorted(notes)
    onsets = sorted({note.onset_beats for note in ordered})
    following = dict(itertools.pairwise(onsets))
    end_of_song = plan.bars * plan.metre.bar_beats
    held_beats = _LONGEST_HELD_BEATS[is_sung(plan, element)]
    shaped = []
    for note in ordered:
        room = following.get(note.onset_beats, end_of_song) - note.onset_beats
        length = note.duration_beats
        section = sections[min(int(note.onset_beats // plan.metre.bar_beats), plan.bars - 1)]
        sustain = max(usual, _LEGATO_FROM) if kind == "chords" and carries(element, section) else usual
        if kind == "chords":
            release = release_beats(note, chords)
            legato = min(max(length, room), release) if sustain >= _LEGATO_FROM else length
            length = min(legato, release)
        else:
            length = min(length, room)
            if sustain >= _LEGATO_FROM and room <= 2.0:
                length = max(length, room * (0.6 + 0.4 * sustain))
            elif kind == "melody" and room > _BREATH_BEATS:
                longest = float(np.interp(habit(plan, element, "held"), (0.0, 1.0), held_beats))
                held = min(room * (_HELD + 0.3 * sustain), room - _INHALED_BEATS, longest)
                length = max(length, min(held, release_beats(note, chords)))
        length = min(length, end_of_song - note.onset_beats)
        shaped.append(replace(note, duration_beats=round(max(length, _LEAST_BEATS), 6)))
    return tuple(without_unisons(shaped))


def without_unisons(notes: Iterable[Note]) -> list[Note]:
    """No pitch is struck while it still sounds: the earlier note ends first."""
    last: dict[int, int] = {}
    result: list[Note] = []
    for note in sorted(notes):
        before = last.get(note.pitch)
        if before is not None and result[before].onset_beats + result[before].duration_beats > note.onset_beats:
            length = note.onset_beats - result[before].onset_beats
            result[before] = replace(result[before], duration_beats=round(length, 6))
        last[note.pitch] = len(result)
        result.append(note)
    return [note for note in result if note.duration_beats > 0]


def close(notes: Sequence[Note], plan: Plan, element: str) -> tuple[Note, ...]:
    """The song ends: in its last bar nothing new begins after the first beat, and what sounds there is held.

    An element that would only have begun later comes in on the first beat instead.
    """
    last_bar = (plan.bars - 1) * plan.metre.bar_beats
    if plan.bars < 4 or plan.ending == "fade":
        return tuple(notes)
    end = last_bar + (_SHORT_END_BEATS if _ends_short(plan, element) else plan.metre.bar_beats)
    latest = last_bar + (_TINY if plan.ending == "abrupt" else 1.0 - _TINY)
    kept = []
    for note in notes:
        if note.onset_beats > latest:
            continue
        if not is_drums(element) and (note.onset_beats >= last_bar or _rings_over(note, end, plan)):
            note = replace(note, duration_beats=round(max(_LEAST_BEATS, end - note.onset_beats), 6))
        kept.append(note)
    late = sorted(note for note in notes if note.onset_beats >= last_bar)
    if late and not is_drums(element) and not any(note.onset_beats >= last_bar for note in kept):
        kept.append(replace(late[0], onset_beats=last_bar, duration_beats=end - last_bar, shift_beats=0.0))
    opening = [note for note in kept if note.onset_beats >= last_bar]
    if element_of(element).single_line and len(opening) > 1:
        kept = [note for note in kept if note not in opening[1:]]
    return tuple(kept)


def _rings_over(note: Note, end_beats: float, plan: Plan) -> bool:
    """Whether a note sounds beyond the end of a song that is cut off."""
    return plan.ending == "abrupt" and note.onset_beats + note.duration_beats > end_beats


def _ends_short(plan: Plan, element: str) -> bool:
    """Whether the last chord is cut off: by all where the song ends abruptly, else by the bass of half of the songs."""
    if plan.ending == "abrupt":
        return True
    return (
        kind_of(element) == "bass"
        and plays(plan.sections[-1].elements, "chords")
        and habit(plan, element, "ending") < _SHORT_ENDS
    )


def in_register(notes: Iterable[Note], low_pitch: int, high_pitch: int) -> tuple[Note, ...]:
    """Notes far outside the register move by octaves towards it, as far as an octave fits."""
    moved = []
    for note in notes:
        pitch = note.pitch
        while pitch < low_pitch and pitch + 12 <= high_pitch:
            pitch += 12
        while pitch > high_pitch and pitch - 12 >= low_pitch:
            pitch -= 12
        moved.append(replace(note, pitch=pitch))
    return tuple(moved)


def release_beats(note: Note, chords: Sequence[Chord]) -> float:
    """Quarter notes until the note no longer belongs to the sounding chord."""
    until = note.onset_beats
    for chord in chords:
        if chord.end_beats <= note.onset_beats + 0.1:
            continue
        if until > note.onset_beats and note.pitch % 12 not in chord.pitch_classes:
            break
        until = chord.end_beats
        if until - note.onset_beats > 8.0:
            break
    return until - note.onset_beats
