"""Leading a network towards what it was told (classifier-free guidance).

The network reads every row twice: as it was asked, and as a twin that is not told the style (nor, where the element is
guided by them, the chords). What the telling makes likelier is made likelier still. It learned to write untold, because
conditions are dropped at random in training. Ho and Salimans, "Classifier-Free Diffusion Guidance", 2022; for language
models Sanchez and others, "Stay on Topic with Classifier-Free Guidance", 2023.
"""

from __future__ import annotations

import numpy as np

from workbench.models.context import PREFIX_SIZES, TOLD_CHORD_FEATURES
from workbench.models.drawing import Logits
from workbench.models.kernels import Floats, Integers
from workbench.models.network import Bits
from workbench.models.spec import ElementSpec

_COLUMNS = {name: column for column, name in enumerate(PREFIX_SIZES)}


class Guidance:
    """Twins of n rows: the told ones first, then, if there is anything to lead to, the untold ones.

    Parameters
    ----------
    spec : ElementSpec
    strength : float
        How far logits move on from untold to told, as a share of their difference; 0 is off.
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
        told = self.twice(prefix)
        told[len(prefix) :, self._columns] = 0
        return told

    def cells(self, cell: Bits) -> Bits:
        """Features of slots (n, D2) for each twin."""
        told = self.twice(cell)
        if self._chords:
            told[len(cell) :, self._first_chord : self._first_chord + TOLD_CHORD_FEATURES] = 0
        return told

    def lead(self, logits: Floats) -> Logits:
        """Logits (twins, size) of one row as those to draw from, (size,)."""
        told: Logits = logits[0].astype(np.float64)
        if self.twins == 1:
            return told
        led: Logits = told + self._strength * (told - logits[1])
        return led
