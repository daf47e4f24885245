"""The musical grid that the networks write on: 12 slots a beat, with deviation as a field of its own.

A slot is one of the union of 16ths, triplets, sextuplets and 32nds within a beat. A played onset is put on the
subdivision that explains its beat best, so that a swung or triplet beat is not torn apart by a plain grid.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SLOTS_24 = np.array([0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21])
"""Places of the slots within a beat, in 24ths of a quarter note."""
SLOTS_PER_BEAT = len(SLOTS_24)
SLOTS_PER_BAR = 4 * SLOTS_PER_BEAT
"""Slots of the longest bar (4/4); a bar of 3/4 uses the first 36."""
SIXTEENTH_SLOTS = np.array([beat * SLOTS_PER_BEAT + slot for beat in range(4) for slot in (0, 3, 6, 9)])
"""Slots of the sixteen 16ths of a bar."""

OFFSET_BINS = 25
"""Bins of the deviation from the slot: 1/96 beat each, from -12 to 12."""

_SUBDIVISIONS = (np.array([0, 6, 12, 18, 24]), np.array([0, 8, 16, 24]), np.arange(0, 25, 4), np.arange(0, 25, 3))
_PENALTIES = (0.0, 4.0, 9.0, 9.0)
_SPREAD_SECONDS = 0.014
_SLOT_INDEX = {int(place): index for index, place in enumerate(SLOTS_24)}


def slot_to_beats(slot: int) -> float:
    """Place of a slot within its bar, in quarter notes.

    Examples
    --------
    >>> slot_to_beats(15)
    1.25
    """
    return slot // SLOTS_PER_BEAT + float(SLOTS_24[slot % SLOTS_PER_BEAT]) / 24.0


def quantise(
    onsets_beats: npt.NDArray[np.float64], tempo_bpm: float, bar_beats: int = 4
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Put onsets on the grid.

    For each beat the subdivision (16ths, triplets, sextuplets, 32nds) is chosen whose squared distances, in units of
    14 ms, plus a penalty for the rarer ones, are least.

    Parameters
    ----------
    onsets_beats : array (n,)
        Quarter notes from the first downbeat.
    tempo_bpm : float
    bar_beats : int
        Quarter notes in a bar.

    Returns
    -------
    bar, slot, offset : integer arrays (n,)
        `offset` lies in 0..24; 12 is on the slot, one step is 1/96 beat.
    """
    beat = np.floor(onsets_beats + 1 / 16).astype(np.int64)
    place = np.zeros(len(beat), np.int64)
    spread = _SPREAD_SECONDS * tempo_bpm / 60 * 24
    for number in np.unique(beat):
        inside = np.flatnonzero(beat == number)
        place[inside] = number * 24 + _best_subdivision((onsets_beats[inside] - number) * 24, spread)
    bar, within = np.divmod(place, 24 * bar_beats)
    slot = (within // 24) * SLOTS_PER_BEAT + np.array([_SLOT_INDEX[int(x)] for x in within % 24], np.int64)
    offset = np.clip(np.rint(onsets_beats * 96 - place * 4), -12, 12).astype(np.int64) + 12
    return bar, slot, offset


def _best_subdivision(places_24: npt.NDArray[np.float64], spread: float) -> npt.NDArray[np.int64]:
    best_cost, best = np.inf, np.zeros(len(places_24), np.int64)
    for subdivision, penalty in zip(_SUBDIVISIONS, _PENALTIES, strict=True):
        distance = np.abs(places_24[:, None] - subdivision)
        cost = float((np.minimum(distance.min(1) / spread, 4.0) ** 2 / 2).sum()) + penalty
        if cost < best_cost:
            best_cost, best = cost, subdivision[distance.argmin(1)]
    return best
