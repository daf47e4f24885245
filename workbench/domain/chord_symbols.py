"""Chord qualities: those that the networks know by name, and every other suffix of a chart, read by its grammar.

A suffix is a triad ("m", "dim", "+"), a number ("7", "maj9", "6/9") and modifiers ("sus4", "add9", "b9", "#11",
"no3"). What is not among `CHORD_QUALITIES` keeps its own spelling as its name, so that it prints as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

CHORD_QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "5": (0, 7),
    "maj6": (0, 4, 7, 9),
    "min6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "hdim7": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "minmaj7": (0, 3, 7, 11),
    "9": (0, 4, 7, 10, 2),
    "maj9": (0, 4, 7, 11, 2),
    "min9": (0, 3, 7, 10, 2),
}
"""Intervals above the root in semitones by Harte-style quality name; the order is the ladder of thirds.

These are the networks' own words, by place: none may be added or moved."""

NO_CHORD = "N"
"""The quality of a stretch without a chord, written "N.C."."""

_NAMES = {intervals: name for name, intervals in CHORD_QUALITIES.items()}
_PRINTED = {
    "maj": "", "min": "m", "maj6": "6", "min6": "m6", "min7": "m7", "hdim7": "m7b5", "minmaj7": "mMaj7", "min9": "m9",
}  # fmt: skip
_SIGNS = str.maketrans({"♭": "b", "♯": "#", "−": "-", "–": "-", "º": "°", "Ø": "ø", "△": "Δ", "∆": "Δ"})
_SUFFIX = re.compile(
    r"(?P<triad>min|Min|MIN|mi|Mi|MI|(?:maj|Maj|MAJ|ma|Ma|MA|M|j)(?!dd|ug)|m(?!aj)|-|hdim|ø|dim|Dim|DIM|°|o(?!m)"
    r"|aug|Aug|AUG|\+|dom)?"
    r"(?P<major>(?:maj|Maj|MAJ|ma|Ma|MA|M|j)(?=7|9|11|13))?"
    r"(?P<number>6/9|69|13|11|9|7|6|5|4|2)?"
    r"(?P<rest>.*)"
)
_MODIFIER = re.compile(
    r"(?P<sus>sus(?:24|2|4)?)|add(?P<add>[b#]?(?:2|4|6|9|11|13))|(?:no|omit)(?P<no>[359])|(?P<alt>alt)"
    r"|/(?P<over>9|11|13)|(?P<sign>[b#+-])(?P<degree>5|6|9|11|13)|(?P<tail>\+|o|°|M|maj)$"
)
_SEMITONES = {2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 9: 2, 11: 5, 13: 9}
"""Semitones above the root of each degree of the major scale, octaves folded."""
_MINOR_TRIADS = ("min", "mi", "m", "-", "dim", "°", "o", "hdim", "ø")


@dataclass
class _Tones:
    """A chord under construction: what stands on each rung, in semitones above the root."""

    third: list[int] = field(default_factory=lambda: [4])
    fifth: list[int] = field(default_factory=lambda: [7])
    seventh: list[int] = field(default_factory=list)
    tensions: set[int] = field(default_factory=set)

    def ladder(self) -> tuple[int, ...]:
        rungs = [0, *self.third, *self.fifth, *self.seventh]
        return tuple(dict.fromkeys([*rungs, *sorted(self.tensions)]))


@cache
def read_quality(suffix: str) -> str | None:
    """The name of the quality that a suffix writes; None if it writes none.

    Examples
    --------
    >>> read_quality("Maj7"), read_quality("m7(b5)"), read_quality("-7"), read_quality("7(b9,#11)")
    ('maj7', 'hdim7', 'min7', '7b9#11')
    """
    plain = _plain(suffix)
    intervals = CHORD_QUALITIES.get(plain) or _intervals(plain)
    return None if intervals is None else _NAMES.get(intervals, plain)


@cache
def intervals_of(quality: str) -> tuple[int, ...]:
    """Semitones above the root, root, third, fifth and seventh first, then tensions; none for a stretch without chord.

    Examples
    --------
    >>> intervals_of("add9"), intervals_of("7b9"), intervals_of("N")
    ((0, 4, 7, 2), (0, 4, 7, 10, 1), ())
    """
    if quality == NO_CHORD:
        return ()
    return CHORD_QUALITIES.get(quality) or _intervals(quality) or ()


@cache
def known_quality(quality: str) -> str:
    """The nearest quality that the networks know: most tones in common, the same third and seventh first.

    Examples
    --------
    >>> known_quality("7b9"), known_quality("add9"), known_quality("m11"), known_quality("7sus4")
    ('7', 'maj', 'min9', 'sus4')
    """
    if quality in CHORD_QUALITIES:
        return quality
    tones = set(intervals_of(quality))
    weights = {3: 1.5, 4: 1.5, 5: 1.3, 10: 1.2, 11: 1.2}

    def likeness(name: str) -> tuple[float, int]:
        own = set(CHORD_QUALITIES[name])
        common = sum(weights.get(tone, 1.0) for tone in own & tones)
        return common - 1.6 * len(own - tones), -len(own)

    return max(CHORD_QUALITIES, key=likeness)


