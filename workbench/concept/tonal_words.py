"""Key, mode and chords that a text states."""

from __future__ import annotations

import re

from workbench.concept.said import Said, first_said
from workbench.domain.errors import ParameterError
from workbench.domain.theory import SCALES, Chord, Key

_MODES = "|".join((*SCALES, "aeolian", "ionian"))
_ACCIDENTAL = r"(?:\s?(?:#|♯|♭)|b(?![a-ln-z])|[ -](?:sharp|flat))"
_NOT_A_KEY = (
    r"(?!\s*-?(?:key|mode|mood|feel|scale|tonality|chord|third|way|role|part|setback|miracle|artist|label|event))"
)
_KEY_WITH_MODE = re.compile(rf"(?<![\w'])([A-Ga-g])({_ACCIDENTAL})?[ -]?({_MODES})\b{_NOT_A_KEY}")
_SHORT_KEY = re.compile(rf"\b(?:in|[Kk]ey(?: of|:)?)\s+(?:the key of\s+)?([A-G])({_ACCIDENTAL})?m\b")
_BARE_KEY = re.compile(rf"\b[Kk]ey(?: of|:)\s*([A-G])({_ACCIDENTAL})?(?![\w#♯♭])")


def read_key(text: str) -> Said[Key] | None:
    """Tonic and mode; case counts: "in a minor" is one, "a minor setback" is not."""
    for match in _KEY_WITH_MODE.finditer(text):
        if _is_article(text, match):
            continue
        return Said(Key.parse(f"{_note(match)} {match.group(3).lower()}"), match.group(0))
    for pattern, mode in ((_SHORT_KEY, "minor"), (_BARE_KEY, "major")):
        found = pattern.search(text)
        if found:
            return Said(Key.parse(f"{_note(found)} {mode}"), found.group(0))
    return None


def _note(match: re.Match[str]) -> str:
    sign = (match.group(2) or "").strip(" -").lower().replace("sharp", "#").replace("flat", "b")
    return match.group(1).upper() + sign


def _is_article(text: str, match: re.Match[str]) -> bool:
    """Whether "a minor" is an article with an adjective: lower case, and no "in" before or a noun behind."""
    if match.group(1) != "a" or match.group(2):
        return False
    named = re.search(r"\b(?:in|key of|key:?)\s+$", text[: match.start()]) is not None
    noun = re.match(r"\s+(?!at\b|with\b|around\b|about\b|for\b|and\b|or\b|but\b)[A-Za-z]", text[match.end() :])
    return not named or noun is not None


def read_mode(text: str) -> Said[str] | None:
    """Mode without a tonic."""
    plain = {"aeolian": "minor", "ionian": "major"}
    return first_said(
        text,
        [
            (
                r"\b(dorian|phrygian|lydian|mixolydian|locrian|aeolian|ionian)\b",
                lambda m: plain.get(m[1].lower(), m[1].lower()),
            ),
            (r"\b(major|minor)[ -](?:key|mode|scale|tonality|feel|chords|harmony|mood)\b", lambda m: m[1].lower()),
            (r"\bin (?:a )?(major|minor)\b", lambda m: m[1].lower()),
        ],
    )


_CHORD = (
    r"[A-G](?:#|b|♯|♭)?(?:maj|min|mMaj|dim|aug|sus|hdim|m|M|°|ø|\+)?(?:13|11|9|7|6|5|4|2)?(?:b5)?(?:/[A-G](?:#|b)?)?"
)
_BETWEEN = r"(?:\s*[|,–→>-]+\s*|\s+)"
_CHORDS = re.compile(rf"(?<![\w#/])\|?\s*{_CHORD}(?:{_BETWEEN}{_CHORD}){{2,}}(?![\w#'])")


_NAMED = re.compile(r"\b(?:chords?|progression|changes|over)\b[^.;]{0,20}$", re.IGNORECASE)


def read_chords(text: str) -> Said[str] | None:
    """Three chord symbols or more in a row, one bar each unless bars are drawn; bare letters must be called chords.

    Examples
    --------
    >>> read_chords("a ballad over Am7 F C/E G").value
    'Am7 | F | C/E | G'
    >>> read_chords("Plan B for A and B") is None
    True
    """
    for match in _CHORDS.finditer(text):
        words = match.group(0).strip()
        bars = words.split("|") if "|" in words else re.split(r"[,–→>-]+|\s+", words)
        line = " | ".join(" ".join(re.split(r"[\s,–→>-]+", bar.strip())) for bar in bars if bar.strip())
        named = _NAMED.search(text[: match.start()]) is not None
        if _are_chords(line) and (named or re.search(r"[^A-G| ]", line)):
            return Said(line, words)
    return None


def _are_chords(line: str) -> bool:
    try:
        chords = [Chord.parse(symbol) for symbol in line.replace("|", " ").split()]
    except ParameterError:
        return False
    return len(chords) >= 3
