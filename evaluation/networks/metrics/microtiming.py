"""Distances of timing and touch to human music, as 1-Wasserstein distances (milliseconds, MIDI velocity).

Conventions
-----------
Three views, each of both quantities: (a) the marginals by role and slot, weighted by how often a role stands there in
the human data; (b) the change of the same cell (role and slot) from one bar to the next; (c) how much later or softer
the kick and snare are than a hat of the same slot. A table by role and slot reaches (a); only (b) tells music from a
table. Distances are symmetric; 0 is equal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.stats import wasserstein_distance

from evaluation.networks.features.table import changes
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Flags, Floats, Integers
from workbench.domain.elements import is_drums

LEAST_IN_CELL = 30
"""Human notes that a role needs in a slot for its marginal to be compared."""

_LEAST_OF_OTHER = 5
_DRUMS_WITH_HATS = ((0, 1), (4, 5, 6, 10))
"""Symbols of kick and snare; of closed, pedal and open hat and ride."""


def marginal_distance(
    human: ExcerptNotes, other: ExcerptNotes, values: Callable[[ExcerptNotes], Floats], *, least: int = LEAST_IN_CELL
) -> float:
    """(a) Mean distance over roles and slots within the beat, weighted by the human notes there.

    Where the other side hardly plays a role in a slot, all that it plays with this role is compared, else all it plays.
    """
    human_cells, human_values = _by_role_and_slot(human), values(human)
    cells, counts = np.unique(human_cells, return_counts=True)
    enough = counts >= least
    if not enough.any() or not len(other):
        return 0.0 if not enough.any() else float("nan")
    distances = [
        wasserstein_distance(human_values[human_cells == cell], values(other)[_like(other, cell)])
        for cell in cells[enough]
    ]
    return float(np.average(distances, weights=counts[enough]))


def change_distance(human: ExcerptNotes, other: ExcerptNotes, values: Callable[[ExcerptNotes], Floats]) -> float:
    """(b) Distance of the changes of the same cell from bar to bar."""
    return _distance(changes(human, values(human))[1], changes(other, values(other))[1])


def hat_distance(human: ExcerptNotes, other: ExcerptNotes, values: Callable[[ExcerptNotes], Floats]) -> float:
    """(c) Distance of what the hats add to kick and snare of the same slot."""
    return _distance(against_hats(human, values(human)), against_hats(other, values(other)))


def against_hats(notes: ExcerptNotes, values: Floats) -> Floats:
    """Value of each hat less that of each kick or snare of the same slot."""
    drums, hats = (np.isin(notes.symbol, group) for group in _DRUMS_WITH_HATS)
    slot = (notes.excerpt * 4 + notes.bar) * 48 + notes.slot
    found = [np.zeros(0)]
    for drum in _DRUMS_WITH_HATS[0]:
        place = np.full(notes.excerpts * 192 + 1, np.nan)
        chosen = drums & (notes.symbol == drum)
        place[slot[chosen]] = values[chosen]
        found.append(values[hats] - place[slot[hats]])
    together = np.concatenate(found)
    return together[np.isfinite(together)]


def jittered(notes: ExcerptNotes, values: Floats, seed: int = 0) -> Floats:
    """Independent Gaussian numbers of the same mean and spread as `values` have by role: what a humaniser does."""
    rng = np.random.default_rng(seed)
    result = np.zeros(len(values))
    for symbol in np.unique(_roles(notes)):
        chosen = _roles(notes) == symbol
        result[chosen] = rng.normal(values[chosen].mean(), values[chosen].std(), int(chosen.sum()))
    return result


def change_distance_of_jitter(human: ExcerptNotes, values: Callable[[ExcerptNotes], Floats], seed: int = 0) -> float:
    """(b) for the human notes themselves with Gaussian jitter of the same size."""
    real = values(human)
    return _distance(changes(human, real)[1], changes(human, jittered(human, real, seed))[1])


def _roles(notes: ExcerptNotes) -> Integers:
    # Pitched parts have one role: their pitches are no instruments.
    return notes.symbol if is_drums(notes.spec.name) else np.zeros(len(notes), np.int64)


def _by_role_and_slot(notes: ExcerptNotes) -> Integers:
    return _roles(notes) * 12 + notes.slot % 12


def _like(notes: ExcerptNotes, cell: int) -> Flags:
    chosen: Flags = _by_role_and_slot(notes) == cell
    if chosen.sum() < _LEAST_OF_OTHER:
        chosen = _roles(notes) == cell // 12
    return chosen if chosen.sum() >= _LEAST_OF_OTHER else np.ones(len(notes), bool)


def _distance(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    if not np.size(first) or not np.size(second):
        return float("nan")
    return float(wasserstein_distance(first, second))
