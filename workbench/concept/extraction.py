"""What a text states outright, with the words that state it, and the rule machine that finds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")

NEAREST = "the nearest possible"
"""How a note begins where a value was bent to what can be made."""
_MOST_WORDS = 8
"""How many words of one matter are looked at for a contrary one."""

Rule = tuple[str, Callable[["re.Match[str]"], T]]
"""A pattern and how to read its match."""

_DENIED = re.compile(
    r"\b(?:no|not|without|never|isn't|nothing|less|don't (?:make it|want it|want))(?: too| so| very| any| a| in)?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extracted(Generic[T]):
    """A value and the words that state it.

    `note` tells how the words were bent to fit, if they were, and `against` what else the text says, or what of it
    could not be read.
    """

    value: T
    words: str
    note: str = ""
    against: str = ""


def first_extracted(
    text: str, rules: Sequence[Rule[T]], *, not_after: re.Pattern[str] | None = None
) -> Extracted[T] | None:
    """The first rule whose pattern is in the text and is not denied by the words before it.

    What stands right after `not_after` means something else.
    """
    for pattern, read in rules:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            before = text[: match.start()]
            if not _DENIED.search(before) and not (not_after and not_after.search(before)):
                return Extracted(read(match), match.group(0).strip())
    return None


def against_itself(text: str, read: Callable[[str], Extracted[T] | None]) -> Extracted[T] | None:
    r"""What a reader finds first; if the text states another value too ("92 bpm 140 bpm"), the first wins, and
    `against` holds the other.

    Examples
    --------
    >>> read = lambda text: first_extracted(text, [(r"\b(\d+) bpm", lambda match: int(match[1]))])
    >>> against_itself("92 bpm 140 bpm", read).against
    "the text also says '140 bpm', but '92 bpm' comes first"
    """
    extracted = read(text)
    if extracted is None:
        return None
    place = text.find(extracted.words)
    rest = f"{text[:place]} . {text[place + len(extracted.words) :]}"
    other = read(rest)
    if other is None or other.value == extracted.value:
        return extracted
    return replace(extracted, against=f"the text also says '{other.words}', but '{extracted.words}' comes first")


def pulled_apart(
    text: str, read: Callable[[str], Extracted[float] | None], side: Callable[[float], object]
) -> Extracted[float] | None:
    r"""What a reader finds; where the text states the contrary too ("fast, slow"), the middle is taken, and
    `against` says so.

    Parameters
    ----------
    text : str
    read : callable
    side : callable
        Values of one side agree: "slow" and "very slow" do.

    Examples
    --------
    >>> read = lambda text: first_extracted(text, [(r"\bslow\b", lambda _: -1.0), (r"\bfast\b", lambda _: 1.0)])
    >>> extracted = pulled_apart("fast, slow", read, lambda pace: pace > 0)
    >>> extracted.value, extracted.words, extracted.against
    (0.0, 'fast, slow', "'fast' pulls against 'slow', so that the middle is taken")
    """
    extracted = read(text)
    if extracted is None:
        return None
    rest = text
    for _ in range(_MOST_WORDS):
        place = rest.find(found.words) if (found := read(rest)) else -1
        if found is None or place < 0:
            return extracted
        if side(found.value) != side(extracted.value):
            first, second = sorted((extracted.words, found.words), key=text.find)
            against = f"'{first}' pulls against '{second}', so that the middle is taken"
            return Extracted(round((extracted.value + found.value) / 2, 2), f"{first}, {second}", against=against)
        rest = f"{rest[:place]} . {rest[place + len(found.words) :]}"
    return extracted


def clamped(extracted: Extracted[float] | None, limits: tuple[float, float], unit: str) -> Extracted[float] | None:
    """The nearest value within limits; a value that is bent says so."""
    if extracted is None or limits[0] <= extracted.value <= limits[1]:
        return extracted
    value = min(max(extracted.value, limits[0]), limits[1])
    return replace(extracted, value=value, note=f"{NEAREST}, since {limits[0]:g} to {limits[1]:g} {unit} can be made")
