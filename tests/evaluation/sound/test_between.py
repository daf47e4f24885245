"""The sound between the hits, on signals whose values are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.criteria import Criterion, criteria_of
from evaluation.sound import between
from evaluation.sound.between_hits import MEASURES, BetweenHits, between_hits
from workbench.analysis.reference_halves import family_names, family_of, halves, members_of
from workbench.domain.audio import Audio

RATE = 44100


def noise(seconds: float = 6.0, *, side: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(3)
    mid, difference = rng.standard_normal((2, round(seconds * RATE)))
    return 0.1 * np.stack([mid + side * difference, mid - side * difference])


def heard(samples: np.ndarray) -> BetweenHits:
    return between_hits(Audio(samples.astype(np.float32), RATE))


def gate(share: float, depth_db: float) -> np.ndarray:
    """Loud in the first `share` of every half second, `depth_db` lower in the rest."""
    place = (np.arange(6 * RATE) % (RATE // 2)) / (RATE // 2)
    return np.where(place < share, 1.0, 10.0 ** (-depth_db / 20.0))


def test_highs_count_where_they_lie_within_twenty_db() -> None:
    assert heard(noise()).highs_present == 1.0
    assert heard(noise() * gate(0.5, 15.0)).highs_present == pytest.approx(1.0, abs=0.01)
    # Frames of 46 ms that touch the loud half count: 0.25 s and nearly a frame out of every 0.5 s.
    assert heard(noise() * gate(0.5, 30.0)).highs_present == pytest.approx(0.58, abs=0.05)


def test_width_and_correlation_follow_the_side() -> None:
    for side in (1.0, 0.25):
        values = heard(noise(side=side))
        assert values.lower_width_db == pytest.approx(20.0 * np.log10(side), abs=0.7)
        assert values.correlation == pytest.approx((1.0 - side**2) / (1.0 + side**2), abs=0.02)
    assert heard(noise(side=0.0)).lower_width_db == -60.0


def test_the_centroid_of_white_noise_is_half_of_the_band_and_gain_does_not_matter() -> None:
    loud, soft = heard(noise()), heard(noise() * 0.01)
    assert loud.centroid_hz == pytest.approx(RATE / 4.0, rel=0.01)
    assert loud.fall_db == pytest.approx(soft.fall_db, abs=0.1)
    assert loud.highs_present == soft.highs_present


def test_the_fall_after_a_hit_is_its_decay() -> None:
    since = (np.arange(6 * RATE) % (RATE // 2)) / RATE
    # 60 dB a second: 150 ms after the first 20 ms lie 9 dB lower.
    assert heard(noise() * 10.0 ** (-60.0 * since / 20.0)).fall_db == pytest.approx(9.0, abs=1.3)


def test_rows_hold_inside_the_middle_half_of_the_references() -> None:
    middle = BetweenHits(**{name: float(np.mean(between.band("song", name))) for name in MEASURES})
    assert all(row.holds for row in criteria_of(between.rows_of({"song": [middle]})))
    dull = replace(middle, highs_present=0.5)
    broken = [row for row in between.rows_of({"song": [dull, dull]}) if isinstance(row, Criterion) and not row.holds]
    assert [row.name.split(" off ")[0] for row in broken] == ["between hits: song, highs_present"]
    assert broken[0].value == pytest.approx(between.band("song", "highs_present")[0] - 0.5, abs=1e-3)


def test_every_reference_was_measured() -> None:
    wanted = {name for family in family_names() for name in members_of(family)}
    assert wanted <= set(between.reference_values())
    assert {family_of(style) for style in between.STYLES} == set(family_names())


def test_tracks_that_shape_mixes_do_not_judge_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A band follows the judging half, and stays where a track of the other half is, as loud as it may."""
    family = "dance"
    values, before = dict(between.reference_values()), between.band(family, "centroid_hz")
    shaped = {name: replace(values[name], centroid_hz=1e6) for name in halves(family).shaping}
    monkeypatch.setattr(between, "reference_values", lambda: {**values, **shaped})
    assert between.band(family, "centroid_hz") == before
    judged = {name: replace(values[name], centroid_hz=1e6) for name in halves(family).judging}
    monkeypatch.setattr(between, "reference_values", lambda: {**values, **judged})
    assert between.band(family, "centroid_hz") == (1e6, 1e6)
