"""Intervals by bootstrap and outliers: small samples of tracks, without assumptions about distributions."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from workbench.domain.errors import ParameterError

RESAMPLES = 5000
LEVEL = 0.95
OUTLIER_SCORE = 3.5
"""Modified z-score from which a value is an outlier (Iglewicz and Hoaglin 1993)."""
_MAD_TO_SIGMA = 1.4826


def mean_interval(values: npt.ArrayLike, *, level: float = LEVEL, seed: int = 0) -> tuple[float, float]:
    """Interval of a mean: the expanded percentile bootstrap (Hesterberg 2015), which is honest for few values.

    The percentiles are widened as Student's interval is against the normal one, so that for four values or fewer the
    interval reaches from the smallest to the largest mean that resampling gives. One value gives no interval: (-inf,
    inf). Equal values give an interval of no width.

    Parameters
    ----------
    values : array (n,)
    level : float
        Share of repetitions in which the interval shall hold the mean.
    seed : int
        Of the resamples; the same values and seed give the same interval.

    Raises
    ------
    ParameterError
        If there is no value, or one that is not finite.

    Examples
    --------
    >>> mean_interval([2.0, 2.0, 2.0])
    (2.0, 2.0)
    """
    data = np.asarray(values, np.float64)
    if data.ndim != 1 or not data.size or not np.isfinite(data).all():
        raise ParameterError("interval: expected at least one finite value")
    if data.size == 1:
        return -math.inf, math.inf
    if np.ptp(data) == 0.0:
        return float(data[0]), float(data[0])
    draws = np.random.default_rng(seed).integers(data.size, size=(RESAMPLES, data.size))
    tail = _expanded_tail(data.size, level)
    low, high = np.quantile(data[draws].mean(axis=1), [tail, 1.0 - tail])
    return float(low), float(high)


def outliers(values: npt.ArrayLike, *, least: float = 0.0) -> npt.NDArray[np.bool_]:
    """Which values lie far from the others: modified z-score above 3.5, and further than `least` from the median.

    Where more than half of the values are equal, any other value that is further than `least` away is an outlier.

    Examples
    --------
    >>> outliers([1.0, 1.1, 0.9, 1.0, 7.0]).tolist()
    [False, False, False, False, True]
    """
    data = np.asarray(values, np.float64)
    gap = np.abs(data - np.median(data)) if data.size else np.zeros(0)
    spread = _MAD_TO_SIGMA * float(np.median(gap)) if data.size else 0.0
    return np.asarray((gap > OUTLIER_SCORE * spread) & (gap > max(least, 1e-9)) & (data.size >= 4))


def _expanded_tail(n: int, level: float) -> float:
    from scipy.stats import norm, t

    tail = (1.0 - level) / 2.0
    return float(norm.cdf(math.sqrt(n / (n - 1)) * t.ppf(tail, n - 1)))
