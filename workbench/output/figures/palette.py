"""One palette for every picture, table and widget: an element has the same colour wherever it appears."""

from __future__ import annotations

import hashlib

from workbench.domain.elements import ELEMENTS, element_of

ELEMENT_COLOURS: dict[str, str] = {element: element_of(element).colour for element in ELEMENTS}

MASTER_COLOUR = "#5b4b8a"
OUTCOME_COLOURS: dict[str, str] = {
    "pass": "#2e8b57",
    "warn": "#d08a1d",
    "fail": "#c8352b",
    "not applicable": "#9aa1ad",
}
"""Colours of the lights in the quality report."""

REFERENCE_COLOURS = ("#7a8599", "#a0728f", "#8a7b52", "#5f8a94", "#9a6b5a", "#6f7fb0")
CURVE_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#a67c00", "#56b4e9", "#000000")
"""Of curves that are kept apart, safe for colour-blind readers (Okabe and Ito 2008; their yellows darkened)."""

INK = "#1d2330"
MUTED = "#667085"
GRID = "#e4e7ec"
PAPER = "#ffffff"
ACCENT = "#5b4b8a"

_SPARE = ("#8a4fa3", "#6b8e23", "#b0526f", "#4d7c8a", "#99742f")


def element_colour(element: str) -> str:
    """The colour of an element as a hex code; an element that a user adds gets a steady one of its own.

    Examples
    --------
    >>> element_colour("bass")
    '#3465a8'
    """
    if element in ELEMENT_COLOURS:
        return ELEMENT_COLOURS[element]
    return _SPARE[hashlib.sha256(element.encode()).digest()[0] % len(_SPARE)]
