"""A run of rows with everything that is seen when each is decided: the same for training and for writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from workbench.domain.arrays import Integers
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, History, recent_attributes
from workbench.models.spec import BAR_STEP, Conditioning, ElementSpec
from workbench.models.transformer import Batch

Item = dict[str, np.ndarray]


def line_starts(rows: Integers) -> np.ndarray:
    """Index of each bar line in the rows, (bars,)."""
    return np.flatnonzero(rows[:, STEP_COLUMN] == BAR_STEP)


def build_item(
    rows: Integers,
    starts: np.ndarray,
    conditioning: Conditioning,
    spec: ElementSpec,
    first: int,
    last: int,
    scored_from: int,
    *,
    ahead: Integers | None = None,
    origin: int | None = None,
) -> Item:
    """Arrays of rows `first`..`last`-1, where `first` is a bar line; rows before `scored_from` are context only.

    The first row of a window never counts: it is always a bar line.

    Parameters
    ----------
    rows, starts : arrays
        The part, and the row of each of its bar lines.
    conditioning : Conditioning
    spec : ElementSpec
    first, last, scored_from : int
        Row numbers.
    ahead : Rows, optional
        Whole bars after the window that stand already.
    origin : int, optional
        First bar that is remembered; by default as far back as the element can see.
    """
    inside = rows[first:last]
    first_bar, last_bar = int(inside[0, BAR_COLUMN]), int(inside[-1, BAR_COLUMN])
    origin = max(0, first_bar - max(spec.lags)) if origin is None else origin
    end_bar = last_bar if ahead is None or not len(ahead) else int(ahead[-1, BAR_COLUMN])
    history = History(spec, end_bar - origin + 1)
    known = rows[starts[origin] : last]
    history.add(_from_bar(known, origin))
    if ahead is not None:
        history.add_ahead(_from_bar(ahead, origin))
    bars = np.arange(first_bar, last_bar + 1)
    row_bars, slots, symbols = inside[:, BAR_COLUMN], inside[:, SLOT_COLUMN], inside[:, SYMBOL_COLUMN]
    line = inside[:, STEP_COLUMN] == BAR_STEP
    place_before = [np.r_[-1, np.where(line, -1, column)[:-1]] for column in (slots, symbols)]
    under_way = np.r_[row_bars[0], row_bars[:-1]]
    same_cell = history.memory(row_bars - origin, slots, symbols)
    recent = recent_attributes(known, len(spec.attributes))[first - starts[origin] :]
    return {
        "fields": inside[:, STEP_COLUMN:],
        "bar_index": under_way - first_bar,
        "prefix": conditioning.prefix[bars],
        "bar": np.concatenate([conditioning.bar[bars], history.bar_features(bars - origin)], axis=1),
        "cell": np.concatenate(
            [conditioning.cell[row_bars, slots], history.cell_features(row_bars - origin, slots)], 1
        ),
        "next_steps": history.next_steps(under_way - origin, *place_before),
        "memory": np.concatenate([same_cell, recent], axis=1),
        "scored": np.arange(first, last) >= max(scored_from, first + 1),
    }


def _from_bar(rows: Integers, origin: int) -> Integers:
    moved = rows.copy()
    moved[:, BAR_COLUMN] -= origin
    return moved


def collate(items: Sequence[Mapping[str, np.ndarray]]) -> Batch:
    """Pad items at the end and stack them."""

    def stack(name: str, dtype: torch.dtype) -> torch.Tensor:
        shape = np.max([item[name].shape for item in items], axis=0)
        table = torch.zeros((len(items), *shape), dtype=dtype)
        for index, item in enumerate(items):
            inside = tuple(slice(0, size) for size in item[name].shape)
            table[index][inside] = torch.from_numpy(np.ascontiguousarray(item[name]))
        return table

    whole = {name: stack(name, torch.int64) for name in ("fields", "bar_index", "prefix", "next_steps", "memory")}
    features = {name: stack(name, torch.float32) for name in ("bar", "cell")}
    lengths = torch.tensor([len(item["fields"]) for item in items])
    present = torch.arange(whole["fields"].shape[1]) < lengths[:, None]
    return Batch(**whole, **features, scored=stack("scored", torch.bool), present=present)
