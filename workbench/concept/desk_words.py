"""What a text asks of one channel of the desk: "louder bass", "drums panned left", "dry drums", "less reverb on pads".

The words are taken out of the text before anything else reads it, so that a louder bass is no louder master.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from workbench.concept.element_words import element_pattern, elements_in
from workbench.concept.extraction import Extracted
from workbench.domain.moves import EqMove, StripMove

_CLOSED_DB = -60.0
_DEGREES = {"a bit": 0.5, "a little": 0.5, "slightly": 0.5, "a touch": 0.5, "much": 1.6, "far": 1.6, "way": 1.6}
_DEGREE = r"(?:(?P<degree>a bit|a little|slightly|a touch|much|far|way)\s+)?"
_STEP_DB, _SEND_DB, _FAR_SEND_DB = 3.0, -8.0, -26.0
_PAN, _SIDES = 0.5, {"hard": 1.0, "far": 0.8, "slightly": 0.25, "a bit": 0.25, "a little": 0.25}


@dataclass(frozen=True, slots=True)
class _Ask:
    """A way to change a channel, and the adjectives that ask for it."""

    words: str
    move: StripMove
    of_sound: bool = False


_ASKS = (
    _Ask(r"louder|up[ -]?front|prominent|in your face", StripMove(gain_db=_STEP_DB)),
    _Ask(r"quieter|softer|in the back(?:ground)?|buried|distant|tucked away", StripMove(gain_db=-_STEP_DB)),
    _Ask(r"brighter|crisper|airier", StripMove(eq=(EqMove("high_shelf", 5000.0, 4.0),)), of_sound=True),
    _Ask(r"darker|duller|warmer", StripMove(eq=(EqMove("high_shelf", 4000.0, -5.0),)), of_sound=True),
    _Ask(r"muffled|filtered|underwater", StripMove(eq=(EqMove("low_pass", 1500.0),))),
    _Ask(r"thin|thinner|tinny|telephone", StripMove(eq=(EqMove("high_pass", 400.0),))),
    _Ask(r"fatter|bassier|boomy", StripMove(eq=(EqMove("low_shelf", 150.0, 4.0),))),
    _Ask(r"dry|drier|dryer", StripMove(reverb_send_db=_CLOSED_DB)),
    _Ask(r"wet|wetter|reverberant|washed out|roomy|cavernous|drenched", StripMove(reverb_send_db=_SEND_DB)),
    _Ask(r"echoing|echoey|delayed", StripMove(delay_send_db=_SEND_DB)),
)
_ADJECTIVE = "|".join(f"(?P<ask_{number}>{ask.words})" for number, ask in enumerate(_ASKS))
_SIDE = r"(?:(?P<hard>hard|far|slightly|a bit|a little)\s+)?(?:to the\s+)?(?P<side>left|right)"
_EFFECTS = r"reverb|room|echo(?:es)?|delays?"
_AMOUNT = r"(?:(?P<none>no|without(?: any)?|less)|(?:more|lots of|a lot of|plenty of|big|long|heavy|huge|some|with))"
_NOT_SAID = re.compile(r"\b(?:not|never|isn't|aren't|don't)\s+(?:too |so |very |any )?$", re.IGNORECASE)
_OF_NOTES = re.compile(r"chord|harmon|melod", re.IGNORECASE)
"""A darker melody is one of other notes."""
_NO_MORE = r"(?!\s+(?:drums?|drop|house|music|hop|rock|ballads?|trap|pop|songs?|tracks?|mix)\b)"
"""What makes another thing of an element's name: "bass drum", "piano house"."""


def read_desk(text: str) -> tuple[Extracted[Mapping[str, StripMove]] | None, str]:
    """The channels that a text moves, and the text without the words that move them.

    Examples
    --------
    >>> desk, rest = read_desk("house with a louder bass and drums panned hard left")
    >>> [(element, desk.value[element].gain_db, desk.value[element].pan) for element in ("bass", "percussion")], rest
    ([('bass', 3.0, None), ('percussion', 0.0, -1.0)], 'house with a bass and drums')
    """
    moves: dict[str, StripMove] = {}
    taken: list[re.Match[str]] = []
    for match in _matches(text):
        ask, denied = _ask(match), _NOT_SAID.search(text[: match.start()])
        overlaps = any(match.start() < one.end() and one.start() < match.end() for one in taken)
        if denied or overlaps or (ask and ask.of_sound and _OF_NOTES.search(match["element"])):
            continue
        taken.append(match)
        for element in elements_in(match["element"].lower()):
            moves[element] = _both(moves.get(element, StripMove()), _move(match, ask))
    taken.sort(key=lambda match: match.start())
    words = ", ".join(" ".join(match.group(0).split()) for match in taken)
    for match in reversed(taken):
        text = f"{text[: match.start()]}{match['element']}{text[match.end() :]}"
    return (Extracted(moves, words) if moves else None), text


