"""Tempo, duration, metre, swing and feel that a text states."""

from __future__ import annotations

import re

from workbench.concept.extraction import (
    NEAREST,
    Extracted,
    Rule,
    against_itself,
    clamped,
    first_extracted,
    pulled_apart,
)
from workbench.domain.theory import METRES, Metre

TEMPO_LIMITS_BPM = (40.0, 240.0)
DURATION_LIMITS_SECONDS = (4.0, 900.0)
BAR_LIMITS = (1.0, 600.0)
LOUDNESS_LIMITS_LUFS = (-30.0, -6.0)

_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPELLED = {
    **{ten: 10.0 * number for number, ten in enumerate(_TENS, start=2)},
    **{f"{ten}-{unit}": 10.0 * n + m for n, ten in enumerate(_TENS, start=2) for m, unit in enumerate(_UNITS, start=1)},
}
"""Tempi in words: "seventy-two", "a hundred and twenty"."""
_BELOW_HUNDRED = rf"(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_UNITS)}))?"
_SPELLED_TEMPO = rf"\b((?:a|one|two) hundred(?:(?: and)?[ -]{_BELOW_HUNDRED})?|(?<!hundred )(?<!and ){_BELOW_HUNDRED})"
_NUMBER = r"(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)"
_BPM = r"(?:bpm|ppm|beats per minute|beats a minute|beats ?/ ?min(?:ute)?|уд(?:\.|аров)? ?/? ?(?:в )?мин\w*)"

_SIGNED_TEMPO = re.compile(rf"(?<!\w)(?<!\d )[-−](?:0|[1-3]?\d)(?:[.,]\d+)?\s*{_BPM}\b")
"""A change or nonsense, below every tempo; the sign before a higher number is a dash."""


def read_tempo(text: str) -> Extracted[float] | None:
    """Tempo in BPM; a range gives its middle. "-5 bpm" is none."""
    text = _SIGNED_TEMPO.sub(" . ", text)

    def middle(match: re.Match[str]) -> float:
        return (read_count(match[1]) + read_count(match[2])) / 2

    def number(match: re.Match[str]) -> float:
        return read_count(match[1])

    rules: list[Rule[float]] = [
        (rf"{_NUMBER}\s*(?:-|to|–|and)\s*{_NUMBER}\s*-?\s*{_BPM}\b", middle),
        (rf"{_NUMBER}\s*-?\s*{_BPM}\b", number),
        (rf"\b(?:bpm|tempo)\s*(?:of|is|at|:|=|around|about)*\s*{_NUMBER}(?!\d)", number),
        (rf"(?:テンポ|темп)\s*[:=：]?\s*{_NUMBER}(?!\d)", number),
        (rf"{_SPELLED_TEMPO}\s+{_BPM}\b", lambda match: _spelled(match[1])),
        (rf"(?:♩|\bquarter(?: note)?)\s*=\s*{_NUMBER}(?!\d)", number),
    ]
    return clamped(against_itself(text, lambda some: first_extracted(some, rules)), TEMPO_LIMITS_BPM, "BPM")


def _spelled(words: str) -> float:
    """A tempo in words.

    Examples
    --------
    >>> _spelled("seventy two"), _spelled("a hundred and twenty"), _spelled("one hundred")
    (72.0, 120.0, 100.0)
    """
    above, hundred, rest = words.rpartition("hundred")
    hundreds = (2 if above.startswith("two") else 1) if hundred else 0
    return 100.0 * hundreds + _SPELLED.get(rest.removeprefix(" and").strip(" -").replace(" ", "-"), 0.0)


_PACES: tuple[Rule[float], ...] = (
    (r"\b(?:very|really|extremely) slow\b|\bglacial\b|\b(?:largo|grave|larghetto|larghissimo)\b", lambda _: -1.3),
    (
        r"\b(?:very|really|extremely) fast\b|\bbreakneck\b|\blightning[ -]fast\b|\b(?:prest|vivac)issimo\b"
        r"|\bas fast as (?:possible|you can|it gets)\b",
        lambda _: 1.3,
    ),
    (r"\bmid[ -]?tempo\b|\bmedium tempo\b|\bmoderate tempo\b|\b(?:moderato|allegretto)\b", lambda _: 0.0),
    (r"\bdown[ -]?tempo\b|\b(?:adagio|adagietto|lento)\b", lambda _: -0.9),
    (r"\bup[ -]?tempo\b|\bhigh[ -]tempo\b|\b(?:vivace|allegro)\b", lambda _: 0.8),
    (
        r"\bslow(?:er|ly)?\b(?!\s*-?(?:build|burn|rise|attack|fad|swell|motion|evolv|release|chord|chang|mov|ris|unfold|open))",
        lambda _: -0.9,
    ),
    (
        r"\b(?:fast|faster|quick|speedy|presto|rapid)\b"
        r"(?!\s*-?(?:food|car|lane|hat|hi[ -]hat|roll|arp|track|attack|fire))",
        lambda _: 0.9,
    ),
    (r"\blaid[ -]back\b|\bunhurried\b|\bandant(?:e|ino)\b", lambda _: -0.6),
)


