"""The embedding that set distances use, in units of its spread over the shipped reference tracks."""

from __future__ import annotations

import functools
import json

import numpy as np
import numpy.typing as npt

from workbench.analysis.embedding import NAMES
from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError
from workbench.domain.paths import data_dir

NAME = f"own, {len(NAMES)} numbers each 3 s"
"""What is stated beside distances in this embedding."""


def standardised(windows: npt.ArrayLike) -> Floats:
    """Windows less the reference tracks' mean, over their spread.

    Parameters
    ----------
    windows : array_like of shape (n, 26)
        As `analysis.embedding.embed` gives them.

    Returns
    -------
    ndarray of shape (n, 26), float64
        About -3 to 3 for music.

    Raises
    ------
    ParameterError
        If the file of means and spreads is missing or damaged.

    Examples
    --------
    >>> low, high = standardised([[0.0] * len(NAMES), [1.0] * len(NAMES)])
    >>> bool((high > low).all())
    True
    """
    mean, spread = _scale()
    table = np.asarray(windows, np.float64).reshape(-1, len(NAMES))
    return (table - mean) / spread


@functools.cache
def _scale() -> tuple[Floats, Floats]:
    path = data_dir() / "evaluation" / "embedding.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        mean, spread = (np.array([data[name][kind] for name in NAMES]) for kind in ("mean", "spread"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ParameterError(f"{path}: expected mean and spread of each of {len(NAMES)} numbers ({error})") from None
    return mean, spread
