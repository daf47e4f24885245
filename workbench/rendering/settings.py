"""Single parameters of a patch or kit set by hand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from workbench.domain.errors import ParameterError, did_you_mean
from workbench.domain.moves import Setting, Settings
from workbench.rendering.parameters import parameters

Sound = TypeVar("Sound")


def with_settings(sound: Sound, settings: Settings) -> Sound:
    """A sound with some parameters set.

    Parameters
    ----------
    sound : Patch or Kit
        It stays as it is.
    settings : mapping
        Values by dotted name; a number counts the entries of a list from 0: "oscillators.0.level_db".

    Raises
    ------
    ParameterError
        If a name is not known there, or a value lies outside its range.

    Examples
    --------
    >>> from workbench.rendering import load_patch
    >>> with_settings(load_patch("bass", "sub-sine"), {"amplifier.release_ms": 90}).amplifier.release_ms
    90.0
    """
    for name, value in settings.items():
        sound = _set(sound, name.split("."), value, name)
    return sound


@dataclass(frozen=True, slots=True)
class Knob:
    """One parameter of a sound as it stands: a number in `low`..`high`, or one of `options`."""

    name: str
    value: Setting
    meaning: str
    low: float = 0.0
    high: float = 0.0
    options: tuple[str, ...] = ()


def knobs_of(sound: Any, prefix: str = "") -> Iterator[Knob]:
    """Every parameter that `with_settings` can set of a patch or kit, in the order of its groups.

    Examples
    --------
    >>> from workbench.rendering import load_patch
    >>> next(knob for knob in knobs_of(load_patch("bass", "sub-sine")) if knob.name == "amplifier.release_ms").low
    5.0
    """
    if isinstance(sound, tuple):
        for number, entry in enumerate(sound):
            yield from knobs_of(entry, f"{prefix}{number}.")
        return
    for item in parameters(type(sound)).values():
        held, name = getattr(sound, item.name), f"{prefix}{item.name}"
        if item.is_number:
            yield Knob(name, held, item.meaning, item.low, item.high)
        elif item.options:
            yield Knob(name, held, item.meaning, options=item.options)
        elif item.group and held is not None:
            yield from knobs_of(held, f"{name}.")


def _set(owner: Any, path: list[str], value: Setting, name: str) -> Any:
    """The owner with the value at a path; every level on the way is a new one."""
    here, *rest = path
    held = _held(owner, here, name)
    if dataclasses.is_dataclass(held) or isinstance(held, tuple):
        if not rest:
            raise ParameterError(f"{name} is a group of parameters: name one of {', '.join(_names(held))}")
        inner = _set(held, rest, value, name)
    elif rest:
        raise ParameterError(f"{name}: {here} is a single parameter and has none below it")
    else:
        inner = _as_kind(held, value, name)
    if isinstance(owner, tuple):
        return tuple(inner if str(number) == here else item for number, item in enumerate(owner))
    return dataclasses.replace(owner, **{here: inner})


def _held(owner: Any, here: str, name: str) -> Any:
    names = _names(owner)
    if here not in names:
        raise ParameterError(f"{name} is not known{did_you_mean(here, names)}: expected one of {', '.join(names)}")
    if isinstance(owner, tuple):
        return owner[int(here)]
    held = getattr(owner, here)
    if held is None:
        raise ParameterError(f"{name}: this sound has no {here}: choose a patch that has one")
    return held


def _names(owner: Any) -> list[str]:
    """What can be named below an owner; what only says which sound it is cannot."""
    if isinstance(owner, tuple):
        return [str(number) for number in range(len(owner))]
    return [name for name, item in parameters(type(owner)).items() if not item.is_text]


def _as_kind(held: Any, value: Setting, name: str) -> Setting:
    wanted = str if isinstance(held, str) else float
    if isinstance(value, bool) or not isinstance(value, str if wanted is str else (int, float)):
        raise ParameterError(f"{name}: expected {'a word' if wanted is str else 'a number'}, got {value!r}")
    return value if isinstance(value, str) else float(value)