_CHANGING = re.compile(
    r"\b(?:build|ris|grow|evolv|unfold|fad|swell|open|mov|chang|develop|increas|layer)\w*\s+(?:up\s+|out\s+|in\s+)?$"
)
"""How fast something changes is not how fast the music is: "build slowly"."""


def read_pace(text: str) -> Extracted[float] | None:
    """Place in the style's range of tempi, -1 slow to 1 fast, beyond it for extremes; the middle of "fast, slow"."""
    return pulled_apart(text, lambda some: first_extracted(some, _PACES, not_after=_CHANGING), lambda pace: pace > 0)


_WORD_NUMBERS = {
    "half a": 0.5, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fifteen": 15, "sixteen": 16, "twenty": 20, "thirty": 30, "thirty-two": 32,
    "forty": 40, "forty-five": 45, "sixty": 60, "sixty-four": 64, "ninety": 90,
}  # fmt: skip
_WORDS = "|".join(sorted(_WORD_NUMBERS, key=len, reverse=True))
COUNT = rf"(?:\d+(?:[.,]\d+)?|{_WORDS})"
"""A number in figures or in words."""
_OF_A_PART = (
    r"(?:long )?(?:intro|outro|verse|pre-?chorus|chorus|build|drop|break|bridge|solo|fade|silence|half|part|section"
    r"|riser|fill|ending)"
)
_MINUTE = rf"[ -]?min(?:ute)?s?\b(?!\s+(?:before|after|past|to|until|ago|from|mark|of silence|{_OF_A_PART}))"
_SECOND = rf"[ -]?sec(?:ond)?s?\b(?!\s+(?:before|after|ago|mark|of silence|{_OF_A_PART}))"
_NO_LENGTH_AFTER = re.compile(
    r"\b(?:(?:at|after|by|until|till|before|every|each|first|last|within|per)(?: the)?(?: first| last)?(?: about)?"
    r"|(?:build|ris|fad|grow|swell|filter|sweep|wait)\w*(?: \w+)?(?: up| in| out)? (?:over|for|in))\s+$"
)
"""A moment ("at 1 minute") and the length of a change ("fades over 10 seconds") are not the length of the song."""

_MACHINES = r"(?!\d0s|(?:101|303|606|707|808|909)s)"
"""Decades and drum machines: "80s", "with 808s"."""

_ROUND_SECONDS = (
    r"\b(?:length|duration|lasts|lasting)(?: of)?:? (\d0)s\b|\b(\d0)s(?= of )"
    r"|(?<!the )(?<!early )(?<!late )(?<!mid )\b([1-5]0)s(?=\s*(?:$|[,.;!]))"
)
"""Round seconds that are no decade: "length 60s", "30s of techno", and up to fifty at the end of a clause."""

_CLOCK = r"\b(\d{1,2}):([0-5]\d)\b(?!\s*(?:am|pm|a\.m|p\.m|in the|at night|o'clock))"


def read_count(text: str) -> float:
    """A number that `COUNT` found; a comma is a decimal point."""
    return float(_WORD_NUMBERS[text]) if text in _WORD_NUMBERS else float(text.replace(",", "."))


