"""The n-gram writes what it reads: each context that a draw saw is the one that the finished rows tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.networks.metrics.validity import fault
from evaluation.networks.ngram import writer as ngram_writer
from evaluation.networks.ngram.baseline import Baseline, fields_of
from evaluation.networks.ngram.columns import row_columns
from evaluation.networks.ngram.contexts import as_chain
from evaluation.networks.ngram.counts import KneserNey
from training.corpora import read_corpora
from training.dataset import EncodedPart, encode_part
from workbench.models.batch import WritingJob
from workbench.models.context import CHORD_FEATURES, PREFIX_SIZES
from workbench.models.elements import LEADS, PERCUSSION
from workbench.models.history import BAR_COLUMN, STEP_COLUMN
from workbench.models.spec import BAR_STEP, Conditioning, ElementSpec


class Anything(KneserNey):
    """Every value is as likely as any other."""

    def draw(self, columns, chance):  # type: ignore[no-untyped-def]
        return np.minimum((chance * self._vocabulary).astype(np.int64), self._vocabulary - 1)


def any_conditioning(spec: ElementSpec, bars: int, seed: int) -> Conditioning:
    rng = np.random.default_rng(seed)
    prefix = np.stack([rng.integers(0, size, bars) for size in PREFIX_SIZES.values()], axis=1)
    width = len(spec.streams) + (CHORD_FEATURES if spec.sees_chords else 0)
    cell = rng.integers(0, 2, (bars, 48, width)).astype(np.uint8)
    return Conditioning(prefix, np.zeros((bars, 0), np.uint8), cell, np.zeros((bars, 4), np.int64))


@pytest.mark.parametrize("spec", [PERCUSSION, LEADS], ids=lambda spec: spec.name)
def test_contexts_of_draws_are_those_of_the_finished_rows(spec: ElementSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[dict[str, np.ndarray]]] = {}

    def remember(self, field, columns, allowed):  # type: ignore[no-untyped-def]
        seen.setdefault(field, []).append({name: np.copy(column) for name, column in columns.items()})
        return drawn(self, field, columns, allowed)

    drawn = ngram_writer._Lockstep._drawn
    monkeypatch.setattr(ngram_writer._Lockstep, "_drawn", remember)
    conditionings = [any_conditioning(spec, bars, bars) for bars in (3, 2)]
    baseline = Baseline(spec, {name: Anything(((),), size) for name, size, _ in fields_of(spec)}, {})
    tables = ngram_writer.write_with_ngram(
        baseline, [WritingJob(conditioning, 4, (0, i)) for i, conditioning in enumerate(conditionings)]
    )
    for number, (rows, conditioning) in enumerate(zip(tables, conditionings, strict=True)):
        assert fault(rows, spec, bars=len(conditioning.prefix)) == ""
        told = row_columns(rows, conditioning, spec)
        for field, draws in seen.items():
            for row in range(1, len(rows)):
                if field != "step" and rows[row, STEP_COLUMN] == BAR_STEP:
                    continue
                late = ("at_streams", "chord", "next_root") if field == "step" else ()
                for name, column in draws[row].items():
                    if name not in late:
                        assert column[number] == told[name][row], (field, name, row)


@pytest.fixture(scope="module")
def parts(groove_data: Path) -> list[EncodedPart]:
    return [part for song in read_corpora(groove_data) if (part := encode_part(song, PERCUSSION)) is not None]


def test_a_beat_that_never_changes_is_written_again(parts: list[EncodedPart]) -> None:
    tables = [row_columns(part.rows, part.conditioning, PERCUSSION) for part in parts]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    models = {
        name: KneserNey(as_chain(("slot", "symbol1") if name == "step" else ("step_slot", "symbol1")), size).fit(
            columns, columns[name]
        )
        for name, size, _ in fields_of(PERCUSSION)
    }
    jobs = [WritingJob(parts[0].conditioning.bars(0, 8), 4, (3, number)) for number in range(6)]
    written, again = (ngram_writer.write_with_ngram(Baseline(PERCUSSION, models, {}), jobs) for _ in range(2))
    assert all(np.array_equal(one, two) for one, two in zip(written, again, strict=True))
    assert not np.array_equal(written[0], written[1])
    for rows in written:
        assert fault(rows, PERCUSSION, bars=8) == ""
        notes = np.bincount(rows[rows[:, STEP_COLUMN] != BAR_STEP, BAR_COLUMN], minlength=8)
        assert np.median(notes) == 13


def test_nothing_is_written_for_no_jobs() -> None:
    assert ngram_writer.write_with_ngram(Baseline(PERCUSSION, {}, {}), []) == []
