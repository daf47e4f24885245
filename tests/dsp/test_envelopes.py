"""Envelopes: times as promised, no clicks."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.domain.errors import ParameterError
from workbench.dsp.envelopes import adsr, decay_curve, fade_edges

RATE = 48000


def envelope(**changes: float) -> np.ndarray:
    values = {"attack_ms": 10.0, "decay_ms": 200.0, "sustain": 0.5, "release_ms": 300.0, "release_at": 24000}
    return adsr(48000, RATE, **{**values, **changes})


def test_attack_is_linear_and_ends_in_time() -> None:
    shape = envelope()
    assert shape[239] == pytest.approx(0.5, abs=0.01)
    assert int(shape.argmax()) == pytest.approx(480, abs=2)


def test_decay_and_release_fall_by_60_db_in_their_time() -> None:
    shape = envelope()
    assert shape[480 + 9600] - 0.5 == pytest.approx(0.5e-3, rel=0.05)
    assert shape[24000 + 14400] == pytest.approx(0.5e-3, rel=0.05)


def test_no_ramp_is_shorter_than_a_millisecond() -> None:
    shape = envelope(attack_ms=0.0, release_ms=0.0, decay_ms=0.0)
    assert np.abs(np.diff(shape)).max() <= 0.15  # 60 dB in 1 ms is 13 % a sample at first
    assert np.diff(shape[:40]).max() <= 1.0 / 48.0 + 1e-6


def test_a_retrigger_rises_from_the_level_it_meets() -> None:
    shape = envelope(onsets=(0, 12000))
    assert shape[11999] == pytest.approx(0.5, abs=0.01)
    assert np.diff(shape[11990:12235]).min() > -1e-4
    assert shape[12000:12600].max() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "change", [{"attack_ms": 40.0}, {"decay_ms": 50.0}, {"sustain": 0.9}, {"release_ms": 30.0}, {"release_at": 20000}]
)
def test_every_parameter_changes_the_shape(change: dict[str, float]) -> None:
    assert np.abs(envelope() - envelope(**change)).max() > 0.05


def test_sustain_outside_its_range_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"0 to 1, got 1\.5"):
        envelope(sustain=1.5)


def test_decay_curve_holds_then_falls() -> None:
    curve = decay_curve(48000, RATE, decay_ms=500.0, hold_ms=100.0)
    assert curve[4799] == 1.0
    assert curve[4800 + 24000] == pytest.approx(1e-3, rel=0.01)


def test_fades_reach_silence_and_leave_the_middle_alone() -> None:
    sound = np.ones((2, 4800), dtype=np.float32)
    faded = fade_edges(sound, RATE, in_ms=10.0, out_ms=20.0)
    assert faded[0, 0] == 0.0
    assert faded[1, -1] == 0.0
    np.testing.assert_array_equal(faded[:, 480:3840], 1.0)
    assert sound[0, 0] == 1.0
