from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.networks.ngram.baseline import fit_baselines
from training.config import TrainingConfig
from training.corpora import read_corpora
from training.dataset import encode_part
from workbench.models.elements import PERCUSSION


@pytest.fixture(scope="module")
def values(groove_data: Path) -> dict[bool, dict[str, float]]:
    config = TrainingConfig("percussion", {"groove": 1.0})
    parts = [part for song in read_corpora(groove_data) if (part := encode_part(song, PERCUSSION)) is not None]
    return dict(zip((False, True), (one.nats_per_note for one in fit_baselines(parts, config)), strict=True))


def test_a_beat_that_repeats_costs_nothing_but_touch(values: dict[bool, dict[str, float]]) -> None:
    assert values[False]["step"] < 0.1
    assert values[False]["symbol"] < 0.1
    # Velocities are drawn evenly from nine classes, deviations from a normal distribution of about one 1/96 beat.
    assert 1.8 < values[False]["velocity"] < 3.0
    assert 1.0 < values[False]["offset"] < 3.0


def test_total_is_the_sum_of_the_fields(values: dict[bool, dict[str, float]]) -> None:
    for result in values.values():
        assert result["nll"] == pytest.approx(sum(value for name, value in result.items() if name != "nll"))
