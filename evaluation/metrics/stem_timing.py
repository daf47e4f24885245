"""How late a stem sounds against its score, in milliseconds.

Conventions
-----------
The onset envelope of the stem is correlated with a comb of the written onsets (grid plus deviation, weighted by
velocity) for lags from -80 to 80 ms; the lag of the highest correlation, refined by a parabola, is the stem's. Above 0
it sounds late. Slow attacks read late by nature, so pads are compared with themselves only. None where nothing is
written or nothing sounds.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workbench.analysis.rhythm import OnsetEnvelope, onset_envelope
from workbench.domain.audio import Audio
from workbench.domain.score import Part
from workbench.domain.units import beats_to_seconds

REACH_MS = 80.0


def lag_ms(stem: Audio, part: Part, tempo_bpm: float) -> float | None:
    """Lag of a stem against its part.

    Parameters
    ----------
    stem : Audio of shape (2, n)
        From the song's beginning.
    part : Part
    tempo_bpm : float
        Of the whole song.

    Returns
    -------
    float or None
        Milliseconds, -80..80, above 0 where the stem is late; None where nothing is written or nothing sounds.

    Examples
    --------
    A stem that is moved by 30 ms lags 30 ms more:

    >>> from workbench.domain.score import Note
    >>> part = Part("leads", tuple(Note(beat, 72, 1, 90) for beat in range(1, 9)))
    >>> samples = np.zeros((2, 40000), np.float32)
    >>> samples[:, 4000:36000:4000] = 0.5
    >>> prompt, late = (lag_ms(Audio(np.roll(samples, shift, axis=1), 8000), part, 120.0) for shift in (0, 240))
    >>> round(late - prompt)
    30
    """
    envelope = onset_envelope(stem)
    if not part.notes or envelope.strength.size < 8 or envelope.strength.max(initial=0.0) <= 0.0:
        return None
    reach = round(REACH_MS / 1000.0 / envelope.hop_seconds)
    comb = _comb(part, tempo_bpm, envelope)
    likeness = np.array([_dot(comb, envelope.strength, shift) for shift in range(-reach - 1, reach + 2)])
    best = int(np.argmax(likeness[1:-1])) + 1
    before, here, after = likeness[best - 1 : best + 2]
    bend = min(before - 2.0 * here + after, -1e-12)
    return float((best - reach - 1 + np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) * envelope.hop_seconds * 1000.0)


def _comb(part: Part, tempo_bpm: float, envelope: OnsetEnvelope) -> npt.NDArray[np.float64]:
    """Velocity by frame; an onset between two frames is shared among them."""
    comb = np.zeros(envelope.strength.size + 2)
    for note in part.notes:
        place = float(beats_to_seconds(note.start_beats, tempo_bpm)) / envelope.hop_seconds
        if place < envelope.strength.size:
            comb[int(place)] += note.velocity * (1.0 - place % 1.0)
            comb[int(place) + 1] += note.velocity * (place % 1.0)
    return comb[: envelope.strength.size]


def _dot(comb: npt.NDArray[np.float64], curve: npt.NDArray[np.float64], shift: int) -> float:
    if shift >= 0:
        return float(comb[: comb.size - shift] @ curve[shift:])
    return float(comb[-shift:] @ curve[:shift])
