"""How well heard beats lie on written ones.

Conventions
-----------
Times are seconds, sorted. A heard beat hits if it lies within 70 ms of a written one; each beat counts once. The
F-measure is the harmonic mean of the share of written beats hit and of heard beats that hit (Dixon 2001;
`mir_eval.beat.f_measure`, which like this leaves out the first five seconds unless asked otherwise). 0..1, 1 is best;
without beats on both sides it is 1, without beats on one side 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError

WINDOW_SECONDS = 0.07
FIRST_SECONDS = 5.0


def validate(beats: Floats) -> None:
    """Refuse what is no list of beats.

    Parameters
    ----------
    beats : ndarray of shape (n,)
        Seconds.

    Returns
    -------
    None
        If nothing is wrong with them.

    Raises
    ------
    ParameterError
        If times are not finite, not sorted or not one-dimensional.

    Examples
    --------
    >>> validate(np.array([1.0, 0.5]))
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: beats: expected sorted finite times in seconds
    """
    if beats.ndim != 1 or not np.isfinite(beats).all() or (np.diff(beats) < 0.0).any():
        raise ParameterError("beats: expected sorted finite times in seconds")


def f_measure(
    written: npt.ArrayLike, heard: npt.ArrayLike, *, window: float = WINDOW_SECONDS, first: float = FIRST_SECONDS
) -> float:
    """F-measure of heard against written beats (Dixon 2001).

    Parameters
    ----------
    written, heard : array_like of shape (n,), (m,)
        Seconds, sorted.
    window : float
        Seconds within which a beat hits.
    first : float
        Beats before this many seconds do not count.

    Returns
    -------
    float
        0..1, 1 is best.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    All three heard beats hit, three of four written ones are hit:

    >>> f_measure([0.0, 0.5, 1.0, 1.5], [0.01, 0.52, 1.02], first=0.0)
    0.8571428571428571
    """
    both = [np.asarray(times, np.float64) for times in (written, heard)]
    for times in both:
        validate(times)
    one, other = (times[times >= first] for times in both)
    if not one.size or not other.size:
        return float(one.size == other.size)
    return 2.0 * _hits(one, other, window) / (one.size + other.size)


def grid(beat_seconds: npt.ArrayLike, period_seconds: float, duration_seconds: float) -> Floats:
    """A whole grid of beats through those that were found: detectors leave out beats that no onset marks.

    The phase is the circular mean of the beats found.

    Parameters
    ----------
    beat_seconds : array_like of shape (n,)
        Beats found.
    period_seconds : float
        Distance of beats.
    duration_seconds : float
        Where the grid ends.

    Returns
    -------
    ndarray of shape (beats,), float64
        Seconds, ascending; empty where no beats were found.

    Examples
    --------
    >>> grid([0.25, 1.75], 0.5, 2.0).round(6).tolist()
    [0.25, 0.75, 1.25, 1.75]
    """
    found = np.asarray(beat_seconds, np.float64)
    if not found.size or period_seconds <= 0.0:
        return np.zeros(0)
    angle = float(np.angle(np.exp(2j * np.pi * found / period_seconds).mean()))
    phase = (angle / (2.0 * np.pi) % 1.0) * period_seconds
    # A beat a hair before 0 is the beat at 0.
    return np.arange(
        phase if phase < 0.9 * period_seconds else phase - period_seconds, duration_seconds, period_seconds
    )


def _hits(written: Floats, heard: Floats, window: float) -> int:
    """Largest number of pairs within the window: sorted times on a line are matched greedily."""
    hits = place = 0
    for time in written:
        while place < heard.size and heard[place] < time - window:
            place += 1
        if place < heard.size and heard[place] <= time + window:
            hits += 1
            place += 1
    return hits
