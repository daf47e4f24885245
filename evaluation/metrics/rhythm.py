"""How differently two recordings move in time.

Conventions
-----------
Onset strengths are folded by the bar into sixteen steps in three bands (`analysis.groove`); the distance is the total
variation of the profiles at the best turn by beats, 0 alike to 1. Tempo does not matter, which `metrics.tempo`
compares. Where one side has no steady pulse it is 1, where neither has, 0. Symmetric.
"""

from __future__ import annotations

from workbench.analysis.groove import groove_distance, groove_profile
from workbench.analysis.rhythm import estimate_tempo, fit_tempo
from workbench.domain.audio import Audio


def rhythm_distance(
    first: Audio, second: Audio, *, first_bpm: float | None = None, second_bpm: float | None = None
) -> float:
    """Distance of two grooves.

    Parameters
    ----------
    first, second : Audio of shape (2, n)
        At any tempo, level and length.
    first_bpm, second_bpm : float, optional
        A tempo that is known spares the guess of its octave.

    Returns
    -------
    float
        0 (alike) to 1.

    Raises
    ------
    ParameterError
        If a tempo lies outside 20 to 400 BPM.

    Examples
    --------
    Two recordings without a pulse do not differ:

    >>> import numpy as np
    >>> silence = Audio(np.zeros((2, 40000), np.float32), 8000)
    >>> rhythm_distance(silence, silence)
    0.0
    """
    profiles = [
        groove_profile(audio, fit_tempo(audio, bpm) if bpm else estimate_tempo(audio))
        for audio, bpm in ((first, first_bpm), (second, second_bpm))
    ]
    if not profiles[0].size and not profiles[1].size:
        return 0.0
    return groove_distance(*profiles)
