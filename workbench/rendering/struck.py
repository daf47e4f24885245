"""What is struck and rings by itself: strings of a piano and tuned bars as banks of decaying modes."""

from __future__ import annotations

import math

import numpy as np

from workbench.domain.arrays import Floats, Signal
from workbench.domain.units import db_to_gain, midi_to_hz
from workbench.dsp.physical import modal_bank
from workbench.rendering.patch import StruckModel

_HIGHEST_HZ = 12_000.0
_MOST_PARTIALS = 44
_MIDDLE_PITCH = 60.0
_AFTER_SOUND_DB, _AFTER_SOUND_TIMES = -11.0, 3.2
# Modes of bars as multiples of the lowest: xylophone and marimba bars are undercut so that the second lies two octaves
# up; a uniform free bar has those of Euler and Bernoulli's beam (Fletcher and Rossing, "The Physics of Musical
# Instruments", 1998, chapters 2 and 19).
_BARS = {"undercut bar": (1.0, 3.98, 9.9, 18.2), "free bar": (1.0, 2.756, 5.404, 8.933, 13.344)}


def strike(model: StruckModel, note: int, velocity: int, length: int, sample_rate_hz: int) -> Signal:
    """One stroke, (length,), from silence.

    A string's partials lie at n f0 sqrt(1 + B n²) (H. Fletcher, 1964), so high ones are sharp. The hammer leaves out
    the partials with a node where it strikes, and those whose period is short beside its touch: harder strokes touch
    shorter. Two or three strings to a note beat, and their sound falls in two stages (G. Weinreich, 1977).

    Parameters
    ----------
    model : StruckModel
        What is struck, and with what.
    note, velocity : int
        MIDI pitch, and how hard, 1 to 127.
    length, sample_rate_hz : int
        Samples to make and their rate.
    """
    strength = velocity / 127.0
    base_hz = float(midi_to_hz(note + model.semitones))
    numbers, hz = _partials(model, base_hz)
    heard = (hz < _HIGHEST_HZ) & (hz < 0.45 * sample_rate_hz)
    numbers, hz = numbers[heard], hz[heard]
    touch_hz = model.hardness_hz * 2.0 ** (-model.velocity_octaves * (1.0 - strength))
    heights = np.abs(np.sin(np.pi * numbers * model.strike_position)) + 0.02
    heights = heights / numbers**0.5 / (1.0 + (hz / touch_hz) ** 2)
    decays = model.decay_ms * 2.0 ** (-(note - _MIDDLE_PITCH) / 18.0) / (1.0 + model.damping * (hz / base_hz - 1.0))
    spread = 2.0 ** (np.array([-0.5, 0.5]) * model.strings_cents / 1200.0)
    after = db_to_gain(_AFTER_SOUND_DB)
    tone = modal_bank(
        np.concatenate([hz * spread[0], hz * spread[1]]),
        np.concatenate([heights, heights * after]) / math.sqrt(float(np.square(heights).sum())),
        np.concatenate([decays, decays * _AFTER_SOUND_TIMES]),
        length=length,
        sample_rate_hz=sample_rate_hz,
    )
    return np.asarray(tone * np.float32(0.8 * db_to_gain(model.level_db)), dtype=np.float32)


def _partials(model: StruckModel, base_hz: float) -> tuple[Floats, Floats]:
    """Number of each partial (a bar's count by their ratio) and its frequency."""
    if model.body != "string":
        ratios = np.array(_BARS[model.body])
        return ratios, ratios * base_hz
    numbers = np.arange(1.0, min(_MOST_PARTIALS, _HIGHEST_HZ / base_hz) + 1.0)
    # A piano's strings grow stiffer towards the treble: B doubles about every eight semitones above middle C.
    stiffness = model.stiffness * max(1.0, base_hz / 261.6) ** 1.5
    stretched = numbers * np.sqrt(1.0 + stiffness * numbers**2) / math.sqrt(1.0 + stiffness)
    return numbers, stretched * base_hz
