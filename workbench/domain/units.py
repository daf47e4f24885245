"""Conversions between units, named ``a_to_b``. Scalars or arrays in, the same shape out."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Scalar = TypeVar("Scalar", float, npt.NDArray[np.float64])

SILENCE_DB = -200.0
"""Level that stands for digital silence, so that no measurement is minus infinity."""


def db_to_gain(level_db: Scalar) -> Scalar:
    """Convert a level in dB to a linear amplitude factor.

    Examples
    --------
    >>> round(db_to_gain(-6.0206), 4)
    0.5
    """
    gain: Scalar = 10.0 ** (level_db / 20.0)
    return gain


def gain_to_db(gain: float) -> float:
    """Convert a linear amplitude factor to dB; zero gives `SILENCE_DB`.

    Examples
    --------
    >>> gain_to_db(0.0)
    -200.0
    """
    return max(SILENCE_DB, 20.0 * float(np.log10(max(abs(gain), 1e-10))))


def beats_to_seconds(beats: Scalar, tempo_bpm: float) -> Scalar:
    """Convert quarter-note beats to seconds at a constant tempo.

    Examples
    --------
    >>> beats_to_seconds(4.0, 120.0)
    2.0
    """
    return beats * (60.0 / tempo_bpm)


def seconds_to_beats(seconds: Scalar, tempo_bpm: float) -> Scalar:
    """Convert seconds to quarter-note beats at a constant tempo.

    Examples
    --------
    >>> seconds_to_beats(2.0, 120.0)
    4.0
    """
    return seconds * (tempo_bpm / 60.0)


def midi_to_hz(pitch: Scalar, a4_hz: float = 440.0) -> Scalar:
    """Convert a MIDI note number (fractions are cents / 100) to Hz, equal temperament.

    Examples
    --------
    >>> midi_to_hz(69.0)
    440.0
    """
    frequency_hz: Scalar = a4_hz * 2.0 ** ((pitch - 69.0) / 12.0)
    return frequency_hz
