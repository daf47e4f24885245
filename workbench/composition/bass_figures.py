"""A bass in figures: roots, fifths, octaves and steps into the next chord, in the rhythms of its style.

The network decides where the bass plays and in which octave; in sections of a figure its rhythm is the figure's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from workbench.composition.figure_book import FREE, TRIPLETS, Figure, Strike, figures, section_figures
from workbench.composition.phrases import habit
from workbench.composition.voicing import chords_within
from workbench.domain.plan import PartTraits, Plan, SectionPlan
from workbench.domain.score import Note
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord, Key

_EARLY_BEATS, _LEAST_BEATS, _TINY = 0.1, 0.08, 1e-6
_PLAIN, _WALKS = 0.12, 2.2
"""Share of songs whose bass never leads from chord to chord, and how much more often than usual the busiest does."""
_NO_OCTAVES, _OCTAVES, _IDIOM = 0.55, 2.2, 0.3
"""Share of songs whose bass never leaps an octave, and how much more often the others do; styles that are known by
their octaves always have them.
"""
_ON_BEAT, _TOUCH = 4.0, 3.5
"""Velocity on a beat, and its spread."""
_INTERVALS = {"1": (0,), "3": (4, 3), "5": (7, 6, 8), "8": (12,)}
"""Semitones above the bass tone, of which the first that belongs to the chord and the register is taken."""
_DEGREES = {"2": (2, 1), "4": (5, 6), "6": (9, 8), "7": (10, 11)}
"""The same for steps between the tones of the chord, which belong to the scale."""


def play_bass(notes: Sequence[Note], plan: Plan, element: str, chords: Sequence[Chord]) -> tuple[Note, ...]:
    """The notes of a bass, each section in its figure; bars in which the bass is silent stay so.

    Parameters
    ----------
    notes : sequence of Note
        A single line, sorted.
    plan : Plan
        `parts[element].figures` names the figures of the style; "free" sections stay as they are.
    element : str
        A bass.
    chords : sequence of Chord
        Of the whole song.
    """
    bar_beats = plan.metre.bar_beats
    played: list[Note] = []
    for section, name in zip(plan.sections, section_figures(plan, element), strict=True):
        start, end = section.start_bar * bar_beats, section.end_bar * bar_beats
        own = [note for note in notes if start <= note.onset_beats + _TINY < end]
        if name == FREE:
            played += own
            continue
        for bar in range(section.bars):
            played += _play_bar(own, plan, element, section, bar, figures("bass")[name], chords)
    return tuple(sorted(played))


def inclination(plan: Plan, element: str, what: str) -> float:
    """How much more or less often than usual in its style the player of a song walks, leaps an octave or slides."""
    inclined = habit(plan, element, what)
    if what == "walking":
        return 0.0 if inclined < _PLAIN else _WALKS * inclined
    if what == "octaves" and plan.parts[element].octaves < _IDIOM:
        return 0.0 if inclined < _NO_OCTAVES else _OCTAVES
    return 1.0


def _play_bar(
    own: Sequence[Note],
    plan: Plan,
    element: str,
    section: SectionPlan,
    bar: int,
    figure: Figure,
    chords: Sequence[Chord],
) -> Iterator[Note]:
    """A bar (from the section's start) of a figure; a chord that arrives between its strikes is struck."""
    bar_beats, traits = plan.metre.bar_beats, plan.parts[element]
    begin = (section.start_bar + bar) * bar_beats
    written = [note for note in own if begin <= note.onset_beats + _TINY < begin + bar_beats]
    if not written:
        return
    triplets = plan.groove.steps_per_beat == TRIPLETS
    strikes = [(begin + beats, step) for beats, step in figure.strikes(bar, bar_beats, triplets=triplets)]
    rng = generator(plan.seed, element, "touch", section.label, bar % 8)
    walks = inclination(plan, element, "walking") > 0.0
    for chord, start, end in chords_within(chords, begin, begin + bar_beats):
        inside = _arriving([one for one in strikes if start <= one[0] + _TINY < end], chord, start, begin)
        inside = _stating(inside, end - start, end)
        after = next((one for one in chords if one.onset_beats >= end - _TINY), chord)
        for (beats, step), (until, _) in pairwise([*inside, (end, "")]):
            model = min(written, key=lambda note: abs(note.onset_beats - beats))
            leads = step == "a" and walks and abs(end - after.onset_beats) < _TINY
            way = _approach(model, chord, after, section.key or plan.key, traits) if leads else None
            length = max(_LEAST_BEATS, (until - beats) * min(1.0, figure.hold * (0.5 + traits.sustain)))
            velocity = round(model.velocity + _ON_BEAT * (beats % 1.0 == 0.0) + rng.normal(0.0, _TOUCH))
            yield Note(
                round(beats, 6),
                _tone(model, chord, step, section.key or plan.key, traits) if way is None else way,
                round(length, 6),
                min(127, max(1, velocity)),
                model.shift_beats,
            )


def _arriving(strikes: list[Strike], chord: Chord, start: float, begin: float) -> list[Strike]:
    """The strikes under a chord; one that arrives within the bar is marked by its bass tone at once."""
    if abs(chord.onset_beats - start) > _EARLY_BEATS or start < begin + _EARLY_BEATS:
        return strikes
    on_time = bool(strikes) and strikes[0][0] < start + _EARLY_BEATS
    return [(start, "1"), *strikes[1:]] if on_time else [(start, "1"), *strikes]


def _stating(strikes: list[Strike], room: float, end: float) -> list[Strike]:
    """The strikes under a chord: what stands for more than half of its `room`, to its `end`, is its bass tone.

    A figure of two bars may hold a fifth through most of the second, where it was thought for one chord; under a new
    one the ear would take the fifth for the root.

    Examples
    --------
    >>> _stating([(0.5, "1"), (1.5, "5")], 4.0, 4.0)
    [(0.5, '1'), (1.5, '1')]
    >>> _stating([(0.0, "1"), (2.0, "5")], 4.0, 4.0)
    [(0.0, '1'), (2.0, '5')]
    """
    return [
        (beats, "1" if until - beats > room / 2 + _TINY else step)
        for (beats, step), (until, _) in pairwise([*strikes, (end, "")])
    ]


def _tone(model: Note, chord: Chord, step: str, key: Key, traits: PartTraits) -> int:
    """The pitch of a step above the bass tone, or an octave lower; where it is not to be had, that tone."""
    low = _bass_tone(model, chord, traits)
    allowed = {chord.bass, *chord.pitch_classes} if step in _INTERVALS else set(key.pitch_classes)
    for interval in {**_INTERVALS, **_DEGREES}.get(step, ()):
        for pitch in (low + interval, low + interval - 12):
            if (
                pitch % 12 in allowed
                and traits.low_pitch <= pitch <= traits.high_pitch
                and (interval < 12 or pitch > low)
            ):
                return pitch
    return low


def _bass_tone(near: Note, chord: Chord, traits: PartTraits) -> int:
    """The bass tone of a chord in the lower octaves of the register, as near as can be to what was written."""
    middle = (traits.low_pitch + traits.high_pitch) / 2
    target = min(near.pitch, middle)
    pitches = [pitch for pitch in range(traits.low_pitch, traits.high_pitch + 1) if pitch % 12 == chord.bass]
    return min(pitches or [near.pitch], key=lambda pitch: (abs(pitch - target), pitch))


def _approach(model: Note, chord: Chord, after: Chord, key: Key, traits: PartTraits) -> int | None:
    """A step of the scale into the next bass tone; None where that is the same, or lies out of reach."""
    target = _bass_tone(model, after, traits)
    if after.bass == chord.bass or not after.sounds:
        return None
    pitch = step_towards(_bass_tone(model, chord, traits), target, key)
    return pitch if traits.low_pitch <= pitch <= traits.high_pitch else None


def step_towards(pitch: int, target: int, key: Key) -> int:
    """The tone of the scale next to the target, from the side that the line comes from.

    Examples
    --------
    >>> step_towards(36, 41, Key.parse("C major")), step_towards(45, 41, Key.parse("C major"))
    (40, 43)
    """
    side = -1 if target > pitch else 1
    return next(target + side * size for size in (1, 2, 3) if (target + side * size) % 12 in key.pitch_classes)
