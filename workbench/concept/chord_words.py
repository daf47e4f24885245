"""Chords that a text states: symbols, degrees or names in a row, parted by blanks, commas, bars, hyphens or "and"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from workbench.concept.extraction import Extracted
from workbench.domain.errors import ParameterError
from workbench.domain.roman import is_roman
from workbench.domain.theory import Chord

_NOTE = r"[A-H](?:#|♯|♭|b(?![a-z]))?"
# A hyphen before a number is a minor sign ("C-7"), before a letter it parts two chords ("C-F").
_SUFFIX = (
    r"(?:\([^()\s]{1,14}\)|(?:maj|Maj|MAJ|min|Min|dim|aug|sus|add|omit|alt|hdim)|[Mmjob#♯♭°øØΔ△+\d]|/(?=\d)|-(?=\d))*"
)
_NAMED_CHORD = rf"{_NOTE}[ -](?:[Mm]ajor|[Mm]inor|[Mm]aj|[Mm]in)\b"
_SYMBOL = rf"(?:N\.C\.|NC\b|{_NAMED_CHORD}|{_NOTE}{_SUFFIX}(?:/{_NOTE})?(?![\w#♯°]))"
_DEGREE = r"(?:[b#]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?:maj|sus|add|[°ø+M\d])*(?![\w]))"
_BETWEEN = r"(?:\s*(?:,\s*(?:and|und|et|e|y|then)\b|[|,–→>;/]+|->|-|&|\b(?:and|und|et|y|e|then|to)\b)\s*[|]?\s*|\s+)"
_FOREIGN = r"(?:[A-Z][#b]?(?=[\w#()+]*\d)[\w#()+]+)"
"""A word that looks like a chord symbol, has a number in it, and is none that is known."""


def _row(entry: str) -> re.Pattern[str]:
    one = rf"(?:{entry}|{_FOREIGN})"
    return re.compile(rf"(?<![\w#/])\|?\s*{one}(?:{_BETWEEN}{one})+(?![\w#'])")


_SYMBOLS, _DEGREES = _row(_SYMBOL), _row(_DEGREE)
_SLASHED = re.compile(rf"(?<![\w#/]){_NOTE}{_SUFFIX}(?:/{_NOTE}{_SUFFIX}){{2,}}(?![\w#'/])")
"""Three chords or more with nothing but slashes between: "Am/F/C/G" is no chord over a bass."""
_WORD = re.compile(rf"{_NAMED_CHORD}|N\.C\.|(?:\([^()\s]*\)|[^\s,|–→>;&])+?(?=(?:-(?!\d)|[\s,|–→>;&]|$))")
_JOINTS = frozenset({"and", "und", "et", "y", "e", "then", "to", "-", "", "/"})
_CALLED = re.compile(
    r"\b(?:chords?|progression|changes|vamp|akkorde|acordes|accords|accordi|over|über|sobre|sur)\b[^.;]{0,20}$",
    re.IGNORECASE,
)
_LEAST, _LEAST_CALLED = 3, 2


def read_chords(text: str) -> Extracted[str] | None:
    """Chords in a row, one bar each unless bars are drawn: three of them, or two that are called chords.

    Bare letters must be called chords. An entry that looks like a chord and is none is named, the others stay.

    Examples
    --------
    >>> read_chords("a ballad over Am7, F, C/E and G").value
    'Am7 | F | C/E | G'
    >>> read_chords("jazz: C-7 F7 Bbmaj7").value, read_chords("a ii-V-I in C").value
    ('C-7 | F7 | Bbmaj7', 'ii | V | I')
    >>> read_chords("Plan B for A and B") is None
    True
    """
    for match in _SLASHED.finditer(text):
        extracted = _read(match.group(0).replace("/", ", "), _CALLED.search(text[: match.start()]) is not None)
        if extracted is not None:
            return replace(extracted, words=match.group(0))
    for pattern in (_SYMBOLS, _DEGREES):
        for match in pattern.finditer(text):
            extracted = _read(match.group(0).strip(), _CALLED.search(text[: match.start()]) is not None)
            if extracted is not None:
                return extracted
    return None


def _read(words: str, called: bool) -> Extracted[str] | None:
    bars = [_entries(bar) for bar in words.split("|")] if "|" in words else [[one] for one in _entries(words)]
    entries = [entry for bar in bars for entry in bar]
    unknown = [entry for entry in entries if not _is_chord(entry)]
    known = [entry for entry in entries if entry not in unknown]
    if len(known) < (_LEAST_CALLED if called else _LEAST) or not (called or _are_plainly_chords(known, words)):
        return None
    line = " | ".join(" ".join(entry for entry in bar if entry in known) for bar in bars if set(bar) & set(known))
    against = f"{', '.join(unknown)}: no chord that is known, left out" if unknown else ""
    return Extracted(line, words, against=against)


def _entries(words: str) -> list[str]:
    """The entries of a row, names of chords as symbols: "A minor" is "Am"."""
    found = [match.group(0).strip("-") for match in _WORD.finditer(words)]
    return [_as_symbol(word) for word in found if word not in _JOINTS]


def _as_symbol(word: str) -> str:
    named = re.fullmatch(rf"({_NOTE})[ -](major|maj|minor|min)", word, re.IGNORECASE)
    return word if named is None else named[1] + ("m" if named[2].lower().startswith("min") else "")


def _is_chord(symbol: str) -> bool:
    if is_roman(symbol):
        return True
    try:
        Chord.parse(symbol)
    except ParameterError:
        return False
    return True


def _are_plainly_chords(symbols: Sequence[str], words: str) -> bool:
    """Whether a row speaks for itself: letters alone do not, and degrees only where hyphens or bars join them."""
    if all(is_roman(symbol) for symbol in symbols):
        return re.search(r"[-–|]", words) is not None
    return any(re.fullmatch(r"[A-H]", symbol) is None for symbol in symbols)
