from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.corpora import read_corpora
from training.corpora.song import CorpusSong, NoteTable
from training.dataset import EncodedPart, TrainingWindows, drop_conditions, encode_part, validation_windows
from workbench.domain.theory import Key
from workbench.models.context import PREFIX_SIZES, SongContext, register_classes
from workbench.models.elements import SPECS
from workbench.models.history import FIRST_ATTRIBUTE, STEP_COLUMN
from workbench.models.spec import BAR_STEP, conditioning_of
from workbench.models.tokenizer import encode_drums
from workbench.models.window import build_item, line_starts

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


def test_conditions_are_dropped_for_the_whole_window(parts: list[EncodedPart]) -> None:
    prefix = np.ones((8, len(PREFIX_SIZES)), np.int64)
    dropped = [drop_conditions(prefix, np.random.default_rng(seed)) for seed in range(30)]
    assert all(((table == 0).all(0) | (table == 1).all(0)).all() for table in dropped)
    assert 0.05 < np.mean([table[0] == 0 for table in dropped]) < 0.35


def test_some_windows_show_the_bars_ahead(parts: list[EncodedPart]) -> None:
    windows = TrainingWindows(parts, SPEC, {"groove": 1.0}, rows=96, size=60, seed=5)
    flags = [windows[index]["bar"][:, -len(SPEC.lags) :] for index in range(60)]
    share = np.mean([flag.any() for flag in flags])
    assert 0.1 < share < 0.6
    # What stands lies beyond the window: a farther bar is known at least as often as a nearer one.
    assert all((np.diff(flag.sum(0).astype(int)) >= 0).all() for flag in flags if len(flag) > max(SPEC.lags))


def test_bars_ahead_tell_nothing_of_the_hidden_span() -> None:
    """Features before a row stay as they are when that row and all after it in the span change."""
    rng = np.random.default_rng(3)
    onsets = np.sort(rng.choice(96, 40, replace=False)) / 4.0
    context = SongContext(
        6, 4, 100.0, None, (), "rock", "played", ("",) * 6, np.zeros(6, np.int64), np.zeros(6, np.int64), {}
    )
    rows = encode_drums(onsets, rng.choice([36, 38, 42], 40), rng.integers(20, 120, 40), context)
    conditioning, starts = conditioning_of(SPEC, context), line_starts(rows)
    end = int(starts[4])
    whole = build_item(rows, starts, conditioning, SPEC, 0, end, 0, ahead=rows[end:])
    for row in range(int(starts[2]), end):
        if rows[row, STEP_COLUMN] == BAR_STEP:
            continue
        changed = rows.copy()
        changed[row, FIRST_ATTRIBUTE] = (changed[row, FIRST_ATTRIBUTE] + 5) % 16
        other = build_item(changed, starts, conditioning, SPEC, 0, end, 0, ahead=changed[end:])
        assert np.array_equal(whole["memory"][: row + 1], other["memory"][: row + 1])
        assert np.array_equal(whole["cell"][: row + 1], other["cell"][: row + 1])
        assert np.array_equal(whole["bar"], other["bar"])
    assert whole["bar"][:, -len(SPEC.lags) :].sum() > 0


def test_register_and_dynamics_are_reported_as_they_are() -> None:
    spec = SPECS["bass"]
    onsets = np.arange(32) / 2.0
    table = NoteTable(onsets, np.full(32, 0.5), np.full(32, 40), np.full(32, 100))
    song = CorpusSong(
        "s", "own", "A", "train", "rock", "sequenced", 100.0, 4, 12, Key.parse("C major"), (), ("",) * 12,
        np.zeros(12, np.int64), {"bass": table},
    )  # fmt: skip
    part = encode_part(song, spec)
    assert part is not None
    columns = [list(PREFIX_SIZES).index(name) for name in ("register", "dynamics")]
    told = part.conditioning.prefix[:, columns]
    assert (told[:8] == [register_classes(40.0), 100 // 16 + 1]).all()
    assert (told[8:] == 0).all()  # nobody plays there
