"""Where in a bar the networks may place notes: the eighths of compound metres, the end of a bar for an upbeat."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.prior import CellPrior
from workbench.models.spec import STEPS

_CLOSED = -9.0
_TRIPLETS = np.arange(SLOTS_PER_BAR) % 4 == 0


class SlotGate(CellPrior):
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
    """

    def __init__(
        self, symbols: int, *, triplets: bool, silences: Mapping[int, tuple[int, int]], downbeat: float = 0.0
    ) -> None:
        self._silent = np.zeros(symbols)
        self._slots = np.arange(SLOTS_PER_BAR)
        self._open = _TRIPLETS if triplets else np.ones(SLOTS_PER_BAR, bool)
        self._silences, self._downbeat = silences, downbeat

    def step_bias(self, bar: int, slot: int, symbol: int) -> npt.NDArray[np.float64]:
        """Closed slots cost nine nats, (STEPS,)."""
        bias = np.zeros(STEPS)
        bias[1] = self._downbeat
        first, end = self._silences.get(bar, (0, 0))
        closed = ~self._open | ((self._slots >= first) & (self._slots < end))
        bias[1 : SLOTS_PER_BAR + 1][closed] = _CLOSED
        return bias

    def symbol_bias(self, bar: int, slot: int, lowest: int) -> npt.NDArray[np.float64]:
        """Nothing: symbols are free."""
        return self._silent
