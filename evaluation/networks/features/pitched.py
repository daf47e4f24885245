"""Features of bass, pads and leads: rhythm, lengths, pitches against key and chord, touch, and what comes back."""

from __future__ import annotations

import itertools

import numpy as np

from evaluation.networks.features.percussion import gaps
from evaluation.networks.features.table import (
    Features,
    by_owner,
    changes,
    correlation,
    count,
    deviation,
    entropy,
    extreme,
    mean,
    onsets,
    repetition,
    share,
    spread_by_owner,
)
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Floats, Integers

_LENGTHS_BEATS = (0.0, 0.2, 0.3, 0.45, 0.6, 0.9, 1.1, 1.9, 2.1, 3.9, 100.0)
_CHORD, _ROOT, _SCALE = slice(0, 12), slice(12, 24), slice(48, 60)


def pitched_features(notes: ExcerptNotes) -> Features:
    """About ninety numbers of each excerpt."""
    table = Features()
    _rhythm(table, notes)
    _lengths(table, notes)
    _pitch(table, notes)
    _line(table, notes)
    _touch(table, notes)
    repetition(table, notes.grid())
    repetition(table, notes.onset_grid(), "rhythm_")
    return table


def among(notes: ExcerptNotes, part: slice) -> np.ndarray:
    """Whether each note's pitch class is among the conditioned pitch classes: of the chord, its root, or the scale."""
    among: np.ndarray = notes.chord[:, part][np.arange(len(notes)), notes.degree] > 0
    return among


def in_chord(notes: ExcerptNotes) -> np.ndarray:
    """Whether each note is a tone of the sounding chord."""
    return among(notes, _CHORD)


def in_scale(notes: ExcerptNotes) -> np.ndarray:
    """Whether each note lies in the song's scale."""
    return among(notes, _SCALE)


def _rhythm(table: Features, notes: ExcerptNotes) -> None:
    within, beat = notes.slot % 12, notes.slot // 12
    table.add("density", count(notes) / 4)
    for place in range(12):
        table.add(f"slot_{place}", share(notes, within == place))
    for number in range(4):
        table.add(f"beat_{number}", share(notes, beat == number))
    table.add("on_one", count(notes, notes.slot == 0) / 4)
    owner, _, sizes = onsets(notes)
    table.add("onsets", np.bincount(owner, minlength=notes.excerpts) / 4)
    table.add("polyphony", by_owner(owner, sizes, notes.excerpts))
    table.add("polyphony_spread", spread_by_owner(owner, sizes, notes.excerpts))
    per_bar = notes.grid().sum(axis=(2, 3))
    table.add("bars_spread", per_bar.std(axis=1))
    table.add("bars_trend", per_bar[:, 3] - per_bar[:, 0])
    table.add("empty_bars", (per_bar == 0).sum(axis=1))
    gaps(table, notes)


def _lengths(table: Features, notes: ExcerptNotes) -> None:
    beats = notes.duration_beats
    for low, high in itertools.pairwise(_LENGTHS_BEATS):
        table.add(f"length_{low}", share(notes, (beats >= low) & (beats < high)))
    table.add("duration_mean", mean(notes, beats))
    table.add("duration_spread", deviation(notes, beats))
    table.add("duration_entropy", entropy(notes.excerpt, notes.attributes["duration"], notes.excerpts))
    table.add("duration_on", mean(notes, beats, notes.slot % 12 == 0))
    table.add("sounding", by_owner(notes.excerpt, beats, notes.excerpts) * count(notes) / 16)
    owner, change = changes(notes, beats)
    table.add("duration_change", by_owner(owner, np.abs(change), notes.excerpts))


