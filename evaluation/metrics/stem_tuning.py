"""How far a stem sounds from the pitches that were written, in cents.

Conventions
-----------
For each of the longest notes, spectral peaks are sought near the first eight partials of the written pitch, within 80
cents; a partial that another note of the same moment may own is left out. A note's deviation is the mean over its
partials, weighted by level; the stem's is the median over notes. Above 0 the stem is sharp. Equal temperament at
A = 440 Hz. None where no note of at least 0.15 s sounds.
"""

from __future__ import annotations

import numpy as np

from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.domain.score import Note, Part
from workbench.domain.units import beats_to_seconds, midi_to_hz

REACH_CENTS = 80.0
MOST_NOTES = 48
_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.15, 0.75
_PARTIALS = 8
_SOFTEST = 0.05
"""Peaks below this share of the note's highest peak are noise or leakage."""


def deviation_cents(stem: Audio, part: Part, tempo_bpm: float) -> float | None:
    """Median deviation of a stem from its part.

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
        Cents, -80..80, above 0 where the stem is sharp; None where no note of at least 0.15 s sounds.

    Examples
    --------
    445 Hz is 19.6 cents above A:

    >>> wave = 0.25 * np.sin(2 * np.pi * 445 * np.arange(8000) / 8000)
    >>> stem = Audio(np.stack([wave, wave]).astype(np.float32), 8000)
    >>> round(deviation_cents(stem, Part("leads", (Note(0, 69, 2, 90),)), 120.0), 1)
    19.6
    """
    mono = stem.samples.mean(axis=0, dtype=np.float64)
    chosen = sorted(part.notes, key=lambda note: (-note.duration_beats, note.onset_beats, note.pitch))[:MOST_NOTES]
    found = []
    for note in chosen:
        together = [other.pitch for other in part.notes if _overlap(note, other)]
        value = _note_cents(mono, stem.sample_rate_hz, note, together, tempo_bpm)
        if value is not None:
            found.append(value)
    return float(np.median(found)) if found else None


def _overlap(note: Note, other: Note) -> bool:
    return other.start_beats < note.end_beats and note.start_beats < other.end_beats


def _note_cents(mono: Floats, rate_hz: int, note: Note, together: list[int], tempo_bpm: float) -> float | None:
    start, length = (float(beats_to_seconds(beats, tempo_bpm)) for beats in (note.start_beats, note.duration_beats))
    # The attack is no steady tone.
    first = round((start + min(0.03, 0.1 * length)) * rate_hz)
    count = round(min(length, _LONGEST_SECONDS) * rate_hz)
    piece = mono[first : first + count]
    if length < _SHORTEST_SECONDS or piece.size < 0.9 * _SHORTEST_SECONDS * rate_hz or np.abs(piece).max() < 1e-5:
        return None
    return _partial_cents(piece, rate_hz, note.pitch, together)


def _partial_cents(piece: Floats, rate_hz: int, pitch: int, together: list[int]) -> float | None:
    size = 1 << (piece.size - 1).bit_length() + 2
    magnitude = np.abs(np.fft.rfft(piece * np.hanning(piece.size), size))
    width_hz = 2.0 * rate_hz / piece.size  # half the main lobe of a Hann window
    others = [float(midi_to_hz(p)) * n for p in together if p != pitch for n in range(1, _PARTIALS + 1)]
    cents, levels = [], []
    for partial in range(1, _PARTIALS + 1):
        hz = float(midi_to_hz(pitch)) * partial
        near = 2.0 ** (REACH_CENTS / 1200.0)
        low, high = round(hz / near * size / rate_hz), round(hz * near * size / rate_hz)
        if high + 2 >= magnitude.size or any(abs(hz - other) < width_hz + hz * (near - 1.0) for other in others):
            continue
        place = low + int(np.argmax(magnitude[low : high + 1]))
        if low < place < high:  # a peak at the edge belongs to something else
            cents.append(1200.0 * np.log2(_refined(magnitude, place) * rate_hz / size / hz))
            levels.append(magnitude[place])
    if not levels or max(levels) < _SOFTEST * magnitude.max():
        return None
    # High partials pin the pitch down best: an error in Hz is the fewer cents there.
    weights = np.array(levels) * np.arange(1, len(levels) + 1)
    return float(np.average(cents, weights=weights))


def _refined(magnitude: Floats, place: int) -> float:
    before, here, after = np.log(magnitude[place - 1 : place + 2] + 1e-12)
    return place + float(np.clip(0.5 * (before - after) / min(before - 2.0 * here + after, -1e-12), -0.5, 0.5))
