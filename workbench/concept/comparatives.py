"""Comparatives: "darker", "a bit less busy", "faster than usual", "sub-heavy" as moves from what is usual."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from workbench.concept.moves import Move
from workbench.domain.data_files import read_shipped

_LITTLE, _MUCH = 0.6, 1.5
_DEGREE = (
    r"(?:(?P<little>a bit|a little(?: bit)?|slightly|somewhat|a touch|a tad|marginally)"
    r"|(?P<much>much|a lot|far|way|considerably|significantly|even)|rather)\s+"
)
_USUAL = r"(?:\s+than\s+(?:is\s+)?(?:usual|normal|typical|average|most|ever|the original|before)\w*)?"
_DENIED = re.compile(r"\b(?:not|no|never|nothing|n't|without getting|without being)\s+(?:any\s+)?$", re.IGNORECASE)
_OF_ONE = r"(?!\s+(?:drums?|kicks?|snares?|claps?|(?:hi[ -]?)?hats?|bass(?:es|lines?)?|808s?|vocals?|pads?)\b)"
"""What an adjective that stands alone may not speak of: "dry drums" are no dry song."""
_LESS_BEFORE = ("less", "not so", "not too", "not as", "not overly", "not that")


def read_comparatives(text: str) -> tuple[tuple[Move, ...], str]:
    """The moves that a text asks for, and the text without the words that asked.

    What is left holds no word that would be read again: "less busy" must not count as "busy".

    Examples
    --------
    >>> moves, rest = read_comparatives("house, a bit darker and less busy")
    >>> sorted({move.target for move in moves}), rest
    (['notes', 'texture_density', 'tilt_db', 'valence'], 'house,   and  ')
    """
    moves: list[Move] = []

    def take(match: re.Match[str]) -> str:
        if not _DENIED.search(text[: match.start()]):
            moves.extend(_moves(match))
        return " "

    rest = _pattern().sub(take, text)
    return tuple(moves), rest


def _moves(match: re.Match[str]) -> Iterator[Move]:
    strength = _LITTLE if match["little"] else _MUCH if match["much"] else 1.0
    amounts, sign = _phrases()[_plain(match["phrase"])]
    words = " ".join(match.group(0).split())
    for target, amount in amounts.items():
        yield Move(target, sign * strength * amount, "text", f"'{words}'")


@cache
def _phrases() -> Mapping[str, tuple[Mapping[str, float], float]]:
    """Every phrase with the moves of its axis and the sign in which it takes them."""
    table: dict[str, tuple[Mapping[str, float], float]] = {}
    for axis in _axes():
        more = [*axis["more"], *axis.get("alone", ()), *(f"more {word}" for word in axis["words"])]
        less = [*axis["less"], *axis.get("opposite", ())]
        less += [f"{before} {word}" for word in axis["words"] for before in _LESS_BEFORE]
        table |= {_plain(phrase): (axis["moves"], -1.0) for phrase in less}
        table |= {_plain(phrase): (axis["moves"], 1.0) for phrase in more}
    return table


@cache
def _axes() -> Sequence[Mapping[str, Any]]:
    return tuple(read_shipped("workbench.concept", "comparatives.yaml").values())


@cache
def _pattern() -> re.Pattern[str]:
    alone = {_plain(phrase) for axis in _axes() for field in ("alone", "opposite") for phrase in axis.get(field, ())}
    ordered = sorted(_phrases(), key=lambda phrase: (-len(phrase), phrase))
    phrases = "|".join(
        re.escape(phrase).replace(r"\ ", r"[\s_-]+") + (_OF_ONE if phrase in alone else "") for phrase in ordered
    )
    # "Bone dry" is no reverb at all, which is a statement.
    return re.compile(rf"(?<!\bbone[\s-])\b(?:{_DEGREE})?(?P<phrase>{phrases})\b(?!-){_USUAL}", re.IGNORECASE)


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.lower())
