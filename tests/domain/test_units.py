"""Units convert by their definitions, and back."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.domain.units import (
    SILENCE_DB,
    beats_to_seconds,
    db_to_gain,
    gain_to_db,
    midi_to_hz,
    seconds_to_beats,
)


@pytest.mark.parametrize(("level_db", "gain"), [(20.0, 10.0), (-40.0, 0.01), (0.0, 1.0), (6.0, 1.9952623)])
def test_twenty_decibels_are_a_factor_of_ten(level_db: float, gain: float) -> None:
    assert db_to_gain(level_db) == pytest.approx(gain, rel=1e-7)
    assert gain_to_db(gain) == pytest.approx(level_db, abs=1e-5)
    assert gain_to_db(-gain) == gain_to_db(gain)


@pytest.mark.parametrize("gain", [0.0, 1e-10, 1e-14])
def test_silence_has_a_level(gain: float) -> None:
    assert SILENCE_DB == -200.0
    assert gain_to_db(gain) == SILENCE_DB
    assert gain_to_db(1.2e-10) == pytest.approx(-198.416, abs=1e-3)


@pytest.mark.parametrize(("pitch", "hz"), [(69.0, 440.0), (57.0, 220.0), (60.0, 261.6256), (127.0, 12543.854)])
def test_twelve_semitones_are_an_octave(pitch: float, hz: float) -> None:
    assert midi_to_hz(pitch) == pytest.approx(hz, rel=1e-6)
    assert midi_to_hz(pitch, a4_hz=432.0) == pytest.approx(hz * 432.0 / 440.0, rel=1e-6)
    np.testing.assert_allclose(midi_to_hz(np.array([pitch, pitch + 12.0])), [hz, 2.0 * hz], rtol=1e-6)


def test_beats_are_quarters_of_the_tempo() -> None:
    assert beats_to_seconds(3.0, 90.0) == 2.0
    assert seconds_to_beats(2.0, 90.0) == 3.0
