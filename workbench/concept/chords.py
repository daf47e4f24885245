"""The user's own chords, placed on the bars of each section."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.domain.errors import ParameterError
from workbench.domain.roman import parse_chord
from workbench.domain.song import of_section
from workbench.domain.theory import Chord, Key

_C_MAJOR = Key(0, "major")


def place_chords(text: str, bars: int, bar_beats: float, key: Key = _C_MAJOR) -> tuple[Chord, ...]:
    """Repeat a line of chords over a section: bars parted by '|', several chords in a bar share it equally.

    A line without any '|' has one chord a bar, a bar left empty ("C | | F") holds the chord before. Degrees such as
    "VI" are read in `key`. Onsets count quarter notes from the start of the section.

    Raises
    ------
    ParameterError
        If a symbol is not known, or no chord is given at all.

    Examples
    --------
    >>> [(c.symbol(), c.onset_beats) for c in place_chords("Fm | Db Eb", 3, 4.0)]
    [('Fm', 0.0), ('C#', 4.0), ('D#', 6.0), ('Fm', 8.0)]
    """
    bars_of_text = text.strip().strip("|").split("|") if "|" in text else text.split()
    line = [bar.split() for bar in bars_of_text]
    if not any(line):
        raise ParameterError("chords are empty: write symbols such as 'Fm | Db Eb | Ab', one bar between the lines")
    placed: list[Chord] = []
    last = [symbol for symbols in line for symbol in symbols][-1]
    for bar in range(bars):
        symbols = line[bar % len(line)] or [last]
        length = bar_beats / len(symbols)
        for index, symbol in enumerate(symbols):
            onset = bar * bar_beats + index * length
            placed.append(parse_chord(symbol, key, onset_beats=onset, duration_beats=length))
        last = symbols[-1]
    return tuple(placed)


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
