from __future__ import annotations

import numpy as np
import pytest

from evaluation.metrics.overlap import mean_overlap_area, overlap_area
from evaluation.metrics.two_sample import grouped_folds, telling_features, two_sample_test
from evaluation.networks.metrics import chord_tones, consistency, microtiming, repetition
from evaluation.networks.metrics.copies import CopyShare, copy_share
from evaluation.networks.metrics.density_order import rank_correlation, style_heard
from evaluation.networks.metrics.validity import fault
from evaluation.networks.notes import ExcerptNotes, pool_notes
from tests.evaluation.conftest import MakeExcerpt
from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError
from workbench.models.elements import BASS, HARMONY, LEADS, PERCUSSION


def offset(notes: ExcerptNotes) -> Floats:
    return notes.offset_ms


def groups(n: int, count: int = 20, prefix: str = "song") -> list[str]:
    return [f"{prefix}{index % count}" for index in range(n)]


class TestTwoSample:
    def test_equal_distributions_cannot_be_distinguished(self) -> None:
        rng = np.random.default_rng(0)
        result = two_sample_test(rng.normal(size=(400, 6)), groups(400), rng.normal(size=(400, 6)), groups(400))
        assert result.accuracy == pytest.approx(0.5, abs=0.06)
        assert (result.n, result.n_other) == (400, 400)

    def test_a_shifted_feature_is_heard_by_both(self) -> None:
        rng = np.random.default_rng(0)
        shifted = rng.normal(size=(300, 6)) + np.array([3, 0, 0, 0, 0, 0])
        result = two_sample_test(rng.normal(size=(300, 6)), groups(300), shifted, groups(300))
        # Two unit normals three apart are told apart at the middle: the area of a normal below 1.5.
        assert result.logistic_regression == pytest.approx(0.933, abs=0.03)
        assert result.gradient_boosting > 0.88

    def test_a_spread_is_heard_by_trees_only(self) -> None:
        rng = np.random.default_rng(0)
        result = two_sample_test(rng.normal(size=(400, 2)), groups(400), 6 * rng.normal(size=(400, 2)), groups(400))
        assert result.gradient_boosting > 0.85 > 0.65 > result.logistic_regression
        assert result.accuracy == result.gradient_boosting

    def test_knowing_the_file_does_not_help(self) -> None:
        """Every song has values of its own; a fold that shared songs would be solved by heart."""
        rng = np.random.default_rng(0)
        centre = rng.normal(size=(40, 4)) * 10
        song = np.repeat(np.arange(40), 10)
        values = centre[song] + rng.normal(size=(400, 4)) * 0.01
        names = [f"song{number}" for number in song]
        result = two_sample_test(values[:200], names[:200], values[200:], names[200:])
        assert result.accuracy < 0.66

    def test_is_deterministic_and_balanced(self) -> None:
        rng = np.random.default_rng(0)
        sides = rng.normal(size=(500, 3)), groups(500), rng.normal(size=(60, 3)), groups(60)
        assert two_sample_test(*sides) == two_sample_test(*sides)
        assert two_sample_test(*sides).accuracy == pytest.approx(0.5, abs=0.12)

    def test_the_shifted_feature_tells(self) -> None:
        first = np.random.default_rng(0).normal(size=(500, 3))
        name, distance, shift = telling_features(("a", "b", "c"), first, first + np.array([0, 1, 0]))[0]
        assert (name, distance) == ("b", pytest.approx(0.38, abs=0.05))
        assert shift == pytest.approx(1.0, abs=0.1)

    def test_groups_stay_whole(self) -> None:
        names = groups(100, 13)
        fold = grouped_folds(names)
        assert set(fold) == set(range(5))
        assert all(len(set(fold[np.array(names) == name])) == 1 for name in names)

    def test_refuses_what_does_not_fit(self) -> None:
        table = np.zeros((20, 2))
        with pytest.raises(ParameterError, match="equal width"):
            two_sample_test(table, groups(20), np.zeros((20, 3)), groups(20))
        with pytest.raises(ParameterError, match="source files"):
            two_sample_test(table, groups(20, 3), table, groups(20))
        with pytest.raises(ParameterError, match="one group"):
            two_sample_test(table, groups(19), table, groups(20))