def is_tension_chord(quality: str) -> bool:
    """Whether a quality is beyond what the networks know, so that its own tones must be stated."""
    return quality != NO_CHORD and quality not in CHORD_QUALITIES


def printed(quality: str) -> str:
    """The suffix that a quality prints as."""
    return _PRINTED.get(quality, quality)


def _plain(suffix: str) -> str:
    """Without brackets, commas, blanks and the slash of "min/maj7", in plain signs."""
    return re.sub(r"[\s()\[\],]+|/(?=ma|Ma|MA|M)", "", suffix.translate(_SIGNS))


def _intervals(suffix: str) -> tuple[int, ...] | None:
    # A lone triangle is a major seventh: "CΔ" as well as "CΔ7".
    text = re.sub(r"Δ(?!\d)", "maj7", suffix).replace("Δ", "maj")
    match = _SUFFIX.fullmatch(text)
    if match is None:
        return None
    tones = _stack(match["triad"] or "", bool(match["major"]), (match["number"] or "").replace("/", ""))
    return _modified(tones, match["rest"]) if tones else None


def _stack(triad: str, major: bool, number: str) -> _Tones | None:
    """Triad and number: "m" and "9" are 3, 7, 10 and 2."""
    tones = _Tones()
    kind = triad if triad == "M" else triad.lower()
    if kind in _MINOR_TRIADS:
        tones.third = [3]
    if kind in ("dim", "°", "o", "hdim", "ø"):
        tones.fifth = [6]
    elif kind in ("aug", "+"):
        tones.fifth = [8]
    if number == "5" and kind in ("aug", "+"):
        return tones
    if number in ("5", "4"):
        tones.third = [] if number == "5" else [5]
        return None if triad else tones
    if number in ("2", "6", "69"):
        tones.seventh = [9] if "6" in number else []
        tones.tensions |= {2} if number != "6" else set()
        return tones
    if number or kind in ("hdim", "ø"):
        _pile(tones, int(number or 7), kind, major)
    return tones


def _pile(tones: _Tones, number: int, kind: str, major: bool) -> None:
    """Seventh and the tensions up to a number; an eleventh over a major third rubs, so one of them stays away."""
    is_major = major or kind in ("maj", "ma", "M", "j")
    tones.seventh = [11] if is_major else [9] if kind in ("dim", "°", "o") else [10]
    tones.tensions |= {2} if number >= 9 else set()
    tones.tensions |= {9} if number == 13 else set()
    if number == 11 or (number == 13 and tones.third == [3]):
        if tones.third == [4] and not is_major:
            tones.third = [5]
        else:
            tones.tensions.add(5)


def _modified(tones: _Tones, rest: str) -> tuple[int, ...] | None:
    place = 0
    while place < len(rest):
        match = _MODIFIER.match(rest, place)
        if match is None or not _modify(tones, match):
            return None
        place = match.end()
    return tones.ladder()


def _modify(tones: _Tones, match: re.Match[str]) -> bool:
    """Apply one modifier; whether it makes sense."""
    if match["sus"]:
        hung = {"sus2": [2], "sus24": [2, 5]}.get(match["sus"], [5])
        tones.third = sorted({*hung, *(tone for tone in tones.third if tone in (2, 5))})
    elif match["add"]:
        _add(tones, match["add"].lstrip("b#"), match["add"][:1])
    elif match["over"]:
        _add(tones, match["over"], "")
    elif match["no"]:
        _omit(tones, match["no"])
    elif match["alt"]:
        tones.fifth, tones.seventh, tones.tensions = [8], [10], {3}
    elif match["degree"]:
        _add(tones, match["degree"], match["sign"])
    elif match["tail"] in ("M", "maj"):
        tones.seventh = [11] if tones.seventh == [10] else []
        return bool(tones.seventh)
    elif match["tail"] == "+":
        tones.fifth = [8]
    elif tones.seventh == [10]:
        tones.third, tones.fifth, tones.seventh = [3], [6], [9]
    else:
        return False
    return True


def _add(tones: _Tones, degree: str, sign: str) -> None:
    moved = {"b": -1, "-": -1, "#": 1, "+": 1}.get(sign, 0)
    if degree == "5":
        tones.fifth = sorted({*(tones.fifth if tones.fifth != [7] else []), 7 + moved})
        return
    tone = _SEMITONES[int(degree)] + moved
    if degree == "9" and moved:
        tones.tensions.discard(2)
    if degree == "13" and moved:
        tones.tensions.discard(9)
    tones.tensions.add(tone % 12)


def _omit(tones: _Tones, degree: str) -> None:
    if degree == "3":
        tones.third = []
    elif degree == "5":
        tones.fifth = []
    else:
        tones.tensions.discard(2)
