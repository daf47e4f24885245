"""Features of chord excerpts: roots, qualities, inversions, pace, the moves from chord to chord, and repetition."""

from __future__ import annotations

import numpy as np

from evaluation.networks.features.percussion import gaps
from evaluation.networks.features.table import Features, by_owner, count, entropy, mean, repetition, share
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Flags, Integers
from workbench.domain.chord_symbols import CHORD_QUALITIES
from workbench.domain.theory import SCALES

_MOVES = {"up_second": (1, 2), "up_third": (3, 4), "up_fourth": (5,), "tritone": (6,), "up_fifth": (7,),
          "down_third": (8, 9), "down_second": (10, 11)}  # fmt: skip


def harmony_features(notes: ExcerptNotes) -> Features:
    """About ninety numbers of each excerpt."""
    table = Features()
    changed = is_change(notes)
    _pace(table, notes, changed)
    _chords(table, notes, changed)
    _moves(table, notes, changed)
    _coherence(table, notes)
    repetition(table, _words_by_bar(notes))
    repetition(table, notes.grid(), "roots_")
    repetition(table, notes.onset_grid(), "rhythm_")
    return table


def words(notes: ExcerptNotes) -> Integers:
    """One number for root, quality and bass of each row."""
    quality, bass = notes.attributes["quality"], notes.attributes["bass"]
    return (notes.symbol * len(CHORD_QUALITIES) + quality) * 12 + bass


def is_change(notes: ExcerptNotes) -> Flags:
    """Which rows bring another chord than the row before in the same excerpt; the first row of an excerpt does."""
    word = words(notes)
    changed: Flags = np.r_[np.ones(min(1, len(word)), bool), (np.diff(word) != 0) | (np.diff(notes.excerpt) != 0)]
    return changed


def _pace(table: Features, notes: ExcerptNotes, changed: Flags) -> None:
    table.add("rows", count(notes) / 4)
    table.add("changes", count(notes, changed) / 4)
    for beat in range(4):
        table.add(f"change_beat_{beat}", count(notes, changed & (notes.slot // 12 == beat)) / 4)
    per_bar = np.bincount(notes.excerpt * 4 + notes.bar, weights=changed, minlength=notes.excerpts * 4).reshape(-1, 4)
    table.add("changes_spread", per_bar.std(axis=1))
    table.add("changes_last_bar", per_bar[:, 3])
    table.add("held_bars", (per_bar == 0).sum(axis=1))
    gaps(table, notes)


def _chords(table: Features, notes: ExcerptNotes, changed: Flags) -> None:
    for degree in range(12):
        table.add(f"root_{degree}", share(notes, (notes.symbol == degree)))
    for name, degree in (("tonic", 0), ("fifth", 7), ("fourth", 5), ("sixth", 9)):
        table.add(name, share(notes, notes.symbol == degree, changed))
    quality, bass = notes.attributes["quality"], notes.attributes["bass"]
    for index, name in enumerate(CHORD_QUALITIES):
        table.add(f"quality_{name}", share(notes, quality == index))
    table.add("inversions", share(notes, bass != 0))
    table.add("bass_third", share(notes, np.isin(bass, (3, 4))))
    table.add("bass_fifth", share(notes, bass == 7))
    table.add("bass_other", share(notes, ~np.isin(bass, (0, 3, 4, 7))))
    table.add("starts_on_tonic", share(notes, notes.symbol == 0, (notes.bar == 0) & (notes.slot == 0)))
    table.add("ends_on_tonic", share(notes, notes.symbol == 0, notes.bar == 3))
    table.add("ends_on_fifth", share(notes, notes.symbol == 7, notes.bar == 3))
    table.add("root_entropy", entropy(notes.excerpt, notes.symbol, notes.excerpts))
    table.add("quality_entropy", entropy(notes.excerpt, quality, notes.excerpts))
    table.add("distinct_chords", _distinct(notes, words(notes)))
    table.add("in_scale", share(notes, np.isin(notes.symbol, SCALES["major"])))
    table.add("in_minor", share(notes, np.isin(notes.symbol, SCALES["minor"])))


def _moves(table: Features, notes: ExcerptNotes, changed: Flags) -> None:
    owner, root = notes.excerpt[changed], notes.symbol[changed]
    same = owner[1:] == owner[:-1]
    owner, move = owner[1:][same], np.diff(root)[same] % 12
    for name, steps in _MOVES.items():
        table.add(f"move_{name}", by_owner(owner, np.isin(move, steps), notes.excerpts))
    table.add("interval_entropy", entropy(owner, move, notes.excerpts))


def _coherence(table: Features, notes: ExcerptNotes) -> None:
    """Whether chords keep to a scale, and whether a root keeps its quality and its bass when it comes back."""
    tones = _chord_tones(notes)
    for mode in ("major", "minor"):
        inside = tones[:, list(SCALES[mode])].sum(axis=1)
        table.add(f"tones_in_{mode}", mean(notes, inside / tones.sum(axis=1)))
        table.add(f"chords_in_{mode}", share(notes, inside == tones.sum(axis=1)))
    roots = _distinct(notes, notes.symbol)
    table.add("distinct_roots", roots)
    for name in ("quality", "bass"):
        pairs = _distinct(notes, notes.symbol * 32 + notes.attributes[name])
        table.add(f"{name}_per_root", pairs / np.maximum(roots, 1))
    table.add("sevenths", share(notes, tones.sum(axis=1) > 3))


def _chord_tones(notes: ExcerptNotes) -> Flags:
    """Pitch classes of each row's chord above the tonic, (n, 12)."""
    tones = np.zeros((len(notes), 12), bool)
    for index, intervals in enumerate(CHORD_QUALITIES.values()):
        chosen = np.flatnonzero(notes.attributes["quality"] == index)
        for interval in intervals:
            tones[chosen, (notes.symbol[chosen] + interval) % 12] = True
    return tones


def _distinct(notes: ExcerptNotes, words: Integers) -> Integers:
    pairs = np.unique(np.stack([notes.excerpt, words]), axis=1)
    return np.bincount(pairs[0], minlength=notes.excerpts)


def _words_by_bar(notes: ExcerptNotes) -> np.ndarray:
    """Which chord word sounds from which beat, as flags (excerpts, 4, 4 * words); words are numbered anew."""
    word, beat = words(notes), notes.slot // 12
    known, number = np.unique(word, return_inverse=True)
    flags = np.zeros((notes.excerpts, 4, 4, max(1, len(known))), bool)
    flags[notes.excerpt, notes.bar, beat, number] = True
    return flags