def read_duration(text: str) -> Extracted[float] | None:
    """Length in seconds."""
    rules: list[Rule[float]] = [
        (
            rf"\b({COUNT}){_MINUTE}(?:,| and)?\s+({COUNT}){_SECOND}",
            lambda m: 60 * read_count(m[1]) + read_count(m[2]),
        ),
        (r"\b(\d+)\s?min(?:ute)?s?\s(\d{1,2})\b(?! ?bpm)", lambda m: 60.0 * int(m[1]) + int(m[2])),
        (r"\b(\d+)\s?min?\s?(\d{1,2})\s?s\b", lambda m: 60.0 * int(m[1]) + int(m[2])),
        (r"\b(\d+)\s?(?:min|m|['’′])(\d{2})(?:s|\"|”|″)?(?![\w:])", lambda m: 60.0 * int(m[1]) + int(m[2])),
        (rf"\b({COUNT})(?: and a half){_MINUTE}", lambda m: 60 * (read_count(m[1]) + 0.5)),
        (rf"\b({COUNT})[ -]minutes? and a half\b", lambda m: 60 * (read_count(m[1]) + 0.5)),
        (rf"\b({COUNT}){_MINUTE}", lambda m: 60 * read_count(m[1])),
        (rf"\b({COUNT}){_SECOND}", lambda m: read_count(m[1])),
        (_CLOCK, lambda m: 60.0 * int(m[1]) + int(m[2])),
        (r"\b(\d{1,3}) s\b", lambda m: float(m[1])),
        (r"\b(\d{1,3})s(?= (?:long|loop|clip|jingle|sting|teaser|trailer|cut|edit))", lambda m: float(m[1])),
        (rf"\b({_MACHINES}\d{{1,3}})s\b", lambda m: float(m[1])),
        (_ROUND_SECONDS, lambda m: float(m[1] or m[2] or m[3])),
        (rf"\b({COUNT})[ -]?h(?:ou)?rs?\b(?=\s*(?:$|[,.;]|long\b|of\b))", lambda m: 3600 * read_count(m[1])),
        (r"\b(\d{1,2})h\b(?=\s*(?:$|[,.;]))", lambda m: 3600.0 * int(m[1])),
    ]
    extracted = against_itself(text, lambda some: first_extracted(some, rules, not_after=_NO_LENGTH_AFTER))
    return clamped(extracted, DURATION_LIMITS_SECONDS, "s")


def read_bars(text: str) -> Extracted[float] | None:
    """Length in bars: "32 bars", "a 16-bar loop"; those of a part, a change or a moment are not the song's."""
    rules: list[Rule[float]] = [
        (rf"\b(?!(?:half )?a\b)({COUNT})[ -]bars?\b{_BARS_OF_A_PART}(?:\s+(?:long|loop))?", lambda m: read_count(m[1]))
    ]
    return clamped(first_extracted(text, rules, not_after=_NO_BARS_AFTER), BAR_LIMITS, "bars")


_BARS_OF_A_PART = (
    r"(?!\s+(?:of\s+)?(?:[\w'-]+\s+){0,2}?(?:intro|outro|verse|pre-?chorus|chorus|build|drop|break|bridge|phras|riff"
    r"|chord|blues|hook|fill|solo|melod|motif|line|lick|progression|pattern|ostinato|turnaround|vamp|silence|drums?\b"
    r"|pads?\b|bass\b|piano|guitar|riser|section|part\b|cycle|phrase|a cappella|acapella))"
    r"(?!\s+(?:before|until|in\b|later|each|apart|between|into|from|per|at the|rest|off|out|alone|only))"
)
_NO_BARS_AFTER = re.compile(
    rf"\b(?:(?:every|each|per|after|first|last|next|until|within|by|at|before|other|final)(?: the)?(?: {COUNT})?"
    r"|(?:build|ris|grow|swell|fad|filter|sweep|hold|wait|repeat|tension|changes?|enters?|comes?|drops?|plays?)\w*"
    r"(?: \w+){0,2}? (?:for|over|in|after)"
    r"|(?:intro|outro|verse|chorus|build|build-?up|drop|break|breakdown|bridge|hook|solo|theme|vamp|coda|interlude)s?"
    r"(?: \d)?\s*[:=(]?(?: ?(?:of|is|lasts|for|with|runs))?)\s*$"
)


_AS_METRE = r"(?= time\b|\s*(?:$|[,.;:!)]))"
_METRES: tuple[Rule[str], ...] = (
    # A metre in figures wins over what a kind of music usually has.
    (r"(?<![\d/])(\d{1,2})/(?:4|8|16)(?![\d/])", lambda match: match[0]),
    (r"\btwelve[ -]eight\b|\bslow blues\b", lambda _: "12/8"),
    (r"\bnine[ -]eight\b|\bslip jigs?\b", lambda _: "9/8"),
    (
        r"\bfive[ -]four(?: time)?\b|\bin five\b(?! (?:parts|sections|minutes|seconds|bars))|\btake five\b",
        lambda _: "5/4",
    ),
    (r"\bseven[ -]four(?: time)?\b", lambda _: "7/4"),
    (rf"\bseven[ -]eight\b|\bin seven\b{_AS_METRE}|\bmath[ -]?rock\b", lambda _: "7/8"),
    (r"\b(?:odd|irregular|asymmetric(?:al)?|uneven)[ -](?:met(?:re|er)s?|time(?: signatures?)?)\b", lambda _: "7/8"),
    (r"\bsix[ -]eight\b|\bcompound (?:metre|meter|time)\b|\bin six\b|\bjig\b", lambda _: "6/8"),
    (r"\b(?:three[ -]four(?: time)?|waltz\w*|in three|triple (?:metre|meter|time))\b", lambda _: "3/4"),
    (r"\b(?:four[ -]four(?: time)?|common time)\b", lambda _: "4/4"),
)


