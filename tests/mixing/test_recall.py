"""Gains that the desk recalls: straight lines between values a hop apart."""

import numpy as np
import pytest

from workbench.domain.audio import Desk
from workbench.dsp.parallel import BLOCK_SAMPLES
from workbench.mixing.recall import recallable, recallable_length, recalled

RATE, HOP = 48_000, 240


@pytest.mark.parametrize("samples", [1, 2, HOP + 1, 3 * HOP + 17, BLOCK_SAMPLES + 5])
def test_lines_are_drawn_as_numpy_draws_them(samples: int) -> None:
    length = recallable_length(samples, RATE)
    curve = np.random.default_rng(samples).random(length).astype(np.float32)
    places = np.arange(0, length, HOP)
    expected = np.interp(np.arange(length), places, np.round(curve[places].astype(np.float64), 6).astype(np.float32))
    assert (recallable(curve, RATE) == expected.astype(np.float32)).all()


def test_the_last_value_stays() -> None:
    desk = Desk({}, np.ones(2, np.float32), np.array([0.5, 0.25], np.float32), 4, 7)
    assert recalled(desk.gain, desk).tolist() == [0.5, 0.4375, 0.375, 0.3125, 0.25, 0.25, 0.25]
