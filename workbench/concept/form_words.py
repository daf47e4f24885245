"""Sections that a text states: which there are, in which order, how often and how long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.concept.extraction import Extracted
from workbench.concept.time_words import COUNT, read_count
from workbench.domain.song import parse_section_name

NO = (
    r"\b(?:no|without|minus|leave out|leaving out|skip|omit|remove|mute|zero"
    r"|(?:all|everything|every element|anything)(?: else)? (?:but|except(?: for)?))(?: any| the| an?)?\s+"
)
"""Words that leave out what follows."""

_SECTION = (
    r"(?:intros?|verses?|pre[ -]?chorus(?:es)?|post[ -]?chorus(?:es)?|chorus(?:es)?|refrains?|hooks?|bridges?"
    r"|middle eights?|build[ -]?ups?|builds?|drops?|break[ -]?downs?|breaks?|interludes?|instrumentals?|solos?"
    r"|themes?|vamps?|codas?|outros?)"
)
_TIMES = r"(?:(?:\s*\(?\s*[x×*]\s?(?P<{0}after>\d)\s*\)?|\s+(?P<{0}word>twice|three times|four times)))?"
_BEFORE = r"(?:(?P<{0}before>\d)\s?[x×]\s?|(?P<{0}double>double|triple)\s+)?"
_LENGTH = rf"(?:\s*[:=(,]?\s*(?:of |is |lasts |for )?(?P<{{0}}bars>{COUNT})[ -]bars?\)?)?"


def _entry(name: str = "") -> str:
    """One section of a form: "2x chorus", "chorus x2", "verse 2", "intro 8 bars"; `name` begins its groups."""
    ahead = rf"(?:(?P<{name}ahead>{COUNT})[ -]bars?\s+(?:of\s+)?)?"
    body = (
        f"{ahead}{_BEFORE}(?P<{name}section>{_SECTION})(?:\\s(?P<{name}number>\\d)(?!\\d|[ -]?bars?))?{_TIMES}{_LENGTH}"
    )
    return body.replace("{0}", name)


_PLAIN = re.sub(r"\(\?P<\w+>", "(?:", _entry())
_JOINT = (
    r"\s*(?:,\s*(?:and |then |followed by )?|\band\b|\bthen\b|\bfollowed by\b|->|→|–|-|>|/|\||\+|&)"
    r"\s*(?:a |an |another |the )?"
)
_GAP = rf"(?:[\w']+(?: [\w']+)?(?={_JOINT}{_PLAIN}))"
"""One or two words between joints of a form that are no section."""
_LISTED = re.compile(rf"\b{_PLAIN}(?:{_JOINT}(?:{_PLAIN}|{_GAP}))*{_JOINT}{_PLAIN}(?!\w)")
_ENTRY = re.compile(rf"\b{_entry()}(?!\w)")
_SINGLE = re.compile(
    r"\b(?:intro|outro|pre-?chorus|chorus|verse|breakdown|(?<!one )drop|interlude|coda"
    r"|(?:a|the|with) bridge|build-?up|refrain)s?\b"
    r"(?!\s*(?:pedal|effect|over|across))"
)
_OR = r"(?:\s*,\s*|\s+and\s+|\s+or\s+)(?:no )?"
_WITHOUT_SECTION = re.compile(rf"{NO}({_SECTION}(?:{_OR}{_SECTION})*)\b")
_WITH_BARS = re.compile(
    rf"\b(?P<ahead>{COUNT})[ -]bars?[ -](?:of\s+)?(?P<later>(?:[a-z]+\s)?{_SECTION})\b(?!\s+(?:riff|line|hits?|beat))"
    rf"|\b(?P<first>{_SECTION})(?:\s(?P<number>\d)(?!\d|[ -]bar))?"
    rf"\s*[:=(]?\s*(?:of\s|is\s|lasts\s|for\s|with\s|runs\s)?\s*(?P<bars>{COUNT})[ -]bars?\b"
)
_IN_BRACKETS = re.compile(rf"\b({_SECTION})(?:\s(\d))?\s*\(\s*(\d{{1,3}})\s*\)")
"""Bars without the word, in a list that counts some or several so: "intro (4 bars) verse (16) chorus (8)"."""
_FEWEST_IN_BRACKETS = 4
_PLAYED = ("hook", "solo", "theme", "break", "vamp")
"""What an instrument plays as well: "a four bar guitar hook" is no section."""
_WORDS_OF_TIMES = {"twice": 2, "three times": 3, "four times": 4, "double": 2, "triple": 3}


@dataclass(frozen=True, slots=True)
class _Listed:
    """A section of a list, with how often it comes."""

    name: str
    times: int


def read_structure(text: str) -> Extracted[tuple[str, ...]] | None:
    """The whole order of sections, where a text lists it from the intro on or names sections twice.

    An entry between the others that is no section is named, the others stay.

    Examples
    --------
    >>> read_structure("pop: intro - verse - chorus x2 - outro").value
    ('intro', 'verse', 'chorus', 'chorus', 'outro')
    """
    for match in _LISTED.finditer(text):
        names = tuple(one.name for one in _entries(match.group(0)) for _ in range(one.times))
        if len(names) >= 3 and (names[0] == "intro" or len(set(names)) < len(names)):
            unknown = _unknown(match.group(0))
            against = f"{', '.join(unknown)}: no section that is known, left out" if unknown else ""
            return Extracted(names, match.group(0), against=against)
    return None


def read_sections(text: str) -> Extracted[tuple[str, ...]] | None:
    """Sections that a text wants to be there, in its order, each once.

    Examples
    --------
    >>> read_sections("trance with a huge breakdown and a drop, no intro").value
    ('breakdown', 'drop')
    """
    kept = _WITHOUT_SECTION.sub(" ", text)
    spans = [*_LISTED.finditer(kept), *_SINGLE.finditer(kept)]
    words = [match.group(0) for match in sorted(spans, key=lambda match: match.start())]
    names = tuple(dict.fromkeys(name for word in words for name in _names(word)))
    return Extracted(names, ", ".join(dict.fromkeys(words))) if names else None


def read_absent_sections(text: str) -> Extracted[tuple[str, ...]] | None:
    """Sections that a text does not want."""
    found = list(_WITHOUT_SECTION.finditer(text))
    names = tuple(dict.fromkeys(name for match in found for name in _names(match.group(1))))
    return Extracted(names, ", ".join(match.group(0) for match in found)) if names else None


def read_section_bars(text: str) -> Extracted[Mapping[str, int]] | None:
    """Bars of single sections, by their reference.

    Examples
    --------
    >>> dict(read_section_bars("intro 8 bars, a 16-bar verse, chorus 2: 4 bars").value)
    {'intro': 8, 'verse': 16, 'chorus 2': 4}
    """
    bars: dict[str, int] = {}
    words = []
    for match in _WITH_BARS.finditer(_WITHOUT_SECTION.sub(" ", text)):
        count = read_count(match["ahead"] or match["bars"])
        section = match["later"] or match["first"]
        name = _names(section)[0]
        if 1 <= count <= 128 and count.is_integer() and not (" " in section and name in _PLAYED):
            bars[f"{name} {match['number']}" if match["number"] else name] = int(count)
            words.append(match.group(0))
    bracketed = [one for one in _IN_BRACKETS.finditer(text) if _FEWEST_IN_BRACKETS <= int(one[3]) <= 128]
    if bars or len(bracketed) > 1:
        for match in bracketed:
            name = _names(match[1])[0]
            bars.setdefault(f"{name} {match[2]}" if match[2] else name, int(match[3]))
            words.append(match.group(0))
    return Extracted(bars, ", ".join(words)) if bars else None


def _entries(words: str) -> Iterator[_Listed]:
    for match in _ENTRY.finditer(words):
        stated = match["before"] or match["after"] or _WORDS_OF_TIMES.get(match["word"] or match["double"] or "", 1)
        yield _Listed(parse_section_name(_singular(match["section"])), max(1, int(stated)))


def _unknown(words: str) -> list[str]:
    """What stands between the joints of a list and is no section."""
    bare = _ENTRY.sub("\0", words)
    return [part.strip() for part in re.split(rf"\0|{_JOINT}", bare) if part.strip()]


def _names(words: str) -> tuple[str, ...]:
    return tuple(parse_section_name(_singular(match.group(0))) for match in re.finditer(rf"\b{_SECTION}\b", words))


def _singular(word: str) -> str:
    word = re.sub(r"chorus(?:es)?$", "chorus", word)
    return word if word.endswith("chorus") else word.removesuffix("s")
