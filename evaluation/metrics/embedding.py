"""The embedding that set distances use, in units of its spread over the shipped reference tracks."""

from __future__ import annotations

import functools
import json

import numpy as np
import numpy.typing as npt

from workbench.analysis.embedding import NAMES
from workbench.domain.errors import ParameterError
from workbench.domain.paths import data_dir

Floats = npt.NDArray[np.float64]

NAME = f"own, {len(NAMES)} numbers each 3 s"
"""What is stated beside distances in this embedding."""


def standardised(windows: npt.ArrayLike) -> Floats:
    """Windows (n, 26) less the reference tracks' mean, over their spread."""
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
