"""The octave below a bass that does not go to the lowest third octaves, as an octaver in its channel adds it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d

from workbench.domain.arrays import Control, Signal
from workbench.domain.score import Score
from workbench.domain.units import db_to_gain, midi_to_hz
from workbench.dsp.equaliser import Band, equalise
from workbench.dsp.gliding import add_gliding_sine

SUB_PITCHES = range(26, 31)
"""D1 to F#1, 36.7 to 46.2 Hz: below the kick, above what only shakes the air."""

_HOP = 64
_SMOOTH_SECONDS = 0.008
_LOWS_HZ = 160.0
_BELOW_THE_NOTES = tuple(Band("low_pass", 50.0, q=q) for q in (0.5098, 0.6013, 0.8999, 2.5629))
"""Butterworth of the eighth order: the lowest note with an octave, D2, is 27 dB down."""

_SILENT_POWER = 1e-12


def sub_pitch(pitch: int) -> int | None:
    """Pitch of the octave of `SUB_PITCHES` below a note; None where there is none, or the note lies there itself.

    Examples
    --------
    >>> sub_pitch(38), sub_pitch(52), sub_pitch(28), sub_pitch(45)
    (26, 28, None, None)
    """
    below = SUB_PITCHES.start + (pitch - SUB_PITCHES.start) % 12
    return below if below in SUB_PITCHES and below < pitch else None


def add_sub_octave(samples: Signal, score: Score, level_db: float, sample_rate_hz: int) -> Signal:
    """Add a sine on the octave of 37 to 46 Hz below the bass's notes, as loud as they are, in place.

    It follows the level of what the stem plays below 160 Hz, so that it dies away and is played as softly as the note.
    What the sound brings of itself below 50 Hz in those notes counts: a patch with an octave of its own gets less, or
    nothing.

    Parameters
    ----------
    samples
        Stem of the bass, (2, n).
    score
        Notes of the bass and their times.
    level_db
        Level against the note's own lows.
    sample_rate_hz
        Sample rate in Hz.
    """
    part = score.parts.get("bass")
    blocks = -(-samples.shape[1] // _HOP)
    if part is None or not part.notes or blocks < 2:
        return samples
    notes = sorted(part.notes, key=lambda note: note.start_beats)
    starts = [score.tempo_map.seconds_at(note.start_beats) * sample_rate_hz / _HOP for note in notes]
    pitch = _held([sub_pitch(note.pitch) for note in notes], starts, blocks)
    sounds = np.isfinite(pitch)
    if not sounds.any():
        return samples
    low = equalise(samples, [Band("low_pass", _LOWS_HZ)], sample_rate_hz)
    lows = _block_powers(low)
    own = _block_powers(equalise(samples, _BELOW_THE_NOTES, sample_rate_hz, out=low))
    share = db_to_gain(level_db) ** 2 - float(own[sounds].sum() / (lows[sounds].sum() + _SILENT_POWER))
    if share <= 0.0:
        return samples
    smooth = _SMOOTH_SECONDS * sample_rate_hz / _HOP
    # A sine of power p has a peak of the square root of 2 p.
    level = np.sqrt(2.0 * share * gaussian_filter1d(lows, smooth)) * gaussian_filter1d(
        sounds.astype(np.float64), smooth
    )
    hz = gaussian_filter1d(midi_to_hz(_filled(pitch)), smooth)
    return add_gliding_sine(samples, hz, level, _HOP, sample_rate_hz)


def _held(pitches: Sequence[int | None], starts: Sequence[float], blocks: int) -> Control:
    """Each pitch from its start to the next, by block; not a number where there is none."""
    values = np.array([np.nan, *(np.nan if pitch is None else float(pitch) for pitch in pitches)])
    return np.asarray(values[np.searchsorted(np.asarray(starts), np.arange(blocks), side="right")])


def _filled(pitch: Control) -> Control:
    """Silent blocks keep the pitch before them, so that nothing glides in from elsewhere."""
    known = np.flatnonzero(np.isfinite(pitch))
    before = np.searchsorted(known, np.arange(pitch.size), side="right") - 1
    return np.asarray(pitch[known[np.maximum(before, 0)]])


def _block_powers(samples: Signal) -> Control:
    """Mean square over both channels of each block; the last one counts as filled up with silence."""
    whole = samples.shape[1] // _HOP
    parts = [samples[:, : whole * _HOP], np.pad(samples[:, whole * _HOP :], ((0, 0), (0, -samples.shape[1] % _HOP)))]
    rows = [part.reshape(part.shape[0], -1, _HOP) for part in parts]
    sums = [np.einsum("cbi,cbi->b", row, row, dtype=np.float64) for row in rows]
    return np.asarray(np.concatenate(sums) / (samples.shape[0] * _HOP))
