"""A sine whose pitch and level move, added to sound that is there."""

from __future__ import annotations

import math

import numba
import numpy as np

from workbench.domain.arrays import Control, Signal
from workbench.dsp.fm import fast_sine


def add_gliding_sine(
    samples: Signal, frequency_hz: Control, level: Control, hop_samples: int, sample_rate_hz: int
) -> Signal:
    """Add a sine to all channels of (c, n) samples in place; returns the same array.

    Parameters
    ----------
    samples
        Sound, (c, n).
    frequency_hz, level
        Frequency and peak in the middle of each hop, (hops,); straight between them, level beyond.
    hop_samples
        Samples of a hop; the hops cover the sound.
    sample_rate_hz
        Sample rate in Hz.

    Returns
    -------
    array of shape (c, n), float32

    Examples
    --------
    A quarter of the sample rate takes four samples for a cycle.

    >>> silence = np.zeros((1, 4), np.float32)
    >>> (add_gliding_sine(silence, np.full(2, 12000.0), np.ones(2), 2, 48000).round(6) + 0.0).tolist()
    [[1.0, 0.0, -1.0, 0.0]]
    """
    _add_sine(samples, frequency_hz / sample_rate_hz, level, hop_samples)
    return samples


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _add_sine(samples, turns, level, hop):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    half = hop // 2
    phases, levels = np.empty(hop), np.empty(hop)
    phase = 0.0
    # From the middle of one hop to that of the next, so that each piece is straight.
    for slot in range(-1, turns.shape[0]):
        first, second = max(slot, 0), min(slot + 1, turns.shape[0] - 1)
        turn, turning = turns[first], (turns[second] - turns[first]) / hop
        base, rising = level[first], (level[second] - level[first]) / hop
        start = slot * hop + half
        offset = half - 0.5 * hop
        begin, end = max(0, -start), min(hop, samples.shape[1] - start)
        for i in range(begin, end):
            phase += turn + turning * (i + offset)
            phases[i] = phase
            levels[i] = base + rising * (i + offset)
        phase -= math.floor(phase)
        for channel in range(samples.shape[0]):
            row = samples[channel, start + begin : start + end]
            for i in range(row.shape[0]):
                row[i] += levels[begin + i] * fast_sine(2.0 * math.pi * phases[begin + i])
