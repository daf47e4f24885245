"""Whether a network is worse, or whether so few songs cannot tell: differences whose interval is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t, ttest_rel

from workbench.domain.errors import ModelError
from workbench.tracking.comparing import Estimate, compare, jackknife_interval, plain, refusal

LOWER = {"nll": "lower"}


def mean_of(values: list[float]) -> Estimate:
    """The mean of one value a song."""
    numbers = np.array(values)
    return Estimate(float(numbers.mean()), len(values), tuple((numbers.sum() - numbers) / (len(values) - 1)))


@pytest.mark.parametrize("songs", [2, 4, 16])
def test_the_interval_of_a_mean_is_that_of_students_paired_test(songs: int) -> None:
    rng = np.random.default_rng(songs)
    before, after = rng.normal(1.5, 0.3, songs), rng.normal(1.6, 0.3, songs)
    (found,) = compare({"nll": mean_of(list(after))}, {"nll": mean_of(list(before))}, LOWER, {})
    expected = ttest_rel(after, before).confidence_interval(0.95)
    assert found.interval == pytest.approx((expected.low, expected.high))
    assert found.songs == songs


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    """A ratio of sums, as nats a note are, of eight songs of different lengths."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        notes = rng.integers(50, 200, 8)
        nats = notes * rng.normal(0.1, 0.2, 8)
        without = [(nats.sum() - a) / (notes.sum() - b) for a, b in zip(nats, notes, strict=True)]
        low, high = jackknife_interval(nats.sum() / notes.sum(), without)
        held += low <= 0.1 <= high
    assert 0.93 <= held / 2000 <= 0.97


def test_noise_over_four_songs_is_no_loss_where_another_figure_is_better() -> None:
    """What refused a bass whose nats had fallen: samples of four songs, two of them worse."""
    figures = {"nll": mean_of([1.20, 1.22, 1.21, 1.19]), "samples": mean_of([0.40, 0.20, 0.36, 0.20])}
    before = {"nll": mean_of([1.30, 1.33, 1.31, 1.30]), "samples": mean_of([0.24, 0.23, 0.25, 0.22])}
    directions = {"nll": "lower", "samples": "lower"}
    nats, samples = compared = compare(figures, before, directions, {"samples": 0.15})
    assert nats.is_better
    assert (samples.exceeds, samples.is_worse, samples.is_undecided) == (True, False, True)
    assert refusal(compared) is None
    told = refusal([samples])
    assert told is not None
    low, high = samples.interval or (0.0, 0.0)
    assert low < 0 < high
    for words in (
        "samples is 0.29 against 0.235, 23.4% worse (at most 15.0% is accepted; difference +0.055, 95 % interval ",
        f"{low:+.3g} to {high:+.3g}, 4 songs)",
        "this may be chance, and no figure is better; judge it by more songs",
        "--force",
    ):
        assert words in told


def test_where_gain_and_loss_may_both_be_chance_both_are_told() -> None:
    """Three songs of a user: nats fall in the mean, but not in each, and samples are a little farther off."""
    figures = {"nll": mean_of([1.9, 2.9, 2.05]), "samples": mean_of([0.60, 0.37, 0.40])}
    before = {"nll": mean_of([2.6, 2.8, 2.45]), "samples": mean_of([0.41, 0.42, 0.41])}
    compared = compare(figures, before, {"nll": "lower", "samples": "lower"}, {"samples": 0.05})
    assert not compared[0].is_better
    told = refusal(compared)
    assert told is not None
    assert (
        "this may be chance, and so may be that nll is 2.283 against 2.617, 12.7% better (difference -0.333, " in told
    )
    assert told.endswith("3 songs); judge it by more songs, or listen and take --force")


def test_what_is_worse_in_every_song_is_refused_however_few_they_are() -> None:
    compared = compare({"nll": mean_of([17.0, 16.5, 17.5])}, {"nll": mean_of([1.3, 1.4, 1.35])}, LOWER, {})
    assert compared[0].is_worse
    told = refusal(compared)
    assert told is not None
    assert "3 songs) (--force promotes it all the same)" in told


def test_one_song_is_judged_by_the_tolerance_alone() -> None:
    compared = compare({"nll": Estimate(1.6, 1)}, {"nll": Estimate(1.5, 1)}, LOWER, {})
    assert compared[0].interval is None
    assert compared[0].is_worse
    assert str(compared[0]).endswith("(at most 0.5% is accepted; of 1 song, too few for an interval)")
    (within,) = compare({"nll": Estimate(1.501, 1)}, {"nll": Estimate(1.5, 1)}, LOWER, {})
    assert not within.exceeds


def test_a_small_loss_is_accepted_although_it_is_no_chance() -> None:
    before = [1.3, 1.4, 1.35, 1.38]
    compared = compare({"nll": mean_of([each + 0.002 for each in before])}, {"nll": mean_of(before)}, LOWER, {})
    assert compared[0].interval is not None
    assert compared[0].interval[0] > 0
    assert refusal(compared) is None


def test_higher_is_better_where_it_is_said() -> None:
    before, after = mean_of([0.9, 0.91, 0.92]), mean_of([0.5, 0.52, 0.51])
    (worse,) = compare({"overlap": after}, {"overlap": before}, {"overlap": "higher"}, {})
    (better,) = compare({"overlap": before}, {"overlap": after}, {"overlap": "higher"}, {})
    assert worse.is_worse
    assert better.is_better
    assert better.change == pytest.approx(-0.4)


def test_what_is_no_number_is_worse() -> None:
    (bad,) = compare({"nll": Estimate(math.nan, 3, (math.nan,) * 3)}, {"nll": mean_of([1.0, 1.1, 1.2])}, LOWER, {})
    assert bad.is_worse
    with pytest.raises(ModelError, match="'nll' was not measured"):
        compare({}, {"nll": 1.0}, LOWER, {})


def test_values_alone() -> None:
    assert plain({"a": 1.5, "b": mean_of([1.0, 3.0])}) == {"a": 1.5, "b": 2.0}


def test_few_groups_widen_the_interval() -> None:
    low, high = jackknife_interval(0.0, [-1.0, 1.0])
    assert high == -low == pytest.approx(t.ppf(0.975, 1) * 1.0)
