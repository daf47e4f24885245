"""What is wrong with a request, in one clear line: field, value, range."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from workbench.domain.errors import did_you_mean

MOST_SHOWN = 6
"""Faults listed in one message; the rest are counted."""

_LONGEST_VALUE = 60
_BRANCHES = ("a number", "a word", "a list of points")
"""Parts of a place that are the validator's own, and cannot be names of fields."""


def explain(errors: Sequence[Any], root: type[BaseModel]) -> str:
    """One line for the errors that pydantic found in a request of the type `root`."""
    faults = [error for error in errors if not (error["type"] == "too_short" and error["input"])]
    lines = list(dict.fromkeys(_explain(error, root) for error in faults))
    rest = f"; and {len(lines) - MOST_SHOWN} more faults" if len(lines) > MOST_SHOWN else ""
    return "; ".join(lines[:MOST_SHOWN]) + rest


def shown(value: Any) -> str:
    """A value as JSON writes it, on one line and cut where it is long.

    Examples
    --------
    >>> shown("fast"), shown(True), shown([1, 2])
    ('"fast"', 'true', 'a list of 2')
    """
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, Mapping):
        return "an object"
    try:
        text = json.dumps(value)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _explain(error: Any, root: type[BaseModel]) -> str:
    names, info = _field(error["loc"], root)
    kind = error["type"]
    place = ".".join(names)
    if kind == "extra_forbidden":
        return f"{place}: unknown field; {_known_fields(names, root)}"
    if kind == "value_error":
        return f"{place}: {fault_in_words(error)}" if place else fault_in_words(error)
    fault = fault_in_words(error)
    wanted = _expectation(kind, error.get("ctx", {}), info)
    return f"{place or 'request'}: {fault}" + (f"; expected {wanted}" if wanted else "")


def fault_in_words(error: Any) -> str:
    """What is wrong with a value, from an error as pydantic lists it: neither its place nor what belongs there."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return "unknown field"
    if kind == "missing":
        return "is missing"
    if kind in ("less_than_equal", "greater_than_equal"):
        return f"{shown(value)} is {'above' if kind.startswith('less') else 'below'} the limit"
    if kind in ("too_short", "string_too_short"):
        return "is empty"
    if kind == "too_long":
        return f"holds {len(value)} entries, at most {context['max_length']} fit"
    if kind == "string_too_long":
        return f"is {len(value)} characters long, at most {context['max_length']} fit"
    if kind == "literal_error":
        return f"{shown(value)} is not known{_did_you_mean(value, _choices(context['expected']))}"
    nouns = {
        "float": "a number", "finite": "a finite number", "int": "a whole number", "bool": "true or false",
        "string": "text", "tuple": "a list", "dict": "an object", "model": "an object",
        "dataclass": "an object", "union": "text or an object",
        "setting": "a number, a word or a list of points",
    }  # fmt: skip
    noun = "a name" if kind == "string_pattern_mismatch" else nouns.get(kind.split("_")[0], "what belongs here")
    return f"{shown(value)} is not {noun}"


def _expectation(kind: str, context: Mapping[str, Any], info: FieldInfo | None) -> str:
    """What belongs in a field: its choices, its range with unit, or what its description says."""
    if kind == "string_pattern_mismatch":
        return "letters and digits, and between them . _ and - but no spaces"
    extra = info.json_schema_extra if info and isinstance(info.json_schema_extra, dict) else {}
    unit = f" {extra['unit']}" if "unit" in extra else ""
    if kind == "literal_error":
        return f"one of {', '.join(_choices(context['expected']))}{unit}"
    if info is None:
        return ""
    low = next((item.ge for item in info.metadata if isinstance(item, annotated_types.Ge)), None)
    high = next((item.le for item in info.metadata if isinstance(item, annotated_types.Le)), None)
    if low is not None and high is not None:
        return f"{low} to {high}{unit}"
    return str(extra.get("expected", ""))


def _choices(expected: str) -> list[str]:
    """The choices in pydantic's text "'wav', 'aiff' or 'mp3'"."""
    return [choice.strip().strip("'") for choice in expected.replace(" or ", ", ").split(",")]


def _did_you_mean(value: Any, choices: Sequence[str]) -> str:
    # Between numbers there is nothing to mistype: 5/4 is as near to 4/4 as to any other.
    named = isinstance(value, str) and any(char.isalpha() for char in value)
    return did_you_mean(value.strip().lower(), choices) if named else ""


def _field(loc: Sequence[int | str], root: type[BaseModel]) -> tuple[list[str], FieldInfo | None]:
    """The path of a field as a user writes it, without the validator's own parts, and the innermost field known."""
    names: list[str] = []
    model: type[BaseModel] | None = root
    info: FieldInfo | None = None
    for part in loc:
        if isinstance(part, int):
            names[-1] += f"[{part}]"
        elif part in _BRANCHES:
            continue
        elif model is not None and part in model.model_fields:
            info = model.model_fields[part]
            model = next(_models(info.annotation), None)
            names.append(part)
        elif model is not None:
            names.append(_printable(part))
            info = None
        elif part not in ("[key]", "text", "by section"):
            names.append(_printable(part))
            info = _value_of(info)
    return names, info


def _value_of(info: FieldInfo | None) -> FieldInfo | None:
    """What the values of a field that maps names to numbers must be; of other fields the field itself."""
    for form in (info.annotation, *get_args(info.annotation)) if info else ():
        if get_origin(form) is dict:
            value = FieldInfo.from_annotation(get_args(form)[1])
            return value if any(isinstance(item, annotated_types.Ge) for item in value.metadata) else info
    return info


def _printable(name: str) -> str:
    """A field's name as it came, in quotes if it would spoil the line."""
    return name if name.isprintable() and 0 < len(name) <= _LONGEST_VALUE else shown(name)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for inner in get_args(annotation):
            yield from _models(inner)


def _known_fields(names: Sequence[str], root: type[BaseModel]) -> str:
    """A hint for an unknown field: a close name beside it, or the place where such a field belongs; then the list."""
    model = root
    for name in names[:-1]:
        field = model.model_fields.get(name.partition("[")[0])
        model = next(_models(field.annotation), model) if field else model
    known = list(model.model_fields)
    elsewhere = [path for path in _paths(root) if path.rsplit(".", 1)[-1] == names[-1]]
    close = elsewhere or difflib.get_close_matches(names[-1], known, 1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"{hint}known here: {', '.join(known)}"


def _paths(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield f"{prefix}{name}"
        for inner in _models(info.annotation):
            yield from _paths(inner, f"{prefix}{name}.")


def finite(text: str) -> float:
    """Refuse the NaN and Infinity that Python's JSON reader would let pass."""
    raise ValueError(f"{text} is not a number in JSON")


def without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a field twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the field {shown(name)} stands twice in one object")
        if isinstance(value, float) and math.isinf(value):
            raise ValueError(f"the number of {shown(name)} is too large")
        found[name] = value
    return found