class TestOverlap:
    def test_identity_is_one_and_a_shift_costs(self) -> None:
        values = np.random.default_rng(0).normal(size=2000)
        assert overlap_area(values, values) == 1.0
        # Two unit normals one apart share twice the area of a normal below -0.5.
        assert overlap_area(values, values + 1) == pytest.approx(0.617, abs=0.03)
        assert overlap_area(values, values + 1) > overlap_area(values, values + 2)

    def test_constant_features_and_means(self) -> None:
        assert overlap_area(np.ones(5), np.ones(9)) == 1.0
        first = np.stack([np.zeros(10), np.zeros(10)], axis=1)
        assert mean_overlap_area(first, first + np.array([0, 1])) == 0.5

    def test_refuses_nothing(self) -> None:
        with pytest.raises(ParameterError, match="both sides"):
            overlap_area(np.zeros(0), np.zeros(3))


class TestMicrotiming:
    def drummer(self, make_excerpt: MakeExcerpt, seed: int, persistent: float) -> ExcerptNotes:
        """Hats on every eighth, late by a habit of each cell and a little chance."""
        rng = np.random.default_rng(seed)
        excerpts = []
        for _ in range(30):
            habit = rng.normal(0, 4 * persistent, 8)
            chance = rng.normal(0, 0.5 + 4 * (1 - persistent), (4, 8))
            late = np.clip(np.rint(12 + habit + chance), 0, 24).astype(int)
            rows = [(bar, 6 * eighth, 4, 8, int(late[bar, eighth])) for bar in range(4) for eighth in range(8)]
            excerpts.append(make_excerpt(PERCUSSION, rows))
        return pool_notes(excerpts, PERCUSSION)

    def test_identity_is_zero(self, make_excerpt: MakeExcerpt) -> None:
        human = self.drummer(make_excerpt, 0, 1.0)
        assert microtiming.marginal_distance(human, human, offset) == 0.0
        assert microtiming.change_distance(human, human, offset) == 0.0

    def test_a_shift_is_its_own_size(self, make_excerpt: MakeExcerpt) -> None:
        excerpts = [make_excerpt(PERCUSSION, [(bar, 0, 4, 8, 12) for bar in range(4)]) for _ in range(10)]
        moved = [make_excerpt(PERCUSSION, [(bar, 0, 4, 8, 14) for bar in range(4)]) for _ in range(10)]
        sides = pool_notes(excerpts, PERCUSSION), pool_notes(moved, PERCUSSION)
        # Two 96ths of a beat at 120 BPM.
        assert microtiming.marginal_distance(*sides, offset) == pytest.approx(2 / 96 * 500)

    def test_a_missing_role_does_not_hide(self, make_excerpt: MakeExcerpt) -> None:
        human = pool_notes([make_excerpt(PERCUSSION, [(bar, 0, 4, 8, 12) for bar in range(4)])] * 10, PERCUSSION)
        elsewhere = pool_notes([make_excerpt(PERCUSSION, [(bar, 6, 4, 8, 14) for bar in range(4)])] * 10, PERCUSSION)
        assert microtiming.marginal_distance(human, elsewhere, offset) == pytest.approx(2 / 96 * 500)
        nothing = pool_notes([make_excerpt(PERCUSSION, [])], PERCUSSION)
        assert np.isnan(microtiming.marginal_distance(human, nothing, offset))

    def test_habit_lies_in_the_change_not_in_the_marginal(self, make_excerpt: MakeExcerpt) -> None:
        human, like = (self.drummer(make_excerpt, seed, 1.0) for seed in (0, 1))
        jitter = microtiming.change_distance_of_jitter(human, offset)
        assert microtiming.change_distance(human, like, offset) * 6 < jitter

    def test_kick_against_hat(self, make_excerpt: MakeExcerpt) -> None:
        notes = pool_notes(
            [make_excerpt(PERCUSSION, [(0, 0, 0, 8, 12), (0, 0, 4, 8, 16), (1, 6, 4, 8, 12)])], PERCUSSION
        )
        assert microtiming.against_hats(notes, notes.offset_ms).tolist() == [pytest.approx(4 / 96 * 500)]


