"""Chords heard in audio: templates of the 24 major and minor triads, decoded by Viterbi; and how well two lists agree.

Each frame's chroma is compared with triads whose tones carry their own overtones (Papadopoulos and Peeters 2007), the
bass with the root and the fifth. The estimator knows neither tempo nor key. Agreement is the weighted chord symbol
recall over major and minor of MIREX (Pauwels and Peeters 2013; `mir_eval.chord.majmin`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from workbench.analysis.key import chromagram, frame_seconds
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.domain.chord_symbols import CHORD_QUALITIES, intervals_of
from workbench.domain.errors import ParameterError
from workbench.domain.theory import NOTE_NAMES_SHARP, Key

Triad = tuple[int, str]
"""Root (pitch class 0..11) and "maj" or "min"."""

NO_CHORD = "N"
_TRIADS: tuple[Triad, ...] = tuple((root, quality) for quality in ("maj", "min") for root in range(12))
_BASS_HZ = (27.0, 180.0)
_TONAL_HZ = (120.0, 2100.0)
_OVERTONES = ((0, 1.0), (7, 0.25), (4, 0.1))
"""Pitch classes above a tone at which its partials fall, with their weight."""
_BASS_WEIGHT, _SHARPNESS, _CHANGE_NATS = 0.25, 9.0, 4.0
_COMPRESSION, _SMOOTH_FRAMES = 0.75, 3
_NO_CHORD_LIKENESS = 0.35


@dataclass(frozen=True, slots=True)
class HeardChord:
    """A stretch of time and the triad that sounds in it; None where there is no chord."""

    start_seconds: float
    end_seconds: float
    triad: Triad | None

    @property
    def symbol(self) -> str:
        """Printed: "C", "Am", or "N" where there is none."""
        if self.triad is None:
            return NO_CHORD
        return NOTE_NAMES_SHARP[self.triad[0]] + ("m" if self.triad[1] == "min" else "")

    def spelled(self, key: Key) -> str:
        """Printed as one writes it in a key: "Ab" and not "G#" in C minor."""
        if self.triad is None:
            return NO_CHORD
        return key.name_of(self.triad[0]) + ("m" if self.triad[1] == "min" else "")

    @classmethod
    def from_symbol(cls, start_seconds: float, end_seconds: float, symbol: str) -> HeardChord:
        """The chord that prints as `symbol`.

        Raises
        ------
        ParameterError
            If it is none of the 24 triads, nor "N".

        Examples
        --------
        >>> HeardChord.from_symbol(0.0, 2.0, "F#m").triad
        (6, 'min')
        """
        root, minor = symbol.removesuffix("m"), symbol.endswith("m")
        if symbol == NO_CHORD:
            return cls(start_seconds, end_seconds, None)
        if root not in NOTE_NAMES_SHARP:
            raise ParameterError(f"chord {symbol!r}: expected a major or minor triad such as 'C' or 'F#m', or 'N'")
        return cls(start_seconds, end_seconds, (NOTE_NAMES_SHARP.index(root), "min" if minor else "maj"))


def triad_of(root: int, quality: str) -> Triad | None:
    """The major or minor triad within a chord.

    Parameters
    ----------
    root : int
        Pitch class, 0 (C) to 11.
    quality : str
        As `theory.Chord` holds it.

    Returns
    -------
    tuple of (int, str) or None
        Root and "maj" or "min"; None if the chord holds neither (suspended, diminished, fifths alone).

    Examples
    --------
    >>> triad_of(9, "min7"), triad_of(0, "sus4")
    ((9, 'min'), None)
    """
    intervals = set(intervals_of(quality))
    if {4, 7} <= intervals:
        return root, "maj"
    return (root, "min") if {3, 7} <= intervals else None


def estimate_chords(audio: Audio) -> tuple[HeardChord, ...]:
    """The chords of a recording, without gaps from its beginning to its end.

    Parameters
    ----------
    audio : Audio of shape (2, n)

    Returns
    -------
    tuple of HeardChord
        Major and minor triads, and stretches without a chord; neighbours differ. Their ends are those of frames, which
        lie 0.17 s apart at 48 kHz. Silence is one stretch without a chord.

    Examples
    --------
    Two seconds of C major, then two of A minor:

    >>> time = np.arange(16000)[:, None] / 8000
    >>> chords = ([130.8, 261.6, 329.6, 392.0], [110.0, 220.0, 261.6, 329.6])
    >>> wave = np.concatenate([0.1 * np.sin(2 * np.pi * np.array(hz) * time).sum(axis=1) for hz in chords])
    >>> [chord.symbol for chord in estimate_chords(Audio(np.stack([wave, wave]).astype(np.float32), 8000))]
    ['C', 'Am']
    """
    tonal, _ = chromagram(audio, low_hz=_TONAL_HZ[0], high_hz=_TONAL_HZ[1])
    bass, _ = chromagram(audio, low_hz=_BASS_HZ[0], high_hz=_BASS_HZ[1])
    if not tonal.any():
        return (HeardChord(0.0, audio.duration_seconds, None),)
    path = _viterbi(_SHARPNESS * _likeness(tonal, bass))
    step = frame_seconds(audio.sample_rate_hz)
    chords, place = [], 0
    for state, run in groupby(path):
        last = place + len(list(run))
        start = 0.0 if place == 0 else (place + 0.5) * step
        end = audio.duration_seconds if last == len(path) else (last + 0.5) * step
        chords.append(HeardChord(start, end, _TRIADS[state] if state < len(_TRIADS) else None))
        place = last
    return tuple(chords)


def majmin_overlap(reference: Iterable[HeardChord], heard: Sequence[HeardChord]) -> tuple[float, float]:
    """Seconds in which the triads agree, and seconds in which the reference has one; elsewhere nothing is compared.

    Parameters
    ----------
    reference, heard : sequence of HeardChord
        The heard chords do not overlap each other.

    Returns
    -------
    agreeing, compared : float
        Seconds, `agreeing` at most `compared`. Their ratio is the weighted overlap of MIREX (Pauwels and Peeters 2013),
        over one song or the sums of many.

    Examples
    --------
    >>> c, a = (0, "maj"), (9, "min")
    >>> majmin_overlap([HeardChord(0, 2, c), HeardChord(2, 4, a)], [HeardChord(0, 3, c), HeardChord(3, 4, a)])
    (3.0, 4.0)
    """
    right = compared = 0.0
    for chord in reference:
        if chord.triad is None:
            continue
        compared += chord.end_seconds - chord.start_seconds
        for other in heard:
            overlap = min(chord.end_seconds, other.end_seconds) - max(chord.start_seconds, other.start_seconds)
            right += overlap if overlap > 0.0 and other.triad == chord.triad else 0.0
    return right, compared


def _likeness(tonal: Floats, bass: Floats) -> Floats:
    """Likeness of each frame to each triad, then to "no chord", (frames, 25)."""
    triads, roots = _templates()
    tonal, bass = _smooth(tonal), _smooth(bass)
    likeness = _unit(tonal**_COMPRESSION) @ triads.T + _BASS_WEIGHT * (_unit(bass) @ roots.T)
    none = np.where(tonal.sum(axis=1) > 1e-9, _NO_CHORD_LIKENESS, 2.0)
    return np.concatenate([likeness, none[:, None]], axis=1)


def _templates() -> tuple[Floats, Floats]:
    """Pitch-class weights of each triad, and of its bass, each (24, 12) of length 1."""
    triads, basses = np.zeros((24, 12)), np.zeros((24, 12))
    for row, (root, quality) in enumerate(_TRIADS):
        for interval in CHORD_QUALITIES[quality]:
            for overtone, weight in _OVERTONES:
                triads[row, (root + interval + overtone) % 12] += weight
        basses[row, [root, (root + 7) % 12]] = 1.0, 0.3
    return _unit(triads), _unit(basses)


def _smooth(frames: Floats) -> Floats:
    """Mean over neighbouring frames: a passing note is no chord."""
    kernel = np.ones(_SMOOTH_FRAMES) / _SMOOTH_FRAMES
    smooth: Floats = np.stack([np.convolve(column, kernel, mode="same") for column in frames.T], axis=1)
    return np.maximum(smooth, 0.0)


def _unit(rows: Floats) -> Floats:
    lengths: Floats = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Floats = rows / np.maximum(lengths, 1e-12)
    return scaled


def _viterbi(scores: Floats) -> list[int]:
    """The best path through (frames, states); each change of state costs the same."""
    best = scores[0].copy()
    came_from = np.zeros(scores.shape, np.int64)
    for frame in range(1, len(scores)):
        changed = int(best.argmax())
        stays = best >= best[changed] - _CHANGE_NATS
        came_from[frame] = np.where(stays, np.arange(len(best)), changed)
        best = np.maximum(best, best[changed] - _CHANGE_NATS) + scores[frame]
    path = [int(best.argmax())]
    for frame in range(len(scores) - 1, 0, -1):
        path.append(int(came_from[frame, path[-1]]))
    return path[::-1]
