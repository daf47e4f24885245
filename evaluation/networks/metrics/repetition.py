"""How a part repeats itself from bar to bar.

Conventions
-----------
A bar is its set of cells (slot and symbol). Each function returns one number an excerpt of four bars; two sides are
compared by the difference of their means in standard deviations of the human excerpts.
"""

from __future__ import annotations

import numpy as np

from evaluation.networks.features.table import similarity
from evaluation.networks.notes import ExcerptNotes
from workbench.domain.arrays import Floats


def distinct_bars(notes: ExcerptNotes) -> Floats:
    """Share of the four bars that differ from each other, (excerpts,): 0.25 all equal, 1 all different."""
    bars = np.packbits(notes.grid().reshape(notes.excerpts, 4, -1), axis=2)
    equal = np.stack([(bars[:, i] == bars[:, j]).all(axis=1) for i in range(4) for j in range(i)])
    second, third, fourth = equal[0], equal[1:3].any(axis=0), equal[3:6].any(axis=0)
    distinct: Floats = 1.0 - (second.astype(float) + third + fourth) / 4
    return distinct


def bar_to_bar_similarity(notes: ExcerptNotes) -> Floats:
    """Mean Jaccard similarity of each bar with the next, (excerpts,)."""
    cells = notes.grid()
    following: Floats = np.mean([similarity(cells[:, bar], cells[:, bar + 1]) for bar in range(3)], axis=0)
    return following


def shift_in_deviations(human: Floats, other: Floats) -> float:
    """Difference of means, other less human, in standard deviations of the human numbers.

    Examples
    --------
    >>> shift_in_deviations(np.array([0.0, 2.0]), np.array([2.0, 2.0]))
    1.0
    """
    spread = float(human.std())
    difference = float(other.mean() - human.mean())
    return difference / spread if spread > 0 else float(np.sign(difference) * np.inf if difference else 0.0)
