"""Which of the written notes are heard in their stem.

Conventions
-----------
A note is heard if the stem's level from its start, for its length but at most 0.25 s, is above -60 dB full scale. The
share of notes lies in 0..1, 1 is best; None where nothing is written. A stem that is muted, for a while or
throughout, loses the notes of that while.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.score import Part
from workbench.domain.units import beats_to_seconds, db_to_gain

HEARD_DB = -60.0
_LONGEST_SECONDS = 0.25


def heard_share(stem: Audio, part: Part, tempo_bpm: float) -> float | None:
    """Share of a part's notes that are heard.

    Parameters
    ----------
    stem : Audio of shape (2, n)
        From the song's beginning, not empty.
    part : Part
    tempo_bpm : float
        Of the whole song.

    Returns
    -------
    float or None
        0..1, 1 is best; None where nothing is written.

    Examples
    --------
    Of two notes, a second apart, the stem plays one:

    >>> from workbench.domain.score import Note
    >>> samples = np.zeros((2, 16000), np.float32)
    >>> samples[:, :8000] = 0.1
    >>> heard_share(Audio(samples, 8000), Part("bass", (Note(0, 36, 1, 90), Note(2, 36, 1, 90))), 120.0)
    0.5
    """
    if not part.notes:
        return None
    power = np.concatenate([[0.0], np.cumsum(np.square(stem.samples, dtype=np.float64).mean(axis=0))])
    start = np.array([float(beats_to_seconds(note.start_beats, tempo_bpm)) for note in part.notes])
    length = np.array([float(beats_to_seconds(note.duration_beats, tempo_bpm)) for note in part.notes])
    first = np.clip(np.round(start * stem.sample_rate_hz), 0, power.size - 2).astype(np.int64)
    seconds = np.clip(length, 0.02, _LONGEST_SECONDS)
    last = np.clip(first + np.round(seconds * stem.sample_rate_hz).astype(np.int64), first + 1, power.size - 1)
    mean = (power[last] - power[first]) / (last - first)
    return float(np.mean(mean > db_to_gain(HEARD_DB) ** 2))
