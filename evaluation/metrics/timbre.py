"""How differently two recordings sound, whatever they play.

Conventions
-----------
Each recording is a Gaussian with a diagonal over its embedding windows (`analysis.embedding`, 26 numbers each, in units
of their spread over the reference tracks); the distance is the root of the mean squared 2-Wasserstein distance over
columns: 0 for equal recordings at any gain, symmetric, without upper bound. About 0.5 between parts of one track, 1 to
2 between tracks.
"""

from __future__ import annotations

import numpy as np

from evaluation.metrics.embedding import standardised
from workbench.analysis.embedding import embed
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.domain.errors import ParameterError


def timbre_distance(first: Audio, second: Audio) -> float:
    """Distance of two recordings.

    Parameters
    ----------
    first, second : Audio of shape (2, n)
        Of 3 s or more, at any level.

    Returns
    -------
    float
        From 0; 1 to 2 between tracks.

    Raises
    ------
    ParameterError
        If one of them is silent.

    Examples
    --------
    Gain is no matter of timbre; a tone and noise are far apart:

    >>> noise = 0.1 * np.random.default_rng(0).normal(size=(2, 24000))
    >>> tone = np.tile(0.1 * np.sin(np.arange(24000) / 2), (2, 1))
    >>> one, soft, other = (Audio(w.astype(np.float32), 8000) for w in (tone, 0.5 * tone, noise))
    >>> round(timbre_distance(one, soft), 3), timbre_distance(one, other) > 2.0
    (0.0, True)
    """
    return window_distance(standardised(embed(first)), standardised(embed(second)))


def window_distance(first: Floats, second: Floats) -> float:
    """Distance of two tables of standardised windows.

    Parameters
    ----------
    first, second : ndarray of shape (n, d), (m, d)

    Returns
    -------
    float
        From 0, in the unit of the tables.

    Raises
    ------
    ParameterError
        If one of them is empty.

    Examples
    --------
    >>> window_distance(np.zeros((4, 26)), np.full((4, 26), 2.0))
    2.0
    """
    if not len(first) or not len(second):
        raise ParameterError("timbre: expected sound on both sides, got silence")
    means = (first.mean(axis=0) - second.mean(axis=0)) ** 2
    spreads = (first.std(axis=0) - second.std(axis=0)) ** 2
    return float(np.sqrt(np.mean(means + spreads)))
