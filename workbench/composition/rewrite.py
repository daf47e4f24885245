"""Writing a standing song anew in part: some bars of an element, a whole element, or the chords of some bars.

What stands around the bars is seen by the network, before and after; every note that begins outside of them stays the
very same note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from workbench.composition.canonical_form import (
    canonical_range,
    from_canonical,
    is_canonical,
    score_to_canonical,
    to_canonical,
)
from workbench.composition.compose import streams_of, write_element
from workbench.composition.conditioning import context_for, section_of_bar
from workbench.composition.drum_figures import with_figures
from workbench.composition.drum_sheet import loop_bars
from workbench.composition.drums import drum_writer
from workbench.composition.ensemble import beneath_tune
from workbench.composition.finishing import finished_drums, finished_line
from workbench.composition.harmony import cut, write_chords
from workbench.composition.melodic import Line, melodic_writer
from workbench.composition.performance import ride, swing_shift
from workbench.domain.arrays import Bytes, Integers
from workbench.domain.elements import ELEMENTS, is_drums, kind_of, of_kind
from workbench.domain.plan import Plan
from workbench.domain.score import Note, Part, Score
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord
from workbench.models.context import SongContext
from workbench.models.elements import PERCUSSION, get_spec
from workbench.models.history import BAR_COLUMN
from workbench.models.part_writer import PartWriter
from workbench.models.threads import one_thread
from workbench.models.tokenizer import decode_pitched, encode_drums, encode_pitched

_TRIES = 4
"""Times that bars are drawn before it is accepted that they come out as they were."""

Bars = Sequence[range]
"""Ranges of bars from 0, in order, that do not touch."""


def rewrite_element(plan: Plan, score: Score, element: str, bars: Bars, seed: int) -> tuple[Note, ...]:
    """The notes of an element with some bars composed anew between their standing neighbours.

    Parameters
    ----------
    plan, score : Plan, Score
        The song as it stands.
    element : str
        An element of the score.
    bars : sequence of range
        Bars from 0.
    seed : int
        The same seed gives the same notes.

    Returns
    -------
    tuple of Note
        Sorted; those that begin outside `bars` are the score's own.
    """
    if not is_canonical(plan):
        return _rewritten_canonical(plan, score, element, bars, seed)
    notes = score.parts[element].notes
    with one_thread():
        for piece in bars:
            for attempt in range(_TRIES):
                written = _rewritten(plan, score, element, notes, piece, generator(seed, element, piece.start, attempt))
                if _places(written) != _places(notes):
                    break
            notes = written
    return notes


def _rewritten_canonical(plan: Plan, score: Score, element: str, bars: Bars, seed: int) -> tuple[Note, ...]:
    """The same where the song lies in a compound metre or changes its key."""
    canonical = score_to_canonical(score, plan)
    pieces = [canonical_range(plan, piece) for piece in bars]
    notes = rewrite_element(to_canonical(plan), canonical, element, pieces, seed)
    fresh = _out_of_canonical(canonical, plan, element, notes)
    bar_beats = plan.metre.bar_beats
    anew = {bar for piece in bars for bar in piece}
    kept = [note for note in score.parts[element].notes if note.onset_beats // bar_beats not in anew]
    return tuple(sorted([*kept, *(note for note in fresh if note.onset_beats // bar_beats in anew)]))


def _out_of_canonical(canonical: Score, plan: Plan, element: str, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    return from_canonical(replace(canonical, parts={element: Part(element, notes)}), plan).parts[element].notes


def write_whole_element(plan: Plan, score: Score, element: str) -> tuple[Note, ...]:
    """An element composed over the whole song from `plan.seed`, in sight of those before it in the score.

    The element need not be in the score.
    """
    if not is_canonical(plan):
        canonical = score_to_canonical(score, plan)
        return _out_of_canonical(canonical, plan, element, write_whole_element(to_canonical(plan), canonical, element))
    with one_thread():
        notes = write_element(plan, element, score.chords, standing_streams(plan, score, element))[1]
    return _beside_tune(notes, plan, score, element)


def rewrite_chords(plan: Plan, score: Score, bars: Bars, seed: int) -> tuple[Chord, ...]:
    """The score's chords with those of some bars composed anew; the others are cut where they reach into them."""
    with one_thread():
        canonical = to_canonical(plan)
        written = write_chords(replace(canonical, seed=seed))
        written_score = Score("", canonical.tempo_bpm, canonical.metre, canonical.key, canonical.sections, written, {})
        fresh = from_canonical(written_score, plan).chords
    return with_chords(score.chords, fresh, [(piece.start, piece.stop) for piece in bars], plan.metre.bar_beats)


def with_chords(
    standing: Sequence[Chord], fresh: Sequence[Chord], spans: Sequence[tuple[int, int]], bar_beats: float
) -> tuple[Chord, ...]:
    """Chords of which some spans of bars are taken from others."""
    chords: list[Chord] = []
    done = 0.0
    for first, end in spans:
        chords += cut(standing, done, first * bar_beats)
        chords += cut(fresh, first * bar_beats, end * bar_beats)
        done = end * bar_beats
    return (*chords, *cut(standing, done, float("inf")))


