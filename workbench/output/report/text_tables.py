"""Rows of texts in columns, and values and intervals as texts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from workbench.output.figures.labels import format_number


def columns(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of texts in columns, two blanks apart."""
    table = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(heads))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in table]


def number(value: float) -> str:
    """A number as text; none for an endless one."""
    return format_number(value) if math.isfinite(value) else "none"


def signed(value: float) -> str:
    """A number with its sign."""
    return f"+{format_number(value)}" if value > 0 else format_number(value)


def interval(low: float, high: float, *, sign: bool = False) -> str:
    """An interval as text."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "none (one track)"
    show = signed if sign else format_number
    return f"{show(low)} to {show(high)}"
