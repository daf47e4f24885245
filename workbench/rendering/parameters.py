"""Sound parameters that say their own range: fields with limits and meaning, checked wherever a value is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Protocol, TypeVar, cast

from workbench.domain.errors import ParameterError


class _IsDataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Group = TypeVar("Group", bound=_IsDataclass)


@dataclass(frozen=True, slots=True)
class ParameterDescription:
    """One parameter for listings: dotted name, default, range or choices as text, meaning."""

    name: str
    default: Any
    range: str
    meaning: str


def ranged(default: float, low: float, high: float, meaning: str) -> Any:
    """Declare a number that must lie in `low`..`high`."""
    return field(default=default, metadata={"low": low, "high": high, "meaning": meaning})


def choice(default: str, options: tuple[str, ...], meaning: str) -> Any:
    """Declare a word that must be one of `options`."""
    return field(default=default, metadata={"options": options, "meaning": meaning})


def group(kind: type[Any], meaning: str) -> dict[str, Any]:
    """Metadata of a field that holds a nested group of parameters, or None."""
    return {"group": kind, "meaning": meaning}


def groups(kind: type[Any], meaning: str) -> dict[str, Any]:
    """Metadata of a field that holds a list of groups."""
    return {"groups": kind, "meaning": meaning}


class Validated:
    """A dataclass whose fields are checked against their declared range whenever one is made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for item in fields(cast(Any, self)):
            _check(type(self).__name__.lower(), item, getattr(self, item.name))


def _check(where: str, item: Field[Any], value: Any) -> None:
    if "low" in item.metadata:
        low, high = item.metadata["low"], item.metadata["high"]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ParameterError(f"{where}.{item.name}: expected a number of {low:g} to {high:g}, got {value!r}")
    elif "options" in item.metadata and value not in item.metadata["options"]:
        raise ParameterError(
            f"{where}.{item.name}: expected one of {', '.join(item.metadata['options'])}, got {value!r}"
        )


def build(kind: type[Group], data: Mapping[str, Any], where: str) -> Group:
    """Make a dataclass of parameters, with its nested groups, from a mapping as read from YAML.

    Parameters
    ----------
    kind : type
        Dataclass whose fields are declared by `ranged`, `choice`, `group`, `groups`, or are plain text.
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
    known = {item.name: item for item in fields(kind)}
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


def _convert(item: Field[Any], value: Any, where: str) -> Any:
    if "groups" in item.metadata:
        if not isinstance(value, list | tuple):
            raise ParameterError(f"{where}: expected a list, got {value!r}")
        return tuple(build(item.metadata["groups"], entry, f"{where}[{i}]") for i, entry in enumerate(value))
    if "group" in item.metadata:
        return None if value is None else build(item.metadata["group"], value, where)
    if "low" in item.metadata and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not item.metadata and not isinstance(value, str):
        raise ParameterError(f"{where}: expected text, got {value!r}")
    return value


def describe(kind: type[Any], prefix: str = "") -> Iterator[ParameterDescription]:
    """List every parameter of a dataclass and of its nested groups.

    Parameters
    ----------
    kind : type
        Dataclass as for `build`.
    prefix : str
        Put before the names.

    Yields
    ------
    ParameterDescription
        In the order of the fields.
    """
    for item in fields(kind):
        name = f"{prefix}{item.name}"
        meaning = item.metadata.get("meaning", "")
        if "low" in item.metadata:
            limits = f"{item.metadata['low']:g} to {item.metadata['high']:g}"
            yield ParameterDescription(name, item.default, limits, meaning)
        elif "options" in item.metadata:
            yield ParameterDescription(name, item.default, ", ".join(item.metadata["options"]), meaning)
        elif "group" in item.metadata:
            yield from describe(item.metadata["group"], f"{name}.")
        elif "groups" in item.metadata:
            yield from describe(item.metadata["groups"], f"{name}[].")
