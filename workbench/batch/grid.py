"""A grid over parameters: every request with every combination of values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import BaseModel

from workbench.batch.lines import WrongLine
from workbench.domain.errors import ParameterError, unknown_name
from workbench.domain.request import GenerationRequest, parse_request

_RANGE = re.compile(r"^(-?\d+)\.\.(-?\d+)$")
_MOST_VALUES = 1_000_000


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter, as the path of its fields in a request, and the values that it takes."""

    path: tuple[str, ...]
    values: tuple[Any, ...]


def parse_axis(text: str) -> Axis:
    """An axis as it is written on the command line: `tempo=90,120`, `seed=1..100` or `macros.intensity=-0.5,0.5`.

    A parameter is called by its name, or by its path where it is a field of something. Values are YAML.

    Raises
    ------
    ParameterError
        If the parameter is not known, or if there is no value.

    Examples
    --------
    >>> parse_axis("seed=1..3")
    Axis(path=('options', 'seed'), values=(1, 2, 3))
    """
    name, equals, stated = text.partition("=")
    if not equals or not name.strip() or not stated.strip():
        raise ParameterError(f"grid {text!r}: expected NAME=VALUES, such as tempo=90,120 or seed=1..100")
    return Axis(_path_of(name.strip()), _values_of(stated.strip(), text))


def spread(
    requests: Iterable[GenerationRequest | WrongLine], axes: Sequence[Axis]
) -> list[GenerationRequest | WrongLine]:
    """Every request with every combination of the axes' values, the last axis fastest; what is none stays once.

    Raises
    ------
    ParameterError
        If a value does not fit its parameter.
    """
    combinations = list(itertools.product(*(axis.values for axis in axes)))
    return [
        entry if isinstance(entry, WrongLine) else _with(entry, axes, values)
        for entry in requests
        for values in (combinations[:1] if isinstance(entry, WrongLine) else combinations)
    ]


def _with(request: GenerationRequest, axes: Sequence[Axis], values: Sequence[Any]) -> GenerationRequest:
    data = request.model_dump(mode="json", exclude_unset=True)
    for axis, value in zip(axes, values, strict=True):
        place = data
        for name in axis.path[:-1]:
            place = place.setdefault(name, {})
        place[axis.path[-1]] = value
    return parse_request(data)


def _values_of(stated: str, text: str) -> tuple[Any, ...]:
    between = _RANGE.match(stated)
    if between:
        first, last = int(between[1]), int(between[2])
        if not 0 <= last - first < _MOST_VALUES:
            raise ParameterError(f"grid {text!r}: expected a range upwards, of at most {_MOST_VALUES:,} values")
        return tuple(range(first, last + 1))
    try:
        values = yaml.safe_load(stated if stated.startswith("[") else f"[{stated}]")
    except yaml.YAMLError:
        values = None
    if not isinstance(values, list) or not values:
        raise ParameterError(f"grid {text!r}: expected values with commas between them, or a range such as 1..100")
    return tuple(values)


def _path_of(name: str) -> tuple[str, ...]:
    """The whole path of a parameter that is called by its name."""
    first, *rest = name.split(".")
    if first in GenerationRequest.model_fields:
        return (first, *rest)
    places = _places()
    if first not in places:
        raise unknown_name("grid: parameter", first, places)
    return (*places[first], *rest)


def _places() -> dict[str, tuple[str, ...]]:
    """Where each parameter of a request stands, by its name; groups count as parameters of their own."""
    found: dict[str, tuple[str, ...]] = {}

    def look(model: type[BaseModel], path: tuple[str, ...]) -> None:
        for name, field in model.model_fields.items():
            found.setdefault(name, (*path, name))
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                look(field.annotation, (*path, name))

    look(GenerationRequest, ())
    return found
