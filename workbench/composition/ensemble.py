"""Pads in sight of the leads: they make room below a tune, answer in its rests, and double it in the last chorus.

Pads and leads are written without knowledge of each other. Here an arranger goes over both: voicings that stand above
the tune come down, where the tune breathes its own last notes are answered, and the last time that a chorus comes it
is sung in two voices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from workbench.composition.performance import release_beats, swing_shift, without_unisons
from workbench.composition.phrases import HOOKS, habit
from workbench.composition.voicing import nearest_tone
from workbench.domain.elements import of_kind
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord, Key

_MIDDLE_OF_TUNE = 50
"""Percentile of the tune's pitches in a section below which pads keep: it may dip below them in passing."""
_LEAST_ROOM, _BROKEN_ABOVE = 12, 7
"""Semitones that pads have at least, and how far single tones, as of a broken chord, may stand above their ceiling."""
_DEEPEST, _CLOSE, _CLOSE_BELOW = 48, 4, 52
"""No tone comes down below C3, nor closer than a third to its neighbours below E3."""
_REST_BEATS, _HEARD_BEATS, _BREATH_BEATS = 1.5, 1.0, 0.25
"""How long a tune rests, or stays on a tone that was heard for a beat, where it is answered, and how long after that
and before its return all is left to it.
"""
_MOTIF_NOTES, _MOTIF_BEATS = 5, 4.0
"""The end of a phrase that an answer takes up."""
_RETICENT = 0.35
"""Share of songs whose pads leave the rests alone; in the others the most talkative player answers all of them."""
_ANSWER_BELOW, _ANSWER_SOFTER, _DOUBLE_SOFTER = 4, 0.85, 0.8
_TWO_VOICES = 0.6
"""Share of songs whose last chorus is sung in two voices."""
_OCTAVES = 0.35
"""Share of songs whose last chorus is doubled in octaves, the others in thirds and sixths."""
_SHORTEST_DOUBLED = 0.4
_TINY = 1e-6


def beneath_tune(
    notes: Sequence[Note], tune: Sequence[Note], plan: Plan, element: str, chords: Sequence[Chord]
) -> tuple[Note, ...]:
    """The notes of pads, or of another element that plays chords, as they are played beside a tune.

    Parameters
    ----------
    notes, tune : sequence of Note
        As performed, sorted.
    plan : Plan
    element : str
        Whose notes they are.
    chords : sequence of Chord
        Of the whole song.

    Returns
    -------
    tuple of Note
        Sorted. Without a tune, or where it is silent, they stay as they are.
    """
    if not (notes and tune):
        return tuple(notes)
    bar_beats = plan.metre.bar_beats
    played: list[Note] = []
    last = _last_hook(plan)
    for section in plan.sections:
        start, end = section.start_bar * bar_beats, section.end_bar * bar_beats
        own = _within(notes, start, end)
        sung = _within(tune, start, end)
        if not (own and sung):
            played += own
            continue
        played += _below(own, sung, plan.parts[element])
        if of_kind(section.elements, "chords")[:1] not in ((), (element,)):
            continue  # One answers, and not two at once.
        added = [*_answers(sung, plan, element, section, chords)]
        if section is last and habit(plan, element, "second voice") < _TWO_VOICES:
            added += _doubled(sung, plan, element, section, chords)
        played += _through_held(added, _within(played, start, end))
    return tuple(sorted(without_unisons(played)))


def _within(notes: Iterable[Note], start: float, end: float) -> list[Note]:
    return [note for note in notes if start - _TINY <= note.onset_beats < end - _TINY]


def _last_hook(plan: Plan) -> SectionPlan | None:
    """The last chorus, hook or drop, if there was one like it before."""
    hooks = [section for section in plan.sections if section.name in HOOKS]
    again = [one for one in hooks[1:] if one.label in {before.label for before in hooks if before is not one}]
    return again[-1] if again and again[-1] is hooks[-1] else None


def _below(own: Sequence[Note], tune: Sequence[Note], traits: PartTraits) -> Iterator[Note]:
    """Strikes of a section whose tones above the tune's middle come down by octaves where there is room for them."""
    if not tune:
        yield from own
        return
    middle = int(np.percentile([note.pitch for note in tune], _MIDDLE_OF_TUNE)) - 1
    low = max(traits.low_pitch, _DEEPEST)
    ceiling = max(middle, low + _LEAST_ROOM)
    for _, group in groupby(own, key=lambda note: note.onset_beats):
        strike = sorted(group, key=lambda note: note.pitch)
        limit = ceiling + (_BROKEN_ABOVE if len(strike) == 1 else 0)
        settled = [note for note in strike if note.pitch <= limit]
        for note in strike[len(settled) :]:
            settled += _brought_down(note, settled, limit, low)
        yield from settled


