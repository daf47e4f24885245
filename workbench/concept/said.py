"""What a text states outright, with the words that state it, and the rule machine that finds it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

Rule = tuple[str, Callable[["re.Match[str]"], T]]
"""A pattern and how to read its match."""

_DENIED = re.compile(
    r"\b(?:no|not|without|never|isn't|nothing|less|don't (?:make it|want it|want))(?: too| so| very| any| a| in)?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """A value and the words that state it; `note` tells how the words were bent to fit, if they were."""

    value: T
    words: str
    note: str = ""


def first_said(text: str, rules: Sequence[Rule[T]]) -> Said[T] | None:
    """The first rule whose pattern is in the text and is not denied by the words before it."""
    for pattern, read in rules:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if not _DENIED.search(text[: match.start()]):
                return Said(read(match), match.group(0).strip())
    return None


def clamped(said: Said[float] | None, limits: tuple[float, float], unit: str) -> Said[float] | None:
    """The nearest value within limits; a value that is bent says so."""
    if said is None or limits[0] <= said.value <= limits[1]:
        return said
    value = min(max(said.value, limits[0]), limits[1])
    return Said(value, said.words, f"the nearest possible, since {limits[0]:g} to {limits[1]:g} {unit} can be made")
