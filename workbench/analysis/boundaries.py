"""Where sections begin: peaks of novelty along a self-similarity matrix (Foote 2000).

Half-second frames of band levels and pitch classes are compared by cosine; a checkerboard of eight seconds a side finds
places where what comes is unlike what was, but like itself. Precision is that of the frames, and of the music.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.dsp.thinning import thinned

FRAME_SECONDS = 0.5
_HALF = 16
_SHORTEST_SECONDS = 6.0
_RATE_HZ = 11025
_WINDOW = 4096
_EDGES_HZ = (40.0, 120.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0)


def section_boundaries(audio: Audio) -> tuple[float, ...]:
    """Times at which a section begins, without the song's own beginning and end (Foote 2000).

    Parameters
    ----------
    audio : Audio of shape (2, n)
        Songs shorter than 16 s have no boundaries.

    Returns
    -------
    tuple of float
        Seconds, ascending, in steps of 0.5 s and at least 6 s apart.

    Examples
    --------
    Twenty seconds of a low tone, then twenty of a high one:

    >>> time = np.arange(20 * 8000) / 8000
    >>> low, high = (0.3 * np.sin(2 * np.pi * hz * time) for hz in (110, 1760))
    >>> section_boundaries(Audio(np.tile(np.r_[low, high], (2, 1)).astype(np.float32), 8000))
    (20.0,)
    """
    features = _frames(audio)
    if features.shape[0] < 2 * _HALF:
        return ()
    curve = _novelty(features)
    reach = round(_SHORTEST_SECONDS / FRAME_SECONDS)
    threshold = float(curve.mean() + curve.std())
    found = [
        place
        for place in range(reach, curve.size - reach)
        if curve[place] > threshold and curve[place] == curve[max(0, place - reach) : place + reach + 1].max()
    ]
    return tuple(round(place * FRAME_SECONDS, 2) for place in found)


def _novelty(features: Floats) -> Floats:
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)
    padded = np.pad(unit @ unit.T, _HALF, mode="edge")
    axis = np.arange(-_HALF, _HALF) + 0.5
    bell = np.exp(-0.5 * (axis / (0.5 * _HALF)) ** 2)
    kernel = np.outer(np.sign(axis) * bell, np.sign(axis) * bell)
    count = features.shape[0]
    return np.array([float(np.sum(kernel * padded[i : i + 2 * _HALF, i : i + 2 * _HALF])) for i in range(count)])


def _frames(audio: Audio) -> Floats:
    """Standardised band levels and pitch classes, a row each half second."""
    step = max(1, round(audio.sample_rate_hz / _RATE_HZ))
    mono = thinned(audio.samples.mean(axis=0), step)
    rate = audio.sample_rate_hz / step
    hop = round(FRAME_SECONDS * rate)
    padded = np.pad(mono, (0, _WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[: max(mono.size, 1) : hop]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_WINDOW).astype(np.float32), axis=1)))
    hz = np.fft.rfftfreq(_WINDOW, 1.0 / rate)
    levels = np.log1p(
        np.stack([power[:, (hz >= low) & (hz < high)].sum(axis=1) for low, high in pairwise(_EDGES_HZ)], axis=1)
    )
    pitch = np.round(69.0 + 12.0 * np.log2(np.maximum(hz, 1.0) / 440.0)).astype(np.int64)
    tonal = (hz >= 100.0) & (hz < 2000.0)
    classes = np.stack([np.sqrt(power[:, tonal & (pitch % 12 == c)]).sum(axis=1) for c in range(12)], axis=1)
    classes = classes / np.maximum(classes.sum(axis=1, keepdims=True), 1e-9)
    return np.concatenate([_standard(levels), 0.7 * _standard(classes)], axis=1)


def _standard(values: Floats) -> Floats:
    spread = values.std(axis=0, keepdims=True)
    return np.asarray((values - values.mean(axis=0, keepdims=True)) / np.where(spread > 1e-6, spread, 1.0))
