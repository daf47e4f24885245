"""A fast loudness meter for gain staging: block energies that can be re-weighted without filtering again.

It follows ITU-R BS.1770-4 and reads what pyloudnorm reads; what is reported to users is measured by
`workbench.analysis.loudness`.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.cascades import section, two_sections
from workbench.dsp.equaliser import Band, design
from workbench.dsp.parallel import BLOCK_SAMPLES, each, each_block

HOP_SECONDS = 0.1
_HOPS_PER_BLOCK = 4
_ABSOLUTE_GATE_LUFS = -70.0
_WARM_UP_SECONDS = 0.25
_AUDIBLE_OFFSET = 1e-3
_STRETCHES, _GROUPS = 8, 2
"""Stretches of a song that are weighted side by side, two channels each; and sets of them, for two threads."""
_TILE = 128

# The filters of pyloudnorm's default meter, in cookbook terms (BS.1770-4 annex 1).
_K_WEIGHTING = (Band("high_shelf", 1500.0, 4.0), Band("high_pass", 38.0, q=0.5))


@numba.njit(cache=True, nogil=True, fastmath={"contract"})
def _weigh(samples, start, sections, edges, energies):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Mean square between neighbouring `edges` behind two sections (transposed direct form II) that begin at `start`.

    Both channels and both sections run side by side; nothing is stored of the weighted signal.
    """
    b0, b1, b2, a1, a2 = sections[0]
    d0, d1, d2, c1, c2 = sections[1]
    l1, l2, m1, m2, r1, r2, t1, t2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    place = start
    for slot in range(edges.shape[0]):
        total = 0.0
        for i in range(place, edges[slot]):
            x = samples[0, i]
            y = b0 * x + l1
            l1 = (b1 * x + l2) - a1 * y
            l2 = b2 * x - a2 * y
            z = d0 * y + m1
            m1 = (d1 * y + m2) - c1 * z
            m2 = d2 * y - c2 * z
            u = samples[1, i]
            v = b0 * u + r1
            r1 = (b1 * u + r2) - a1 * v
            r2 = b2 * u - a2 * v
            w = d0 * v + t1
            t1 = (d1 * v + t2) - c1 * w
            t2 = d2 * v - c2 * w
            total += z * z + w * w
        # Denormal numbers cost a hundred times the time of ordinary ones: cut tails at -500 dB.
        if abs(l1) + abs(m1) + abs(r1) + abs(t1) < 1e-25:
            l1, l2, m1, m2, r1, r2, t1, t2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        if slot > 0:
            energies[slot - 1] = total / (edges[slot] - edges[slot - 1])
        place = edges[slot]


def weighted_energies(samples: Signal, sections: Floats, edges: npt.NDArray[np.int64], warm_up: int) -> Floats:
    """Mean square of (2, n) samples behind two filter sections, both channels added, between neighbouring edges.

    Parameters
    ----------
    samples
        Stereo, (2, n).
    sections
        Two rows as `dsp.equaliser.design` makes them.
    edges
        Ascending places in samples, (k + 1,).
    warm_up
        Samples in which the filters forget what was before, at least 1, so that stretches can be measured side by side.

    Returns
    -------
    ndarray of shape (k,), float64

    Raises
    ------
    ParameterError
        If there is no warm-up.

    Examples
    --------
    >>> plain = np.array([[1.0, 0.0, 0.0, 0.0, 0.0]] * 2)
    >>> weighted_energies(np.full((2, 200), 0.5, np.float32), plain, np.array([0, 100, 200]), 64).tolist()
    [0.5, 0.5]
    """
    if warm_up < 1:
        raise ParameterError(f"warm_up {warm_up}: expected at least 1 sample")
    source = np.ascontiguousarray(samples, dtype=np.float32)
    energies = np.zeros(max(0, edges.size - 1))
    first = _weigh_side_by_side(source, sections, edges, warm_up, energies)

    def measure(begin: int, end: int) -> None:
        begin, end = begin + first, end + first
        start = max(0, int(edges[begin]) - warm_up)
        _weigh(source, start, sections, edges[begin : end + 1], energies[begin:end])

    if energies.size > first:
        slots = max(1, round(energies.size * BLOCK_SAMPLES / max(1, int(edges[-1] - edges[0]))))
        each_block(measure, energies.size - first, slots)
    return energies


