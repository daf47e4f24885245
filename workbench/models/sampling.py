"""Drawing from logits: one index; the same number gives the same index."""

from __future__ import annotations

import numba
import numpy as np

from workbench.domain.arrays import Floats


def draw(logits: Floats, rng: np.random.Generator, *, temperature: float = 1.0, nucleus: float = 1.0) -> int:
    """Draw an index from logits.

    Parameters
    ----------
    logits : array (n,)
        Minus infinity forbids an index.
    rng : numpy Generator
        One number is drawn from it.
    temperature : float
        Divides the logits.
    nucleus : float
        Least probable indices beyond this mass are left out (Holtzman et al. 2020).

    Examples
    --------
    >>> draw(np.array([0.0, -np.inf]), np.random.default_rng(0))
    0
    """
    return index_at(logits, rng.random(), temperature, nucleus)


def index_at(logits: Floats, chance: float, temperature: float, nucleus: float) -> int:
    """The index that a number 0..1 falls on; parameters as of `draw`.

    Examples
    --------
    >>> [index_at(np.log([0.1, 0.9]), chance, 1.0, 1.0) for chance in (0.05, 0.2)]
    [0, 1]
    """
    return int(_index_at(logits, chance, temperature, nucleus))


@numba.njit(nogil=True, cache=True)
def _index_at(logits: Floats, chance: float, temperature: float, nucleus: float) -> int:
    probability = np.exp((logits - logits.max()) / temperature)
    probability /= probability.sum()
    if nucleus < 1.0:
        mass = 0.0
        for index in np.argsort(-probability, kind="mergesort"):
            if mass >= nucleus:
                probability[index] = 0.0
            else:
                mass += probability[index]
    cumulative = np.cumsum(probability)
    drawn: int = np.searchsorted(cumulative, chance * cumulative[-1], side="right")
    return drawn
