"""Second-order sections over long sound: stretches of a song side by side in the lanes of vector registers.

A recursion cannot be vectorised, but it forgets. Each stretch begins early enough for its filters to have settled, at
places that depend on the length of the sound alone.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from workbench.domain.arrays import Floats, Signal
from workbench.dsp.parallel import each
from workbench.dsp.scratch import have_at_hand

_STRETCHES = 8
"""Stretches that run side by side, two channels each: two vector registers of doubles."""
_GROUPS = 2
"""Sets of stretches, for two threads."""
_FORGOTTEN = 1e-11
_TILE = 128


def settling_samples(sections: Floats) -> int:
    """Samples after which a cascade has forgotten its past: no more than 1e-11 of it is left.

    Parameters
    ----------
    sections : array of shape (s, 5)
        Rows (b0, b1, b2, a1, a2).

    Returns
    -------
    int
        Twice the time that the pole of the largest radius needs, since equal poles in series decay more slowly.

    Examples
    --------
    >>> settling_samples(np.array([[1.0, 0.0, 0.0, -0.9, 0.0]]))
    482
    """
    roots = [np.abs(np.roots([1.0, a1, a2])) for _, _, _, a1, a2 in sections]
    radius = min(max((float(found.max(initial=0.0)) for found in roots), default=0.0), 1.0 - 1e-9)
    # Equal poles in series fall as a power of time times the exponential: twice the time is on the safe side.
    return 1 + math.ceil(2.0 * math.log(_FORGOTTEN) / math.log(max(radius, 1e-6)))


def filter_side_by_side(samples: Signal, sections: Floats, out: Signal) -> bool:
    """Filter (2, n) samples into `out`, if they are long enough for that to pay; tells whether it did.

    Parameters
    ----------
    samples, out : arrays of shape (2, n), float32
        C-contiguous; both may be the same.
    sections : array of shape (s, 5)
        Rows (b0, b1, b2, a1, a2), an even number of them.

    Returns
    -------
    bool
        False where `out` was left as it was, because a stretch would be shorter than two warm-ups.

    Examples
    --------
    A one-pole low-pass has unit gain at 0 Hz; a few hundred samples are not worth splitting.

    >>> sections = np.array([[0.1, 0.0, 0.0, -0.9, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]])
    >>> sound = np.ones((2, 16_000), np.float32)
    >>> filter_side_by_side(sound, sections, sound), sound[:, -1].round(6).tolist()
    (True, [1.0, 1.0])
    >>> filter_side_by_side(sound[:, :500].copy(), sections, sound)
    False
    """
    length, warm_up = samples.shape[1], settling_samples(sections)
    stretch = -(-length // (_STRETCHES * _GROUPS))
    if stretch < 2 * warm_up:
        return False

    begins = [group * _STRETCHES * stretch for group in range(_GROUPS)]
    # In place, a group may find that the one before it has gone over what it warms up on.
    pasts = [samples[:, max(0, begin - warm_up) : begin].copy() for begin in begins]

    def filter_group(group: int) -> None:
        have_at_hand(out[:, begins[group] : begins[group] + _STRETCHES * stretch])
        _stretches(samples, pasts[group], sections, begins[group], stretch, warm_up, out)

    each(filter_group, range(_GROUPS))
    return True


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _stretches(samples, past, sections, begin, stretch, warm_up, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Filter eight stretches from sample `begin` on, each after a warm-up that is not written.

    The first one warms up on `past`, the others on the ends of those before them, which are not written by then.
    """
    lanes = 2 * _STRETCHES
    state = np.zeros((2 * sections.shape[0], lanes))
    tile = np.zeros((_TILE, lanes))
    for start in range(-warm_up, stretch, _TILE):
        size = min(_TILE, stretch - start)
        for lane in range(lanes):
            place = begin + (lane >> 1) * stretch + start
            low = min(max(0, -place), size)
            high = max(low, min(size, samples.shape[1] - place))
            if high - low < size:
                tile[:, lane] = 0.0
            column = tile[low:high, lane]
            if lane < 2 and start < 0:
                _copy_ending(past[lane & 1], samples[lane & 1], begin, place + low, column)
            else:
                piece = samples[lane & 1, place + low : place + high]
                for i in range(piece.shape[0]):
                    column[i] = piece[i]
        for pair in range(0, sections.shape[0], 2):
            memory = state[2 * pair : 2 * pair + 4]
            first, second = section(sections[pair]), section(sections[pair + 1])
            for i in range(size):
                x = tile[i]
                for lane in range(2 * _STRETCHES):
                    x[lane] = two_sections(x[lane], memory, lane, first, second)
        # Denormal numbers cost a hundred times the time of ordinary ones: cut tails at -500 dB.
        for row in range(state.shape[0]):
            for lane in range(lanes):
                state[row, lane] = state[row, lane] if abs(state[row, lane]) >= 1e-25 else 0.0
        for lane in range(lanes):
            place = begin + (lane >> 1) * stretch + start
            low = min(max(0, -start), size)
            high = max(low, min(size, out.shape[1] - place))
            piece, column = out[lane & 1, place + low : place + high], tile[low:high, lane]
            for i in range(piece.shape[0]):
                piece[i] = column[i]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _copy_ending(past, channel, begin, place, column):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `column` with samples from `place` on; those before `begin` are the last ones of `past`."""
    for i in range(column.shape[0]):
        back = begin - (place + i)
        column[i] = past[past.shape[0] - back] if back > 0 else channel[place + i]


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def two_sections(value, memory, lane, first, second):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """One sample of a lane through two sections, transposed direct form II.

    `first` and `second` are (b0, b1, b2, a1, a2); `memory` is (4, lanes). It is compiled into the loop that calls it.
    """
    b0, b1, b2, a1, a2 = first
    d0, d1, d2, c1, c2 = second
    y = b0 * value + memory[0, lane]
    memory[0, lane] = (b1 * value + memory[1, lane]) - a1 * y
    memory[1, lane] = b2 * value - a2 * y
    z = d0 * y + memory[2, lane]
    memory[2, lane] = (d1 * y + memory[3, lane]) - c1 * z
    memory[3, lane] = d2 * y - c2 * z
    return z


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def section(row):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """The coefficients of a row of sections as a tuple, which a loop keeps in registers."""
    return row[0], row[1], row[2], row[3], row[4]
