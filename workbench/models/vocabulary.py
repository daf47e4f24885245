"""The words of the conditions that a network sees beside the notes. Index 0 always means "unknown"."""

from __future__ import annotations

import bisect

STYLES = (
    "rock", "pop", "funk", "jazz", "hiphop", "soul", "latin", "reggae", "dance", "house", "techno", "trance", "dnb",
    "ambient", "lofi", "rnb", "electronic", "folk", "country",
)  # fmt: skip
SECTIONS = ("intro", "verse", "pre-chorus", "chorus", "bridge", "interlude", "solo", "outro")
MODES = ("major", "minor")
SOURCES = ("played", "sequenced", "accompaniment")
"""Where training material comes from: recorded players, hand-made sequences, generated accompaniment."""
TEMPO_EDGES_BPM = (65.0, 80.0, 95.0, 110.0, 125.0, 140.0, 160.0)
PHRASE_BARS = 8
MOODS = 9
"""Mood classes: three of valence times three of arousal (Russell 1980)."""
_MOOD_EDGES = (-0.2, 0.2)

_SECTION_FAMILY = {
    "post-chorus": "chorus", "hook": "chorus", "refrain": "chorus", "drop": "chorus", "build": "pre-chorus",
    "breakdown": "bridge", "break": "interlude", "instrumental": "interlude", "theme": "verse", "vamp": "interlude",
    "coda": "outro",
}  # fmt: skip


def index_of(word: str | None, words: tuple[str, ...]) -> int:
    """Index of a word from 1; 0 if it is None or not known.

    Examples
    --------
    >>> index_of("minor", MODES), index_of("", MODES)
    (2, 0)
    """
    return words.index(word) + 1 if word in words else 0


def section_index(name: str | None) -> int:
    """Index of a section name; names that the data does not hold fall to their nearest relative.

    Examples
    --------
    >>> section_index("drop") == section_index("chorus")
    True
    """
    return index_of(_SECTION_FAMILY.get(name or "", name), SECTIONS)


def tempo_index(tempo_bpm: float) -> int:
    """Index of the tempo class, from 1.

    Examples
    --------
    >>> tempo_index(120.0)
    5
    """
    return bisect.bisect_right(TEMPO_EDGES_BPM, tempo_bpm) + 1


def mood_index(valence: float, arousal: float) -> int:
    """Mood class from 1 of valence and arousal, each -1..1: low, middle or high of either.

    Examples
    --------
    >>> mood_index(-0.8, -0.8), mood_index(0.0, 0.0), mood_index(0.8, 0.8)
    (1, 5, 9)
    """
    return 3 * bisect.bisect_right(_MOOD_EDGES, valence) + bisect.bisect_right(_MOOD_EDGES, arousal) + 1
