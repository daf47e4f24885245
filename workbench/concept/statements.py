"""Facts that the text states outright: "92 bpm", "in D minor", "2 minutes", "no drums", "swung", "half-time"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from workbench.domain.request import PROCESSING_STYLES
from workbench.domain.song import ELEMENTS
from workbench.domain.theory import SCALES, Key, Metre

T = TypeVar("T")

TEMPO_LIMITS_BPM = (40.0, 240.0)
DURATION_LIMITS_SECONDS = (4.0, 900.0)


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """A value and the words that state it; `note` tells how the words were bent to fit, if they were."""

    value: T
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Statements:
    """What a text states. `pace` places the tempo in the style's range, -1 slow to 1 fast; `mode` has no tonic."""

    tempo_bpm: Said[float] | None = None
    pace: Said[float] | None = None
    half_time: Said[bool] | None = None
    key: Said[Key] | None = None
    mode: Said[str] | None = None
    duration_seconds: Said[float] | None = None
    metre: Said[Metre] | None = None
    swing_percent: Said[float] | None = None
    palette: Said[tuple[str, ...]] | None = None
    texture_density: Said[float] | None = None
    processing_style: Said[str] | None = None


def read_statements(text: str) -> Statements:
    """Find the facts in a free text; what it does not state is None.

    Examples
    --------
    >>> facts = read_statements("slow waltz in F# minor, 92 bpm, no drums")
    >>> facts.tempo_bpm.value, str(facts.key.value), facts.palette.value
    (92.0, 'F# minor', ('bass', 'pads', 'leads'))
    """
    plain = " ".join(text.replace("\u2019", "'").split())
    key = _key(plain)
    return Statements(
        tempo_bpm=_tempo(plain.lower()),
        pace=_pace(plain.lower()),
        half_time=_first(plain, [(r"\bhalf[ -]?time\b", lambda _: True)]),
        key=key,
        mode=None if key else _mode(plain.lower()),
        duration_seconds=_duration(plain.lower()),
        metre=_metre(plain.lower()),
        swing_percent=_swing(plain.lower()),
        palette=_palette(plain.lower()),
        texture_density=_density(plain.lower()),
        processing_style=_processing(plain.lower()),
    )


_Rule = tuple[str, Callable[["re.Match[str]"], T]]


def _first(text: str, rules: list[_Rule[T]]) -> Said[T] | None:
    """The first rule whose pattern is in the text and is not denied by the words before it."""
    for pattern, read in rules:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if not re.search(
                r"\b(?:no|not|without|never|isn't|nothing)(?: too| so| very| any| a)?\s*$", text[: match.start()], re.I
            ):
                return Said(read(match), match.group(0).strip())
    return None


def _clamped(said: Said[float] | None, limits: tuple[float, float], unit: str) -> Said[float] | None:
    if said is None or limits[0] <= said.value <= limits[1]:
        return said
    value = min(max(said.value, limits[0]), limits[1])
    return Said(value, said.words, f"the nearest possible, since {limits[0]:g} to {limits[1]:g} {unit} can be made")


# Tempo ---------------------------------------------------------------------------------------------------------------
_NUMBER = r"(\d{1,3}(?:\.\d+)?)"


def _tempo(text: str) -> Said[float] | None:
    def middle(match: re.Match[str]) -> float:
        return (float(match.group(1)) + float(match.group(2))) / 2

    def number(match: re.Match[str]) -> float:
        return float(match.group(1))

    said = _first(
        text,
        [
            (rf"\b{_NUMBER}\s*(?:-|to|–)\s*{_NUMBER}\s*-?\s*(?:bpm|beats per minute)\b", middle),
            (rf"\b{_NUMBER}\s*-?\s*(?:bpm|beats per minute|beats a minute)\b", number),
            (rf"\b(?:bpm|tempo)\s*(?:of|is|at|:|=|around|about)*\s*{_NUMBER}\b", number),
        ],
    )
    return _clamped(said, TEMPO_LIMITS_BPM, "BPM")


