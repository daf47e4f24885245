"""How song-like a phrase is: by its shape, as people shape theirs.

Of several draws of a phrase the network itself cannot say which one sings. A small classifier that learned human
phrases apart from raw draws can: it looks at where the phrase peaks, how leaps are answered, where it ends and on
what. It knows nothing of the figures that songs are judged by (how often pitches repeat, how many notes a bar hold,
what returns), so that these stay a fair judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Floats
from workbench.domain.data_files import read_shipped
from workbench.domain.score import Note
from workbench.domain.theory import Chord

FEATURES = (
    "peak_place", "low_place", "peak_count", "start_height", "end_height", "first_quarter", "second_quarter",
    "third_quarter", "leaps_answered", "run_length", "last_length", "last_place", "first_place", "first_bar",
    "second_bar", "third_bar", "over_beats", "leaning_resolved", "halves_alike", "ends_on_root", "ends_on_tone",
    "longest_place", "outline",
)  # fmt: skip
"""What is looked at, in the order of the weights."""
FEWEST_NOTES = 5
_LEAP, _STEP = 5, 2


@dataclass(frozen=True, slots=True)
class Critic:
    """A logistic regression over features and their squares, both standardised."""

    means: Floats
    spreads: Floats
    weights: Floats
    intercept: float

    def __call__(self, features: Floats) -> float:
        """Log odds that people wrote a phrase with these features."""
        return float(((widened(features) - self.means) / self.spreads) @ self.weights + self.intercept)


def widened(features: Floats) -> Floats:
    """Features and their squares, along the last axis: there may be too much of something as well as too little."""
    wide: Floats = np.concatenate([features, features**2], axis=-1)
    return wide


@cache
def load_critic() -> Critic:
    """The critic that ships, as `python -m training.tools.phrase_critic` writes it."""
    fields = read_shipped("workbench.composition", "phrase_critic.yaml")
    means, spreads, weights = (np.array(fields[name], np.float64) for name in ("means", "spreads", "weights"))
    return Critic(means, spreads, weights, float(fields["intercept"]))


def song_likeness(
    notes: Sequence[Note], chords: Sequence[Chord], start_beats: float, bars: int, bar_beats: int
) -> float:
    """Log odds that people wrote this phrase; very low where it hardly holds notes.

    Parameters
    ----------
    notes : sequence of Note
        A single line, sorted.
    chords : sequence of Chord
        Of the song.
    start_beats : float
        Where the phrase begins.
    bars, bar_beats : int
        How long it is.
    """
    if len(notes) < FEWEST_NOTES:
        return -100.0 + len(notes)
    return load_critic()(phrase_features(notes, chords, start_beats, bars, bar_beats))


def phrase_features(
    notes: Sequence[Note], chords: Sequence[Chord], start_beats: float, bars: int, bar_beats: int
) -> Floats:
    """The shape of a phrase of at least `FEWEST_NOTES` notes, (len(FEATURES),)."""
    length = bars * bar_beats
    onsets = (np.array([note.onset_beats for note in notes]) - start_beats) / length
    lengths = np.array([note.duration_beats for note in notes])
    pitches = np.array([note.pitch for note in notes], np.float64)
    moves = np.diff(pitches)
    inside = np.array([_in_chord(note, chords) for note in notes])
    last = _chord_at(notes[-1], chords)
    values = (
        *_extremes(onsets, pitches),
        *_contour(onsets, pitches),
        *_motion(moves),
        min(4.0, lengths[-1] / max(0.1, float(np.median(lengths)))),
        onsets[-1],
        onsets[0],
        *(float(np.mean((onsets >= part / 4) & (onsets < (part + 1) / 4))) for part in range(3)),
        float(np.mean(_over_beats(notes))),
        _resolved(inside, moves),
        _halves_alike(onsets, pitches),
        float(last is not None and notes[-1].pitch % 12 == last.root),
        float(inside[-1]),
        float(onsets[int(lengths.argmax())]),
        float(abs(pitches[-1] - pitches[0])) / 12.0,
    )
    return np.array(values, np.float64)


def to_and_fro(notes: Sequence[Note]) -> float:
    """Share of the moves of a line that leap back where a leap came from, 0 to 1.

    Examples
    --------
    >>> to_and_fro([Note(float(beat), pitch, 1.0, 80) for beat, pitch in enumerate((52, 62, 52, 62, 64))])
    0.5
    """
    moves = np.diff([note.pitch for note in notes])
    if len(moves) < 2:
        return 0.0
    back = (moves[1:] * moves[:-1] < 0) & (np.minimum(np.abs(moves[1:]), np.abs(moves[:-1])) >= _LEAP)
    return float(back.sum() / len(moves))


def _extremes(onsets: Floats, pitches: Floats) -> tuple[float, ...]:
    middle = pitches.mean()
    return (
        float(onsets[int(pitches.argmax())]),
        float(onsets[int(pitches.argmin())]),
        float(np.log(np.sum(pitches == pitches.max()))),
        float(pitches[0] - middle) / 12.0,
        float(pitches[-1] - middle) / 12.0,
    )


def _contour(onsets: Floats, pitches: Floats) -> tuple[float, ...]:
    """Mean pitch of the first three quarters above that of the whole, in octaves."""
    quarter = np.minimum((onsets * 4).astype(np.int64), 3)
    middle = pitches.mean()
    return tuple(
        float(pitches[quarter == part].mean() - middle) / 12.0 if (quarter == part).any() else 0.0 for part in range(3)
    )


def _motion(moves: Floats) -> tuple[float, float]:
    """Share of leaps that a smaller move the other way answers, and the mean length of runs in one direction."""
    leaps = np.flatnonzero(np.abs(moves[:-1]) >= _LEAP)
    answered = [moves[at + 1] * moves[at] < 0 and abs(moves[at + 1]) < abs(moves[at]) for at in leaps]
    signs = np.sign(moves[moves != 0])
    runs = 1 + int((np.diff(signs) != 0).sum()) if len(signs) else 1
    return (float(np.mean(answered)) if answered else 0.5), len(signs) / runs


def _over_beats(notes: Sequence[Note]) -> list[bool]:
    """Which notes begin off the beat and sound over the next one."""
    return [
        note.onset_beats % 1.0 > 0.01 and note.onset_beats + note.duration_beats > np.floor(note.onset_beats) + 1.01
        for note in notes
    ]


def _resolved(inside: npt.NDArray[np.bool_], moves: Floats) -> float:
    """Share of the tones outside the chord that move on by step."""
    leaning = np.flatnonzero(~inside[:-1])
    steps = np.abs(moves[leaning])
    return float(np.mean((steps > 0) & (steps <= _STEP))) if len(leaning) else 0.7


def _halves_alike(onsets: Floats, pitches: Floats) -> float:
    """Correlation of the melodic curves of both halves, -1 to 1."""
    grid = np.linspace(0.02, 0.48, 12)
    curves = [np.interp(grid + shift, onsets, pitches) for shift in (0.0, 0.5)]
    if min(curve.std() for curve in curves) < 1e-6:
        return 0.0
    return float(np.corrcoef(curves[0], curves[1])[0, 1])


def _chord_at(note: Note, chords: Sequence[Chord]) -> Chord | None:
    return next((chord for chord in chords if chord.end_beats > note.onset_beats + 0.05), None)


def _in_chord(note: Note, chords: Sequence[Chord]) -> bool:
    chord = _chord_at(note, chords)
    return chord is not None and note.pitch % 12 in chord.pitch_classes
