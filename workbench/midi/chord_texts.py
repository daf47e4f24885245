"""Which texts of a MIDI file are chords: those that the file calls so, and those of a track whose texts mostly are.

A letter A is also a rehearsal mark and a syllable: where nothing but letters stands, and they count up as the parts
of a form do, they are no harmony.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from workbench.domain.errors import ParameterError
from workbench.domain.theory import Chord
from workbench.midi.file import MidiFile, MidiText

_CHORD_SHARE = 2 / 3
"""Least share of chords among the texts of one kind in a track."""
_CHORD_TRACK = re.compile(r"chord|akkord|acorde|accord|harmon|changes|コード", re.IGNORECASE)
_PREFIX = re.compile(r"(?:chords?|akkord|harmony)\s*[:=]\s*", re.IGNORECASE)
_LETTER = re.compile(r"([A-Z])[1-4]?'?")
"""A part of a form: a letter, maybe with a number."""
_SPELLED = re.compile(
    r"[A-G][#b♯♭]{0,2}(?:maj|min|dim|aug|sus|add|alt|omit|no|mi|ma|m|M|[-+^°oøØΔ()#b♯♭/,\d\s])*(?:/[A-G][#b♯♭]?)?|N\.?C\.?"
)
"""What is meant as a chord, whether it can be read or not."""
_OWN_KEY = "key: "


@dataclass(frozen=True, slots=True)
class WrittenChords:
    """Chords that a file writes, in order of time with one at a time, and the texts among them that are none."""

    changes: tuple[tuple[float, Chord], ...]
    unread: tuple[MidiText, ...]


def written_chords(file: MidiFile) -> WrittenChords:
    """The chords that a file writes; empty if none of its texts are."""
    names = {part.track: part.name for part in file.parts}
    grouped = [
        list(texts)
        for _, texts in groupby(
            sorted(file.texts, key=lambda text: (text.track, text.kind)), lambda t: (t.track, t.kind)
        )
    ]
    of_chords = [texts for texts in grouped if _are_chords(texts, names.get(texts[0].track, ""))]
    texts = sorted((text for texts in of_chords for text in texts), key=lambda text: (text.beats, text.track))
    found = [(text, parse_symbol(text.text)) for text in texts if not text.text.startswith(_OWN_KEY)]
    last = {text.beats: (text.beats, chord) for text, chord in found if chord is not None}
    return WrittenChords(tuple(last.values()), tuple(text for text, chord in found if chord is None))


def parse_symbol(text: str) -> Chord | None:
    """The chord that a text spells, with or without a word such as "chord:" in front; None if it spells none.

    Examples
    --------
    >>> parse_symbol("chord: Am7").quality, parse_symbol("Verse")
    ('min7', None)
    """
    try:
        return Chord.parse(_PREFIX.sub("", text.strip(), count=1))
    except ParameterError:
        return None


def _are_chords(texts: Sequence[MidiText], track_name: str) -> bool:
    """Whether the texts of one kind in one track are chords."""
    words = [text.text for text in texts if not text.text.startswith(_OWN_KEY)]
    symbols = [word for word in words if _SPELLED.fullmatch(_PREFIX.sub("", word, count=1)) or parse_symbol(word)]
    if texts[0].kind == "chord" or any(_PREFIX.match(word) for word in symbols):
        return bool(symbols)
    if len(symbols) < _CHORD_SHARE * len(words) or not symbols:
        return False
    written_by_us = len(words) < len(texts)
    return written_by_us or bool(_CHORD_TRACK.search(track_name)) or not _may_be_form(symbols)


def _may_be_form(words: Iterable[str]) -> bool:
    """Whether words may be parts of a form: letters alone, from A on without a gap, or each the one after the last.

    Examples
    --------
    >>> [_may_be_form(words.split()) for words in ("A B A C", "C D E", "C F G C", "Am F", "G")]
    [True, True, False, False, True]
    """
    matches = [_LETTER.fullmatch(word.strip()) for word in words]
    letters = [match[1] for match in matches if match]
    if len(letters) < len(matches):
        return False
    places = ["ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter) for letter in letters]
    from_a = set(places) == set(range(len(set(places))))
    return from_a or all(after == before + 1 for before, after in pairwise(places))
