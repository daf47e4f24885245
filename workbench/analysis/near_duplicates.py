"""Songs that are nearly the same, among any number of them: MinHash over pairs of bars (Broder, 1997), banded
(Leskovec, Rajaraman, Ullman: Mining of Massive Datasets, section 3.4).

A song is the set of its pairs of neighbouring bars, each known by a hash that neither another key nor other velocities
or lengths of notes change. Two songs are near duplicates if they share half of all the pairs that they have. They are
found without comparing each with each, and whatever is near a near duplicate is of the same group.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Hashes, Signatures

SIGNATURE_SIZE = 128
"""Minima of a signature: similarity is estimated within 0.09 nineteen times of twenty."""
_BANDS = 32
"""Of four minima each: songs that are half alike share one with a probability of 0.87, three quarters with 0.99999."""
_SLOTS_PER_BEAT = 4
_FEWEST_SHINGLES = 4
"""A song of fewer different pairs of bars is too plain to be distinguished from others."""
_EMPTY = np.uint32(0xFFFFFFFF)


def bar_shingles(onsets_beats: npt.ArrayLike, pitches: npt.ArrayLike, bar_beats: float) -> Hashes:
    """Hashes of the pairs of neighbouring bars that a part plays in, each once.

    Parameters
    ----------
    onsets_beats : array (n,)
        In quarter notes, in any order; they are taken to the nearest 16th.
    pitches : array (n,)
        MIDI pitches.
    bar_beats : float
        Quarter notes in a bar.

    Returns
    -------
    array (m,) of uint64

    Examples
    --------
    A tune has the same shingles in another key:

    >>> tune, steps = np.arange(16), np.array([60, 64, 67, 72] * 4)
    >>> np.array_equal(bar_shingles(tune, steps, 4), bar_shingles(tune, steps + 5, 4))
    True
    """
    slots = np.rint(np.asarray(onsets_beats, np.float64) * _SLOTS_PER_BEAT).astype(np.int64)
    cells = _distinct(slots * 128 + np.asarray(pitches, np.int64))
    if not len(cells):
        return np.zeros(0, np.uint64)
    slot, pitch = cells >> 7, cells & 127
    bar, place = np.divmod(slot, max(1, round(bar_beats * _SLOTS_PER_BEAT)))
    starts = np.flatnonzero(np.r_[True, bar[1:] != bar[:-1]])
    lowest = np.minimum.reduceat(pitch, starts)
    relative = pitch - np.repeat(lowest, np.diff(np.r_[starts, len(pitch)]))
    hashes = np.add.reduceat(_mixed(place * 128 + relative), starts)
    steps = np.diff(lowest) + 128
    joined = _mixed(hashes[:-1] ^ _mixed(hashes[1:] ^ _mixed(steps)))
    return _distinct(joined[np.diff(bar[starts]) == 1])


def _distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Each value once, in order. For a part's few hundred, sorting is nine times as quick as `numpy.unique`."""
    values = np.sort(values)
    is_new = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=is_new[1:])
    return values[is_new]


def signature_of(parts: Iterable[Hashes]) -> Signatures:
    """The MinHash signature (Broder 1997) of a song by the shingles of its parts.

    Parameters
    ----------
    parts : iterable of array (m,) of uint64
        As `bar_shingles` gives them.

    Returns
    -------
    array (128,) of uint32
        A signature that matches nothing if the song has fewer than four different shingles.

    Examples
    --------
    >>> shingles = np.arange(100, dtype=np.uint64)
    >>> np.array_equal(signature_of([shingles]), signature_of([shingles[50:], shingles[:50]]))
    True
    """
    shingles = np.unique(np.concatenate([np.zeros(0, np.uint64), *parts]))
    if len(shingles) < _FEWEST_SHINGLES:
        return np.full(SIGNATURE_SIZE, _EMPTY, np.uint32)
    # Multiply-shift (Dietzfelbinger et al., 1997) with odd factors: the upper half of each product is the hash.
    products = shingles[None, :] * _factors()[:, None]
    return np.asarray((products >> np.uint64(32)).min(axis=1), np.uint32)


