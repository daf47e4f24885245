"""Kernel audio distance between two sets of recordings (Chung and others 2025): maximum mean discrepancy.

Conventions
-----------
Sets are tables of embedding windows (n, d). The kernel is Gaussian with the median distance within the second set (the
reference) as bandwidth; the estimate of the squared discrepancy is unbiased (Gretton and others 2012), times 1000, and
may fall a little below 0 for equal sets. No Gaussian is assumed and few windows suffice. The interval is a bootstrap
over whole recordings.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from evaluation.metrics.frechet import SetDistance
from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError

SCALE = 1000.0
RESAMPLES = 200
_MOST_WINDOWS = 1500


def validate(first: Floats, second: Floats) -> None:
    """Refuse sets that do not fit each other.

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
        If dimensions differ, a value is not finite, or a set has fewer than two windows.

    Examples
    --------
    >>> validate(np.zeros((5, 3)), np.zeros((5, 2)))
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: embedding: expected two tables of one width, got (5, 3) and (5, 2)
    """
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1] or min(len(first), len(second)) < 2:
        raise ParameterError(f"embedding: expected two tables of one width, got {first.shape} and {second.shape}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ParameterError("embedding: expected finite numbers")


def kernel_distance(first: Floats, second: Floats, *, bandwidth: float | None = None) -> float:
    """Unbiased estimate of the squared discrepancy of two tables (Gretton and others 2012), times 1000.

    Parameters
    ----------
    first, second : ndarray of shape (n, d), (m, d)
    bandwidth : float, optional
        Of the kernel, in the unit of the tables; by default `median_distance` of the second.

    Returns
    -------
    float
        At most 2000; about 0 for equal sets, and a little below now and then.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> abs(kernel_distance(rng.normal(size=(300, 4)), rng.normal(size=(300, 4)))) < 5
    True
    """
    validate(first, second)
    width = bandwidth if bandwidth is not None else median_distance(second)
    likeness = _likeness(np.concatenate([first, second]), width)
    n = len(first)
    return _discrepancy(likeness, np.arange(n), np.arange(n, len(likeness)))


def median_distance(table: Floats) -> float:
    """The median distance between rows.

    Parameters
    ----------
    table : ndarray of shape (n, d)
        Of two rows or more; the first 1500 count.

    Returns
    -------
    float
        Above 0, in the unit of the table; 1 where all rows are equal.

    Examples
    --------
    >>> median_distance(np.array([[0.0, 0.0], [3.0, 4.0]]))
    5.0
    """
    from scipy.spatial.distance import pdist

    return float(np.median(pdist(table[:_MOST_WINDOWS]))) or 1.0


def evaluate(first: Sequence[Floats], second: Sequence[Floats], *, embedding: str, seed: int = 0) -> SetDistance:
    """Distance of two sets of recordings, each a table of windows; see `frechet.evaluate`.

    Parameters
    ----------
    first, second : sequence of ndarray of shape (windows, d)
        The second is the reference.
    embedding : str
        What the windows are, printed with the value.
    seed : int
        Of the resamples.

    Returns
    -------
    SetDistance
        With a 95 % interval over recordings; nothing is corrected, so that `raw` is `value`.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    >>> first, second = np.random.default_rng(0).normal(size=(2, 6, 20, 2))
    >>> evaluate(first, second, embedding="example").value < evaluate(first + 1.0, second, embedding="example").low
    True
    """
    whole = [np.concatenate(tuple(tables)) for tables in (first, second)]
    validate(*whole)
    likeness = _likeness(np.concatenate(whole), median_distance(whole[1]))
    sides = [_rows(first, 0), _rows(second, len(whole[0]))]
    value = _discrepancy(likeness, *(np.concatenate(side) for side in sides))
    rng = np.random.default_rng(seed)
    spread = [
        _discrepancy(likeness, *(np.concatenate([side[i] for i in rng.integers(len(side), size=len(side))])
                                 for side in sides))
        for _ in range(RESAMPLES)
    ]  # fmt: skip
    low, high = np.percentile(spread, [2.5, 97.5]) - np.mean(spread) + value
    count = min(map(len, whole))
    return SetDistance(value, float(low), float(high), value, count, min(len(first), len(second)), embedding)


def _rows(tables: Sequence[Floats], start: int) -> list[npt.NDArray[np.int64]]:
    edges = start + np.concatenate([[0], np.cumsum([len(table) for table in tables])])
    return [np.arange(low, high) for low, high in pairwise(edges)]


def _likeness(table: Floats, width: float) -> Floats:
    from scipy.spatial.distance import cdist

    return np.asarray(np.exp(-cdist(table, table, "sqeuclidean") / (2.0 * width * width)))


def _discrepancy(likeness: Floats, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> float:
    """Squared discrepancy; pairs of a window with itself, also through resampling, do not count."""
    within = []
    for side in (first, second):
        block = likeness[np.ix_(side, side)]
        other = side[:, None] != side[None, :]
        within.append(float(block[other].mean()) if other.any() else 1.0)
    return SCALE * (within[0] + within[1] - 2.0 * float(likeness[np.ix_(first, second)].mean()))
