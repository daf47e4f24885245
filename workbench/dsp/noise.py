"""White noise from seeded generators."""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Signal


def white_noise(length: int, rng: np.random.Generator) -> Signal:
    """Uniform white noise in -1..1.

    Parameters
    ----------
    length : int
        Samples, at least 0.
    rng : numpy.random.Generator
        Source of chance; the same state gives the same noise.

    Returns
    -------
    array of shape (length,), float32, root mean square 0.577

    Examples
    --------
    >>> noise = white_noise(48_000, np.random.default_rng(1))
    >>> round(float(np.square(noise).mean()), 2)
    0.33
    """
    return (rng.random(length, dtype=np.float32) * 2.0 - 1.0).astype(np.float32)
