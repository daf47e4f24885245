"""What a style expects in each cell of a bar, as a factor beside the network's own opinion.

The prior is a grid of independent probabilities. Its exact chain of conditionals, in the order in which a network
decides (next slot, then symbol), is multiplied into the network's distribution: a product of experts (Hinton 2002).
So an expected kick that would be skipped costs what its absence costs, and nothing is ever pasted in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.domain.arrays import Floats
from workbench.models.spec import BAR_STEP, SAME_STEP, STEPS


class PatternPrior:
    """Probabilities of a note by slot and symbol.

    Parameters
    ----------
    grids : sequence of array (48, symbols)
        Probabilities strictly between 0 and 1, for each kind of bar.
    kind_of_bar : sequence of int
        Which grid holds in each bar of the song.
    weight : float
        Exponent of the prior, 0 (no influence) to 1 or more.
    """

    def __init__(self, grids: Sequence[Floats], kind_of_bar: Sequence[int], weight: float) -> None:
        self._weight, self._kind = weight, tuple(kind_of_bar)
        self._on = [np.log(grid) for grid in grids]
        self._off = [np.log1p(-grid) for grid in grids]
        silent = [off.sum(axis=1) for off in self._off]
        self._before = [np.concatenate([[0.0], np.cumsum(slots)]) for slots in silent]
        # What each slot costs where it is the first that sounds: silence before it, then a note.
        self._sounds = [before[:-1] + _log_some(slots) for before, slots in zip(self._before, silent, strict=True)]

    def step_bias(self, bar: int, slot: int, symbol: int) -> Floats:
        """Log probability of each step, (STEPS,), after the cell (slot, symbol); (-1, -1) at the bar line."""
        kind = self._kind[bar]
        before = self._before[kind]
        rest_of_slot = float(self._off[kind][slot, symbol + 1 :].sum()) if slot >= 0 else 0.0
        silent_so_far = before[slot + 1] - rest_of_slot
        bias = np.zeros(STEPS)
        bias[BAR_STEP] = before[-1] - silent_so_far
        bias[slot + 2 : SAME_STEP] = self._sounds[kind][slot + 1 :] - silent_so_far
        bias[SAME_STEP] = _log_some(np.array([rest_of_slot]))[0] if slot >= 0 else 0.0
        return self._weight * bias

    def symbol_bias(self, bar: int, slot: int, lowest: int) -> Floats:
        """Log probability of each symbol, (symbols,), as the first of the slot at or above `lowest`."""
        on, off = self._on[self._kind[bar]][slot], self._off[self._kind[bar]][slot]
        skipped = np.cumsum(off) - off
        start = skipped[lowest] if lowest < len(skipped) else 0.0
        bias: Floats = self._weight * (on + skipped - start)
        return bias


def _log_some(log_none: Floats) -> Floats:
    """Log probability of at least one event, from the log probability of none."""
    return np.log(-np.expm1(np.minimum(log_none, -1e-9))).astype(np.float64)
