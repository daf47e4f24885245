"""Fréchet audio distance between two sets of recordings (Kilgour and others 2019).

Conventions
-----------
Sets are tables of embedding windows (n, d). Each is taken as a Gaussian; the distance is the squared 2-Wasserstein
distance of the two, 0 for equal ones, symmetric. A finite sample reads too high, by about a constant over n: the value
is extrapolated to endless n by a line over 1/n (Chong and Forsyth 2020; Gui and others 2024), and may then fall a
little below 0. The interval is a bootstrap over whole recordings, since windows of one recording are alike. State the
embedding and n beside every value; values of different embeddings cannot be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError

LEAST_WINDOWS_A_DIMENSION = 2
_SHARES = (0.4, 0.5, 0.65, 0.8, 1.0)
_DRAWS = 8
RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class SetDistance:
    """A distance of two sets: corrected value, its 95 % interval, the uncorrected value, windows and recordings."""

    value: float
    low: float
    high: float
    raw: float
    n_windows: int
    n_recordings: int
    embedding: str


def validate(first: Floats, second: Floats) -> None:
    """Refuse sets that are too small or do not fit each other.

    Parameters
    ----------
    first, second : ndarray of shape (n, d), (m, d)

    Returns
    -------
    None
        If nothing is wrong with them.

    Raises
    ------
    ParameterError
        If dimensions differ, a value is not finite, or a set has fewer than twice as many windows as dimensions.

    Examples
    --------
    >>> validate(np.zeros((5, 3)), np.zeros((9, 3)))
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: embedding: expected at least 6 windows a side, got 5, 9
    """
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise ParameterError(f"embedding: expected two tables of one width, got {first.shape} and {second.shape}")
    least = LEAST_WINDOWS_A_DIMENSION * first.shape[1]
    if min(len(first), len(second)) < least:
        raise ParameterError(f"embedding: expected at least {least} windows a side, got {len(first)}, {len(second)}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ParameterError("embedding: expected finite numbers")


def frechet_distance(first: Floats, second: Floats) -> float:
    """Uncorrected distance of two tables (Kilgour and others 2019).

    Parameters
    ----------
    first, second : ndarray of shape (n, d), (m, d)

    Returns
    -------
    float
        From 0, in the squared unit of the tables.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    Sets of equal spread lie apart by the squared distance of their means:

    >>> table = np.random.default_rng(0).normal(size=(100, 3))
    >>> frechet_distance(table, table) < 1e-9, round(frechet_distance(table, table + [3.0, 4.0, 0.0]), 6)
    (True, 25.0)
    """
    validate(first, second)
    from scipy.linalg import eigvals

    gap = first.mean(axis=0) - second.mean(axis=0)
    one, other = (np.cov(table, rowvar=False).reshape(table.shape[1], -1) for table in (first, second))
    roots = np.sqrt(np.maximum(eigvals(one @ other).real, 0.0)).sum()
    return max(0.0, float(gap @ gap + np.trace(one) + np.trace(other) - 2.0 * roots))


def corrected_distance(first: Floats, second: Floats, *, seed: int = 0) -> float:
    """Distance extrapolated to endless samples: the intercept of a line through distances at rising n, over 1/n.

    Parameters
    ----------
    first, second : ndarray of shape (n, d), (m, d)
    seed : int
        Of the subsets.

    Returns
    -------
    float
        In the squared unit of the tables; a little below 0 for equal sets now and then.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    Samples of one distribution read too far apart without the correction:

    >>> first, second = np.random.default_rng(0).normal(size=(2, 40, 4))
    >>> abs(corrected_distance(first, second)) < 0.5 * frechet_distance(first, second)
    True
    """
    validate(first, second)
    rng = np.random.default_rng(seed)
    least = LEAST_WINDOWS_A_DIMENSION * first.shape[1] / min(len(first), len(second))
    inverse, values = [], []
    for share in sorted({max(share, least) for share in _SHARES}):
        for _ in range(_DRAWS if share < 1.0 else 1):
            parts = [table[rng.permutation(len(table))[: round(share * len(table))]] for table in (first, second)]
            inverse.append(1.0 / share)
            values.append(frechet_distance(*parts))
    if len(set(inverse)) < 2:
        return values[0]
    return float(np.polyfit(inverse, values, 1)[1])


def evaluate(first: Sequence[Floats], second: Sequence[Floats], *, embedding: str, seed: int = 0) -> SetDistance:
    """Distance of two sets of recordings, each a table of windows.

    Parameters
    ----------
    first, second : sequence of ndarray of shape (windows, d)
    embedding : str
        What the windows are, printed with the value.
    seed : int
        Of subsets and resamples.

    Returns
    -------
    SetDistance
        Corrected, with a 95 % interval over recordings.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    >>> first, second = np.random.default_rng(0).normal(size=(2, 6, 20, 2))
    >>> far = evaluate(first, second + [3.0, 4.0], embedding="example")
    >>> far.low < 25.0 < far.high, far.n_recordings
    (True, 6)
    """
    whole = [np.concatenate(tuple(tables)) for tables in (first, second)]
    value, raw = corrected_distance(*whole, seed=seed), frechet_distance(*whole)
    rng = np.random.default_rng(seed)
    spread = []
    for _ in range(RESAMPLES):
        drawn = [_resampled(tables, rng) for tables in (first, second)]
        if min(map(len, drawn)) >= LEAST_WINDOWS_A_DIMENSION * drawn[0].shape[1]:
            spread.append(frechet_distance(*drawn))
    # Resampling repeats windows, which reads higher by itself: the spread is centred on the value.
    low, high = np.percentile(spread, [2.5, 97.5]) - np.mean(spread) + value
    count = min(map(len, whole))
    return SetDistance(value, float(low), float(high), raw, count, min(len(first), len(second)), embedding)


def _resampled(tables: Sequence[Floats], rng: np.random.Generator) -> Floats:
    return np.concatenate([tables[index] for index in rng.integers(len(tables), size=len(tables))])