def _matches(text: str) -> Iterator[re.Match[str]]:
    for pattern in _patterns():
        yield from pattern.finditer(text)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    one = element_pattern()
    element = rf"(?P<element>{one})\b{_NO_MORE}"
    several = rf"(?P<element>{one}(?:\s+(?:and|&)\s+(?:the\s+)?{one})*)\b{_NO_MORE}"
    ends = r"\b(?!\s+(?!(?:and|but|with|or|then)\b)\w)"
    # What follows one element is read before what precedes several: "louder bass and drums panned left".
    forms = (
        rf"\b{_AMOUNT}\s+(?P<effect>{_EFFECTS})\s+(?:on|for|to)\s+(?:the\s+)?{several}",
        rf"\b(?:pan|panning)\s+(?:the\s+)?{several}\s+{_SIDE}\b",
        rf"\b{element}\s+(?:(?:are|is|panned|pan|on the)\s+){{1,2}}{_SIDE}\b",
        rf"\b{element}\s+(?:(?:are|is|should be|to be|more)\s+){{0,2}}{_DEGREE}(?:{_ADJECTIVE}){ends}",
        rf"\b{_DEGREE}(?:more\s+)?(?:{_ADJECTIVE})\s+{several}",
        rf"\b{_DEGREE}(?:more\s+)?(?:{_ADJECTIVE})\s+{element}",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


def _ask(match: re.Match[str]) -> _Ask | None:
    """The adjective of a phrase, if it has one."""
    named = match.groupdict()
    return next((ask for number, ask in enumerate(_ASKS) if named.get(f"ask_{number}")), None)


def _move(match: re.Match[str], ask: _Ask | None) -> StripMove:
    found = {name: value.lower() for name, value in match.groupdict().items() if value}
    if ask:
        louder = _DEGREES.get(found.get("degree", ""), 1.0)
        return replace(ask.move, gain_db=round(ask.move.gain_db * louder, 2))
    if "side" in found:
        far = _SIDES.get(found.get("hard", ""), _PAN)
        return StripMove(pan=far if found["side"] == "right" else -far)
    level = _level(found.get("none", ""))
    delays = found["effect"].startswith(("echo", "delay"))
    return StripMove(delay_send_db=level) if delays else StripMove(reverb_send_db=level)


def _level(amount: str) -> float:
    if not amount:
        return _SEND_DB
    return _FAR_SEND_DB if amount == "less" else _CLOSED_DB


def _both(one: StripMove, other: StripMove) -> StripMove:
    """Both moves of a channel; of what only one can hold, the later."""
    return StripMove(
        gain_db=one.gain_db + other.gain_db,
        pan=one.pan if other.pan is None else other.pan,
        eq=(*one.eq, *other.eq),
        reverb_send_db=one.reverb_send_db if other.reverb_send_db is None else other.reverb_send_db,
        delay_send_db=one.delay_send_db if other.delay_send_db is None else other.delay_send_db,
    )


def spoken_move(move: StripMove) -> str:
    """A channel's move in words.

    Examples
    --------
    >>> spoken_move(StripMove(gain_db=-3.0, pan=0.5, reverb_send_db=-60.0))
    '-3 dB, pan 50 % right, no reverb'
    """
    parts = [f"{move.gain_db:+.2g} dB"] if move.gain_db else []
    if move.pan is not None:
        parts.append(f"pan {abs(move.pan):.0%} {'right' if move.pan > 0 else 'left'}".replace("%", " %"))
    for name, level in (("reverb", move.reverb_send_db), ("delay", move.delay_send_db)):
        if level is not None:
            parts.append(f"no {name}" if level <= _CLOSED_DB else f"{name} send {level:g} dB")
    parts += [f"{band.kind.replace('_', ' ')} at {band.frequency_hz:g} Hz" for band in move.eq]
    return ", ".join(parts)
