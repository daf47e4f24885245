"""True peaks: the highest places between samples, found where the samples come near them."""

from __future__ import annotations

import numba
import numpy as np

from workbench.domain.arrays import Signal
from workbench.dsp.levels import peak_of
from workbench.dsp.memory import fresh
from workbench.dsp.oversampling import HALF_TAPS, MESH, convolve, phase_taps
from workbench.dsp.parallel import each_block


@numba.njit(cache=True, nogil=True)
def block_tops(samples, size, tops):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `tops` (c, blocks) with the highest magnitude in each block of `size` samples."""
    for channel in range(samples.shape[0]):
        for block in range(tops.shape[1]):
            piece = samples[channel, block * size : min((block + 1) * size, samples.shape[1])]
            top = np.float32(0.0)
            for i in range(piece.shape[0]):
                top = max(top, abs(piece[i]))
            tops[channel, block] = top


@numba.njit(cache=True, nogil=True, inline="always")
def near_top(tops, channel, block):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Highest magnitude in a block and its two neighbours.

    Returns
    -------
    float

    Examples
    --------
    >>> float(near_top(np.array([[1.0, 0.25, 0.5]], np.float32), 0, 2))
    0.5
    """
    top = tops[channel, block]
    if block > 0:
        top = max(top, tops[channel, block - 1])
    if block + 1 < tops.shape[1]:
        top = max(top, tops[channel, block + 1])
    return top


