"""A moving sine against its own phase, added up sample by sample."""

import numpy as np

from workbench.dsp.gliding import add_gliding_sine

RATE, HOP = 48000, 64


def test_pitch_and_level_run_straight_between_the_middles_of_hops() -> None:
    hz = np.linspace(40.0, 400.0, 40)
    level = np.linspace(1.0, 0.25, 40)
    length = 40 * HOP - 13
    middles = (np.arange(40) + 0.5) * HOP
    turns = np.cumsum(np.interp(np.arange(length), middles, hz)) / RATE
    expected = np.interp(np.arange(length), middles, level) * np.sin(2 * np.pi * turns)
    start = np.full((2, length), 0.5, np.float32)
    out = add_gliding_sine(start, hz, level, HOP, RATE)
    assert out is start
    np.testing.assert_allclose(out - 0.5, np.tile(expected, (2, 1)), atol=1e-6)
