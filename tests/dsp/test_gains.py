"""Gains in place."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.dsp.gains import add_scaled, amplify, ramps


def test_a_gain_is_applied_in_place() -> None:
    samples = np.ones((2, 3), dtype=np.float32)
    assert amplify(samples, np.array([0.0, 0.5, 1.0], np.float32)) is samples
    np.testing.assert_array_equal(samples, [[0.0, 0.5, 1.0]] * 2)


def test_what_is_added_stays_as_it_is() -> None:
    samples, other = np.ones((2, 4), dtype=np.float32), np.full((2, 8), 2.0, dtype=np.float32)[:, ::2]
    assert add_scaled(samples, other, -0.25) is samples
    np.testing.assert_array_equal(samples, np.full((2, 4), 0.5))
    np.testing.assert_array_equal(other, np.full((2, 4), 2.0))


@pytest.mark.parametrize(
    ("count", "hop", "length"), [(1, 7, 20), (5, 7, 33), (9, 24000, 210_001), (60, 24000, 1_440_000)]
)
def test_ramps_are_straight_between_the_middles_of_hops(count: int, hop: int, length: int) -> None:
    values = np.random.default_rng(count).random(count)
    wanted = np.interp(np.arange(length), (np.arange(count) + 0.5) * hop, values)
    np.testing.assert_allclose(ramps(values, hop, length), wanted, atol=1e-6)
