"""Classifier-free guidance: logits are extrapolated from the unconditional to the conditional prediction.

Every row is evaluated twice: with its conditions, and as an unconditional twin without the style (nor, where the
element is guided by them, the chords). The network can write without them because conditions are dropped at random in
training. Ho and Salimans, "Classifier-Free Diffusion Guidance", 2022; for language models Sanchez and others, "Stay on
Topic with Classifier-Free Guidance", 2023.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Bytes, Floats, Integers, Singles
from workbench.models.context import CONDITION_CHORD_FEATURES, PREFIX_SIZES
from workbench.models.spec import ElementSpec

_COLUMNS = {name: column for column, name in enumerate(PREFIX_SIZES)}


class Guidance:
    """Twins of n rows: the conditional ones first, then, unless the strength is 0, the unconditional ones.

    Parameters
    ----------
    spec : ElementSpec
    strength : float
        How far logits are extrapolated, as a share of the difference between the two predictions; 0 is off.
    """

    def __init__(self, spec: ElementSpec, strength: float) -> None:
        self._strength, self._first_chord = strength, len(spec.streams)
        self._columns = [_COLUMNS[name] for name in spec.guided_by if name in _COLUMNS]
        self._chords = spec.sees_chords and "chords" in spec.guided_by
        self.twins = 2 if strength else 1

    def twice(self, rows: np.ndarray) -> np.ndarray:
        """Rows (n, ...) for each twin, (twins * n, ...)."""
        return np.concatenate([rows] * self.twins)

    def conditions(self, prefix: Integers) -> Integers:
        """Conditions (n, P) for each twin."""
        both = self.twice(prefix)
        both[len(prefix) :, self._columns] = 0
        return both

    def cells(self, cell: Bytes) -> Bytes:
        """Features of slots (n, D2) for each twin."""
        both = self.twice(cell)
        if self._chords:
            both[len(cell) :, self._first_chord : self._first_chord + CONDITION_CHORD_FEATURES] = 0
        return both

    def extrapolate(self, logits: Singles) -> Floats:
        """Logits (twins, size) of one row as those to draw from, (size,)."""
        conditional: Floats = logits[0].astype(np.float64)
        if self.twins == 1:
            return conditional
        guided: Floats = conditional + self._strength * (conditional - logits[1])
        return guided
