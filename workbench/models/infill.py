"""Filling in the middle: a range of bars is written anew, in sight of the bars before and after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.domain.errors import ParameterError
from workbench.models.history import BAR_COLUMN, Rows
from workbench.models.sampling import PartWriter
from workbench.models.spec import Settings, Surroundings
from workbench.models.transformer import ElementTransformer


def rewrite_bars(
    model: ElementTransformer,
    rows: Rows,
    first_bar: int,
    last_bar: int,
    around: Surroundings,
    bar_beats: int,
    settings: Settings,
    rng: np.random.Generator,
    **biases: Any,
) -> Rows:
    """Compose bars `first_bar`..`last_bar`-1 of a part anew; every other row stays as it is.

    Parameters
    ----------
    model : ElementTransformer
    rows : Rows
        The whole part.
    first_bar, last_bar : int
        Range of bars from 0; the last one is not included.
    around : Surroundings
        What the part sees of the song.
    bar_beats : int
        Quarter notes in a bar (3 or 4).
    settings : Settings
    rng : numpy Generator
    **biases
        `prior`, `symbol_bias`, `attribute_bias` of `PartWriter`.

    Raises
    ------
    ParameterError
        If the range is empty or reaches beyond the part.
    """
    bars = len(around.prefix)
    if not 0 <= first_bar < last_bar <= bars:
        raise ParameterError(f"bars {first_bar} to {last_bar} cannot be rewritten: expected a range within 0 to {bars}")
    bar = rows[:, BAR_COLUMN]
    before, after = rows[bar < first_bar], rows[bar >= last_bar]
    writer = PartWriter(model, around, bar_beats, settings, ahead=after, **biases)
    writer.take(before)
    writer.sample(last_bar - first_bar, rng)
    writer.take(after)
    return writer.rows
