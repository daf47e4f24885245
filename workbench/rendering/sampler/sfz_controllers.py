"""Where MIDI controllers stand in an SFZ instrument. A part has notes alone, so they rest there for the whole song."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

AT_REST = {7: 100 / 127, 10: 0.5, 11: 1.0, 128: 0.5}
"""Volume, pan, expression and the pitch wheel where a file does not set them; all others stand at zero."""
OF_THE_NOTE = {131: "velocity", 133: "key", 135: "chance"}
"""Controllers that are no controllers: ARIA numbers what belongs to the note itself among them."""


@dataclass(frozen=True, slots=True)
class Controllers:
    """Places of controllers (0..1) and curves of a file's own, points by place (0..127)."""

    places: Mapping[int, float] = field(default_factory=dict)
    curves: Mapping[int, tuple[tuple[float, float], ...]] = field(default_factory=dict)

    def at(self, number: int) -> float:
        """Where a controller stands, 0..1."""
        return self.places.get(number, AT_REST.get(number, 0.0))

    def through(self, number: int, curve: int) -> float:
        """Where a controller stands on a curve: 0 to 6 are ARIA's, others the file's own.

        Examples
        --------
        >>> Controllers({1: 0.25}).through(1, 5), Controllers({1: 0.25}).through(1, 1)
        (0.5, -0.5)
        """
        x = min(1.0, max(0.0, self.at(number)))
        if points := self.curves.get(curve):
            places, values = zip(*points, strict=True)
            return float(np.interp(127.0 * x, list(places), list(values)))
        known = {1: 2 * x - 1, 2: 1 - x, 3: 1 - 2 * x, 4: x * x, 5: math.sqrt(x), 6: math.sqrt(1 - x)}
        return known.get(curve, x)
