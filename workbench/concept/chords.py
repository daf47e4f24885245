"""The user's own chords, placed on the bars of each section."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.domain.errors import ParameterError
from workbench.domain.theory import Chord


def place_chords(text: str, bars: int, bar_beats: float) -> tuple[Chord, ...]:
    """Repeat a line of chords over a section: bars parted by '|', several chords in a bar share it equally.

    A bar left empty ("C | | F") holds the chord before. Onsets count quarter notes from the start of the section.

    Raises
    ------
    ParameterError
        If a symbol is not known, or no chord is given at all.

    Examples
    --------
    >>> [(c.symbol(), c.onset_beats) for c in place_chords("Fm | Db Eb", 3, 4.0)]
    [('Fm', 0.0), ('C#', 4.0), ('D#', 6.0), ('Fm', 8.0)]
    """
    line = [bar.split() for bar in text.strip().strip("|").split("|")]
    if not any(line):
        raise ParameterError("chords are empty: write symbols such as 'Fm | Db Eb | Ab', one bar between the lines")
    placed: list[Chord] = []
    last = [symbol for symbols in line for symbol in symbols][-1]
    for bar in range(bars):
        symbols = line[bar % len(line)] or [last]
        length = bar_beats / len(symbols)
        for index, symbol in enumerate(symbols):
            placed.append(Chord.parse(symbol, onset_beats=bar * bar_beats + index * length, duration_beats=length))
        last = symbols[-1]
    return tuple(placed)


def section_chords(chords: str | Mapping[str, str] | None, name: str, bars: int, bar_beats: float) -> tuple[Chord, ...]:
    """The user's chords for a section by name; a plain string holds for every section, nothing leaves them open."""
    text = chords.get(name) if isinstance(chords, Mapping) else chords
    return place_chords(text, bars, bar_beats) if text else ()
