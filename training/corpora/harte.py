"""Chord labels in Harte's syntax (Harte et al., ISMIR 2005), folded to the qualities that the workbench knows."""

from __future__ import annotations

import re

from workbench.domain.errors import ParameterError
from workbench.domain.theory import Chord, parse_pitch_class

_QUALITIES = {
    "": "maj", "maj": "maj", "min": "min", "7": "7", "min7": "min7", "maj7": "maj7", "5": "5", "1": "5", "dim": "dim",
    "aug": "aug", "sus2": "sus2", "sus4": "sus4", "maj6": "maj6", "6": "maj6", "min6": "min6", "9": "9", "11": "9",
    "13": "9", "min9": "min9", "min11": "min9", "min13": "min9", "maj9": "maj9", "maj13": "maj9", "maj11": "maj9",
    "hdim7": "hdim7", "dim7": "dim7", "minmaj7": "minmaj7",
}  # fmt: skip
_DEGREES = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11, "9": 2, "11": 5, "13": 9}


def parse_harte(label: str) -> tuple[int, str, int] | None:
    """Root, quality and bass of a label; None for "no chord" and for labels that cannot be read.

    Examples
    --------
    >>> parse_harte("Bb:min7/b3")
    (10, 'min7', 1)
    >>> parse_harte("N") is None
    True
    """
    match = re.match(r"([A-G][#b]*)(?::([a-z0-9]*))?(?:\(([^)]*)\)?)?[^/]*(?:/([#b]*)(\d+))?", label)
    if match is None:
        return None
    root_text, shorthand, added, accidental, degree = match.groups()
    quality = _QUALITIES.get(shorthand or "")
    if quality is None:
        return None
    if added and "9" in added.replace("b9", "").replace("#9", "").split(",") and quality in ("maj", "min", "7"):
        quality = {"maj": "maj9", "min": "min9", "7": "9"}[quality]
    try:
        root = parse_pitch_class(root_text[:3])
    except ParameterError:
        return None
    step = _DEGREES.get(degree or "1", 0) + (accidental or "").count("#") - (accidental or "").count("b")
    return root, quality, (root + step) % 12


def chords_from_labels(labels: list[tuple[float, str]], end_beats: float) -> tuple[Chord, ...]:
    """Chords from (onset in quarter notes, label); one that cannot be read prolongs the one before."""
    starts: list[tuple[float, tuple[int, str, int]]] = []
    for onset, label in labels:
        word = parse_harte(label)
        if word is not None and (not starts or starts[-1][1] != word):
            starts.append((onset, word))
    ends = [onset for onset, _ in starts[1:]] + [end_beats]
    return tuple(
        Chord(onset, end - onset, *word) for (onset, word), end in zip(starts, ends, strict=True) if end > onset
    )
