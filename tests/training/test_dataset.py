from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.corpora import read_corpora
from training.dataset import EncodedPart, TrainingWindows, augment, drop_conditions, encode_part, validation_windows
from workbench.models.context import PREFIX_SIZES
from workbench.models.elements import SPECS
from workbench.models.history import STEP_COLUMN
from workbench.models.spec import BAR_STEP

SPEC = SPECS["percussion"]


@pytest.fixture(scope="module")
def parts(groove_data: Path) -> list[EncodedPart]:
    return [part for song in read_corpora(groove_data) if (part := encode_part(song, SPEC)) is not None]


def test_every_hit_becomes_a_row(parts: list[EncodedPart]) -> None:
    assert all(part.bars == 8 for part in parts)
    assert all((part.rows[:, STEP_COLUMN] != BAR_STEP).sum() == 8 * 13 for part in parts)


def test_windows_depend_on_seed_and_index_only(parts: list[EncodedPart]) -> None:
    first, again = (TrainingWindows(parts, SPEC, {"groove": 1.0}, rows=64, size=8, seed=1) for _ in range(2))
    other = TrainingWindows(parts, SPEC, {"groove": 1.0}, rows=64, size=8, seed=2)
    for index in (5, 0):
        assert all(np.array_equal(first[index][name], again[index][name]) for name in first[index])
    assert any(not np.array_equal(first[index]["fields"], other[index]["fields"]) for index in range(8))


def test_each_row_is_validated_once(parts: list[EncodedPart]) -> None:
    counts = [np.zeros(len(part.rows), int) for part in parts]
    for window in validation_windows(parts, 192):
        counts[window.part][max(window.scored_from, window.first + 1) : window.last] += 1
    for part, count in zip(parts, counts, strict=True):
        first_line = part.rows[0]
        assert first_line[STEP_COLUMN] == BAR_STEP
        assert count[0] == 0
        assert (count[1:] == 1).all()


def test_augmentation_changes_velocity_only(parts: list[EncodedPart]) -> None:
    rows = parts[0].rows
    changed = [augment(rows, SPEC, np.random.default_rng(seed)) for seed in range(20)]
    assert any(not np.array_equal(rows, other) for other in changed)
    untouched = [0, 1, 2, 3, 5]
    assert all(np.array_equal(rows[:, untouched], other[:, untouched]) for other in changed)


def test_conditions_are_dropped_for_the_whole_window(parts: list[EncodedPart]) -> None:
    prefix = np.ones((8, len(PREFIX_SIZES)), np.int64)
    dropped = [drop_conditions(prefix, np.random.default_rng(seed)) for seed in range(30)]
    assert all(((table == 0).all(0) | (table == 1).all(0)).all() for table in dropped)
    assert 0.05 < np.mean([table[0] == 0 for table in dropped]) < 0.35
