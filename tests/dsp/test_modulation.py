"""Chorus, ensemble and wow: width, depth in cents, and every parameter heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.modulation import chorus, ensemble, tape_wow

RATE = 48000


def tone(seconds: float = 4.0, frequency_hz: float = 1000.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def run_chorus(**changes: float) -> np.ndarray:
    return chorus(tone(1.0), sample_rate_hz=RATE, **{"rate_hz": 0.6, "depth_ms": 2.0, "mix": 0.8, **changes})


def run_ensemble(**changes: float) -> np.ndarray:
    return ensemble(tone(1.0), sample_rate_hz=RATE, **{"depth_ms": 2.0, "mix": 0.8, **changes})


def run_wow(**changes: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    return tape_wow(tone(1.0), sample_rate_hz=RATE, rng=rng, **{"depth_cents": 20.0, "rate_hz": 0.8, **changes})


@pytest.mark.parametrize(
    ("effect", "change"),
    [
        (run_chorus, {"rate_hz": 2.0}),
        (run_chorus, {"depth_ms": 5.0}),
        (run_chorus, {"mix": 0.3}),
        (run_ensemble, {"depth_ms": 5.0}),
        (run_ensemble, {"mix": 0.3}),
        (run_wow, {"depth_cents": 40.0}),
        (run_wow, {"rate_hz": 1.6}),
    ],
)
def test_every_parameter_is_heard(effect: Callable[..., np.ndarray], change: dict[str, Any]) -> None:
    assert np.abs(effect() - effect(**change)).max() > 0.05


def test_chorus_and_ensemble_widen_and_keep_the_level() -> None:
    noise = np.random.default_rng(2).uniform(-1, 1, RATE * 2).astype(np.float32)
    mono = np.stack([noise, noise])
    for wet in (
        chorus(mono, sample_rate_hz=RATE, rate_hz=0.5, depth_ms=3.0, mix=1.0),
        ensemble(mono, sample_rate_hz=RATE, depth_ms=3.0, mix=0.7),
    ):
        assert np.corrcoef(wet)[0, 1] < 0.75
        assert 20 * np.log10(np.sqrt(np.mean(wet**2)) / np.sqrt(np.mean(mono**2))) == pytest.approx(0.0, abs=1.0)


def test_nothing_sounds_where_the_mix_is_dry() -> None:
    np.testing.assert_array_equal(chorus(tone(0.5), sample_rate_hz=RATE, rate_hz=1.0, depth_ms=3.0, mix=0.0), tone(0.5))


def test_wow_bends_pitch_by_at_most_its_depth() -> None:
    wet = tape_wow(tone(6.0), sample_rate_hz=RATE, depth_cents=20.0, rate_hz=0.7, rng=np.random.default_rng(5))[0]
    steady = wet[RATE // 2 : -RATE // 2]
    from scipy.signal import hilbert

    angle = np.unwrap(np.angle(hilbert(steady)))[2000:-2000]
    cents = 1200.0 * np.log2((angle[480:] - angle[:-480]) / (2 * np.pi * 10.0))
    assert 6.0 < np.abs(cents).max() < 22.0


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ParameterError, match=r"chorus rate in Hz: expected 0\.05 to 10, got 20"):
        run_chorus(rate_hz=20.0)
    with pytest.raises(ParameterError, match="ensemble mix"):
        run_ensemble(mix=2.0)
    with pytest.raises(ParameterError, match="wow depth"):
        run_wow(depth_cents=100.0)
