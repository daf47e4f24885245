"""How differently two recordings fill the stereo image.

Conventions
-----------
Width is the share of the side signal in the power, 0 (mono) to 1, in three bands (20 to 120 Hz, to 2 kHz, to 16 kHz).
The distance is the mean absolute difference of the square roots over bands, so that narrow images part as clearly as
wide ones: 0 for equal images at any gain to 1, symmetric.
"""

from __future__ import annotations

import numpy as np

from workbench.analysis.spectrum import stereo_spectrum
from workbench.analysis.stereo import band_width
from workbench.domain.audio import Audio


def width_distance(first: Audio, second: Audio) -> float:
    """Distance of two stereo images.

    Parameters
    ----------
    first, second : Audio of shape (2, n)
        At any level.

    Returns
    -------
    float
        0 (alike) to 1.

    Examples
    --------
    Mono is as far from unrelated channels as the root of a half, and from opposite ones as can be:

    >>> noise = np.random.default_rng(0).normal(0.0, 0.1, (2, 96000)).astype(np.float32)
    >>> mono, opposite = noise[[0, 0]], np.stack([noise[0], -noise[0]])
    >>> one, other, most = (Audio(samples, 48000) for samples in (mono, noise, opposite))
    >>> round(width_distance(one, other), 1), width_distance(one, most)
    (0.7, 1.0)
    """
    one, other = (band_width(stereo_spectrum(audio)) for audio in (first, second))
    return float(np.mean([abs(np.sqrt(one[band]) - np.sqrt(other[band])) for band in one]))