def _pitch(table: Features, notes: ExcerptNotes) -> None:
    pitch = notes.pitch.astype(np.float64)
    for degree in range(12):
        table.add(f"degree_{degree}", share(notes, notes.degree == degree))
    table.add("degree_entropy", entropy(notes.excerpt, notes.degree, notes.excerpts))
    table.add("pitch_mean", mean(notes, pitch))
    table.add("pitch_spread", deviation(notes, pitch))
    high, low = extreme(notes, pitch, highest=True), extreme(notes, pitch, highest=False)
    table.add("pitch_highest", high)
    table.add("pitch_lowest", low)
    table.add("pitch_range", high - low)
    table.add("distinct_pitches", _distinct(notes.excerpt, notes.pitch, notes.excerpts))
    on = notes.slot % 12 == 0
    table.add("chord_tones", share(notes, in_chord(notes)))
    table.add("chord_tones_on", share(notes, in_chord(notes), on))
    table.add("chord_tones_one", share(notes, in_chord(notes), notes.slot == 0))
    table.add("roots_one", share(notes, among(notes, _ROOT), notes.slot == 0))
    table.add("in_scale", share(notes, in_scale(notes)))


def _distinct(owner: Integers, words: Integers, excerpts: int) -> Floats:
    pairs = np.unique(np.stack([owner, words]), axis=1)
    return np.bincount(pairs[0], minlength=excerpts).astype(np.float64)


def _line(table: Features, notes: ExcerptNotes) -> None:
    """The top line: steps, leaps and repeats from onset to onset."""
    last = np.r_[(np.diff(notes.excerpt) != 0) | (np.diff(notes.place_24) != 0), np.ones(min(1, len(notes)), bool)]
    owner, top = notes.excerpt[last], notes.pitch[last]
    same = owner[1:] == owner[:-1]
    owner, step = owner[1:][same], np.diff(top)[same]
    size = np.abs(step)
    table.add("interval_size", by_owner(owner, size, notes.excerpts))
    table.add("interval_mean", by_owner(owner, step, notes.excerpts))
    table.add("interval_entropy", entropy(owner, step, notes.excerpts))
    for name, chosen in (
        ("repeats", size == 0), ("steps", (size == 1) | (size == 2)), ("thirds", (size == 3) | (size == 4)),
        ("fourths", (size > 4) & (size < 8)), ("octaves", size == 12), ("leaps", size > 7),
    ):  # fmt: skip
        table.add(f"line_{name}", by_owner(owner, chosen, notes.excerpts))
    turn = owner[1:] == owner[:-1]
    turns = (np.sign(step[1:]) * np.sign(step[:-1]) < 0)[turn]
    table.add("line_turns", by_owner(owner[1:][turn], turns, notes.excerpts))


def _touch(table: Features, notes: ExcerptNotes) -> None:
    velocity, offset = notes.velocity, notes.offset_ms
    on = notes.slot % 12 == 0
    table.add("velocity_mean", mean(notes, velocity))
    table.add("velocity_spread", deviation(notes, velocity))
    table.add("velocity_highest", extreme(notes, velocity, highest=True))
    table.add("velocity_lowest", extreme(notes, velocity, highest=False))
    table.add("velocity_entropy", entropy(notes.excerpt, notes.attributes["velocity"], notes.excerpts))
    table.add("velocity_on", mean(notes, velocity, on) - mean(notes, velocity, ~on))
    owner, change = changes(notes, velocity)
    table.add("velocity_change", by_owner(owner, np.abs(change), notes.excerpts))
    same = notes.excerpt[1:] == notes.excerpt[:-1]
    table.add("velocity_follows", correlation(
        notes.excerpt[1:][same], velocity[1:][same], velocity[:-1][same], notes.excerpts
    ))  # fmt: skip
    table.add("velocity_pitch", correlation(notes.excerpt, velocity, notes.pitch.astype(np.float64), notes.excerpts))
    table.add("offset_mean", mean(notes, offset))
    table.add("offset_spread", deviation(notes, offset))
    table.add("offset_none", share(notes, notes.attributes["offset"] == 12))
    table.add("offset_entropy", entropy(notes.excerpt, notes.attributes["offset"], notes.excerpts))