def _pace(text: str) -> Said[float] | None:
    return _first(
        text,
        [
            (r"\b(?:very|really|extremely) slow\b|\bglacial\b", lambda _: -1.3),
            (r"\b(?:very|really|extremely) fast\b|\bbreakneck\b|\blightning[ -]fast\b", lambda _: 1.3),
            (r"\bmid[ -]?tempo\b|\bmedium tempo\b|\bmoderate tempo\b", lambda _: 0.0),
            (r"\bdown[ -]?tempo\b", lambda _: -0.9),
            (r"\bup[ -]?tempo\b|\bhigh[ -]tempo\b", lambda _: 0.8),
            (
                r"\bslow(?:er)?\b(?!\s*-?(?:build|burn|rise|attack|fade|swell|motion|evolving|release|chord|change))",
                lambda _: -0.9,
            ),
            (
                r"\b(?:fast|faster|quick|speedy)\b(?!\s*-?(?:food|car|lane|hat|hi[ -]hat|roll|arp|track|attack))",
                lambda _: 0.9,
            ),
            (r"\blaid[ -]back\b|\bunhurried\b", lambda _: -0.6),
        ],
    )


# Key -----------------------------------------------------------------------------------------------------------------
_MODES = "|".join((*SCALES, "aeolian", "ionian"))
_ACCIDENTAL = r"(?:\s?(?:#|♯|♭)|b(?![a-ln-z])|[ -](?:sharp|flat))"
_NOT_A_KEY = (
    r"(?!\s*-?(?:key|mode|mood|feel|scale|tonality|chord|third|way|role|part|setback|miracle|artist|label|event))"
)
_KEY_WITH_MODE = re.compile(rf"(?<![\w'])([A-Ga-g])({_ACCIDENTAL})?[ -]?({_MODES})\b{_NOT_A_KEY}")
_SHORT_KEY = re.compile(rf"\b(?:in|[Kk]ey(?: of|:)?)\s+(?:the key of\s+)?([A-G])({_ACCIDENTAL})?m\b")
_BARE_KEY = re.compile(rf"\b[Kk]ey(?: of|:)\s*([A-G])({_ACCIDENTAL})?(?![\w#♯♭])")


def _key(text: str) -> Said[Key] | None:
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


