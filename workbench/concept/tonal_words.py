"""Key, mode and chords that a text states."""

from __future__ import annotations

import re

from workbench.concept.extraction import Extracted, first_extracted
from workbench.concept.time_words import COUNT, read_count
from workbench.domain.theory import SCALES, Key

_MODES = "|".join((*SCALES, "aeolian", "ionian"))
_LETTER = r"(?<![\w'])([A-Ha-h])"
_ACCIDENTAL = r"((?:\s?(?:#|♯|♭)|b(?![a-ln-z])|[ -](?:sharp|flat))?)"
_NOT_A_KEY = (
    r"(?!\s*-?(?:key|mode|mood|feel|scale|tonality|chord|third|way|role|part|setback|miracle|artist|label|event))"
)
_KEY_WITH_MODE = re.compile(
    rf"{_LETTER}{_ACCIDENTAL}[ -]?(natural |harmonic |melodic )?((?i:{_MODES}|maj|min))\b{_NOT_A_KEY}"
)
_SHORT_KEY = re.compile(rf"\b(?:in|[Kk]ey(?: of|:)?)\s+(?:the key of\s+)?([A-H]){_ACCIDENTAL}m\b")
_LONE_KEY = re.compile(
    rf"(?:^|[,;(|]\s*|(?<=\s)(?=[A-H]\S*m\s+\d+\s?(?:bpm|BPM))|\d\s?(?:bpm|BPM)\s+){_LETTER}{_ACCIDENTAL}m(?=\s*(?:[,;.)|]|$|\d+\s?(?:bpm|BPM)))"
)
_BARE_KEY = re.compile(rf"\b[Kk]ey(?: of|:)\s*([A-H]){_ACCIDENTAL}(?![\w#♯♭])")
_NAMED_KEY = re.compile(
    rf"\bin ([B-H]){_ACCIDENTAL}(?=\s*(?:[,;)|]|\.(?!\w)|$)|\s+(?:at|with|and|over|for|around)\b|\s+\d+\s?(?:bpm|BPM))"
)
"""A capital letter behind "in", where the sentence or a clause ends: "ii-V-I in Eb", "house in D at 124 bpm"."""
_KEY_OF_MUSIC = re.compile(
    r"(?<![\w'])([A-H])((?:#|♯|♭)|b(?![a-z])|[ -](?:sharp|flat))(?=\s+(?:[\w-]+ )?"
    r"(?:blues|ballad|song|piece|track|beat|tune|groove|loop|jam|music|waltz|vamp|shuffle|pop|rock|house|techno|trance"
    r"|lo-?fi|trap|ambient|jazz|funk|soul|reggae|disco|synthwave|folk|bossa|dub|dubstep|drum)\b)"
    r"|(?<![\w'])([B-H])()(?= (?:blues|jam|vamp)\b)"
)
"""A tone with its accidental in front of a kind of music: "Bb blues"; of the blues a letter will do: "E blues"."""
_WHEEL_KEY = re.compile(r"\b(?:[Kk]ey(?: of|:)?|[Cc]amelot(?: key)?:?|in)\s+((?:1[0-2]|[1-9])[ABab])\b")
_NAMED = re.compile(r"\b(?:in|key of|key:?)\s+(?:the key of\s+)?$", re.IGNORECASE)
_MUSIC = re.compile(
    r"\s+(?:(?:at|with|around|about|for|and|or|but|over|in|,)\b|(?:\w+ )?(?:ballad|song|piece|track|beat|tune|groove"
    r"|loop|jam|music|waltz|melod|chords?|progression|riff|theme|lullab|anthem|pop|rock|house|techno|trance|lo-?fi|trap|ambient"
    r"|jazz|funk|soul|reggae|synthwave|blues|folk|instrumental|\d))"
)
"""What follows a key that "A major" names at the beginning of a sentence: "A major breakthrough" has no key."""


