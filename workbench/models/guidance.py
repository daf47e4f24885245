"""Leading a network towards what it was told (classifier-free guidance).

The network reads every row twice: as it was asked, and as a twin that is not told the style (nor, where the element is
guided by them, the chords). What the telling makes likelier is made likelier still. It learned to write untold, because
conditions are dropped at random in training. Ho and Salimans, "Classifier-Free Diffusion Guidance", 2022; for language
models Sanchez and others, "Stay on Topic with Classifier-Free Guidance", 2023.
"""

from __future__ import annotations

import torch
from torch import Tensor

from workbench.models.context import PREFIX_SIZES, TOLD_CHORD_FEATURES
from workbench.models.drawing import Logits
from workbench.models.spec import ElementSpec

_COLUMNS = {name: column for column, name in enumerate(PREFIX_SIZES)}


class Guidance:
    """Twins of a batch of n rows: the told ones first, then, if there is anything to lead to, the untold ones.

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

    def twice(self, rows: Tensor) -> Tensor:
        """Rows (n, ...) for each twin, (twins * n, ...)."""
        return torch.cat([rows] * self.twins)

    def conditions(self, prefix: Tensor) -> Tensor:
        """Conditions (n, bars, P) for each twin."""
        if self.twins == 1:
            return prefix
        untold = prefix.clone()
        untold[..., self._columns] = 0
        return torch.cat([prefix, untold])

    def cells(self, cell: Tensor) -> Tensor:
        """Features of slots (n, rows, D2) for each twin."""
        if self.twins == 1:
            return cell
        untold = cell.clone()
        if self._chords:
            untold[..., self._first_chord : self._first_chord + TOLD_CHORD_FEATURES] = 0
        return torch.cat([cell, untold])

    def members(self, kept: Tensor, rows: int) -> Tensor:
        """Where the kept of n rows lie in a tensor of all twins."""
        return torch.cat([kept + twin * rows for twin in range(self.twins)])

    def lead(self, logits: Tensor) -> Logits:
        """Logits (twins * n, 1, size) of all twins as those to draw from, (n, size)."""
        rows: Logits = logits[:, 0].double().numpy()
        if self.twins == 1:
            return rows
        told, untold = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        led: Logits = told + self._strength * (told - untold)
        return led
