"""Strings and modes: in tune, with the decays asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.noise import white_noise
from workbench.dsp.physical import modal_bank, plucked_string

RATE = 48000


def string(frequency_hz: float = 110.0, **changes: Any) -> np.ndarray:
    values = {"decay_ms": 4000.0, "damping": 0.4, "pick_position": 0.2, **changes}
    pluck = white_noise(2048, np.random.default_rng(3))
    return plucked_string(frequency_hz, pluck, length=2 * RATE, sample_rate_hz=RATE, **values)


def level_of(sound: np.ndarray, frequency_hz: float) -> float:
    turn = np.exp(-2j * np.pi * frequency_hz * np.arange(sound.size) / RATE)
    return float(np.abs(np.sum(sound * np.hanning(sound.size) * turn)))


@pytest.mark.parametrize(
    ("frequency_hz", "damping"),
    [(41.2, 0.1), (41.2, 0.8), (110.0, 0.7), (329.63, 0.1), (329.63, 0.6), (1046.5, 0.3), (2093.0, 0.2)],
)
def test_a_string_is_in_tune_within_two_cents(frequency_hz: float, damping: float) -> None:
    sound = string(frequency_hz, damping=damping, decay_ms=8000.0)[2000:]
    cents = np.arange(-12.0, 12.5, 0.5)
    levels = [level_of(sound, frequency_hz * 2.0 ** (c / 1200.0)) for c in cents]
    assert abs(cents[int(np.argmax(levels))]) <= 2.0


def test_the_fundamental_decays_in_the_time_given() -> None:
    sound = string(110.0, decay_ms=2000.0)
    first, later = level_of(sound[9600:28800], 110.0), level_of(sound[57600:76800], 110.0)
    assert 20 * np.log10(first / later) == pytest.approx(30.0, abs=1.5)


@pytest.mark.parametrize("change", [{"decay_ms": 800.0}, {"damping": 0.8}, {"pick_position": 0.45}])
def test_every_parameter_changes_the_string(change: dict[str, float]) -> None:
    assert np.abs(string() - string(**change)).max() > 0.05


def test_a_pluck_in_the_middle_leaves_out_even_partials() -> None:
    sound = string(120.0, pick_position=0.5, damping=0.05)
    assert level_of(sound, 240.0) < 0.02 * level_of(sound, 120.0)


def test_modes_have_their_frequency_and_decay() -> None:
    sound = modal_bank([300.0, 1700.0], [1.0, 0.5], [600.0, 200.0], length=RATE, sample_rate_hz=RATE)
    early, late = sound[:9600], sound[14400:24000]
    assert 20 * np.log10(level_of(early, 300.0) / level_of(late, 300.0)) == pytest.approx(30.0, abs=0.5)
    assert 20 * np.log10(level_of(early, 1700.0) / level_of(late, 1700.0)) > 70.0
    assert sound[0] == 0.0


def test_modes_may_have_channels() -> None:
    args = {"decays_ms": [600.0, 200.0], "length": 4800, "sample_rate_hz": RATE}
    both = modal_bank([300.0, 1700.0], [[1.0, 0.5], [0.2, 0.9]], **args)
    np.testing.assert_allclose(both[1], modal_bank([300.0, 1700.0], [0.2, 0.9], **args), atol=1e-6)


def test_modes_above_the_audible_rate_are_left_out() -> None:
    assert np.abs(modal_bank([30000.0], [1.0], [100.0], length=256, sample_rate_hz=RATE)).max() == 0.0


@pytest.mark.parametrize(
    ("change", "message"), [({"damping": 1.0}, "damping 0 to 0.95"), ({"pick_position": 0.9}, "pick position")]
)
def test_wrong_arguments_are_named(change: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        string(**change)
