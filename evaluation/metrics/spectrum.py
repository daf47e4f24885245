"""How far two long-term spectra lie apart.

Conventions
-----------
Spectra are the 30 third-octave levels of `analysis.spectrum.third_octave_db`, with a floor of -70 dB. The distance is
the mean absolute difference after both means are matched, in dB: 0 for equal spectra at any gain, the same in both
directions. Two finished tracks of different kinds lie about 4 dB apart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.analysis.spectrum import THIRD_OCTAVE_HZ
from workbench.domain.errors import ParameterError

FLOOR_DB = -70.0


def spectrum_distance_db(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Distance of two spectra.

    Parameters
    ----------
    first, second : array_like of shape (30,)
        Levels in dB, as `analysis.spectrum.third_octave_db` gives them.

    Returns
    -------
    float
        dB, from 0.

    Raises
    ------
    ParameterError
        If there are not 30 finite levels on both sides.

    Examples
    --------
    Gain does not matter, tilt does:

    >>> spectrum_distance_db([-20.0] * 30, [-26.0] * 30)
    0.0
    >>> spectrum_distance_db([-20.0] * 30, [-20.0] * 15 + [-24.0] * 15)
    2.0
    """
    one, other = (_validated(levels) for levels in (first, second))
    gap = np.maximum(one, FLOOR_DB) - np.maximum(other, FLOOR_DB)
    return float(np.mean(np.abs(gap - gap.mean())))


def _validated(levels: npt.ArrayLike) -> npt.NDArray[np.float64]:
    values = np.asarray(levels, np.float64)
    if values.shape != (len(THIRD_OCTAVE_HZ),) or not np.isfinite(values).all():
        raise ParameterError(f"spectrum: expected {len(THIRD_OCTAVE_HZ)} finite levels, got shape {values.shape}")
    return values
