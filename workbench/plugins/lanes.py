"""Moving parameters in the host: at which samples a plug-in is told of a value, and of which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from workbench.domain.arrays import Integers
from workbench.domain.automation import Placed

BLOCK_SAMPLES = 64
"""Parameters move in steps of this, 1.3 ms at 48 kHz; at a point of their own they are exact to the sample."""

Moves = Mapping[str, Sequence[Placed]]


def block_starts(moves: Moves, length: int, block: int = BLOCK_SAMPLES) -> Integers:
    """The first sample of each block of a sound of `length`: every `block`th one, and those of points.

    Examples
    --------
    >>> block_starts({"gain": [(100, 0.0, False)]}, 200).tolist()
    [0, 64, 100, 128, 192]
    """
    points = [sample for lane in moves.values() for sample, _, _ in lane if 0 < sample < length]
    return np.union1d(np.arange(0, length, block, dtype=np.int64), np.asarray(points, np.int64))


def values_at(lane: Sequence[Placed], starts: Integers) -> list[float | str]:
    """The value of a lane at each of these samples.

    Examples
    --------
    >>> values_at([(0, 0.0, False), (100, 1.0, True), (200, 5.0, False)], np.array([0, 50, 150, 200, 999]))
    [0.0, 0.5, 1.0, 5.0, 5.0]
    """
    samples = np.array([sample for sample, _, _ in lane], np.int64)
    passed = np.searchsorted(samples, starts, side="right") - 1
    last = np.clip(passed, 0, len(lane) - 1)
    values = [value for _, value, _ in lane]
    if any(isinstance(value, str) for value in values):
        return [values[number] for number in last]
    numbers = np.array([float(value) for value in values])
    after = np.clip(passed + 1, 0, len(lane) - 1)
    holds = np.array([hold for _, _, hold in lane]) | (np.arange(len(lane)) == len(lane) - 1)
    span = np.maximum(samples[after] - samples[last], 1)
    share = np.where((passed < 0) | holds[last], 0.0, (starts - samples[last]) / span)
    return [float(value) for value in numbers[last] + share * (numbers[after] - numbers[last])]
