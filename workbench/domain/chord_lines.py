"""A line of chords as people write it: bars parted by lines, blanks, commas or dashes, with signs that hold a chord."""

from __future__ import annotations

import re

from workbench.domain.errors import ParameterError
from workbench.domain.roman import parse_chord
from workbench.domain.theory import Key

HELD = ("/", ".")
"""A beat of a bar that holds the chord before: "C / / G"."""
_REPEATED = "%"
_PARTED = re.compile(r"[\s,;→]+")
_DASH = re.compile(r"[-–—]")
_ANY_KEY = Key(0, "major")


def chord_line(text: str) -> list[list[str]]:
    """Symbols by bar; a bar without any holds the chord before.

    Lines part bars, else each symbol has one. A dash parts symbols where it belongs to none ("C-F-G", but "C-7").

    Examples
    --------
    >>> chord_line("C-F-G"), chord_line("C-7 F7 | % | Bb / / Eb")
    ([['C'], ['F'], ['G']], [['C-7', 'F7'], [], ['Bb', '/', '/', 'Eb']])
    >>> chord_line("i–VI, III % VII")
    [['i'], ['VI'], ['III'], [], ['VII']]

    Raises
    ------
    ParameterError
        If nothing stands in it. Symbols are not read here.
    """
    if "|" in text:
        line = [_symbols(bar.replace(_REPEATED, " ")) for bar in text.strip().strip("|").split("|")]
    else:
        line = [[one] if one != _REPEATED else [] for one in _symbols(text)]
    if not any(symbol not in HELD for bar in line for symbol in bar):
        raise ParameterError("chords are empty: write symbols such as 'Fm | Db Eb | Ab', one bar between the lines")
    return line


def chords_of(text: str) -> list[str]:
    """Every chord of a line, in order; raises as `chord_line`."""
    return [symbol for bar in chord_line(text) for symbol in bar if symbol not in HELD]


def _symbols(text: str) -> list[str]:
    found = [word for word in _PARTED.split(text) if _DASH.sub("", word)]
    plain = [word if word == _REPEATED else word.rstrip(_REPEATED) for word in found]
    return [part for word in plain for part in _undashed(word)]


def _undashed(word: str) -> list[str]:
    parts = _DASH.split(word)
    dashed = len(parts) > 1 and not _is_chord(word) and all(_is_chord(part) for part in parts)
    return parts if dashed else [word]


def _is_chord(symbol: str) -> bool:
    try:
        parse_chord(symbol, _ANY_KEY)
    except ParameterError:
        return False
    return True
