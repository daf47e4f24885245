"""Peak and power of long sound: every sample counts once, wherever the pieces end."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench.dsp.levels import _SMALL, mean_square, peak_of
from workbench.dsp.parallel import BLOCK_SAMPLES


@pytest.mark.parametrize(
    "place", [0, 1, _SMALL - 1, _SMALL, BLOCK_SAMPLES - 1, BLOCK_SAMPLES, BLOCK_SAMPLES + 9, 2 * BLOCK_SAMPLES + 9]
)
@pytest.mark.parametrize("value", [0.75, -0.75])
def test_a_peak_is_found_anywhere(place: int, value: float) -> None:
    samples = np.zeros((2, 2 * BLOCK_SAMPLES + 10), np.float32)
    samples[1, place] = value
    assert peak_of(samples) == 0.75
    assert mean_square(samples) == pytest.approx(0.75**2 / samples.size)


def test_degenerate_sound() -> None:
    assert peak_of(np.zeros((2, 0), np.float32)) == 0.0
    assert mean_square(np.zeros((2, 0), np.float32)) == 0.0
    assert math.isnan(peak_of(np.array([[0.5, np.nan]], np.float32)))


def test_a_lone_sample_and_one_among_ten() -> None:
    assert mean_square(np.array([[0.5]], np.float32)) == 0.25
    assert mean_square(np.array([[1.0, *[0.0] * 9]], np.float32)) == pytest.approx(0.1)
