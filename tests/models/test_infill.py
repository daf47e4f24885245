"""A range is written anew, the rest keeps every row, and the bars after the range are seen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.models.test_sampling import BARS, make_context, make_model, write
from workbench.domain.errors import ParameterError
from workbench.models.elements import SPECS
from workbench.models.history import BAR_COLUMN, Rows
from workbench.models.infill import rewrite_bars
from workbench.models.spec import Settings, surroundings


def rewrite(element: str, rows: Rows, first: int, last: int) -> Rows:
    model = make_model(element)
    around = surroundings(model.spec, make_context())
    return rewrite_bars(model, rows, first, last, around, 4, Settings(1.0, 1.0, 1.0), np.random.default_rng(9))


@pytest.mark.parametrize("element", SPECS)
@pytest.mark.parametrize(("first", "last"), [(0, 2), (3, 5), (6, 8), (0, 8)])
def test_only_the_range_changes(element: str, first: int, last: int) -> None:
    rows = write(element).rows
    again = rewrite(element, rows, first, last)
    inside, was_inside = ((table[:, BAR_COLUMN] >= first) & (table[:, BAR_COLUMN] < last) for table in (again, rows))
    assert np.array_equal(again[~inside], rows[~was_inside])
    assert not np.array_equal(again[inside], rows[was_inside])


def test_bars_after_the_range_are_seen() -> None:
    rows = write("percussion").rows
    other = write("percussion", seed=5).rows
    mixed = np.concatenate([rows[rows[:, BAR_COLUMN] < 5], other[other[:, BAR_COLUMN] >= 5]])
    first, second = rewrite("percussion", rows, 2, 5), rewrite("percussion", mixed, 2, 5)
    assert not np.array_equal(first[first[:, BAR_COLUMN] < 5], second[second[:, BAR_COLUMN] < 5])


@pytest.mark.parametrize(("first", "last"), [(3, 3), (-1, 2), (6, BARS + 1)])
def test_range_outside_is_told(first: int, last: int) -> None:
    rows = write("bass").rows
    with pytest.raises(ParameterError, match="cannot be rewritten"):
        rewrite("bass", rows, first, last)
