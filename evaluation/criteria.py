"""Criteria: what every judge returns and every `evaluate` command prints.

A `Criterion` is a value beside the limit that it is held to; an `Observation` is a value without a limit, printed
beside the criteria so that they can be read (human music against human music, say).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Criterion:
    """A value and its limit; `n` counts what it was measured on, `holds` says whether the limit is kept."""

    name: str
    value: float
    limit: float
    unit: str
    n: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Observation:
    """A value without a limit."""

    name: str
    value: float
    unit: str
    n: int


Row = Criterion | Observation


def at_most(name: str, value: float, limit: float, unit: str, n: int) -> Criterion:
    """A criterion that holds where the value is not above the limit (never for nan).

    Examples
    --------
    >>> at_most("error", 0.2, 0.1, "", 5).holds
    False
    """
    return Criterion(name, _rounded(value), _rounded(limit), unit, n, bool(value <= limit))


def at_least(name: str, value: float, limit: float, unit: str, n: int) -> Criterion:
    """A criterion that holds where the value is not below the limit (never for nan)."""
    return Criterion(name, _rounded(value), _rounded(limit), unit, n, bool(value >= limit))


def observed(name: str, value: float, unit: str, n: int) -> Observation:
    """An observation, rounded as criteria are."""
    return Observation(name, _rounded(value), unit, n)


def criteria_of(rows: Iterable[Row]) -> tuple[Criterion, ...]:
    """The rows that have a limit."""
    return tuple(row for row in rows if isinstance(row, Criterion))


def observations_of(rows: Iterable[Row]) -> tuple[Observation, ...]:
    """The rows that have none."""
    return tuple(row for row in rows if isinstance(row, Observation))


def all_hold(rows: Iterable[Row]) -> bool:
    """Whether every criterion among the rows holds."""
    return all(row.holds for row in criteria_of(rows))


def criterion_form(criterion: Criterion) -> dict[str, Any]:
    """The published JSON form of a criterion, in which the limit is called `bar`."""
    return {("bar" if name == "limit" else name): value for name, value in asdict(criterion).items()}


def rows_form(rows: Sequence[Row]) -> dict[str, Any]:
    """The published JSON form of rows: criteria under `bars`, observations under `figures`.

    Examples
    --------
    >>> rows_form([at_least("share", 0.9, 0.8, "", 10)])["bars"]
    [{'name': 'share', 'value': 0.9, 'bar': 0.8, 'unit': '', 'n': 10, 'holds': True}]
    """
    return {
        "bars": [criterion_form(row) for row in criteria_of(rows)],
        "figures": [asdict(row) for row in observations_of(rows)],
    }


def rows_table(rows: Sequence[Row]) -> str:
    """Rows as plain text, one a line; a criterion says whether it holds."""
    width = max((len(row.name) for row in rows), default=20) + 2
    head = f"{'':{width}}{'n':>7}{'value':>10}{'limit':>9} {'unit':8} holds"
    return "\n".join([head, *(_line(row, width) for row in rows)])


def _line(row: Row, width: int) -> str:
    text = f"{row.name:{width}}{row.n:7}{row.value:10.3f}"
    if isinstance(row, Observation):
        return f"{text}{'':9} {row.unit}".rstrip()
    return f"{text}{row.limit:9.3f} {row.unit:8} {'yes' if row.holds else 'NO'}"


def _rounded(value: float) -> float:
    return round(float(value), 4) if math.isfinite(value) else float(value)