def similarity(first: Signatures, second: Signatures) -> float:
    """The estimated share of common shingles among all shingles of two songs (Jaccard similarity).

    Parameters
    ----------
    first, second : array (128,) of uint32
        Signatures.

    Returns
    -------
    float
        0..1, within 0.09 of the true share nineteen times of twenty.

    Examples
    --------
    One half of each song's shingles is in the other, which is a third of all:

    >>> shingles = np.random.default_rng(0).integers(0, 1 << 63, 150, dtype=np.uint64)
    >>> abs(similarity(signature_of([shingles[:100]]), signature_of([shingles[50:]])) - 1 / 3) < 0.09
    True
    """
    return float((first == second).mean())


def near_duplicate_groups(signatures: Signatures, *, least_similarity: float = 0.5) -> npt.NDArray[np.int64]:
    """A group number for each song; equal numbers are near duplicates.

    It takes 16 bytes a song beside the signatures, which may lie in a file (`numpy.memmap`).

    Parameters
    ----------
    signatures : array (n, 128) of uint32
        As `signature_of` gives them.
    least_similarity : float
        From which two songs are near duplicates, 0..1.

    Returns
    -------
    array (n,) of int64
        From 0.

    Examples
    --------
    >>> shingles = np.random.default_rng(0).integers(0, 1 << 63, 300, dtype=np.uint64)
    >>> songs = [shingles[:100], shingles[200:], shingles[5:105]]
    >>> near_duplicate_groups(np.stack([signature_of([song]) for song in songs])).tolist()
    [0, 1, 0]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(signatures)
    pairs = [_near_in_band(signatures, band, least_similarity) for band in range(_BANDS)]
    first, second = (np.concatenate(side) for side in zip(*pairs, strict=True))
    graph = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _near_in_band(
    signatures: Signatures, band: int, least: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs of songs that agree in a band, each song with the next one of the same bucket, and are similar enough."""
    width = SIGNATURE_SIZE // _BANDS
    minima = np.asarray(signatures[:, band * width : (band + 1) * width])
    keys = np.zeros(len(minima), np.uint64)
    for column in minima.T:
        keys = _mixed(keys ^ column.astype(np.uint64))
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    first, second = order[:-1][same], order[1:][same]
    near = [
        index for index in range(len(first)) if _are_near(signatures[first[index]], signatures[second[index]], least)
    ]
    return first[near], second[near]


def _are_near(first: Signatures, second: Signatures, least: float) -> bool:
    return bool(first[0] != _EMPTY) and similarity(first, second) >= least


@functools.cache
def _factors() -> Hashes:
    rng = np.random.Generator(np.random.PCG64(1997))
    factors = rng.integers(0, 1 << 63, SIGNATURE_SIZE, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    factors.setflags(write=False)
    return factors


def _mixed(values: npt.NDArray[np.int64] | Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele, Lea, Flood, 2014): every bit of a number moves every bit of its hash."""
    mixed = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def group_names(groups: Sequence[int] | npt.NDArray[np.int64], names: Sequence[str]) -> list[str]:
    """For each song the first name, in the alphabet, of its group.

    Parameters
    ----------
    groups : sequence of int, (n,)
        As `near_duplicate_groups` gives them.
    names : sequence of str, (n,)
        Of the songs.

    Returns
    -------
    list of str, (n,)

    Examples
    --------
    >>> group_names([0, 1, 0], ["c", "b", "a"])
    ['a', 'b', 'a']
    """
    first: dict[int, str] = {}
    for group, name in zip(groups, names, strict=True):
        first[int(group)] = min(first.get(int(group), name), name)
    return [first[int(group)] for group in groups]
