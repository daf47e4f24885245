"""How well a tempo is kept to: asked in words or numbers, heard in the audio.

Conventions
-----------
Accuracy 1 counts a tempo within 4 % as right, accuracy 2 also its half, double, third and triple (Gouyon and others
2006). The tempo bin (TB) asks whether both tempi lie in the same of nine bins that musicians' words name, and the
tolerant bin (TBT) accepts the neighbour (Melechovsky and others 2024, "Mustango"). A tempo of 0 was not heard, and is
always wrong. Every value but the error in percent is 0 or 1, 1 is best.
"""

from __future__ import annotations

import math
from bisect import bisect_right

from workbench.domain.errors import ParameterError

TOLERANCE = 0.04
BIN_EDGES_BPM = (40.0, 60.0, 70.0, 90.0, 110.0, 140.0, 160.0, 210.0)
_LEVELS = (1.0, 0.5, 2.0, 1.0 / 3.0, 3.0)
_WORST_PERCENT = 100.0


def validate(asked_bpm: float, heard_bpm: float) -> None:
    """Refuse what is no tempo.

    Parameters
    ----------
    asked_bpm, heard_bpm : float
        BPM; 0 for a tempo that was not heard.

    Returns
    -------
    None
        If nothing is wrong with them.

    Raises
    ------
    ParameterError
        If the tempo asked for is not above 0, or the one heard is negative; either must be finite.

    Examples
    --------
    >>> validate(0.0, 120.0)
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: tempo: expected BPM above 0 (0 for none heard), got 0.0 and 120.0
    """
    if not (math.isfinite(asked_bpm) and asked_bpm > 0.0 and math.isfinite(heard_bpm) and heard_bpm >= 0.0):
        raise ParameterError(f"tempo: expected BPM above 0 (0 for none heard), got {asked_bpm} and {heard_bpm}")


def error_percent(asked_bpm: float, heard_bpm: float) -> float:
    """Distance from the tempo asked for, on the nearest metrical octave.

    Parameters
    ----------
    asked_bpm, heard_bpm : float
        BPM; 0 for a tempo that was not heard.

    Returns
    -------
    float
        Percent of the tempo asked for, 0 (best) to 100.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    >>> round(error_percent(100.0, 51.0), 6)
    2.0
    """
    validate(asked_bpm, heard_bpm)
    if heard_bpm == 0.0:
        return _WORST_PERCENT
    octaves = math.log2(heard_bpm / asked_bpm)
    return min(_WORST_PERCENT, 100.0 * abs(math.exp2(octaves - round(octaves)) - 1.0))


def accuracy(asked_bpm: float, heard_bpm: float, *, levels: tuple[float, ...] = (1.0,)) -> float:
    """Whether the tempo lies within 4 % of the one asked for (Gouyon and others 2006).

    Parameters
    ----------
    asked_bpm, heard_bpm : float
        BPM; 0 for a tempo that was not heard.
    levels : tuple of float
        Multiples of the tempo asked for that are right as well.

    Returns
    -------
    float
        0 or 1.

    Examples
    --------
    >>> accuracy(100.0, 103.0), accuracy(100.0, 51.0), accuracy(100.0, 51.0, levels=(1.0, 0.5))
    (1.0, 0.0, 1.0)
    """
    validate(asked_bpm, heard_bpm)
    return float(any(abs(heard_bpm - asked_bpm * level) <= TOLERANCE * asked_bpm * level for level in levels))


def tempo_bin(bpm: float) -> int:
    """The bin of a tempo, of nine that musicians' words name (Melechovsky and others 2024).

    Parameters
    ----------
    bpm : float
        BPM.

    Returns
    -------
    int
        0 (below 40 BPM) to 8 (from 210).

    Examples
    --------
    >>> tempo_bin(100.0), tempo_bin(140.0)
    (4, 6)
    """
    return bisect_right(BIN_EDGES_BPM, bpm)


def evaluate(asked_bpm: float, heard_bpm: float) -> dict[str, float]:
    """Every value of this file by name.

    Parameters
    ----------
    asked_bpm, heard_bpm : float
        BPM; 0 for a tempo that was not heard.

    Returns
    -------
    dict of str to float
        `tempo_error_percent`, 0 (best) to 100; the others are 0 or 1.

    Raises
    ------
    ParameterError
        See `validate`.

    Examples
    --------
    Double the tempo is right in accuracy 2 alone:

    >>> {name: value for name, value in evaluate(70.0, 140.0).items() if value}
    {'tempo_accuracy_2': 1.0}
    """
    gap = abs(tempo_bin(asked_bpm) - tempo_bin(heard_bpm))
    return {
        "tempo_error_percent": error_percent(asked_bpm, heard_bpm),
        "tempo_accuracy_1": accuracy(asked_bpm, heard_bpm),
        "tempo_accuracy_2": accuracy(asked_bpm, heard_bpm, levels=_LEVELS),
        "tempo_bin": float(heard_bpm > 0.0 and gap == 0),
        "tempo_bin_tolerant": float(heard_bpm > 0.0 and gap <= 1),
    }