def standing_streams(plan: Plan, score: Score, element: str) -> dict[str, Bytes]:
    """What an element sees of the elements that are composed before it."""
    before = ELEMENTS[: ELEMENTS.index(element)]
    streams: dict[str, Bytes] = {}
    for name in before:
        if name in score.parts:
            streams |= streams_of(name, _rows(plan, score, name, score.parts[name].notes), plan.bars)
    return streams


def _rewritten(
    plan: Plan, score: Score, element: str, notes: tuple[Note, ...], piece: range, rng: np.random.Generator
) -> tuple[Note, ...]:
    rows = _rows(plan, score, element, notes)
    bar = rows[:, BAR_COLUMN]
    ahead = rows[bar >= piece.stop]
    if is_drums(element):
        writer, context = drum_writer(plan, ahead=ahead)
    else:
        streams, slots = standing_streams(plan, score, element), dict[int, tuple[int, int]]()
        writer, context = melodic_writer(plan, element, score.chords, streams, ahead=ahead, silences=slots)
    writer.take(rows[bar < piece.start])
    if is_drums(element):
        _write_drums(writer, plan, piece, rng)
    else:
        Line(writer, plan, element, context, slots).write_anew(piece, rng)
    written = writer.rows[writer.rows[:, BAR_COLUMN] >= piece.start]
    fresh = _finished(plan, score, element, notes, piece, written, context)
    fresh = tuple(
        one for one in _beside_tune(fresh, plan, score, element) if one.onset_beats // plan.metre.bar_beats in piece
    )
    return _merged(plan, score, element, notes, piece, fresh)


def _beside_tune(notes: tuple[Note, ...], plan: Plan, score: Score, element: str) -> tuple[Note, ...]:
    tunes = of_kind(score.parts, "melody")
    if kind_of(element) != "chords" or not tunes:
        return notes
    return beneath_tune(notes, score.parts[tunes[0]].notes, plan, element, score.chords)


def _write_drums(writer: PartWriter, plan: Plan, piece: range, rng: np.random.Generator) -> None:
    """A groove is found, then played on; the last bar of a phrase or of the range is free for a fill."""
    loop = loop_bars(plan)
    for bar in piece:
        done = bar - piece.start
        if done < loop or done % 8 == 7 or bar == piece.stop - 1:
            writer.sample(1, rng, may_rest=False)
        else:
            writer.replay(piece.start + done % loop, 1, rng)


def _finished(
    plan: Plan,
    score: Score,
    element: str,
    notes: tuple[Note, ...],
    piece: range,
    rows: Integers,
    context: SongContext,
) -> tuple[Note, ...]:
    """Rows as notes that are shaped and performed as in composition."""
    if is_drums(element):
        return finished_drums(with_figures(rows, plan), plan, element)
    end = piece.stop * plan.metre.bar_beats
    following = [note for note in notes if note.onset_beats >= end]
    fresh = decode_pitched(rows, get_spec(element), context)
    return finished_line(fresh, plan, element, score.chords, following=following, end_beats=end)


def _merged(
    plan: Plan, score: Score, element: str, notes: tuple[Note, ...], piece: range, fresh: tuple[Note, ...]
) -> tuple[Note, ...]:
    first, end = (bar * plan.metre.bar_beats for bar in (piece.start, piece.stop))
    return tuple(sorted([*(note for note in notes if not first <= note.onset_beats < end), *fresh]))


def _rows(plan: Plan, score: Score, element: str, notes: tuple[Note, ...]) -> Integers:
    """Finished notes as the network would have written them: without swing, and as loud as before the section rides."""
    rides = [ride(plan, element, section) for section in section_of_bar(plan)]
    looseness = plan.groove.looseness or 1.0
    onsets, velocities = [], []
    for note in notes:
        bar = min(int(note.onset_beats // plan.metre.bar_beats), plan.bars - 1)
        shift = (note.shift_beats - swing_shift(note.onset_beats, plan.groove.swing_percent)) / looseness
        onsets.append(note.onset_beats + float(np.clip(shift, -1 / 16, 1 / 16)))
        velocities.append(min(127, round(note.velocity / rides[bar])))
    pitches = np.array([note.pitch for note in notes], np.int64)
    starts, loudness = np.array(onsets, float), np.array(velocities, np.int64)
    if is_drums(element):
        return encode_drums(starts, pitches, loudness, context_for(plan, PERCUSSION, (), {}, ""))
    spec = get_spec(element)
    lengths = np.array([note.duration_beats for note in notes], float)
    return encode_pitched(starts, lengths, pitches, loudness, spec, context_for(plan, spec, score.chords, {}, ""))


def _places(notes: tuple[Note, ...]) -> list[tuple[float, int]]:
    return [(note.onset_beats, note.pitch) for note in notes]
