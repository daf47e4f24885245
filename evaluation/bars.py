"""Figures beside their bars: what every suite returns and every `evaluate` command prints."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure beside its bar; `n` counts what it was measured on."""

    name: str
    value: float
    bar: float
    unit: str
    n: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure without a bar, to read the bars by."""

    name: str
    value: float
    unit: str
    n: int


Row = Bar | Figure


def at_most(name: str, value: float, bar: float, unit: str, n: int) -> Bar:
    """A bar that holds where the value is not above it (never for nan).

    Examples
    --------
    >>> at_most("error", 0.2, 0.1, "", 5).holds
    False
    """
    return Bar(name, _rounded(value), _rounded(bar), unit, n, bool(value <= bar))


def at_least(name: str, value: float, bar: float, unit: str, n: int) -> Bar:
    """A bar that holds where the value is not below it (never for nan)."""
    return Bar(name, _rounded(value), _rounded(bar), unit, n, bool(value >= bar))


def figure(name: str, value: float, unit: str, n: int) -> Figure:
    """A figure, rounded as bars are."""
    return Figure(name, _rounded(value), unit, n)


def _rounded(value: float) -> float:
    return round(float(value), 4) if math.isfinite(value) else float(value)
