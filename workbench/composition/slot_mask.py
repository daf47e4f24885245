"""Where in a bar the networks may place notes: the eighths of compound metres, the end of a bar for an upbeat."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from workbench.models.grid import SIXTEENTH_SLOTS, SLOTS_PER_BAR
from workbench.models.pattern_prior import PatternPrior
from workbench.models.spec import BAR_STEP, SAME_STEP, STEPS

_CLOSED = -9.0
_CHANCES = {"X": 0.97, "x": 0.85, "o": 0.5, "g": 0.3, ".": 0.15, "-": 1e-9}
_BETWEEN = 0.002
"""Chance of a strike between the 16ths."""
_TRIPLETS = np.arange(SLOTS_PER_BAR) % 4 == 0


class SlotMask(PatternPrior):
    """A prior that only knows open and closed slots, so that density stays what the network makes it.

    Parameters
    ----------
    symbols : int
    triplets : bool
        Whether only the triplets of each beat are open.
    downbeat : float
        Nats on a note on the first beat.
    silences : mapping bar -> (slot, slot)
        From where to where a bar is closed, the end left out; it may grow while the part is written.
    rhythm : array (48,), optional
        Probability, between 0 and 1, that each slot is struck; as for drums its exact chain is multiplied in.
    """

    def __init__(
        self,
        symbols: int,
        *,
        triplets: bool,
        silences: Mapping[int, tuple[int, int]],
        downbeat: float = 0.0,
        rhythm: npt.NDArray[np.float64] | None = None,
    ) -> None:
        self._silent = np.zeros(symbols)
        self._slots = np.arange(SLOTS_PER_BAR)
        self._open = _TRIPLETS if triplets else np.ones(SLOTS_PER_BAR, bool)
        self._silences, self._downbeat, self._rhythm = silences, downbeat, rhythm

    def step_bias(self, bar: int, slot: int, symbol: int) -> npt.NDArray[np.float64]:
        """Closed slots cost nine nats, (STEPS,)."""
        bias = np.zeros(STEPS)
        bias[1] = self._downbeat
        if self._rhythm is not None:
            bias += _to_next(self._rhythm, slot)
        first, end = self._silences.get(bar, (0, 0))
        closed = ~self._open | ((self._slots >= first) & (self._slots < end))
        bias[1 : SLOTS_PER_BAR + 1][closed] = _CLOSED
        return bias

    def symbol_bias(self, bar: int, slot: int, lowest: int) -> npt.NDArray[np.float64]:
        """Nothing: symbols are free."""
        return self._silent


def rhythm_of(pattern: str) -> npt.NDArray[np.float64] | None:
    """Probability of a strike in each slot from a pattern of 16ths, (48,); None where there is no pattern.

    Examples
    --------
    >>> rhythm_of("X---o---X---o---")[[0, 3, 12, 24]].tolist()
    [0.97, 1e-09, 0.5, 0.97]
    """
    if not pattern:
        return None
    chances = np.full(SLOTS_PER_BAR, _BETWEEN)
    chances[SIXTEENTH_SLOTS[: len(pattern)]] = [_CHANCES[character] for character in pattern]
    return chances


def _to_next(chances: npt.NDArray[np.float64], slot: int) -> npt.NDArray[np.float64]:
    """Log probability that each step comes next after a slot; notes beside it are as free as the likeliest step."""
    silent = np.concatenate([[0.0], np.cumsum(np.log1p(-chances))])
    bias = np.zeros(STEPS)
    bias[slot + 2 : SLOTS_PER_BAR + 1] = np.log(chances[slot + 1 :]) + silent[slot + 1 : -1] - silent[slot + 1]
    bias[BAR_STEP] = silent[-1] - silent[slot + 1]
    bias[SAME_STEP] = max(float(bias[slot + 2 : SLOTS_PER_BAR + 1].max(initial=-np.inf)), float(bias[BAR_STEP]))
    return bias