@numba.njit(cache=True, nogil=True, inline="always")
def copy_around(channel, start, target):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill `target` with samples from `start` on; zeros where there are none.

    Examples
    --------
    >>> target = np.ones(4, np.float32)
    >>> copy_around(np.array([0.5, 0.25], np.float32), -1, target)
    >>> target.tolist()
    [0.0, 0.5, 0.25, 0.0]
    """
    length = channel.shape[0]
    for i in range(target.shape[0]):
        place = start + i
        target[i] = channel[place] if 0 <= place < length else np.float32(0.0)


@numba.njit(cache=True, nogil=True)
def _raise_peaks(samples, tops, taps, reach, above, start, stop, peaks):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Highest magnitude near samples `start` to `stop`; between samples only where it may pass `above`."""
    source = np.zeros(MESH + 1 + taps.shape[1] + 3, dtype=np.float32)
    between = np.zeros(MESH + 1, dtype=np.float32)
    row = np.zeros(MESH + 1, dtype=np.float32)
    itself = max(taps[0, HALF_TAPS], np.float32(1.0))
    for block in range(start // MESH, -(-stop // MESH)):
        first = max(block * MESH, start)
        size = min((block + 1) * MESH, stop) - first
        for i in range(size):
            peaks[first - start + i] = itself * max(abs(samples[0, first + i]), abs(samples[1, first + i]))
        for channel in range(2):
            if near_top(tops, channel, block) * reach <= above:
                continue
            # Interval i of `between` lies before sample i of the block.
            copy_around(samples[channel], first - 1 - HALF_TAPS, source)
            between[:] = 0.0
            for phase in range(1, taps.shape[0]):
                row[:] = 0.0
                convolve(source, 0, taps[phase], row)
                for i in range(MESH + 1):
                    between[i] = max(between[i], abs(row[i]))
            if first == 0:
                between[0] = 0.0
            for i in range(size):
                peaks[first - start + i] = max(peaks[first - start + i], between[i], between[i + 1])


@numba.njit(cache=True, nogil=True)
def _block_peaks(samples, tops, taps, reach, above, rising, start, stop, peaks):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Highest interpolated magnitude in the blocks of samples `start` to `stop` that may pass `above`, (c, blocks).

    With `rising`, what was found raises the limit for those that come after.
    """
    source = np.zeros(MESH + taps.shape[1] + 3, dtype=np.float32)
    row = np.zeros(MESH, dtype=np.float32)
    for block in range(start // MESH, -(-stop // MESH)):
        size = min(MESH, samples.shape[1] - block * MESH)
        for channel in range(samples.shape[0]):
            if near_top(tops, channel, block) * reach <= above:
                continue
            copy_around(samples[channel], block * MESH - HALF_TAPS, source)
            highest = np.float32(0.0)
            for phase in range(taps.shape[0]):
                row[:] = 0.0
                convolve(source, 0, taps[phase], row)
                for i in range(size):
                    highest = max(highest, abs(row[i]))
            peaks[channel, block] = highest
            if rising:
                above = max(above, highest)


def tops_of(samples: Signal) -> Signal:
    """Highest magnitude in each block of `MESH` samples of (c, n), (c, blocks).

    Returns
    -------
    array of shape (c, ceil(n / MESH)), float32
    """
    tops = np.zeros((samples.shape[0], -(-samples.shape[1] // MESH)), dtype=np.float32)

    def fill(start: int, stop: int) -> None:
        block_tops(samples[:, start:stop], MESH, tops[:, start // MESH : -(-stop // MESH)])

    each_block(fill, samples.shape[1])
    return tops


def reach_of(taps: Signal) -> float:
    """How many times the highest sample an interpolated one can be: the largest sum of magnitudes of a phase.

    Returns
    -------
    float

    Examples
    --------
    Between the samples, four-fold oversampling may find up to 7 dB more than they show.

    >>> round(20.0 * float(np.log10(reach_of(phase_taps(4)[0]))))
    7
    """
    return 1.0001 * float(np.abs(taps).sum(axis=1, dtype=np.float64).max(initial=1.0))


def peak_envelope(samples: Signal, factor: int = 4, *, above: float = 0.0) -> Signal:
    """Highest absolute value near each sample, between the samples included; over both channels, shape (n,).

    The peak between two samples counts for both. Follows ITU-R BS.1770-4, annex 2 (4-fold oversampling). Where nothing
    can pass `above`, only the samples themselves are looked at.

    Returns
    -------
    array of shape (n,), float32
    """
    taps = phase_taps(factor)[0]
    source = np.ascontiguousarray(samples, dtype=np.float32)
    peaks = fresh((source.shape[1],))
    tops = tops_of(source)

    def measure(start: int, stop: int) -> None:
        _raise_peaks(source, tops, taps, reach_of(taps), above, start, stop, peaks[start:stop])

    each_block(measure, source.shape[1])
    return peaks


def true_peak(samples: Signal, factor: int = 4) -> float:
    """Highest value of `peak_envelope`, in a fraction of its time: most of a song lies too low to be looked at.

    Returns
    -------
    float
        Linear, at least the sample peak (ITU-R BS.1770-4, annex 2).

    Examples
    --------
    A sine at a quarter of the rate, sampled 45° off its crests, has samples of 0.71 and a true peak of 1.

    >>> tone = (np.sin(np.pi * (np.arange(400) / 2.0 + 0.25)) * np.hanning(400)).astype(np.float32)
    >>> round(true_peak(np.stack([tone, tone])), 2)
    1.0
    """
    return max(peak_of(samples), float(_found(samples, factor, None).max(initial=0.0)))


def peaks_by_block(samples: Signal, factor: int = 4, *, within: float) -> Signal:
    """Highest interpolated magnitude in each block of `MESH` samples, (c, blocks).

    Blocks that cannot come within the share `within` of the highest of all are 0; all are with a factor of 1.

    Returns
    -------
    array of shape (c, ceil(n / MESH)), float32

    Examples
    --------
    >>> sound = np.repeat(np.array([[1.0, 0.0, 0.0, 0.1, 0.0]], np.float32), MESH, axis=1)
    >>> (peaks_by_block(sound, within=0.9)[0] > 0.0).tolist()
    [True, True, False, False, False]
    """
    return _found(samples, factor, within)


def _found(samples: Signal, factor: int, within: float | None) -> Signal:
    """Peaks by block that come `within` a share of the highest sample, or without one those that may be the highest."""
    source = np.ascontiguousarray(samples, dtype=np.float32)
    tops = tops_of(source)
    peaks = np.zeros_like(tops)
    taps = phase_taps(factor)[0]
    above = float(tops.max(initial=0.0)) * (1.0 if within is None else within)

    def measure(start: int, stop: int) -> None:
        _block_peaks(source, tops, taps, reach_of(taps), np.float32(above), within is None, start, stop, peaks)

    if factor > 1 and above > 0.0:
        each_block(measure, source.shape[1])
    return peaks