class TestRepetition:
    def test_known_bars(self, make_excerpt: MakeExcerpt) -> None:
        same = make_excerpt(PERCUSSION, [(bar, 0, 0) for bar in range(4)])
        two = make_excerpt(PERCUSSION, [(0, 0, 0), (1, 12, 0), (2, 0, 0), (3, 12, 0)])
        all_other = make_excerpt(PERCUSSION, [(bar, 12 * bar, 0) for bar in range(4)])
        notes = pool_notes([same, two, all_other], PERCUSSION)
        assert repetition.distinct_bars(notes).tolist() == [0.25, 0.5, 1.0]
        assert repetition.bar_to_bar_similarity(notes).tolist() == [1.0, 0.0, 0.0]

    def test_shift_in_deviations(self) -> None:
        human = np.array([0.0, 1.0, 0.0, 1.0])
        assert repetition.shift_in_deviations(human, human) == 0.0
        assert repetition.shift_in_deviations(human, human + 0.5) == pytest.approx(1.0)


class TestConsistency:
    def test_groove(self, make_excerpt: MakeExcerpt) -> None:
        same = make_excerpt(PERCUSSION, [(bar, slot, 0) for bar in range(4) for slot in (0, 24)])
        broken = make_excerpt(PERCUSSION, [(0, 0, 0), (1, 12, 0), (2, 0, 0), (3, 12, 0)])
        notes = pool_notes([same, broken], PERCUSSION)
        assert consistency.groove_consistency(notes).tolist() == [1.0, pytest.approx(1 - 2 / 48)]
        assert consistency.groove_consistency(notes, sixteenths=True).tolist() == [1.0, pytest.approx(1 - 2 / 16)]

    def test_scale(self, make_excerpt: MakeExcerpt) -> None:
        scale = [(0, 3 * index, 14 + step) for index, step in enumerate((0, 2, 4, 5, 7, 9, 11))]
        notes = pool_notes([make_excerpt(LEADS, scale), make_excerpt(LEADS, [*scale, (1, 0, 14 + 1)])], LEADS)
        assert consistency.scale_consistency(notes).tolist() == [1.0, pytest.approx(7 / 8)]


class TestChordTones:
    def test_bass_downbeats(self, make_excerpt: MakeExcerpt) -> None:
        root, third, fifth = 5, 9, 12
        excerpt = make_excerpt(BASS, [(0, 0, root), (1, 0, fifth), (2, 0, third), (3, 12, third)], chord=(0, 4, 7))
        assert chord_tones.downbeat_roots_and_fifths(pool_notes([excerpt], BASS)) == pytest.approx(2 / 3)

    def test_long_notes_on_beats(self, make_excerpt: MakeExcerpt) -> None:
        quarter, eighth = 9, 6
        rows = [(0, 0, 14, quarter), (0, 12, 15, quarter), (0, 24, 15, eighth), (0, 30, 15, quarter)]
        excerpt = make_excerpt(LEADS, rows, chord=(0, 4, 7))
        assert chord_tones.long_on_beat_chord_tones(pool_notes([excerpt], LEADS)) == 0.5

    def test_without_chords_there_is_no_figure(self, make_excerpt: MakeExcerpt) -> None:
        notes = pool_notes([make_excerpt(BASS, [(0, 0, 5)])], BASS)
        assert np.isnan(chord_tones.downbeat_roots_and_fifths(notes))


