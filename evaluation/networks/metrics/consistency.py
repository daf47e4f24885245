"""Groove and scale consistency of excerpts, each 0..1 (Wu and Yang 2020; Mogren 2016; definitions as in MusPy).

Conventions
-----------
One number an excerpt of four bars. Music is compared by means; more is not better, human data is the measure.
"""

from __future__ import annotations

import numpy as np

from evaluation.networks.features.table import count
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Floats
from workbench.domain.theory import SCALES
from workbench.models.grid import SIXTEENTH_SLOTS


def groove_consistency(notes: ExcerptNotes, *, sixteenths: bool = False) -> Floats:
    """One less the mean share of positions whose onset state changes from bar to bar, (excerpts,).

    Positions are the 48 slots of the bar, or its 16ths, to which every note counts that lies nearest.
    """
    onsets = notes.onset_grid()
    if sixteenths:
        beats = onsets.reshape(*onsets.shape[:2], 4, 12)
        nearest = np.searchsorted(SIXTEENTH_SLOTS[:4], np.arange(12), side="right") - 1
        onsets = np.stack([beats[..., nearest == index].any(axis=-1) for index in range(4)], axis=-1)
        onsets = onsets.reshape(*onsets.shape[:2], 16)
    changed = onsets[:, 1:] != onsets[:, :-1]
    kept: Floats = 1.0 - changed.mean(axis=(1, 2))
    return kept


def scale_consistency(notes: ExcerptNotes) -> Floats:
    """Largest share of notes that any major or minor scale holds, (excerpts,); 1 for an empty excerpt."""
    pitch_class = notes.pitch % 12
    by_class = np.stack([count(notes, pitch_class == value) for value in range(12)], axis=1)
    total = np.maximum(by_class.sum(axis=1), 1)
    # A minor scale holds the same notes as its relative major.
    held = [by_class[:, [(step + tonic) % 12 for step in SCALES["major"]]].sum(axis=1) for tonic in range(12)]
    return np.where(by_class.sum(axis=1) > 0, np.max(held, axis=0) / total, 1.0)