def _brought_down(note: Note, settled: Sequence[Note], limit: int, low: int) -> list[Note]:
    """A tone at or below a limit, nothing where it sounds there already, or the tone itself where it has no place."""
    pitch = note.pitch - 12 * -(-(note.pitch - limit) // 12)
    pitches = [one.pitch for one in settled]
    if pitch in pitches:
        return []
    near = _CLOSE if pitch < _CLOSE_BELOW else 2
    if pitch < low or any(abs(pitch - other) < near for other in pitches):
        # A doubled tone is not missed.
        return [] if note.pitch % 12 in {other % 12 for other in pitches} else [note]
    return [replace(note, pitch=pitch)]


def _answers(
    tune: Sequence[Note], plan: Plan, element: str, section: SectionPlan, chords: Sequence[Chord]
) -> Iterator[Note]:
    """What the pads say where the tune rests within a section: its last notes, turned around, at a chord tone's end."""
    bar_beats = plan.metre.bar_beats
    often = float(np.interp(habit(plan, element, "answers"), (_RETICENT, 1.0), (0.0, 1.0)))
    end = min(section.end_bar * bar_beats, (plan.bars - 1) * bar_beats)
    onsets = [*(note.onset_beats for note in tune[1:]), end]
    for note, following in zip(tune, onsets, strict=True):
        silent = note.onset_beats + min(note.duration_beats, _HEARD_BEATS)
        if following - silent < _REST_BEATS:
            continue
        bar = int(silent // bar_beats) - section.start_bar
        if generator(plan.seed, "answer", section.label, bar).random() < often:
            first = np.ceil((silent + _BREATH_BEATS) * 2.0) / 2.0
            yield from _answer(tune, note, (first, following - _BREATH_BEATS), plan, element, section, chords)


def _answer(
    tune: Sequence[Note],
    last: Note,
    span: tuple[float, float],
    plan: Plan,
    element: str,
    section: SectionPlan,
    chords: Sequence[Chord],
) -> Iterator[Note]:
    """The end of a phrase in the time that follows: the same rhythm, mirrored, below it."""
    since = last.onset_beats - _MOTIF_BEATS
    motif = [one for one in tune if since <= one.onset_beats <= last.onset_beats][-_MOTIF_NOTES:]
    begin = motif[0].onset_beats
    taken_up = [one for one in motif if span[0] + one.onset_beats - begin < span[1] - _BREATH_BEATS]
    key, traits = section.key or plan.key, plan.parts[element]
    pitch = 0
    for place, one in enumerate(taken_up):
        onset = span[0] + one.onset_beats - begin
        chord = _chord_at(chords, onset)
        if chord is None or not chord.sounds:
            return
        if place == 0:
            pitch = nearest_tone(min(last.pitch - _ANSWER_BELOW, traits.high_pitch), chord)
        else:
            pitch = _mirrored(pitch, taken_up[place - 1].pitch - one.pitch, key)
        if onset % 1.0 < _TINY or place == len(taken_up) - 1 or pitch > traits.high_pitch:
            pitch = nearest_tone(min(pitch, traits.high_pitch - 3), chord)
        until = span[0] + taken_up[place + 1].onset_beats - begin if place + 1 < len(taken_up) else span[1]
        length = min(max(one.duration_beats, 0.5 * (until - onset)), until - onset)
        shift = swing_shift(float(onset), plan.groove.swing_percent)
        struck = _struck(replace(one, shift_beats=shift), onset, pitch, length, _ANSWER_SOFTER)
        yield replace(struck, duration_beats=round(min(struck.duration_beats, release_beats(struck, chords)), 6))


def _doubled(
    tune: Sequence[Note], plan: Plan, element: str, section: SectionPlan, chords: Sequence[Chord]
) -> Iterator[Note]:
    """The second voice of a chorus that comes for the last time: in thirds and sixths, where tones pass in octaves."""
    octaves = habit(plan, element, "doubling") < _OCTAVES
    onsets = [*(note.onset_beats for note in tune[1:]), section.end_bar * plan.metre.bar_beats]
    for note, following in zip(tune, onsets, strict=True):
        chord = _chord_at(chords, note.onset_beats)
        quick = following - note.onset_beats < _SHORTEST_DOUBLED and note.onset_beats % 1.0 > _TINY
        if chord is None or not chord.sounds or quick:
            continue
        passing = note.pitch % 12 not in chord.pitch_classes
        pitch = note.pitch - 12 if octaves or passing else _second_voice(note, chord)
        if pitch >= plan.parts[element].low_pitch:
            yield _struck(note, note.onset_beats, pitch, note.duration_beats, _DOUBLE_SOFTER)


def _through_held(added: Iterable[Note], held: Sequence[Note]) -> Iterator[Note]:
    """Added notes, of which those that strike a tone anew that is held sound as long as it would have."""
    for note in added:
        ends = [
            one.onset_beats + one.duration_beats
            for one in held
            if one.pitch == note.pitch and one.onset_beats <= note.onset_beats < one.onset_beats + one.duration_beats
        ]
        length = max([note.duration_beats, *(end - note.onset_beats for end in ends)])
        yield replace(note, duration_beats=round(length, 6))


def _second_voice(note: Note, chord: Chord) -> int:
    """The tone of the chord a third to a sixth below.

    Examples
    --------
    >>> [_second_voice(Note(0.0, pitch, 1.0, 80), Chord.parse("C")) for pitch in (76, 72, 67)]
    [72, 67, 64]
    """
    return next(
        note.pitch - size for size in (3, 4, 5, 6, 7, 8, 9, 12) if (note.pitch - size) % 12 in chord.pitch_classes
    )


def _mirrored(pitch: int, move: int, key: Key) -> int:
    """The tone of the scale nearest to a pitch moved by some semitones."""
    target = pitch + int(np.clip(move, -7, 7))
    return next(target + step for step in (0, -1, 1, -2, 2) if (target + step) % 12 in key.pitch_classes)


def _struck(model: Note, onset: float, pitch: int, length: float, softer: float) -> Note:
    return Note(
        round(float(onset), 6),
        pitch,
        round(float(max(0.1, length)), 6),
        min(127, max(1, round(model.velocity * softer))),
        round(model.shift_beats, 6),
    )


def _chord_at(chords: Sequence[Chord], beats: float) -> Chord | None:
    return next((chord for chord in chords if chord.end_beats > beats + 0.05), None)
