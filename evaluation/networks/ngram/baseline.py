"""Per-field n-gram baselines: the same rows, the same conditioning, contexts tuned on the validation part.

Two are built. "5-gram" sees the place in the bar, the conditions of the song, and up to four earlier decisions; "copy"
also sees what the previous bar held in the same cell, which is what makes repeated music predictable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.networks.ngram.columns import row_columns
from evaluation.networks.ngram.contexts import candidate_chains
from evaluation.networks.ngram.counts import KneserNey, best_model
from training.config import TrainingConfig
from training.dataset import EncodedPart, validation_windows
from workbench.domain.arrays import Integers
from workbench.models.elements import get_spec
from workbench.models.spec import BAR_STEP, STEPS, ElementSpec


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """A fitted n-gram model of an element: one model a field, and nats a note by field with "nll" for their sum."""

    spec: ElementSpec
    fields: dict[str, KneserNey]
    nats_per_note: dict[str, float]


def fit_baselines(
    parts: Sequence[EncodedPart], config: TrainingConfig, *, copies: Sequence[bool] = (False, True)
) -> list[Baseline]:
    """The baseline without and the one with the previous bar's cell, scored on the blocks of `training.fit.validate`.

    Trained on the training songs of the corpora that are validated on: other corpora only hurt counts.

    Parameters
    ----------
    parts : sequence of EncodedPart
    config : TrainingConfig
        Names the element, the corpora and the length of the blocks.
    copies : sequence of bool
        For each baseline, whether it sees the previous bar.
    """
    spec = get_spec(config.element)
    wanted = set(config.validate_on or config.corpora)
    train = _table([part for part in parts if part.split == "train" and part.corpus in wanted], spec)
    held_out_parts = [part for part in parts if part.split == "validation" and part.corpus in wanted]
    held_out = _table(held_out_parts, spec)
    scored = scored_rows(held_out_parts, config.rows)
    return [_fit(train, held_out, scored, spec, copy=copy) for copy in copies]


def fields_of(spec: ElementSpec) -> list[tuple[str, int, bool]]:
    """Name and size of each field in order, and whether it belongs to notes only (a bar line has but a step)."""
    attributes = [(name, size, True) for name, size in spec.attributes.items()]
    return [("step", STEPS, False), ("symbol", spec.symbols, True), *attributes]


def scored_rows(parts: Sequence[EncodedPart], rows: int) -> np.ndarray:
    """Which rows of the parts, one after the other, are scored in validation."""
    offsets = np.cumsum([0, *(len(part.rows) for part in parts)])
    scored = np.zeros(offsets[-1], bool)
    for window in validation_windows(parts, rows):
        first = offsets[window.part] + max(window.scored_from, window.first + 1)
        scored[first : offsets[window.part] + window.last] = True
    return scored


def _fit(
    train: dict[str, Integers], held_out: dict[str, Integers], scored: np.ndarray, spec: ElementSpec, *, copy: bool
) -> Baseline:
    notes = int((scored & (held_out["step"] != BAR_STEP)).sum())
    models, nats_per_note = {}, {}
    for name, size, is_note in fields_of(spec):
        train_rows = train["step"] != BAR_STEP if is_note else np.ones(len(train["step"]), bool)
        test_rows = scored & (held_out["step"] != BAR_STEP) if is_note else scored
        models[name], nats = best_model(
            candidate_chains(name, spec, copy=copy), size,
            ({key: column[train_rows] for key, column in train.items()}, train[name][train_rows]),
            ({key: column[test_rows] for key, column in held_out.items()}, held_out[name][test_rows]),
        )  # fmt: skip
        nats_per_note[name] = nats * int(test_rows.sum()) / notes
    return Baseline(spec, models, {**nats_per_note, "nll": sum(nats_per_note.values())})


def _table(parts: Sequence[EncodedPart], spec: ElementSpec) -> dict[str, Integers]:
    tables = [row_columns(part.rows, part.conditioning, spec) for part in parts]
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
