"""Drawing from logits: one index, or one for each row of a table; the same numbers give the same indices."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Logits = npt.NDArray[np.float64]


def draw(logits: Logits, rng: np.random.Generator, *, temperature: float = 1.0, nucleus: float = 1.0) -> int:
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
    scaled = (logits - logits.max()) / temperature
    probability = np.exp(scaled)
    probability /= probability.sum()
    if nucleus < 1.0:
        order = np.argsort(-probability, kind="stable")
        mass_before = np.cumsum(probability[order]) - probability[order]
        probability[order[mass_before >= nucleus]] = 0.0
        probability /= probability.sum()
    cumulative = np.cumsum(probability)
    return int(np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right"))


def draw_rows(
    logits: Logits, allowed: npt.NDArray[np.bool_] | None, chance: npt.NDArray[np.float64], *,
    temperature: float = 1.0, nucleus: float = 1.0,
) -> npt.NDArray[np.int64]:  # fmt: skip
    """Draw one index a row, (n,), from logits (n, size) with one number 0..1 a row.

    Examples
    --------
    >>> draw_rows(np.log([[0.5, 0.5], [0.1, 0.9]]), None, np.array([0.2, 0.99]))
    array([0, 1])
    """
    values = logits if allowed is None else np.where(allowed, logits, -np.inf)
    probability = np.exp((values - values.max(axis=1, keepdims=True)) / temperature)
    probability /= probability.sum(axis=1, keepdims=True)
    if nucleus < 1.0:
        order = np.argsort(-probability, axis=1, kind="stable")
        ordered = np.take_along_axis(probability, order, axis=1)
        beyond = np.cumsum(ordered, axis=1) - ordered >= nucleus
        np.put_along_axis(probability, order, np.where(beyond, 0.0, ordered), axis=1)
    cumulative = np.cumsum(probability, axis=1)
    drawn: npt.NDArray[np.int64] = (cumulative <= (chance * cumulative[:, -1])[:, None]).sum(axis=1)
    return drawn
