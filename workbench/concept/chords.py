"""The user's own chords, placed on the bars of each section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from workbench.domain.chord_lines import HELD, chord_line, chords_of
from workbench.domain.roman import parse_chord
from workbench.domain.song import of_section
from workbench.domain.theory import Chord, Key

_C_MAJOR = Key(0, "major")


def place_chords(text: str, bars: int, bar_beats: float, key: Key = _C_MAJOR) -> tuple[Chord, ...]:
    """Repeat a line of chords over a section: bars parted by '|', several chords in a bar share it equally.

    A line without any '|' has one chord a bar, parted by blanks, commas or dashes; a bar that is empty or "%"
    ("C | | F") holds the chord before, and so does "/" or "." for its share of a bar ("C / / G"). Degrees such as "VI"
    are read in `key`. Onsets count quarter notes from the start of the section.

    Raises
    ------
    ParameterError
        If a symbol is not known, or no chord is given at all.

    Examples
    --------
    >>> [(c.symbol(), c.onset_beats) for c in place_chords("Fm | Db Eb", 3, 4.0)]
    [('Fm', 0.0), ('C#', 4.0), ('D#', 6.0), ('Fm', 8.0)]
    """
    line = chord_line(text)
    placed: list[Chord] = []
    last = chords_of(text)[-1]
    for bar in range(bars):
        symbols = line[bar % len(line)] or [last]
        share = bar_beats / len(symbols)
        for place, symbol in enumerate(symbols):
            last = last if symbol in HELD else symbol
            if symbol in HELD and place:
                placed[-1] = replace(placed[-1], duration_beats=placed[-1].duration_beats + share)
            else:
                placed.append(parse_chord(last, key, onset_beats=bar * bar_beats + place * share, duration_beats=share))
    return tuple(placed)


_FEW = {
    True: {1: ("i",), 2: ("i VI", "i VII", "i iv"), 3: ("i VI VII", "i iv VI")},
    False: {1: ("I",), 2: ("I IV", "I vi"), 3: ("I IV V", "I vi IV")},
}
"""Progressions of few chords, in minor and in major."""


def few_chords(count: int, key: Key, bars_per_chord: float, rng: np.random.Generator) -> str:
    """A line of one to three different chords in a key, each as long as usual.

    Examples
    --------
    >>> few_chords(1, Key.parse("A minor"), 2.0, np.random.default_rng(0))
    'i | i'
    """
    degrees = rng.choice(list(_FEW[key.has_minor_third][count])).split()
    if bars_per_chord < 1.0 and count > 1:
        return " ".join(degrees)
    return " | ".join(degree for degree in degrees for _ in range(max(1, round(bars_per_chord))))


def section_chords(
    chords: str | Mapping[str, str] | None,
    name: str,
    bars: int,
    bar_beats: float,
    *,
    key: Key = _C_MAJOR,
    number: int = 1,
) -> tuple[Chord, ...]:
    """The user's chords for the `number`-th section of a name; a string holds for all, nothing leaves them open."""
    text = chords if isinstance(chords, str) else of_section(chords, name, number)
    return place_chords(text, bars, bar_beats, key) if text else ()