def read_metre(text: str) -> Extracted[Metre] | None:
    """Time signature; one that cannot be made is bent to the nearest that can."""
    extracted = against_itself(text, lambda some: first_extracted(some, _METRES))
    if extracted is None:
        return None
    if extracted.value in METRES:
        return Extracted(Metre.parse(extracted.value), extracted.words, against=extracted.against)
    nearest = _nearest(*map(int, extracted.value.split("/")))
    return Extracted(Metre.parse(nearest), extracted.words, f"{NEAREST}, since {', '.join(METRES)} can be made")


def _nearest(above: int, below: int) -> str:
    """The same count in another unit (7/16 is felt as 7/8), else bars of three or four.

    Examples
    --------
    >>> _nearest(7, 16), _nearest(5, 8), _nearest(9, 4), _nearest(11, 8)
    ('7/8', '5/4', '3/4', '4/4')
    """
    same = next((metre for metre in METRES if metre.startswith(f"{above}/")), None)
    if same and below > 4:
        return same
    return "3/4" if above % 3 == 0 else "4/4"


_STRAIGHT = r"\b(?:(?:no|without|zero) swing|straight (?:beat|feel|groove|eighths|16ths|8ths|time|rhythm)s?)\b"
_SWUNG_HARD = (
    r"\b(?:(?:heavy|heavily|hard|strong|strongly|deep)[ -](?:swing|swung|shuffle)\w*|triplet (?:feel|swing))\b"
)
_SWUNG_LIGHTLY = r"\b(?:light|lightly|slight|slightly|subtle|subtly|gentle|gently)[ -](?:swing|swung|shuffle)\w*\b"
_TRIPLETS = r"\btriplets?(?:[ -](?:feel|groove|swing|time))?\b(?![ -]?(?:hi[ -]?hats?|hats?))"
_SWUNG = r"\b(?:shuffl\w+|swung|swinging|swingy|swing)\b(?!\s+(?:low|set|door|state|bridge|era))"


def read_swing(text: str) -> Extracted[float] | None:
    """Swing in percent, 50 straight to 75."""

    def percent(match: re.Match[str]) -> float:
        return min(75.0, max(50.0, float(match.group(1))))

    rules: list[Rule[float]] = [
        (r"\bsw[iu]ng\w*\s*(?:of|at|by|:|=)?\s*(\d{2})\b\s*%?", percent),
        (r"\b(\d{2})\s*(?:%|percent|per cent)\s*swing\b", percent),
        (_STRAIGHT, lambda _: 50.0),
        (_SWUNG_HARD, lambda _: 66.0),
        (_TRIPLETS, lambda _: 66.0),
        (_SWUNG_LIGHTLY, lambda _: 55.0),
        (_SWUNG, lambda _: 62.0),
    ]
    return pulled_apart(text, lambda some: first_extracted(some, rules), lambda swing: swing > 50.0)


def read_feel(text: str) -> Extracted[str] | None:
    """Half-time or double-time of the beat, not of one instrument."""
    of_one = r"(?!\s*-?(?:hats?|hi[ -]?hats?|arp\w*|lead\w*|bass\w*|strings|percussion|ride))"
    rules: list[Rule[str]] = [
        (rf"\bhalf[ -]?time\b{of_one}", lambda _: "half-time"),
        (rf"\bdouble[ -]?time\b{of_one}", lambda _: "double-time"),
    ]
    return against_itself(text, lambda some: first_extracted(some, rules))


_LOUDER_LU = 3.0
_OF_ONE = (
    r"\s+(?:(?:bass |kick )?drums?|kicks?|snares?|claps?|hats?|hi-?hats?|cymbals?|vocals?|voices?"
    r"|intro|verse|chorus|drop|bridge|outro)\b"
)
"""What is louder where the whole song is not."""


def read_louder(text: str) -> Extracted[float] | None:
    """LU that the master is louder or quieter than its delivery asks for."""
    degree = r"(?:a bit |a little |much |even )?"
    return first_extracted(
        text,
        [
            (rf"\b{degree}(?:louder(?!{_OF_ONE})|loud master|loud mix)\b", lambda _: _LOUDER_LU),
            (r"\b(?:quieter master|quiet master|less loud)\b", lambda _: -_LOUDER_LU),
        ],
    )


def read_loudness(text: str) -> Extracted[float] | None:
    """Loudness of the master in LUFS."""
    extracted = first_extracted(text, [(r"[-−–](\d{1,2}(?:\.\d+)?)\s*(?:lufs|lkfs)\b", lambda m: -float(m[1]))])
    return clamped(extracted, LOUDNESS_LIMITS_LUFS, "LUFS")
