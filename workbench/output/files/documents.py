"""Domain values as plain JSON documents, with the same bytes for the same values."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

from workbench.domain.results import QualityReport


def plain(value: Any) -> Any:
    """Turn frozen dataclasses, mappings, tuples and numpy numbers into what JSON knows.

    Numbers that are not finite become null.

    Examples
    --------
    >>> plain({"bands_hz": (63, 125), "peak_db": float("-inf")})
    {'bands_hz': [63, 125], 'peak_db': None}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if hasattr(value, "item") and callable(value.item):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_json(value: Any) -> str:
    """A document as indented JSON with a line end; keys keep their order, and what has no UTF-8 is escaped."""
    text = json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def report_document(report: QualityReport) -> dict[str, Any]:
    """The quality report as a document: verdict, checks, measurements, distances to references."""
    document: dict[str, Any] = plain(report)
    return {"passed": report.passed, **document}
