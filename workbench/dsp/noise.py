"""Noise from seeded generators: white, pink, and bursts for drums."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import signal

Signal = npt.NDArray[np.float32]

# Three poles and zeros that follow -3 dB an octave within 0.5 dB from 20 Hz to 20 kHz at 48 kHz
# (J. O. Smith, "Spectral Audio Signal Processing", appendix on 1/f noise).
_PINK_B = (0.049922035, -0.095993537, 0.050612699, -0.004408786)
_PINK_A = (1.0, -2.494956002, 2.017265875, -0.522189400)


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
    >>> white_noise(4, np.random.default_rng(1)).shape
    (4,)
    """
    return (rng.random(length, dtype=np.float32) * 2.0 - 1.0).astype(np.float32)


def pink_noise(length: int, rng: np.random.Generator) -> Signal:
    """Noise that falls by 3 dB an octave, with a root mean square of about 0.25.

    Parameters
    ----------
    length : int
        Samples, at least 0.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    array of shape (length,), float32

    Examples
    --------
    >>> bool(np.abs(pink_noise(48000, np.random.default_rng(1))).max() < 1.5)
    True
    """
    settle = 2000  # the filter's memory: without it each burst would begin white
    shaped = signal.lfilter(_PINK_B, _PINK_A, white_noise(length + settle, rng))
    return np.asarray(shaped[settle:] * 5.0, dtype=np.float32)
