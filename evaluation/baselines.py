"""Per-field n-gram baselines: the same rows, the same conditioning, contexts tuned on the validation part.

Two are built. "5-gram" sees the place in the bar and up to four earlier decisions; "copy" also sees what the previous
bar held in the same cell, which is what makes repeated music predictable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.metrics.ngram import Chain, Integers, KneserNey, best_model
from training.config import TrainingConfig
from training.dataset import EncodedPart, validation_windows
from workbench.models.context import CHORD_FEATURES, PREFIX_SIZES
from workbench.models.elements import get_spec
from workbench.models.history import BAR_COLUMN, FIRST_ATTRIBUTE, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN, History
from workbench.models.spec import BAR_STEP, SAME_STEP, STEPS, ElementSpec


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A fitted n-gram model of an element: one model a field, and nats a note by field with "nll" for their sum."""

    spec: ElementSpec
    fields: dict[str, KneserNey]
    nats_per_note: dict[str, float]


CONDITIONS = ("style", "tempo", "mode", "density")
"""Conditions that contexts may hold."""


def fit_baseline(parts: Sequence[EncodedPart], config: TrainingConfig, *, copy: bool) -> Baseline:
    """Fit and score the n-grams on the blocks that `training.fit.validate` scores.

    Trained on the training songs of the corpora that are validated on: other corpora only hurt counts.
    """
    return fit_baselines(parts, config, copies=(copy,))[0]


def fit_baselines(
    parts: Sequence[EncodedPart], config: TrainingConfig, *, copies: Sequence[bool] = (False, True)
) -> list[Baseline]:
    """The baseline without and the one with the previous bar's cell, from the same tables."""
    spec = get_spec(config.element)
    wanted = set(config.validate_on or config.corpora)
    train = _table([part for part in parts if part.split == "train" and part.corpus in wanted], spec)
    held_out_parts = [part for part in parts if part.split == "validation" and part.corpus in wanted]
    held_out = _table(held_out_parts, spec)
    scored = _scored(held_out_parts, config.rows)
    return [_fit(train, held_out, scored, spec, copy=copy) for copy in copies]


def _fit(
    train: dict[str, Integers], held_out: dict[str, Integers], scored: np.ndarray, spec: ElementSpec, *, copy: bool
) -> Baseline:
    notes = int((scored & (held_out["step"] != BAR_STEP)).sum())
    models, nats_per_note = {}, {}
    for name, size, is_note in _fields(spec):
        train_rows = train["step"] != BAR_STEP if is_note else np.ones(len(train["step"]), bool)
        test_rows = scored & (held_out["step"] != BAR_STEP) if is_note else scored
        models[name], nats = best_model(
            list(_chains(name, spec, copy=copy)), size,
            ({key: column[train_rows] for key, column in train.items()}, train[name][train_rows]),
            ({key: column[test_rows] for key, column in held_out.items()}, held_out[name][test_rows]),
        )  # fmt: skip
        nats_per_note[name] = nats * int(test_rows.sum()) / notes
    return Baseline(spec, models, {**nats_per_note, "nll": sum(nats_per_note.values())})


def _fields(spec: ElementSpec) -> list[tuple[str, int, bool]]:
    attributes = [(name, size, True) for name, size in spec.attributes.items()]
    return [("step", STEPS, False), ("symbol", spec.symbols, True), *attributes]


def _chains(field: str, spec: ElementSpec, *, copy: bool) -> Iterator[Chain]:
    """Candidate context chains of a field; the best on the validation part is used."""
    chord = ("chord",) if spec.sees_chords else ()
    if field == "step":
        orders = [("slot", "symbol1", "slot2", "symbol2"), ("slot", "symbol1", "slot2"), ("slot", "symbol1"), ("slot",)]
        styled = [
            ("style", "density", "slot", "symbol1"),
            ("density", "slot", "symbol1"),
            ("slot", "symbol1"),
            ("slot",),
        ]
        extra = ("copy_next",)
    elif field == "symbol":
        orders = [
            (*chord, "step_slot", "symbol1", "symbol2", "together"), (*chord, "step_slot", "symbol1", "together"),
            (*chord, "symbol1", "together"), (*chord, "together"), ("together",),
        ]  # fmt: skip
        styled = [
            ("mode", *chord, "symbol1", "symbol2", "symbol3"), ("mode", *chord, "symbol1", "symbol2"),
            ("mode", "symbol1"), ("mode",),
        ]  # fmt: skip
        extra = ("copy_symbol",)
    else:
        before = [name for name in spec.attributes if list(spec.attributes).index(name) < _place(spec, field)]
        orders = [
            ("beat_slot", "symbol", f"{field}1", f"{field}2", *before[-1:]), ("beat_slot", "symbol", f"{field}1"),
            ("symbol", f"{field}1"), (f"{field}1",),
        ]  # fmt: skip
        styled = [
            ("mode", "tempo", "symbol", *before[-1:], f"{field}1"), ("mode", "symbol", *before[-1:], f"{field}1"),
            ("mode", "symbol", *before[-1:]), ("symbol",),
        ]  # fmt: skip
        extra = (f"copy_{field}",)
    for chain in (orders, styled):
        plain = (*map(tuple, chain), ())
        if copy:
            yield (*(extra + context for context in plain), *plain[-2:])
            yield (extra + plain[1], extra + plain[2], extra, ())
        else:
            yield plain
            yield plain[1:]


