"""Overlap area of two distributions, feature by feature, from histograms (after Yang and Lerch 2020).

Conventions
-----------
Histograms have 20 bins between the 0.5th and 99.5th percentile of both sides together, and values beyond lie in the
outer bins. 1 means equal histograms, 0 disjoint ones. A finite sample never reaches 1, so the value is read beside
that of human against human music at the same n.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError

BINS = 20


def overlap_area(first: Floats, second: Floats, bins: int = BINS) -> float:
    """Overlap area of two sets of numbers (after Yang and Lerch 2020).

    Parameters
    ----------
    first, second : ndarray of shape (n,), (m,)
        In one unit.
    bins : int
        Of the histograms.

    Returns
    -------
    float
        0 (disjoint) to 1 (equal histograms).

    Raises
    ------
    ParameterError
        If a side is empty.

    Examples
    --------
    >>> overlap_area(np.arange(100.0), np.arange(100.0))
    1.0
    >>> overlap_area(np.zeros(10), np.ones(10))
    0.0
    """
    if not len(first) or not len(second):
        raise ParameterError("overlap area: expected numbers on both sides, got none")
    low, high = np.percentile(np.concatenate([first, second]), [0.5, 99.5])
    if high <= low:
        return 1.0
    edges = np.linspace(low, high, bins + 1)
    shares = [np.histogram(np.clip(side, low, high), edges)[0] / len(side) for side in (first, second)]
    return float(np.minimum(*shares).sum().round(12))


def mean_overlap_area(first: Floats, second: Floats, bins: int = BINS) -> float:
    """Mean of `overlap_area` over the columns of two tables.

    Parameters
    ----------
    first, second : ndarray of shape (n, features), (m, features)
    bins : int
        Of the histograms.

    Returns
    -------
    float
        0 (disjoint) to 1 (equal histograms).

    Raises
    ------
    ParameterError
        If a side is empty.

    Examples
    --------
    >>> table = np.arange(20.0).reshape(10, 2)
    >>> mean_overlap_area(table, table + [0.0, 100.0])
    0.5
    """
    return float(np.mean([overlap_area(a, b, bins) for a, b in zip(first.T, second.T, strict=True)]))
