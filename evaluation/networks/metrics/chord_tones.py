"""Do bass and leads know their chords? Shares of notes, over all excerpts together, 0..1; nan where none applies."""

from __future__ import annotations

import numpy as np

from evaluation.networks.features.pitched import in_chord
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Flags

LONG_BEATS = 1.0


def downbeat_roots_and_fifths(notes: ExcerptNotes) -> float:
    """Share of the notes on downbeats that are root or fifth (of whatever size) of the sounding chord."""
    downbeat = (notes.slot == 0) & has_chord(notes)
    roots = notes.chord[:, 12:24].argmax(axis=1)
    above = (notes.degree - roots) % 12
    fifth = np.isin(above, (6, 7, 8)) & in_chord(notes)
    return _share((above == 0) | fifth, downbeat)


def long_on_beat_chord_tones(notes: ExcerptNotes) -> float:
    """Share of the notes of a quarter or more that begin on a beat that are chord tones."""
    chosen = (notes.slot % 12 == 0) & (notes.duration_beats >= LONG_BEATS - 1e-9) & has_chord(notes)
    return _share(in_chord(notes), chosen)


def has_chord(notes: ExcerptNotes) -> Flags:
    """Which notes sound over a known chord."""
    has_chord: Flags = notes.chord[:, :12].max(axis=1, initial=0) > 0
    return has_chord


def _share(where: Flags, among: Flags) -> float:
    return float(where[among].mean()) if among.any() else float("nan")