def _place(spec: ElementSpec, field: str) -> int:
    return list(spec.attributes).index(field)


def _scored(parts: Sequence[EncodedPart], rows: int) -> np.ndarray:
    offsets = np.cumsum([0, *(len(part.rows) for part in parts)])
    scored = np.zeros(offsets[-1], bool)
    for window in validation_windows(parts, rows):
        first = offsets[window.part] + max(window.scored_from, window.first + 1)
        scored[first : offsets[window.part] + window.last] = True
    return scored


def _table(parts: Sequence[EncodedPart], spec: ElementSpec) -> dict[str, Integers]:
    tables = [_part_columns(part, spec) for part in parts]
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _part_columns(part: EncodedPart, spec: ElementSpec) -> dict[str, Integers]:
    rows = part.rows
    bar, slot, step, symbol = (rows[:, column] for column in (BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN))
    line = step == BAR_STEP
    place, shown = np.where(line, -1, slot), np.where(line, -1, symbol)
    columns = {"step": step, "symbol": symbol, "step_slot": slot, "beat_slot": slot % 12}
    columns |= {"slot": _before(place, 1), "slot2": _before(place, 2)}
    columns |= {f"symbol{lag}": _before(shown, lag) for lag in (1, 2, 3)}
    columns["together"] = (step == SAME_STEP).astype(np.int64)
    # The bar under way is all that is known when a step, which may be a bar line, is decided.
    under_way = np.r_[bar[0], bar[:-1]]
    for name in CONDITIONS:
        columns[name] = part.surroundings.prefix[under_way, list(PREFIX_SIZES).index(name)]
    if spec.sees_chords:
        columns["chord"] = chord_word(part.surroundings.cell[bar, slot], spec)
    for number, name in enumerate(spec.attributes):
        values = np.where(line, -1, rows[:, FIRST_ATTRIBUTE + number])
        columns |= {
            name: rows[:, FIRST_ATTRIBUTE + number],
            f"{name}1": _before(values, 1),
            f"{name}2": _before(values, 2),
        }
    return columns | _copied(part, spec, columns)


def chord_word(cell: np.ndarray, spec: ElementSpec) -> Integers:
    """One number for the tones and the root of the sounding chord, from cell features (n, d)."""
    chord = cell[:, len(spec.streams) : len(spec.streams) + CHORD_FEATURES]
    word: Integers = np.packbits(chord[:, :24], axis=1).astype(np.int64) @ np.array([1, 256, 65536])
    return word


def _copied(part: EncodedPart, spec: ElementSpec, columns: dict[str, Integers]) -> dict[str, Integers]:
    """What the previous bar held: the next onset after the place, the lowest symbol still to come, the attributes."""
    rows = part.rows
    history = History(spec, part.bars)
    history.add(rows)
    bar, slot, symbol = rows[:, BAR_COLUMN], rows[:, SLOT_COLUMN], rows[:, SYMBOL_COLUMN]
    under_way = np.r_[bar[0], bar[:-1]]
    onsets = history.bar_features(under_way)[:, : 48 * spec.group_count].reshape(len(rows), 48, -1).any(axis=2)
    later = onsets & (np.arange(48) > columns["slot"][:, None])
    copied = {"copy_next": np.where(later.any(1), later.argmax(1), -1)}
    here = history.cell_features(bar, slot)[:, : spec.symbols] > 0
    above = here & (np.arange(spec.symbols) > np.where(columns["together"], columns["symbol1"], -1)[:, None])
    copied["copy_symbol"] = np.where(above.any(1), above.argmax(1), -1)
    memory = history.memory(bar, slot, symbol)[:, 0]
    return copied | {f"copy_{name}": memory[:, index] for index, name in enumerate(spec.attributes)}


def _before(column: Integers, lag: int) -> Integers:
    return np.concatenate([np.full(lag, -2, np.int64), column[:-lag]])