def _mode(text: str) -> Said[str] | None:
    plain = {"aeolian": "minor", "ionian": "major"}
    return _first(
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


# Duration ------------------------------------------------------------------------------------------------------------
_WORD_NUMBERS = {
    "half a": 0.5, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45,
    "sixty": 60, "ninety": 90,
}  # fmt: skip
_WORDS = "|".join(sorted(_WORD_NUMBERS, key=len, reverse=True))
_COUNT = rf"(\d+(?:[.,]\d+)?|{_WORDS})"
_MINUTE = r"[ -]?min(?:ute)?s?\b(?!\s+(?:before|after|past|to|until|ago|from|of silence))"
_SECOND = r"[ -]?sec(?:ond)?s?\b(?!\s+(?:before|after|ago|of silence|half|verse|chorus))"

_CLOCK = r"(?<!at )\b(\d{1,2}):([0-5]\d)\b(?!\s*(?:am|pm|a\.m|p\.m|in the|at night|o'clock))"


def _count(text: str) -> float:
    return float(_WORD_NUMBERS[text]) if text in _WORD_NUMBERS else float(text.replace(",", "."))


def _duration(text: str) -> Said[float] | None:
    said = _first(
        text,
        [
            (rf"\b{_COUNT}{_MINUTE}(?:,| and)?\s+{_COUNT}{_SECOND}", lambda m: 60 * _count(m[1]) + _count(m[2])),
            (r"\b(\d+)\s?min?\s?(\d{1,2})\s?s\b", lambda m: 60.0 * int(m[1]) + int(m[2])),
            (rf"\b{_COUNT}(?: and a half){_MINUTE}", lambda m: 60 * (_count(m[1]) + 0.5)),
            (rf"\b{_COUNT}[ -]minutes? and a half\b", lambda m: 60 * (_count(m[1]) + 0.5)),
            (rf"\b{_COUNT}{_MINUTE}", lambda m: 60 * _count(m[1])),
            (rf"\b{_COUNT}{_SECOND}", lambda m: _count(m[1])),
            (_CLOCK, lambda m: 60.0 * int(m[1]) + int(m[2])),
            (r"\b(\d{1,3}) s\b", lambda m: float(m[1])),
            (r"\b(\d{1,3})s(?= (?:long|loop|clip|jingle|sting|teaser|trailer|cut|edit))", lambda m: float(m[1])),
            (r"\b((?!\d0s)\d{1,3})s\b", lambda m: float(m[1])),
        ],
    )  # fmt: skip
    return _clamped(said, DURATION_LIMITS_SECONDS, "s")


# Metre and swing -----------------------------------------------------------------------------------------------------
_THREE = r"(?<![\d/])3/4(?![\d/])|\b(?:three[ -]four time|waltz\w*|in three|triple (?:metre|meter|time))\b"
_FOUR = r"(?<![\d/])4/4(?![\d/])|\b(?:four[ -]four time|common time)\b"
_STRAIGHT = r"\b(?:(?:no|without|zero) swing|straight (?:beat|feel|groove|eighths|16ths|8ths|time|rhythm)s?)\b"
_SWUNG_HARD = (
    r"\b(?:(?:heavy|heavily|hard|strong|strongly|deep)[ -](?:swing|swung|shuffle)\w*|triplet (?:feel|swing))\b"
)
_SWUNG_LIGHTLY = r"\b(?:light|lightly|slight|slightly|subtle|subtly|gentle|gently)[ -](?:swing|swung|shuffle)\w*\b"
_SWUNG = r"\b(?:shuffl\w+|swung|swinging|swingy|with swing|swing (?:feel|groove|beat|rhythm))\b"


def _metre(text: str) -> Said[Metre] | None:
    said = _first(text, [(_THREE, lambda _: Metre(3, 4)), (_FOUR, lambda _: Metre(4, 4))])
    if said:
        return said
    odd = re.search(r"(?<![\d/])(\d{1,2})/(4|8|16)(?![\d/])", text)
    if odd is None:
        return None
    metre = Metre(3, 4) if int(odd.group(1)) % 3 == 0 else Metre(4, 4)
    return Said(metre, odd.group(0), "the nearest possible, since 4/4 and 3/4 can be made")


def _swing(text: str) -> Said[float] | None:
    def percent(match: re.Match[str]) -> float:
        return min(75.0, max(50.0, float(match.group(1))))

    return _first(
        text,
        [
            (r"\bswing\w*\s*(?:of|at|:|=)?\s*(\d{2})\s*%?", percent),
            (r"\b(\d{2})\s*(?:%|percent|per cent)\s*swing\b", percent),
            (_STRAIGHT, lambda _: 50.0),
            (_SWUNG_HARD, lambda _: 66.0),
            (_SWUNG_LIGHTLY, lambda _: 55.0),
            (_SWUNG, lambda _: 62.0),
        ],
    )


# Elements ------------------------------------------------------------------------------------------------------------
_ELEMENT_WORDS = {
    "percussion": r"drum\s?kits?|drums|drumming|percussion|beats?|drum ?beats?|rhythm section",
    "bass": r"bass ?lines?|bass|sub ?bass|808s?|low end",
    "pads": r"pads?|chords?|keys|keyboards?|pianos?|rhodes|strings|organs?|harmony|choirs?",
    "leads": r"leads?|lead (?:synth|line|melody)|melod(?:y|ies)|solos?|flutes?|toplines?|lead lines?",
}
"""Words for an element and its instruments: "only piano" leaves the pads."""

_WHOLE_ELEMENTS = {
    "percussion": r"drums|drumming|percussion|beats?|drum ?beats?",
    "bass": r"bass ?lines?|bass(?! (?:drop|drum|guitar))|sub ?bass",
    "pads": r"pads?|chords?|harmony|harmonies",
    "leads": r"leads?|lead (?:synth|line|melody)|melod(?:y|ies)|solos?|toplines?",
}
"""Words for an element as a whole: "no piano" does not drop the pads, "no chords" does."""


def _list_of(words: dict[str, str]) -> str:
    one = "(?:" + "|".join(words.values()) + ")"
    joint = r"(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s*&\s*)(?:no |any |a |some )?"
    return rf"{one}(?:{joint}{one})*"


_WITHOUT = re.compile(rf"\b(?:no|without|minus|leave out|skip)(?: any| the| a)?\s+({_list_of(_WHOLE_ELEMENTS)})\b")
_LESS = re.compile(r"\b(?:(drum|beat|percussion)|(bass)|(melody|lead))-?less\b")
_ONLY = re.compile(
    rf"\b(?:only|just|nothing but|solely)\s+(?:a |an |the |some )?({_list_of(_ELEMENT_WORDS)})\b"
    rf"|\b({_list_of(_ELEMENT_WORDS)})\s+(?:only|alone)\b"
)


def _elements_in(text: str, words: dict[str, str]) -> set[str]:
    return {element for element, pattern in words.items() if re.search(rf"\b(?:{pattern})\b", text)}


def _palette(text: str) -> Said[tuple[str, ...]] | None:
    absent: set[str] = set()
    phrases: list[str] = []
    for match in _WITHOUT.finditer(text):
        absent |= _elements_in(match.group(1), _WHOLE_ELEMENTS)
        phrases.append(match.group(0))
    for match in _LESS.finditer(text):
        absent.add(("percussion", "bass", "leads")[(match.lastindex or 1) - 1])
        phrases.append(match.group(0))
    only = _ONLY.search(text)
    if only:
        absent |= set(ELEMENTS) - _elements_in(only.group(1) or only.group(2), _ELEMENT_WORDS)
        phrases.append(only.group(0))
    left = tuple(element for element in ELEMENTS if element not in absent)
    return Said(left, ", ".join(phrases)) if absent and left else None


# Density and colour --------------------------------------------------------------------------------------------------
_BARE = r"\b(?:very (?:sparse|minimal)|bare(?:ly there| bones)|skeletal)\b"
_SPARSE = (
    r"\b(?:sparse\w*|minimal(?:ist|istic)?(?! (?:techno|house))|stripped[ -](?:back|down)|spacious|open space"
    r"|few notes)\b"
)
_FULL = r"\b(?:dense|busy|layered|lush|orchestral|full[ -]sounding|thick|complex)\b"
_FULLEST = r"\b(?:wall of sound|maximal\w*|very (?:dense|busy))\b"


def _density(text: str) -> Said[float] | None:
    return _first(
        text,
        [
            (_BARE, lambda _: 0.12),
            (_SPARSE, lambda _: 0.25),
            (_FULLEST, lambda _: 0.92),
            (_FULL, lambda _: 0.8),
        ],
    )


_PROCESSING_WORDS = {
    "lo-fi": r"lo-?fi|lo fi|dusty|crackl\w+|cassette|tape hiss",
    "vintage": r"vintage|retro|analogue|analog|old[ -]school",
    "aggressive": r"aggressive|distorted|gritty|crushed|overdriven",
    "warm": r"warm|warmth|cosy|cozy",
    "bright": r"bright|sparkling|shimmering|crisp|glossy|shiny",
    "dark": r"dark|muffled|murky|gloomy|brooding",
    "wide": r"wide|expansive|vast|huge|immersive|panoramic",
    "clean": r"clean|pristine|polished|crystal[ -]clear|transparent",
}


def _processing(text: str) -> Said[str] | None:
    found = [(_first(text, [(rf"\b(?:{words})\b", lambda _: True)]), name) for name, words in _PROCESSING_WORDS.items()]
    hits = [
        (text.find(said.words.lower()), name, said.words) for said, name in found if said and name in PROCESSING_STYLES
    ]
    return Said(min(hits)[1], min(hits)[2]) if hits else None
