"""Tempo, key and overlap: every border of their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evaluation.metrics import key, tempo
from evaluation.metrics.overlap import mean_overlap_area, overlap_area
from workbench.domain.errors import ParameterError
from workbench.domain.theory import Key


@pytest.mark.parametrize(("number", "edge"), list(enumerate((40.0, 60.0, 70.0, 90.0, 110.0, 140.0, 160.0, 210.0))))
def test_each_bin_ends_before_its_edge(number: int, edge: float) -> None:
    assert (tempo.tempo_bin(edge - 0.001), tempo.tempo_bin(edge)) == (number, number + 1)


@pytest.mark.parametrize("level", [1.0, 0.5, 2.0, 1.0 / 3.0, 3.0])
@pytest.mark.parametrize(("share", "right"), [(1.0399, 1.0), (0.9601, 1.0), (1.0401, 0.0), (0.9599, 0.0)])
def test_accuracy_2_takes_four_percent_around_each_level(level: float, share: float, right: float) -> None:
    assert tempo.evaluate(90.0, 90.0 * level * share)["tempo_accuracy_2"] == right
    assert tempo.evaluate(90.0, 90.0 * level * share)["tempo_accuracy_1"] == right * (level == 1.0)


def test_the_border_of_four_percent_is_right() -> None:
    assert tempo.accuracy(100.0, 104.0) == tempo.accuracy(100.0, 96.0) == 1.0
    assert tempo.accuracy(100.0, 150.0) == tempo.accuracy(100.0, 150.0, levels=(1.4, 1.6)) == 0.0


@pytest.mark.parametrize(("heard", "error"), [(100.0, 0.0), (110.0, 10.0), (45.0, 10.0), (201.0, 0.5), (0.0, 100.0)])
def test_the_error_is_that_on_the_nearest_octave(heard: float, error: float) -> None:
    assert tempo.error_percent(100.0, heard) == pytest.approx(error)


@pytest.mark.parametrize(
    ("asked", "heard", "same", "near"),
    [(80, 71, 1, 1), (80, 95, 0, 1), (80, 65, 0, 1), (80, 115, 0, 0), (30, 0, 0, 0), (50, 0, 0, 0)],
)  # fmt: skip
def test_bins_are_the_same_or_neighbours(asked: float, heard: float, same: int, near: int) -> None:
    found = tempo.evaluate(asked, heard)
    assert (found["tempo_bin"], found["tempo_bin_tolerant"]) == (same, near)


@pytest.mark.parametrize("pair", [(0.0, 100.0), (-1.0, 100.0), (100.0, -1.0), (math.inf, 1.0), (1.0, math.nan)])
def test_what_is_no_tempo_is_refused(pair: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="expected BPM above 0"):
        tempo.error_percent(*pair)
    with pytest.raises(ParameterError, match="expected BPM above 0"):
        tempo.accuracy(*pair)


def test_a_slow_tempo_is_one() -> None:
    assert tempo.evaluate(0.005, 0.005)["tempo_accuracy_1"] == 1.0
    found = tempo.evaluate(30.0, 0.005)
    assert found["tempo_bin"] == found["tempo_bin_tolerant"] == 1.0


def test_keys_are_weighed_in_minor_too() -> None:
    scores = {name: key.weighted_score(Key.parse("A minor"), Key.parse(name))
              for name in ("A minor", "E minor", "D minor", "C major", "A major", "F major", "B minor")}  # fmt: skip
    assert scores == {"A minor": 1.0, "E minor": 0.5, "D minor": 0.0, "C major": 0.3, "A major": 0.2, "F major": 0.0,
                      "B minor": 0.0}  # fmt: skip
    assert key.weighted_score(Key.parse("D major"), Key.parse("B minor")) == 0.3
    assert key.weighted_score(Key.parse("D major"), Key.parse("F minor")) == 0.0


def test_key_figures_by_name() -> None:
    chroma = np.zeros(12)
    chroma[[0, 4, 7, 6]] = 0.001
    asked = Key.parse("C major")
    assert key.evaluate(asked, Key.parse("A minor"), chroma) == {
        "key_score": 0.3, "key_exact": 0.0, "key_family": 1.0, "scale_share": pytest.approx(0.75),
    }  # fmt: skip
    found = key.evaluate(asked, None, chroma)
    assert (found["key_score"], found["key_exact"], found["key_family"]) == (0.0, 0.0, 0.0)
    found = key.evaluate(asked, Key.parse("G minor"), np.zeros(12))
    assert (found["key_family"], found["scale_share"]) == (0.0, 0.0)
    assert key.evaluate(asked, asked, chroma)["key_exact"] == 1.0


@pytest.mark.parametrize("chroma", [[1.0] * 11, [1.0] * 13, [-0.001, *[1.0] * 11], [math.nan, *[1.0] * 11]])
def test_what_is_no_pitch_class_profile_is_refused(chroma: list[float]) -> None:
    with pytest.raises(ParameterError, match="expected 12 values"):
        key.scale_share(Key.parse("C major"), chroma)


def test_overlap_is_that_of_twenty_bins_between_the_outer_percentiles() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=3000), rng.normal(0.7, 1.3, size=2000)
    low, high = np.quantile(np.r_[first, second], [0.005, 0.995])
    width = (high - low) / 20
    bins = [np.bincount(np.clip((side - low) // width, 0, 19).astype(int), minlength=20) for side in (first, second)]
    expected = sum(min(a / 3000, b / 2000) for a, b in zip(*bins, strict=True))
    assert overlap_area(first, second) == round(expected, 12)
    assert overlap_area(first, second, bins=2) > expected
    table = np.stack([first[:2000], second], axis=1)
    assert mean_overlap_area(table, table[:, ::-1]) == pytest.approx(overlap_area(first[:2000], second))


def test_overlap_of_one_value_is_whole_and_of_none_is_refused() -> None:
    assert overlap_area(np.ones(4), np.ones(7)) == 1.0
    for sides in ((np.zeros(0), np.ones(2)), (np.ones(2), np.zeros(0))):
        with pytest.raises(ParameterError, match="both sides, got none"):
            overlap_area(*sides)
