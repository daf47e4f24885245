"""Transient shaping: attacks and tails move as asked, whatever the level; nothing asked, nothing done."""

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.transients import Transients, shape_transients

RATE = 48000


def hit(level: float = 0.5) -> np.ndarray:
    t = np.arange(RATE) / RATE
    sound = level * np.random.default_rng(1).standard_normal(RATE) * np.exp(-12 * t) * (t > 0.1)
    return np.stack([sound, sound]).astype(np.float32)


def change_db(sound: np.ndarray, shaped: np.ndarray, start: float, end: float) -> float:
    part = slice(round(start * RATE), round(end * RATE))
    return float(20 * np.log10(np.std(shaped[:, part]) / np.std(sound[:, part])))


@pytest.mark.parametrize("level", [0.5, 0.02])
def test_attack_and_sustain_move_apart(level):
    sound = hit(level)
    punchy = shape_transients(sound, Transients(attack_db=6.0), RATE)
    long = shape_transients(sound, Transients(sustain_db=6.0), RATE)
    assert change_db(sound, punchy, 0.101, 0.11) > 3.0
    assert abs(change_db(sound, punchy, 0.3, 0.4)) < 0.7
    assert change_db(sound, long, 0.3, 0.4) > 2.0
    assert change_db(sound, long, 0.101, 0.105) < 1.5


def test_nothing_asked_nothing_done_and_ranges():
    assert shape_transients(hit(), Transients(), RATE) is not None
    assert np.array_equal(shape_transients(hit(), Transients(), RATE), hit())
    with pytest.raises(ParameterError, match="-18 to 18"):
        Transients(attack_db=30.0)
