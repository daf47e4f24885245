"""Frozen values as plain data for JSON, and back: nothing is lost, whatever fields a value has."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from workbench.domain.errors import ParameterError

Value = TypeVar("Value")


def to_plain(value: Any) -> Any:
    """Dataclasses as objects, mappings as objects, tuples as lists; numbers, texts and None stay.

    Examples
    --------
    >>> from workbench.domain.theory import Key
    >>> to_plain((Key(5, "minor"), 1.5))
    [{'tonic': 5, 'mode': 'minor'}, 1.5]
    """
    if isinstance(value, float | int | str | None):  # most of a score, and asked first
        return value
    kind: Any = type(value)
    if names := _field_names(kind):
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(name): to_plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(inner) for inner in value]
    return value


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    """Fields of a dataclass; none of any other type."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def from_plain(kind: type[Value], data: Any) -> Value:
    """The value of type `kind` that `to_plain` laid out; fields with a default may be missing.

    Raises
    ------
    ParameterError
        If the data does not fit; the message names the type and the field.

    Examples
    --------
    >>> from workbench.domain.theory import Key
    >>> from_plain(Key, {"tonic": 5, "mode": "minor"})
    Key(tonic=5, mode='minor')
    """
    value: Value = _build(kind, data, kind.__name__)
    return value


def _build(kind: Any, data: Any, place: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, data, place)
    if origin in (Union, UnionType):
        return _union(inner, data, place)
    if origin is tuple:
        return _tuple(inner, data, place)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        _expect(isinstance(data, Mapping), "an object", data, place)
        return {name: _build(inner[1], item, f"{place}.{name}") for name, item in data.items()}
    if origin is Literal:
        _expect(data in inner, f"one of {', '.join(map(str, inner))}", data, place)
        return data
    return data if kind is Any else _scalar(kind, data, place)


def _union(inner: tuple[Any, ...], data: Any, place: str) -> Any:
    """The first part that fits; None only where it is one of them."""
    if data is None and type(None) in inner:
        return None
    parts = [part for part in inner if part is not type(None)]
    for part in parts[:-1]:
        try:
            return _build(part, data, place)
        except ParameterError:
            continue
    return _build(parts[-1], data, place)


def _dataclass(kind: Any, data: Any, place: str) -> Any:
    _expect(isinstance(data, Mapping), "an object", data, place)
    hints = _hints(kind)
    foreign = [name for name in data if name not in hints]
    _expect(not foreign, f"{', '.join(hints)} only", ", ".join(map(str, foreign)), place)
    values = {name: _build(hints[name], item, f"{place}.{name}") for name, item in data.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ParameterError(f"{place}: a field is missing: {error}") from None


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _tuple(inner: tuple[Any, ...], data: Any, place: str) -> tuple[Any, ...]:
    _expect(isinstance(data, list | tuple), "a list", data, place)
    kinds = [inner[0]] * len(data) if len(inner) == 2 and inner[1] is Ellipsis else list(inner)
    _expect(len(kinds) == len(data), f"{len(kinds)} entries", f"{len(data)} entries", place)
    return tuple(
        _build(part, item, f"{place}[{index}]") for index, (part, item) in enumerate(zip(kinds, data, strict=True))
    )


def _scalar(kind: Any, data: Any, place: str) -> Any:
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    _expect(isinstance(data, kind) and (kind is bool or not isinstance(data, bool)), kind.__name__, data, place)
    return data


def _expect(fits: bool, wanted: str, came: Any, place: str) -> None:
    if not fits:
        raise ParameterError(f"{place}: expected {wanted}, got {str(came)[:60]!r}")
