"""How differently two recordings move in level.

Conventions
-----------
Loudness is momentary (ITU-R BS.1770, 0.4 s), taken relative to its own highest 5 %, so that gain does not matter; what
lies more than 40 LU below is silence and left out. The distance is the 1-Wasserstein distance of both distributions in
LU, plus the difference of the peak-to-loudness ratios in dB weighted by a half. 0 for equal recordings, symmetric.
It grows with compression; a noise floor moves it without order, as it fills what was silence.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.analysis.loudness import integrated_loudness, momentary_loudness
from workbench.analysis.peaks import true_peak_dbtp
from workbench.domain.audio import Audio

_RANGE_LU = 40.0
_PEAK_WEIGHT = 0.5


def dynamics_distance_lu(first: Audio, second: Audio) -> float:
    """Distance of the dynamics of two recordings.

    Parameters
    ----------
    first, second : Audio of shape (2, n)
        At any level, and each of its own length.

    Returns
    -------
    float
        LU, from 0; infinite if one side is silent and the other is not.

    Examples
    --------
    A tone at half its level moves as the tone does; one that falls by 10 dB does not:

    >>> wave = np.tile(0.5 * np.sin(np.arange(16000) / 2), (2, 1)).astype(np.float32)
    >>> falling = wave * np.repeat([1.0, 0.316], 8000).astype(np.float32)
    >>> tone, soft, other = (Audio(samples, 8000) for samples in (wave, 0.5 * wave, falling))
    >>> round(dynamics_distance_lu(tone, soft), 3), dynamics_distance_lu(tone, other) > 3.0
    (0.0, True)
    """
    from scipy.stats import wasserstein_distance

    one, other = _levels(first), _levels(second)
    if not one.size or not other.size:
        return 0.0 if one.size == other.size else float("inf")
    peaks = [true_peak_dbtp(audio) - integrated_loudness(audio) for audio in (first, second)]
    return float(wasserstein_distance(one, other)) + _PEAK_WEIGHT * abs(peaks[0] - peaks[1])


def _levels(audio: Audio) -> npt.NDArray[np.float64]:
    curve = momentary_loudness(audio)
    curve = curve[curve > -70.0]
    if not curve.size:
        return np.zeros(0)
    relative = curve - np.percentile(curve, 95)
    return np.asarray(relative[relative > -_RANGE_LU], np.float64)