class TestCopies:
    BEAT = tuple((bar, slot, 0) for bar in range(4) for slot in (0, 12, 24, 36))

    def test_shares(self, make_excerpt: MakeExcerpt) -> None:
        known = make_excerpt(PERCUSSION, self.BEAT).rows
        other = make_excerpt(PERCUSSION, [(bar, slot + 3, symbol) for bar, slot, symbol in self.BEAT]).rows
        half = make_excerpt(PERCUSSION, [*self.BEAT[:8], *((bar, slot + 6, 0) for bar, slot, _ in self.BEAT[8:])]).rows
        assert copy_share([known], [known, other], PERCUSSION).share == 1.0
        assert copy_share([other], [known], PERCUSSION).share == 0.0
        assert copy_share([half], [known], PERCUSSION) == CopyShare(0.5, 4)
        assert copy_share([half], [known], PERCUSSION, run=2) == CopyShare(pytest.approx(1 / 3), 3)
        assert copy_share([known], [known], PERCUSSION, run=4) == CopyShare(1.0, 1)

    def test_bars_with_few_notes_do_not_count(self, make_excerpt: MakeExcerpt) -> None:
        rows = make_excerpt(PERCUSSION, [(bar, 0, 0) for bar in range(4)]).rows
        assert copy_share([rows], [rows], PERCUSSION).n == 0

    def test_chords_differ_by_quality(self, make_excerpt: MakeExcerpt) -> None:
        major, minor = (make_excerpt(HARMONY, [(bar, 0, 0, quality, 0) for bar in range(4)]).rows for quality in (0, 1))
        assert copy_share([minor], [major], HARMONY).share == 0.0
        assert copy_share([minor], [minor], HARMONY) == CopyShare(1.0, 4)


class TestControl:
    def test_rank_correlation(self) -> None:
        assert rank_correlation([1, 2, 3, 4], [1, 4, 9, 16]) == 1.0
        assert rank_correlation([1, 2, 3, 4], [4, 3, 2, 1]) == -1.0
        assert rank_correlation([1, 2, 3], [5, 5, 5]) == 0.0

    def test_styles_are_heard_until_they_are_shuffled(self) -> None:
        rng = np.random.default_rng(0)
        style = np.repeat([1, 2, 3, 4], 60)
        table = np.eye(5)[style] * 4 + rng.normal(size=(240, 5))
        heard = style_heard((table, style), (table, style), (table, rng.permutation(style)))
        assert heard.human > 0.9
        assert heard.sample == pytest.approx(heard.chance, abs=0.12)
        assert (heard.chance, heard.styles, heard.n) == (0.25, 4, 240)

    def test_only_shared_styles_are_asked_about(self) -> None:
        table = np.arange(40.0)[:, None]
        style = np.repeat([1, 2], 20)
        assert style_heard((table, style), (table, style), (table[:20], style[:20])).styles == 1


class TestValidity:
    def rows(self, make_excerpt: MakeExcerpt) -> np.ndarray:
        return make_excerpt(PERCUSSION, [(0, 0, 0, 8, 12), (0, 0, 4, 8, 12), (2, 24, 1, 8, 12)]).rows

    def test_music_is_valid(self, make_excerpt: MakeExcerpt) -> None:
        assert fault(self.rows(make_excerpt), PERCUSSION, bars=4) == ""

    @pytest.mark.parametrize(
        ("row", "column", "value", "message"),
        [
            (1, 0, 1, "outside the bar"), (0, 2, 5, "one bar line"), (1, 1, 48, "beyond the end"),
            (1, 3, 13, "vocabulary"), (1, 4, 16, "velocity"), (2, 3, 0, "order"), (2, 2, 1, "step"),
        ],
    )  # fmt: skip
    def test_damage_is_named(self, make_excerpt: MakeExcerpt, row: int, column: int, value: int, message: str) -> None:
        rows = self.rows(make_excerpt)
        rows[row, column] = value
        assert message in fault(rows, PERCUSSION, bars=4)

    def test_polyphony_and_shape(self, make_excerpt: MakeExcerpt) -> None:
        assert "more than 1" in fault(self.rows(make_excerpt), PERCUSSION, bars=4, polyphony=1)
        assert "shape" in fault(self.rows(make_excerpt)[:, :5], PERCUSSION, bars=4)
