"""Parts written in lockstep: the same likelihood as one by one, the grammar, what is given, what stands ahead."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.test_part_writer import BARS, make_context, make_network
from workbench.domain.arrays import Integers
from workbench.models.batch import WritingJob, write_batch
from workbench.models.elements import SPECS
from workbench.models.history import BAR_COLUMN, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.sampling import draw, index_at
from workbench.models.spec import BAR_STEP, SAME_STEP, Settings, conditioning_of

SETTINGS = Settings()


def jobs_for(element: str, count: int = 5, **kwargs: object) -> list[WritingJob]:
    spec = SPECS[element]
    lengths = [BARS - number % 3 for number in range(count)]
    return [
        WritingJob(conditioning_of(spec, make_context(length)), 4, (3, number), **kwargs)  # type: ignore[arg-type]
        for number, length in enumerate(lengths)
    ]


def assert_valid(rows: Integers, bars: int) -> None:
    lines = rows[:, STEP_COLUMN] == BAR_STEP
    assert np.array_equal(rows[lines, BAR_COLUMN], np.arange(bars))
    notes = rows[~lines]
    order = np.lexsort((notes[:, SYMBOL_COLUMN], notes[:, SLOT_COLUMN], notes[:, BAR_COLUMN]))
    assert np.array_equal(order, np.arange(len(notes)))
    assert len(np.unique(notes[:, [BAR_COLUMN, SLOT_COLUMN, SYMBOL_COLUMN]], axis=0)) == len(notes)
    same = notes[:, STEP_COLUMN] == SAME_STEP
    assert np.array_equal(notes[~same, STEP_COLUMN] - 1, notes[~same, SLOT_COLUMN])


@pytest.mark.parametrize("element", SPECS)
def test_every_job_is_whole_and_valid(element: str) -> None:
    jobs = jobs_for(element)
    for job, rows in zip(jobs, write_batch(make_network(element), jobs, SETTINGS), strict=True):
        assert_valid(rows, len(job.conditioning.prefix))


def test_company_changes_nothing() -> None:
    model, jobs = make_network("bass"), jobs_for("bass", 7)
    together = write_batch(model, jobs, SETTINGS)
    alone = [write_batch(model, [job], SETTINGS)[0] for job in jobs]
    assert all(np.array_equal(a, b) for a, b in zip(together, alone, strict=True))


def test_seed_decides() -> None:
    model, (job, *_) = make_network("leads"), jobs_for("leads")
    other = WritingJob(job.conditioning, 4, 99)
    first, again, different = write_batch(model, [job, job, other], SETTINGS)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, different)


def test_given_bars_come_first_and_bars_ahead_last() -> None:
    model, (job, *_) = make_network("percussion"), jobs_for("percussion")
    (whole,) = write_batch(model, [job], SETTINGS)
    before, after = whole[whole[:, BAR_COLUMN] < 2], whole[whole[:, BAR_COLUMN] >= 5]
    (filled,) = write_batch(model, [WritingJob(job.conditioning, 4, 5, given=before, ahead=after)], SETTINGS)
    assert_valid(filled, BARS)
    assert np.array_equal(filled[filled[:, BAR_COLUMN] < 2], before)
    assert np.array_equal(filled[filled[:, BAR_COLUMN] >= 5], after)


def test_what_lies_ahead_is_seen() -> None:
    model, (job, *_) = make_network("percussion"), jobs_for("percussion")
    (whole,) = write_batch(model, [job], SETTINGS)
    ahead = whole[whole[:, BAR_COLUMN] >= 4]
    rows = write_batch(
        model, [WritingJob(job.conditioning, 4, 5), WritingJob(job.conditioning, 4, 5, ahead=ahead)], SETTINGS
    )
    first, second = (table[table[:, BAR_COLUMN] < 4] for table in rows)
    assert not np.array_equal(first, second)


def test_every_bar_begins_with_a_note_where_that_is_asked() -> None:
    settings = Settings(polyphony=1, on_downbeat=True)
    for rows in write_batch(make_network("harmony"), jobs_for("harmony"), settings):
        lines = np.flatnonzero(rows[:, STEP_COLUMN] == BAR_STEP)
        assert (rows[lines + 1, STEP_COLUMN] == 1).all()


def test_a_nucleus_leaves_out_what_is_least_likely() -> None:
    """Numpy's own sorting and sums decide what is kept."""
    rng = np.random.default_rng(2)
    for logits, chance in zip(rng.normal(size=(50, 9)) * 2, rng.random(50).tolist(), strict=True):
        probability = np.exp(logits / 0.8) / np.exp(logits / 0.8).sum()
        order = np.argsort(probability)[::-1]
        kept = order[: np.searchsorted(np.cumsum(probability[order]), 0.9) + 1]
        inside = np.where(np.isin(np.arange(9), kept), probability, 0.0)
        expected = np.flatnonzero(np.cumsum(inside) > chance * inside.sum())[0]
        assert index_at(logits, chance, 0.8, 0.9) == expected
        assert inside[expected] > 0.0


def test_a_draw_takes_one_number() -> None:
    logits = np.array([0.3, -0.2, 0.1])
    drawn = draw(logits, np.random.default_rng(4))
    assert drawn == index_at(logits, np.random.default_rng(4).random(), 1.0, 1.0)
