"""Reading a sample at any pitch: the places that are read, loops included, and a windowed sinc that reads them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Signal

_HALF_TAPS = 16
_PASSED = 0.9
_PHASES = 512
_MOST_STRETCH = 32.0
"""Five octaves up; the taps would grow without end beyond."""


@dataclass(frozen=True, slots=True)
class Path:
    """Places (n,) in a sample, and how often each has gone round the loop; `around` says whether it goes on so."""

    places: Floats
    turns: npt.NDArray[np.int64]
    around: npt.NDArray[np.bool_]


def walked(travel: Floats, last: int, loop: tuple[int, int] | None, most_turns: float) -> Path:
    """Fold what was travelled into a loop, and end at the last frame.

    Parameters
    ----------
    travel : array of shape (n,)
        Frames from the start of the sample, without any loop.
    last : int
        Frames that the sample may play.
    loop : pair of int or None
        First frame of the loop and the one behind its last, within the sample.
    most_turns : float
        How often the loop is gone round; infinity for ever.
    """
    turns = np.zeros(travel.size, dtype=np.int64)
    around = np.zeros(travel.size, dtype=np.bool_)
    if loop is not None:
        first, stop = loop
        wanted = np.maximum(0.0, np.floor((travel - first) / (stop - first)))
        turns = np.minimum(wanted, most_turns).astype(np.int64)
        around = turns < most_turns
        travel = travel - turns * (stop - first)
    beyond = np.flatnonzero(travel >= last)
    kept = int(beyond[0]) if beyond.size else travel.size
    return Path(travel[:kept], turns[:kept], around[:kept])


def resampled(samples: npt.NDArray[Any], path: Path, step: float, loop: tuple[int, int] | None) -> Signal:
    """Read (c, n) samples at the places of a path: windowed sinc, band-limited to both rates, of the same channels."""
    stop = int(path.places.max(initial=0.0)) + math.ceil(_HALF_TAPS * min(_MOST_STRETCH, max(1.0, step))) + 2
    stop = min(samples.shape[1], max(stop, loop[1] if loop is not None else 0))
    source = np.ascontiguousarray(samples[:2, :stop], dtype=np.float32)
    if not np.isfinite(source).all():
        source = np.nan_to_num(source, nan=0.0, posinf=0.0, neginf=0.0)
    out = np.zeros((source.shape[0], path.places.size), dtype=np.float32)
    if source.shape[1] and path.places.size:
        first, last = loop if loop is not None else (0, 0)
        _read(
            source,
            path.places,
            path.turns,
            path.around,
            _sinc(min(_MOST_STRETCH, max(1.0, round(step, 2)))),
            first,
            last,
            out,
        )
    return out


@lru_cache(maxsize=64)
def _sinc(stretch: float) -> npt.NDArray[np.float32]:
    """Taps by phase, (513, t): a low-pass at the lower of both Nyquist frequencies under a Kaiser window."""
    half = math.ceil(_HALF_TAPS * stretch)
    offsets = np.arange(-half + 1, half + 1)[None, :] - np.arange(_PHASES + 1)[:, None] / _PHASES
    window = np.i0(8.0 * np.sqrt(np.maximum(0.0, 1.0 - (offsets / half) ** 2))) / np.i0(8.0)
    taps = _PASSED * np.sinc(_PASSED * offsets / stretch) / stretch * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)


@numba.njit(cache=True, nogil=True)
def _read(source, places, turns, around, table, first, last, out):  # type: ignore[no-untyped-def]  # pragma: no cover
    taps = table.shape[1]
    half = taps // 2
    length = source.shape[1]
    span = last - first
    second = source.shape[0] - 1  # a mono sample is its own other side
    for i in range(places.size):
        place = places[i]
        index = math.floor(place)
        phase = (place - index) * (table.shape[0] - 1)
        here = int(phase)
        share = phase - here
        row = table[here]
        beside = table[min(here + 1, table.shape[0] - 1)]
        left = 0.0
        right = 0.0
        for j in range(taps):
            at = index + j - half + 1
            # Neighbours across the seam of the loop are those that will be, or were, heard beside it.
            if span > 0 and around[i] and at >= last:
                at = first + (at - first) % span
            elif span > 0 and turns[i] > 0 and at < first:
                at = last - 1 - (first - 1 - at) % span
            if 0 <= at < length:
                weight = row[j] + share * (beside[j] - row[j])
                left += weight * source[0, at]
                right += weight * source[second, at]
        out[0, i] = left
        out[second, i] = right
