"""Domain values as plain JSON documents, with the same bytes for the same values."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import Any

from workbench.domain.plan import Plan
from workbench.domain.results import QualityReport
from workbench.domain.theory import Chord, Key, Metre


def plain(value: Any) -> Any:
    """Turn frozen dataclasses, mappings, tuples and numpy numbers into what JSON knows.

    Keys, metres and chords become their names; numbers that are not finite become null.

    Examples
    --------
    >>> plain({"key": Key.parse("F minor"), "peak_db": float("-inf")})
    {'key': 'F minor', 'peak_db': None}
    """
    if isinstance(value, Key | Metre):
        return str(value)
    if isinstance(value, Chord):
        return {"symbol": value.symbol(), "onset_beats": value.onset_beats, "duration_beats": value.duration_beats}
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
    """A document as indented JSON with a line end; keys keep their order."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as a document, with its length in bars and seconds on top."""
    document: dict[str, Any] = plain(plan)
    return {"bars": plan.bars, "duration_seconds": plan.duration_seconds, **document}


def report_document(report: QualityReport) -> dict[str, Any]:
    """The quality report as a document: verdict, checks, measurements, distances to references."""
    document: dict[str, Any] = plain(report)
    return {"passed": report.passed, **document}
