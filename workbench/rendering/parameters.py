"""Parameters of a sound as its dataclass annotates them: limits, words and meaning, checked wherever one is made.

A number is `Annotated[float, Field(ge=0.0, le=1.0, description="width")]`, a word `Annotated[str, OneOf(WAVES),
Field(description="wave form")]`; a field that holds another such dataclass, or a tuple of them, is a group.
"""

from __future__ import annotations

import types
from collections.abc import Hashable, Mapping
from dataclasses import Field, dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, Protocol, TypeVar, cast, get_args, get_origin, get_type_hints

import annotated_types
from pydantic.fields import FieldInfo

from workbench.domain.errors import ParameterError


class _IsDataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Group = TypeVar("Group", bound=_IsDataclass)


@dataclass(frozen=True, slots=True)
class OneOf:
    """An annotation of a text: it must be one of these words."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a field is: a number in `low`..`high`, one of `options`, one `group` or (`many`) several, or free text."""

    name: str
    meaning: str
    low: float = 0.0
    high: float = 0.0
    options: tuple[str, ...] = ()
    group: type[Any] | None = None
    many: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it has limits."""
        return self.low < self.high

    @property
    def is_text(self) -> bool:
        """Whether it only says which sound it is."""
        return not (self.is_number or self.options or self.group)


def parameters(kind: type[Any]) -> Mapping[str, Parameter]:
    """What each field of a dataclass of parameters is, by name, in order.

    Examples
    --------
    >>> from workbench.rendering.patch import Amplifier
    >>> parameters(Amplifier)["sustain"]
    Parameter(name='sustain', meaning='level held', low=0.0, high=1.0, options=(), group=None, many=False)
    """
    return _parameters(cast(Hashable, kind))


@cache
def _parameters(kind: Any) -> Mapping[str, Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return {item.name: _parameter(item.name, hints[item.name]) for item in fields(kind)}


def _parameter(name: str, hint: Any) -> Parameter:
    held, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    info = next((note for note in notes if isinstance(note, FieldInfo)), FieldInfo())
    limits = {type(limit): limit for limit in info.metadata}
    meaning = info.description or ""
    if annotated_types.Ge in limits:
        return Parameter(name, meaning, limits[annotated_types.Ge].ge, limits[annotated_types.Le].le)
    words = next((note.options for note in notes if isinstance(note, OneOf)), ())
    kinds = [held, *(get_args(held) if get_origin(held) in (tuple, types.UnionType) else ())]
    groups = [one for one in kinds if isinstance(one, type) and issubclass(one, Validated)]
    return Parameter(
        name, meaning, options=words, group=groups[0] if groups else None, many=get_origin(held) is tuple
    )  # fmt: skip


class Validated:
    """A dataclass whose fields are checked against what they are annotated with whenever one is made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        where = type(self).__name__.lower()
        for item in parameters(type(self)).values():
            _check(where, item, getattr(self, item.name))


def _check(where: str, item: Parameter, value: Any) -> None:
    if item.is_number:
        if isinstance(value, bool) or not isinstance(value, int | float) or not item.low <= value <= item.high:
            raise ParameterError(
                f"{where}.{item.name}: expected a number of {item.low:g} to {item.high:g}, got {value!r}"
            )
    elif item.options and value not in item.options:
        raise ParameterError(f"{where}.{item.name}: expected one of {', '.join(item.options)}, got {value!r}")


def build(kind: type[Group], data: Mapping[str, Any], where: str) -> Group:
    """Make a dataclass of parameters, with its nested groups, from a mapping as read from YAML.

    Parameters
    ----------
    kind : type
        A dataclass of parameters.
    data : Mapping
        Values by field; what is left out keeps its default.
    where : str
        Name for messages, such as the file.

    Raises
    ------
    ParameterError
        If a name is unknown, or a value of the wrong kind or outside its range.
    """
    if not isinstance(data, Mapping):
        raise ParameterError(f"{where}: expected a mapping of parameters, got {data!r}")
    known = parameters(kind)
    foreign = [str(name) for name in data if name not in known]
    if foreign:
        raise ParameterError(f"{where}: {', '.join(foreign)} is not known: expected names of {', '.join(known)}")
    values = {name: _convert(known[name], value, f"{where}: {name}") for name, value in data.items()}
    try:
        return kind(**values)
    except ParameterError as error:
        raise ParameterError(f"{where}: {error}") from None
    except TypeError as error:
        raise ParameterError(f"{where}: {str(error).split('__init__() ')[-1]}") from None


def _convert(item: Parameter, value: Any, where: str) -> Any:
    if item.group is not None and item.many:
        if not isinstance(value, list | tuple):
            raise ParameterError(f"{where}: expected a list, got {value!r}")
        return tuple(build(item.group, entry, f"{where}[{i}]") for i, entry in enumerate(value))
    if item.group is not None:
        return None if value is None else build(item.group, value, where)
    if item.is_number and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if item.is_text and not isinstance(value, str):
        raise ParameterError(f"{where}: expected text, got {value!r}")
    return value