def _weigh_side_by_side(
    source: Signal, sections: Floats, edges: npt.NDArray[np.int64], warm_up: int, energies: Floats
) -> int:
    """Measure the first slots, as many as are equally long and fill whole stretches; tells how many those are."""
    lengths = np.diff(edges)
    if not lengths.size:
        return 0
    slot = int(lengths[0])
    alike = int(np.argmax(lengths != slot)) if (lengths != slot).any() else lengths.size
    count = alike // (_STRETCHES * _GROUPS)
    if count * slot < 2 * warm_up:
        return 0
    together = _STRETCHES * count

    def measure(group: int) -> None:
        begin = int(edges[group * together])
        _weigh_stretches(
            source,
            begin,
            sections,
            slot,
            -(-warm_up // slot),
            energies[group * together :][:together].reshape(-1, count),
        )

    each(measure, range(_GROUPS))
    return _GROUPS * together


@numba.njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")
def _weigh_stretches(samples, begin, sections, slot, warm_up_slots, energies):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Mean squares (stretches, slots): stretches from `begin` on side by side in the lanes of vector registers.

    Both channels of each stretch have a lane; a recursion cannot be vectorised along time.
    """
    stretches, count = energies.shape
    lanes = 2 * stretches
    state = np.zeros((4, lanes))
    tile = np.zeros((_TILE, lanes), dtype=np.float32)
    total = np.empty(lanes)
    first, second = section(sections[0]), section(sections[1])
    for number in range(-warm_up_slots, count):
        total[:] = 0.0
        for start in range(0, slot, _TILE):
            size = min(_TILE, slot - start)
            for lane in range(lanes):
                place = begin + ((lane >> 1) * count + number) * slot + start
                column, channel = tile[:, lane], samples[lane & 1]
                low = min(max(0, -place), size)
                for i in range(low):
                    column[i] = 0.0
                piece = channel[place + low : place + size]
                for i in range(piece.shape[0]):
                    column[low + i] = piece[i]
            for i in range(size):
                x = tile[i]
                for lane in range(2 * _STRETCHES):
                    z = two_sections(np.float64(x[lane]), state, lane, first, second)
                    total[lane] += z * z
        # Denormal numbers cost a hundred times the time of ordinary ones: cut tails at -500 dB.
        for row in range(4):
            for lane in range(lanes):
                state[row, lane] = state[row, lane] if abs(state[row, lane]) >= 1e-25 else 0.0
        if number >= 0:
            for stretch in range(stretches):
                energies[stretch, number] = (total[2 * stretch] + total[2 * stretch + 1]) / slot


def default_sections(sample_rate_hz: int) -> Floats:
    """The filters of pyloudnorm's default meter, as `weighted_energies` takes them.

    Returns
    -------
    array of shape (2, 5), float64
        Rows (b0, b1, b2, a1, a2): the high shelf and the high-pass of BS.1770's K-weighting.

    Examples
    --------
    At half the sample rate (z = -1) the shelf reaches its 4 dB; at 0 Hz (z = 1) the high-pass lets nothing through.

    >>> shelf, high_pass = default_sections(48_000)
    >>> round(20.0 * float(np.log10((shelf[0] - shelf[1] + shelf[2]) / (1.0 - shelf[3] + shelf[4]))), 3)
    4.0
    >>> round(float(high_pass[:3].sum()), 6)
    0.0
    """
    return design(_K_WEIGHTING, sample_rate_hz)


def hop_energies(samples: Signal, sample_rate_hz: int) -> Floats:
    """K-weighted mean square of (2, n) samples, both channels added, for every whole 0.1 s.

    Returns
    -------
    array of shape (n // hop,), float64
        A hop is 0.1 s, rounded to whole samples.

    Examples
    --------
    What remains after the last whole hop is left out.

    >>> hop_energies(np.zeros((2, 50_000), np.float32), 48_000).shape
    (10,)
    """
    hop = round(HOP_SECONDS * sample_rate_hz)
    edges = np.arange(samples.shape[1] // hop + 1, dtype=np.int64) * hop
    return weighted_energies(samples, default_sections(sample_rate_hz), edges, warm_up_samples(sample_rate_hz))


def warm_up_samples(sample_rate_hz: int) -> int:
    """Samples after which a K-weighting filter has forgotten what was before: its low cut rings for 0.2 s at most.

    Returns
    -------
    int
        A quarter of a second.

    Examples
    --------
    >>> warm_up_samples(48_000)
    12000
    """
    return round(_WARM_UP_SECONDS * sample_rate_hz)


def gated_loudness(energies: Floats) -> float:
    """Integrated loudness in LUFS from `hop_energies`; -70 when nothing passes the absolute gate.

    Parameters
    ----------
    energies : array of shape (hops,), float64
        K-weighted mean square of each 0.1 s; four of them make a gating block.

    Returns
    -------
    float
        Integrated loudness in LUFS, at least -70.

    Examples
    --------
    >>> gated_loudness(np.zeros(50)), round(gated_loudness(np.full(50, 0.1)), 3)
    (-70.0, -10.691)
    """
    if len(energies) < _HOPS_PER_BLOCK:
        return _ABSOLUTE_GATE_LUFS
    return gated(np.convolve(energies, np.full(_HOPS_PER_BLOCK, 1.0 / _HOPS_PER_BLOCK), mode="valid"))


def gated(blocks: Floats) -> float:
    """Loudness in LUFS of the mean squares of overlapping blocks of 0.4 s: absolute gate, then relative gate.

    Returns
    -------
    float
        At least -70.

    Examples
    --------
    Pauses do not lower the loudness of what is heard.

    >>> gated(np.array([0.1, 0.1, 0.0, 0.0])) == gated(np.array([0.1, 0.1]))
    True
    """
    heard = blocks[blocks >= _energy(_ABSOLUTE_GATE_LUFS)]
    if not len(heard):
        return _ABSOLUTE_GATE_LUFS
    heard = heard[heard > 0.1 * heard.mean()]
    return energy_to_lufs(float(heard.mean()))


def energy_to_lufs(energy: float) -> float:
    """Loudness of a K-weighted mean square, without gating.

    Parameters
    ----------
    energy : float
        Sum of both channels' mean squares.

    Returns
    -------
    float
        LUFS, at least -70.

    Examples
    --------
    >>> round(energy_to_lufs(1.0), 3)
    -0.691
    """
    return max(_ABSOLUTE_GATE_LUFS, -0.691 + 10.0 * float(np.log10(max(energy, 1e-20))))


def _energy(loudness_lufs: float) -> float:
    return float(10.0 ** ((loudness_lufs + 0.691) / 10.0))


def loudness(samples: Signal, sample_rate_hz: int) -> float:
    """Integrated loudness of (2, n) samples in LUFS; silence gives -70.

    Returns
    -------
    float
        At least -70.

    Examples
    --------
    A sine of 997 Hz at full scale in one channel, which BS.1770 defines as -3.01, reads within 0.1 of it.

    >>> tone = np.sin(2.0 * np.pi * 997.0 / 48_000 * np.arange(48_000))
    >>> abs(loudness(np.stack([tone, 0.0 * tone]).astype(np.float32), 48_000) + 3.01) < 0.1
    True
    """
    return gated_loudness(hop_energies(samples, sample_rate_hz))


def without_offset(samples: Signal) -> Signal:
    """(c, n) samples without the constant offset of each channel, whose onset BS.1770's filters take for a thump.

    Returns
    -------
    array of shape (c, n), float32
        The very same array where no channel is off by more than a thousandth of full scale.

    Examples
    --------
    >>> without_offset(np.array([[0.75, 0.25], [0.5, -0.5]], np.float32)).tolist()
    [[0.25, -0.25], [0.5, -0.5]]
    """
    offset = samples.mean(axis=1, dtype=np.float64, keepdims=True)
    if not np.abs(offset).max(initial=0.0) > _AUDIBLE_OFFSET:
        return samples
    moving: Signal = (samples - offset).astype(np.float32)
    return moving