def read_key(text: str) -> Extracted[Key] | None:
    """Tonic and mode; case counts: "in a minor" is one, "a minor setback" is not."""
    for match in _KEY_WITH_MODE.finditer(text):
        if not _is_article(text, match):
            note = f"read as minor, since {match[3].strip()} minor is not known" if _is_bent(match) else ""
            return Extracted(Key.parse(f"{_note(match)} {match[4]}"), match.group(0), note)
    for pattern, mode in (
        (_SHORT_KEY, "minor"), (_BARE_KEY, "major"), (_LONE_KEY, "minor"), (_NAMED_KEY, "major"),
    ):  # fmt: skip
        found = pattern.search(text)
        if found:
            return Extracted(Key.parse(f"{_note(found)} {mode}"), found.group(0).strip(" ,;(|"))
    if beside := _KEY_OF_MUSIC.search(text):
        return Extracted(Key.parse(f"{beside[1] or beside[3]}{_sign(beside[2] or '')} major"), beside.group(0))
    wheel = _WHEEL_KEY.search(text)
    return Extracted(Key.parse(wheel[1]), wheel.group(0)) if wheel else None


def _is_bent(match: re.Match[str]) -> bool:
    return bool(match[3]) and match[3] != "natural "


def _note(match: re.Match[str]) -> str:
    return match.group(1).upper() + _sign(match.group(2))


def _sign(words: str) -> str:
    return words.strip(" -").lower().replace("sharp", "#").replace("flat", "b")


def _is_article(text: str, match: re.Match[str]) -> bool:
    """Whether "a minor" is an article with an adjective: no "in" before, and a noun behind that is no music."""
    if match.group(1) not in "aA" or match.group(2):
        return False
    named, after = _NAMED.search(text[: match.start()]) is not None, text[match.end() :]
    noun = re.match(r"\s+[A-Za-z]", after) is not None and _MUSIC.match(after) is None
    if match.group(1) == "A":
        return noun and not named
    return not named or noun


def read_mode(text: str) -> Extracted[str] | None:
    """Mode without a tonic."""
    plain = {"aeolian": "minor", "ionian": "major"}
    return first_extracted(
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


def read_key_change(text: str) -> Extracted[int] | None:
    """Semitones by which the last chorus lies higher: "key change", "up a semitone at the end"."""
    step = r"(?:up|lifts?|rais\w+|modulat\w+ up)(?: by)? (?:a |one )?"
    return first_extracted(
        text,
        [
            (rf"\b{step}(?:half step|half tone|semitone)\b|\btruck driver\b", lambda _: 1),
            (rf"\b{step}(?:whole step|whole tone|step|tone)\b", lambda _: 2),
            (r"\bkey changes?\b|\bmodulat(?:es|ion|ing)\b", lambda _: 2),
        ],
    )


_CHANGE = r"(?:chord changes?|changes? chords?|harmony changes?|(?:one|a|new) chord)"


def read_bars_per_chord(text: str) -> Extracted[float] | None:
    """Pace of the chords: "chord changes every two bars", "two chords a bar"."""
    return first_extracted(
        text,
        [
            (rf"\b{_CHANGE}\s+(?:every|each|per|for)\s+({COUNT})[ -]bars?\b", lambda m: _paced(read_count(m[1]))),
            (rf"\b{_CHANGE}\s+(?:every|each|per|a)\s+(?:single )?bar\b", lambda _: 1.0),
            (
                rf"\b({COUNT})\s+chords?\s+(?:a|per|each|every|in each)\s+bar\b",
                lambda m: _paced(1.0 / read_count(m[1])),
            ),
        ],
    )


def _paced(bars: float) -> float:
    return min(8.0, max(0.5, bars))


def read_chord_count(text: str) -> Extracted[int] | None:
    """How many chords there are in all, one to three: "two chords only", "a one-chord vamp"."""
    number = r"(one|two|three|1|2|3|single)"
    return first_extracted(
        text,
        [
            (rf"\b{number}[ -]chords?\s+(?:only|throughout|and no more)\b", _counted),
            (rf"\b(?:only|just)\s+(?:uses? )?(?:a )?{number}[ -]chords?\b", _counted),
            (rf"\b{number}[ -]chord\s+(?:loop|vamp|song|progression|jam|groove|riff|track|piece)s?\b", _counted),
        ],
    )


def _counted(match: re.Match[str]) -> int:
    return {"one": 1, "single": 1, "two": 2, "three": 3}.get(match[1]) or int(match[1])
