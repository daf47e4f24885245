"""Voicings: pads that play a chord sound its third, and three tones of it; a chord that arrives is struck.

The network decides when pads play, how long and how high. It often leaves a chord to one or two tones, which tell no
listener whether it is major or minor. What is added here lies among the tones that it chose, and is played like them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from workbench.composition.conditioning import section_of_bar
from workbench.composition.performance import release_beats, without_unisons
from workbench.domain.chord_symbols import is_tension_chord
from workbench.domain.elements import plays
from workbench.domain.plan import PartTraits, Plan
from workbench.domain.score import Note
from workbench.domain.theory import Chord

_FULL, _CORE = 3, 4
"""Tones of a chord that are heard as that chord, of its first four: a ninth is colour."""
_ARPEGGIO_BEATS = 1.0
"""A single note that is shorter belongs to a broken chord, whose tones count together."""
_LATE_BEATS = 1.0
"""A chord that is new may be struck this much after it arrives, as off-beat styles do."""
_EARLY_BEATS = 0.1
_LOW_INTERVAL_LIMIT, _CLOSEST_BELOW = 52, 5
"""Below E3 close intervals are mud: there a tone keeps a fourth from its neighbours."""
_MUD_COSTS = 12

_Strike = list[Note]


def state_chords(notes: Iterable[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """The notes of pads, with lengths as they sound, so that each chord is stated.

    The first strike of a chord in a bar gets its third, where no bass plays the root too, and what it lacks of three
    tones, counting what still sounds, and so does the same stab again; other strikes after it may be thinner, as
    players' are. A broken chord gets what it
    lacks in all with its first note. A new chord under which pads play,
    but later than a quarter note or not at all, is struck where it begins.

    Parameters
    ----------
    notes : iterable of Note
        As `feel.shape_lengths` returns them, before swing and dynamics.
    plan : Plan
        Registers and sections are taken from it.
    element : str
        One that plays chords.
    chords : sequence of Chord
        Of the whole song.

    Returns
    -------
    tuple of Note
        Sorted; those given, and what was missing. A strike that is complete is left alone.
    """
    sections = section_of_bar(plan)
    bar_beats = plan.metre.bar_beats
    stated = sorted(notes)
    bars = groupby(list(stated), lambda note: min(int(note.onset_beats // bar_beats), plan.bars - 1))
    for bar, group in bars:
        in_bar = list(group)
        for chord, start, end in chords_within(chords, bar * bar_beats, (bar + 1) * bar_beats):
            if not chord.sounds:
                continue
            strikes = _strikes(note for note in in_bar if start <= note.onset_beats + _EARLY_BEATS < end)
            if _comes_late(chord, strikes, start, end, stated):
                strikes.insert(0, _arrival(chord, strikes, in_bar, start, chords))
                stated += strikes[0]
            wanted = wanted_tones(chord, alone=not plays(sections[bar].elements, "bass"))
            stated += _completed(strikes, stated, chord, wanted, plan.parts[element], chords)
    return tuple(without_unisons(stated))


def with_last_chord(notes: Sequence[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """The notes of pads, with the whole last chord on the first beat of the last bar: a song ends on a chord.

    Where pads pause or thin out there, their last strike is moved to it.
    """
    last_bar = (plan.bars - 1) * plan.metre.bar_beats
    before = [note for note in notes if note.onset_beats < last_bar]
    if not (before and chords and element in plan.sections[-1].elements):
        return tuple(notes)
    strike = [note for note in notes if abs(note.onset_beats - last_bar) < _EARLY_BEATS]
    length = plan.metre.bar_beats
    struck = {nearest_tone(note.pitch, chords[-1]): note for note in strike or _strikes(before)[-1]}
    model = [replace(note, pitch=pitch, onset_beats=last_bar, duration_beats=length) for pitch, note in struck.items()]
    added = missing_tones(model, model, chords[-1], chords[-1].pitch_classes[:_FULL], plan.parts[element], chords)
    return tuple(sorted([*(note for note in notes if note not in strike), *model, *added]))


def _completed(
    strikes: Sequence[_Strike],
    stated: Sequence[Note],
    chord: Chord,
    wanted: Sequence[int],
    traits: PartTraits,
    chords: Sequence[Chord],
) -> list[Note]:
    """What the strikes of one chord lack, beside all that is `stated`; a broken chord lacks it at its beginning."""
    broken = [strike[0] for strike in strikes if _is_broken(strike)]
    spread = len({note.pitch % 12 for note in broken}) > 1
    added: list[Note] = []
    for strike in strikes:
        in_broken = spread and _is_broken(strike)
        if strike is not strikes[0] and (
            in_broken or (_moves(strikes[0], strike) and _stated(strikes[0], added, wanted))
        ):
            continue
        heard = _sounding([*stated, *added], strike[0].onset_beats, _longest(strike).duration_beats)
        if in_broken:
            heard = [note for each in strikes for note in each]
        added += missing_tones(strike, heard, chord, wanted, traits, chords)
    return added


def without_chord(notes: Iterable[Note], chords: Sequence[Chord]) -> tuple[Note, ...]:
    """Accompaniment without the notes that begin where there is no chord ("N.C."); what is held ends there."""
    rests = [chord for chord in chords if not chord.sounds]
    kept = []
    for note in notes:
        if any(rest.onset_beats - _EARLY_BEATS < note.onset_beats < rest.end_beats - _EARLY_BEATS for rest in rests):
            continue
        ends = [rest.onset_beats - note.onset_beats for rest in rests if rest.onset_beats > note.onset_beats]
        kept.append(replace(note, duration_beats=min([note.duration_beats, *ends])))
    return tuple(kept)


def in_time(notes: Iterable[Note], chords: Sequence[Chord]) -> tuple[Note, ...]:
    """Notes that tell the chord before, where that changes within their beat, moved to the nearest tone of the new one.

    Networks know chords by the beat: two chords in a bar of three quarter notes change between two of them. Sorted.
    """
    moved = []
    for note in notes:
        now = next((i for i, one in enumerate(chords) if one.end_beats > note.onset_beats + _EARLY_BEATS), 0)
        new, old = chords[now], chords[max(0, now - 1)]
        within = new.onset_beats % 1.0 > 0.0 and note.onset_beats < math.ceil(new.onset_beats) - _EARLY_BEATS
        if within and new.sounds and note.pitch % 12 in set(old.pitch_classes) - set(new.pitch_classes):
            note = replace(note, pitch=nearest_tone(note.pitch, new))
            note = replace(note, duration_beats=min(note.duration_beats, release_beats(note, chords)))
        moved.append(note)
    return tuple(sorted(moved))


def _strikes(notes: Iterable[Note]) -> list[_Strike]:
    """Notes that begin together, or as close as a strum."""
    strikes: list[_Strike] = []
    for note in notes:
        if strikes and note.onset_beats < strikes[-1][0].onset_beats + _EARLY_BEATS:
            strikes[-1].append(note)
        else:
            strikes.append([note])
    return strikes


def chords_within(chords: Iterable[Chord], start_beats: float, end_beats: float) -> list[tuple[Chord, float, float]]:
    """The chords that sound in a stretch of time, each with where it begins and ends there."""
    pieces = [(chord, max(chord.onset_beats, start_beats), min(chord.end_beats, end_beats)) for chord in chords]
    return [piece for piece in pieces if piece[2] - piece[1] > _EARLY_BEATS]


def wanted_tones(chord: Chord, *, alone: bool) -> tuple[int, ...]:
    """The tones that have to sound, as pitch classes: the third (or what stands for it), without bass the root too.

    Of a chord with tensions these are all but root and perfect fifth, which say nothing of it.
    """
    tones = chord.pitch_classes
    telling = tones[1:2]
    if is_tension_chord(chord.quality):
        telling = tuple(tone for tone in tones if (tone - chord.root) % 12 not in (0, 7))
    return (*telling, tones[0]) if alone else telling


def _comes_late(chord: Chord, strikes: Sequence[_Strike], start: float, end: float, stated: Iterable[Note]) -> bool:
    """Whether a chord that begins here is not struck in time, nor stated by what is held over from before."""
    first = strikes[0][0].onset_beats if strikes else end
    if chord.onset_beats < start - _EARLY_BEATS or first <= start + _LATE_BEATS + _EARLY_BEATS:
        return False
    held = {note.pitch % 12 for note in _sounding(stated, start)}
    return len(held & set(chord.pitch_classes)) < min(_FULL, len(chord.pitch_classes))


def _arrival(
    chord: Chord, strikes: Sequence[_Strike], in_bar: Sequence[Note], start: float, chords: Sequence[Chord]
) -> _Strike:
    """What strikes a chord where it begins: its first strike, else the nearest note of the bar as one of its tones."""
    pattern = strikes[0] if strikes else [min(in_bar, key=lambda note: abs(note.onset_beats - start))]
    moved = []
    for note in pattern:
        there = replace(note, onset_beats=start, pitch=nearest_tone(note.pitch, chord))
        moved.append(replace(there, duration_beats=min(note.duration_beats, release_beats(there, chords))))
    return moved


def nearest_tone(pitch: int, chord: Chord) -> int:
    """The pitch of a chord tone that lies nearest; of two the lower. Where no chord sounds, the pitch itself."""
    if not chord.sounds:
        return pitch
    near = [pitch + step for step in range(-6, 7) if (pitch + step) % 12 in chord.pitch_classes]
    return min(near, key=lambda one: (abs(one - pitch), one))


def _moves(first: _Strike, strike: _Strike) -> bool:
    """Whether a strike goes on to other tones than the first: a figure, not the same stab again."""
    return not {note.pitch for note in strike} <= {note.pitch for note in first}


def _stated(first: _Strike, added: Sequence[Note], wanted: Sequence[int]) -> bool:
    """Whether the first strike of a chord, with what was added to it, stated the chord: what follows may be thinner."""
    begun = first[0].onset_beats + _EARLY_BEATS
    heard = {note.pitch % 12 for note in [*first, *added] if note.onset_beats < begun}
    return set(wanted) <= heard


def _is_broken(strike: _Strike) -> bool:
    """Whether a strike may be one tone of a broken chord."""
    return len(strike) == 1 and strike[0].duration_beats < _ARPEGGIO_BEATS


def _longest(strike: _Strike) -> Note:
    return max(strike, key=lambda note: note.duration_beats)


def _sounding(notes: Iterable[Note], beats: float, length_beats: float = _ARPEGGIO_BEATS) -> list[Note]:
    """Notes that begin by then and are held through half of a length."""
    late = beats + length_beats / 2.0
    return [
        note for note in notes if note.onset_beats <= beats + 1e-6 and note.onset_beats + note.duration_beats > late
    ]


def missing_tones(
    strike: _Strike,
    heard: Iterable[Note],
    chord: Chord,
    wanted: Sequence[int],
    traits: PartTraits,
    chords: Sequence[Chord],
) -> _Strike:
    """The notes that a strike lacks: tones that are wanted, then others from the root up, to three in all."""
    pitches = sorted({note.pitch for note in heard} | {note.pitch for note in strike})
    model = _longest(strike)
    centre = sum(note.pitch for note in strike) / len(strike)
    added: _Strike = []
    core = {*chord.pitch_classes[:_CORE], *wanted}
    for tone in dict.fromkeys([*wanted, *chord.pitch_classes[:_CORE]]):
        present = {pitch % 12 for pitch in pitches} & core
        if tone in present or (tone not in wanted and len(present) >= _FULL):
            continue
        pitch = _place(tone, pitches, centre, traits)
        if pitch is not None:
            note = replace(model, pitch=pitch)
            added.append(replace(note, duration_beats=min(model.duration_beats, release_beats(note, chords))))
            pitches = sorted([*pitches, pitch])
    return added


def _place(tone: int, pitches: Sequence[int], centre: float, traits: PartTraits) -> int | None:
    """The pitch for a tone: in the register, near the others, a semitone from none, and not close in the depth."""
    costs = {}
    for pitch in range(traits.low_pitch, traits.high_pitch + 1):
        distances = [abs(pitch - other) for other in pitches]
        if pitch % 12 != tone or {0, 1} & set(distances):
            continue
        deep = [other for other in pitches if min(other, pitch) < _LOW_INTERVAL_LIMIT]
        mud = any(abs(pitch - other) < _CLOSEST_BELOW for other in deep)
        costs[pitch] = abs(pitch - centre) + _MUD_COSTS * mud
    return min(costs, key=lambda pitch: (costs[pitch], pitch)) if costs else None
