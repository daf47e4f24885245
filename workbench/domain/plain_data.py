"""Frozen values as plain data for JSON, and back: nothing is lost, whatever fields a value has."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json, to_jsonable_python

from workbench.domain.errors import ParameterError
from workbench.domain.request_errors import fault_in_words

Value = TypeVar("Value")


def to_plain(value: Any) -> Any:
    """Dataclasses as objects, mappings as objects, tuples as lists; numbers, texts and None stay.

    Examples
    --------
    >>> from workbench.domain.theory import Key
    >>> to_plain((Key(5, "minor"), 1.5))
    [{'tonic': 5, 'mode': 'minor'}, 1.5]
    """
    return to_jsonable_python(value)


def from_plain(kind: type[Value], data: Any, place: str | None = None) -> Value:
    """The value of type `kind` that `to_plain` laid out; fields with a default may be missing.

    Types are held as JSON holds them: a list is a tuple and a whole number a float where the field wants that, but no
    text is a number, and a field that the type does not have is refused.

    Parameters
    ----------
    kind : type
        A dataclass, a model, or a mapping or tuple of such.
    data : Any
        Objects, lists, numbers and texts.
    place : str, optional
        What messages begin with; the name of the type if left out.

    Raises
    ------
    ParameterError
        If the data do not fit; the message names the place and the field.

    Examples
    --------
    >>> from workbench.domain.theory import Key
    >>> from_plain(Key, {"tonic": 5, "mode": "minor"})
    Key(tonic=5, mode='minor')
    >>> from_plain(Key, {"tonic": 5.5, "mode": "minor"})
    Traceback (most recent call last):
    workbench.domain.errors.ParameterError: Key.tonic: 5.5 is not a whole number
    """
    text = to_json(data, inf_nan_mode="constants")
    try:
        value: Value = _adapter(cast(Hashable, kind)).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        raise ParameterError(_explained(error, place or kind.__name__)) from None
    return value


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _explained(error: ValidationError, place: str) -> str:
    """One line for the first fault."""
    first = error.errors(include_url=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    return f"{place}{where}: {fault_in_words(first)}"
