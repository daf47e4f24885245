"""Approach chords: within a bar, what leads from one chord to the next.

A chord that lasts for a bar or more may give its last half bar to a chord that leads on: the dominant of what follows
(its own or a secondary one), its supertonic, a plagal step, a chord between the two roots, or its own first inversion
where that makes the bass step. Every draw belongs to the pair of chords and its place
among four bars, so that a progression that returns is approached alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from workbench.composition.modes import contradicting_tone, scale_triad
from workbench.composition.phrases import habit
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.seeding import generator
from workbench.domain.theory import Chord, Key

_PHRASE_BARS = 4
_BY_PLACE = (0.5, 1.2, 0.7, 1.6)
"""How much likelier an approach is in each bar of four: phrases move at their ends."""
_HABITS = (0.4, 2.8)
"""How much more often than usual a song's chords are approached, from the plainest to the richest."""
_RAISED = 0.9
"""Share of the minor chords a fifth above the next that are played as its dominant, in songs that know such chords."""
_SECONDARY = 0.35
"""Weight of a dominant that leaves the scale, beside 1 for one within it."""
_DOMINANTS = {"min": "maj", "min7": "7"}
_MAJOR, _MINOR = "maj", "min"
_TINY = 1e-6

Step = tuple[Chord, float]
"""A chord that may lead on, and how welcome it is."""


def with_approaches(chords: Sequence[Chord], plan: Plan, section: SectionPlan, key: Key) -> list[Chord]:
    """The chords of a section, some of which give their last half bar to a chord that leads to the next.

    Parameters
    ----------
    chords : sequence of Chord
        In song time, without gaps, as triads or sevenths.
    plan : Plan
        `harmony.passing` says how often, 0..1.
    section : SectionPlan
        The last chord of a section is left alone.
    key : Key
        Of the section; no approach holds the tone that contradicts its mode.
    """
    if plan.harmony.passing <= 0.0 or not chords:
        return list(chords)
    led: list[Chord] = []
    for chord, after in pairwise(chords):
        led += _led_to(_raised(chord, after, plan, key), after, plan, section, key)
    return [*led, chords[-1]]


def _raised(chord: Chord, after: Chord, plan: Plan, key: Key) -> Chord:
    """A minor chord that falls a fifth into a chord of the key, as that chord's dominant (VI-ii for vi-ii)."""
    falls = (chord.root - after.root) % 12 == 7 and after.root != key.tonic
    minor = chord.quality in _DOMINANTS and scale_triad(after.root, key) in (_MAJOR, _MINOR)
    if not (falls and minor) or plan.harmony.colour == "power":
        return chord
    raised = replace(chord, quality=_DOMINANTS[chord.quality])
    rng = generator(plan.seed, "raised", chord.root, after.root)
    richness = habit(plan, "harmony", "passing")
    if contradicting_tone(key) in raised.pitch_classes or rng.random() >= _RAISED * richness:
        return chord
    return raised


def _led_to(chord: Chord, after: Chord, plan: Plan, section: SectionPlan, key: Key) -> list[Chord]:
    """A chord, or that chord with what leads to the next."""
    bar_beats = plan.metre.bar_beats
    half = 2.0 if bar_beats == 4.0 else 1.0
    on_bar_line = abs(after.onset_beats / bar_beats - round(after.onset_beats / bar_beats)) < _TINY
    steps = list(_steps(chord, after, key)) if chord.sounds and after.sounds else []
    if plan.harmony.colour == "power":  # A chord without a third has no first inversion.
        steps = [(step, weight) for step, weight in steps if step.bass == step.root]
    if not (steps and on_bar_line) or chord.duration_beats < bar_beats - _TINY:
        return [chord]
    place = (round(after.onset_beats / bar_beats) - 1 - section.start_bar) % _PHRASE_BARS
    rng = generator(plan.seed, "approach", section.label, place, chord.root, after.root)
    often = plan.harmony.passing * float(np.interp(habit(plan, "harmony", "passing"), (0.0, 1.0), _HABITS))
    if rng.random() >= often * _BY_PLACE[place]:
        return [chord]
    weights = [weight for _, weight in steps]
    step = steps[int(rng.choice(len(steps), p=[weight / sum(weights) for weight in weights]))][0]
    kept = replace(chord, duration_beats=chord.duration_beats - half)
    return [kept, replace(step, onset_beats=kept.end_beats, duration_beats=half)]


def _steps(chord: Chord, after: Chord, key: Key) -> Iterator[Step]:
    """What may lead from a chord to the next within a key; none holds what contradicts the mode."""
    against = contradicting_tone(key)
    for step, weight in _all_steps(chord, after, key):
        if (step.root, step.bass) != (chord.root, chord.bass) and against not in (*step.pitch_classes, step.bass):
            yield step, weight


def _all_steps(chord: Chord, after: Chord, key: Key) -> Iterator[Step]:
    if chord.root == after.root:
        return
    dominant = _as(chord, (after.root + 7) % 12, _MAJOR)
    inside = set(dominant.pitch_classes) <= set(key.pitch_classes)
    if scale_triad(after.root, key) in (_MAJOR, _MINOR) and dominant.root != key.tonic:
        at_home = inside or after.root == key.tonic
        yield dominant, 1.0 if at_home else _SECONDARY
        yield replace(dominant, bass=(dominant.root + 4) % 12), 0.5 if at_home else _SECONDARY
    for interval, weight in ((2, 0.6), (5, 0.5), (_between(chord, after, key), 1.0)):
        root = (after.root + interval) % 12
        triad = scale_triad(root, key)
        if triad in (_MAJOR, _MINOR) and root not in (chord.root, after.root):
            yield _as(chord, root, triad), weight
    third = chord.pitch_classes[1]
    if (after.bass - third) % 12 in (1, 2, 10, 11):
        yield replace(chord, bass=third), 0.8


def _between(chord: Chord, after: Chord, key: Key) -> int:
    """Semitones from the next root to the tone of the scale between two roots that lie a third apart; 0 where none."""
    way = (after.root - chord.root + 6) % 12 - 6
    if abs(way) not in (3, 4):
        return 0
    side = -1 if way > 0 else 1
    return next((side * size for size in (1, 2) if (after.root + side * size) % 12 in key.pitch_classes), 0)


def _as(chord: Chord, root: int, quality: str) -> Chord:
    return replace(chord, root=root, quality=quality, bass=root)
