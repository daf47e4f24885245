"""What the n-grams may know at each decision, as integer columns over the rows of a part.

Conventions
-----------
-1 stands for a bar line, -2 for the time before the part, 0 for an empty cell where a column tells a value plus one.
`name1` is the value of the row before, `last_name` that of the last note with the same symbol, `here_name` that of
the note before in the same slot, `copy_name` what the previous bar holds in the same place.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Integers
from workbench.models.context import CHORD_FEATURES, PREFIX_SIZES
from workbench.models.grid import SLOTS_PER_BAR
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, History
from workbench.models.spec import BAR_STEP, SAME_STEP, Conditioning, ElementSpec

LAGS = (1, 2, 3)


def row_columns(rows: Integers, conditioning: Conditioning, spec: ElementSpec) -> dict[str, Integers]:
    """All columns of the rows of a part, each (rows,), the fields themselves among them."""
    bar, slot, step, symbol = (rows[:, column] for column in (BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN))
    line = step == BAR_STEP
    # The bar under way is all that is known when a step, which may be a bar line, is decided.
    under_way = np.r_[bar[0], bar[:-1]]
    place, shown = np.where(line, -1, slot), np.where(line, -1, symbol)
    columns = {"step": step, "symbol": symbol, "step_slot": slot, "beat_slot": slot % 12}
    columns |= {"slot": before(place, 1), "slot2": before(place, 2)}
    columns |= {f"symbol{lag}": before(shown, lag) for lag in LAGS}
    columns["together"] = (step == SAME_STEP).astype(np.int64)
    for index, name in enumerate(PREFIX_SIZES):
        columns[name] = conditioning.prefix[under_way, index]
    columns |= surrounding_columns(conditioning.cell, spec, under_way, columns["slot"], bar, slot)
    for index, name in enumerate(spec.attributes):
        value = rows[:, FIRST_ATTRIBUTE + index]
        shown_value = np.where(line, -1, value)
        columns |= {name: value} | {f"{name}{lag}": before(shown_value, lag) for lag in LAGS}
        columns[f"here_{name}"] = np.where(columns["together"] > 0, columns[f"{name}1"], -1)
        columns[f"last_{name}"] = _last_of_symbol(symbol, value, line)
    return columns | _copied(rows, spec, columns, under_way)


def before(column: Integers, lag: int) -> Integers:
    """The column `lag` rows earlier."""
    return np.concatenate([np.full(min(lag, len(column)), -2, np.int64), column[:-lag]])


def surrounding_columns(
    cell: npt.NDArray[np.uint8],
    spec: ElementSpec,
    bar_under_way: Integers,
    slot_before: Integers,
    bar: Integers,
    slot: Integers,
) -> dict[str, Integers]:
    """What the chords and the other elements tell: `cell` is (bars, 48, d), the rest (rows,).

    `next_NAME` is the next onset of another element after the last note, `at_streams` which of them sound in the slot.
    """
    columns = {}
    for index, name in enumerate(spec.streams):
        columns[f"next_{name}"] = next_onset(cell[:, :, index] > 0, bar_under_way, slot_before)
    if spec.streams:
        weights = 1 << np.arange(len(spec.streams))
        columns["at_streams"] = cell[bar, slot, : len(spec.streams)].astype(np.int64) @ weights
    if spec.sees_chords:
        chord = cell[bar, slot, len(spec.streams) : len(spec.streams) + CHORD_FEATURES]
        columns["chord"] = np.packbits(chord[:, :24], axis=1).astype(np.int64) @ np.array([1, 256, 65536])
        columns["next_root"] = np.where(chord[:, 36:48].any(axis=1), chord[:, 36:48].argmax(axis=1), -1)
    return columns


def next_onset(onsets: npt.NDArray[np.bool_], bar: Integers, slot: Integers) -> Integers:
    """The first slot after `slot` in which `onsets` (bars, 48) of the bar has one; -1 if none."""
    later = onsets[bar] & (np.arange(SLOTS_PER_BAR) > slot[:, None])
    return np.where(later.any(axis=1), later.argmax(axis=1), -1)


def _last_of_symbol(symbol: Integers, value: Integers, line: npt.NDArray[np.bool_]) -> Integers:
    result = np.full(len(symbol), -2, np.int64)
    notes = np.flatnonzero(~line)
    order = notes[np.argsort(symbol[notes], kind="stable")]
    same = symbol[order][1:] == symbol[order][:-1]
    result[order[1:][same]] = value[order[:-1][same]]
    return result


def _copied(
    rows: Integers, spec: ElementSpec, columns: dict[str, Integers], under_way: Integers
) -> dict[str, Integers]:
    """What the previous bar held: the next onset after the place, the lowest symbol still to come, the attributes."""
    bars = int(rows[-1, BAR_COLUMN]) + 1
    history = History(spec, bars)
    history.add(rows)
    bar, slot, symbol = rows[:, BAR_COLUMN], rows[:, SLOT_COLUMN], rows[:, SYMBOL_COLUMN]
    features = history.bar_features(np.arange(bars))[:, : SLOTS_PER_BAR * spec.group_count]
    onsets = features.reshape(bars, SLOTS_PER_BAR, spec.group_count).max(axis=2) > 0
    copied = {"copy_next": next_onset(onsets, under_way, columns["slot"])}
    here = history.cell_features(bar, slot)[:, : spec.symbols] > 0
    above = here & (np.arange(spec.symbols) > np.where(columns["together"], columns["symbol1"], -1)[:, None])
    copied["copy_symbol"] = np.where(above.any(1), above.argmax(1), -1)
    memory = history.memory(bar, slot, symbol)[:, 0]
    return copied | {f"copy_{name}": memory[:, index] for index, name in enumerate(spec.attributes)}
