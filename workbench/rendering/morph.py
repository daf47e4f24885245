"""New sounds from those that there are: between two patches or kits, or by chance about one."""

from __future__ import annotations

import math
from dataclasses import is_dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np

from workbench.domain.errors import ParameterError
from workbench.domain.seeding import generator
from workbench.rendering.kit import Kit
from workbench.rendering.library import list_patches, load_patch
from workbench.rendering.parameters import Parameter, parameters
from workbench.rendering.patch import Patch

Sound = TypeVar("Sound", Patch, Kit)

_LOGARITHMIC = ("_hz", "_ms")
"""Frequencies and times move by ratios, everything else by differences."""

_SILENT_DB = -48.0


def morph(first: Sound, second: Sound, amount: float) -> Sound:
    """A sound between two: every number on its way, every word as in the nearer one.

    Sources that only one of them has fade in and out by their level; lists are matched entry by entry.

    Parameters
    ----------
    first, second : Patch or Kit
        Two patches of one element, or two kits.
    amount : float
        0 (the first) to 1 (the second).

    Raises
    ------
    ParameterError
        If the amount lies outside 0..1, or the sounds are of two kinds.

    Examples
    --------
    >>> halfway = morph(load_patch("bass", "acid"), load_patch("bass", "reese"), 0.5)
    >>> 1.0 < halfway.amplifier.attack_ms < 8.0
    True
    """
    if not 0.0 <= amount <= 1.0:
        raise ParameterError(f"morph: expected an amount of 0 to 1, got {amount:g}")
    if type(first) is not type(second) or getattr(first, "element", "") != getattr(second, "element", ""):
        raise ParameterError(f"morph: expected two sounds of one kind, got {first.name!r} and {second.name!r}")
    if amount in (0.0, 1.0):
        return second if amount else first
    mixed = cast(Sound, _between(first, second, amount))
    words = f"{first.name} {100 - round(100 * amount)} %, {second.name} {round(100 * amount)} %"
    return replace(mixed, name=f"{first.name}-{second.name}-{round(100 * amount)}", description=words)


def random_patch(element: str, seed: int, *, spread: float = 0.3) -> Patch:
    """A patch that nobody made: two patches of the element crossed, then moved by chance within every range.

    Parameters
    ----------
    element : str
        One of pitches, such as "pads".
    seed : int
        The same seed gives the same patch.
    spread : float
        Size of the chance, 0 (only crossed) to 1 (a third of each range).

    Raises
    ------
    ParameterError
        If the element has no patches, or the spread lies outside 0..1.
    """
    if not 0.0 <= spread <= 1.0:
        raise ParameterError(f"random patch: expected a spread of 0 to 1, got {spread:g}")
    rng = generator(seed, "random patch", element)
    one, other = (load_patch(element, str(name)) for name in rng.choice(list_patches(element), 2, replace=False))
    crossed = morph(one, other, float(rng.uniform(0.15, 0.85)))
    moved = cast(Patch, _moved(crossed, spread, rng))
    return replace(
        moved, name=f"random-{seed}", description=f"By chance from {one.name} and {other.name}.",
        level_db=crossed.level_db,
    )  # fmt: skip


def _between(one: Any, other: Any, amount: float) -> Any:
    values = {
        name: _value_between(item, getattr(one, name), getattr(other, name), amount)
        for name, item in parameters(type(one)).items()
    }
    return replace(one, **values)


def _value_between(item: Parameter, a: Any, b: Any, amount: float) -> Any:
    if item.is_number:
        return _number_between(item.name, float(a), float(b), amount)
    if is_dataclass(a) and is_dataclass(b):
        return _between(a, b, amount)
    if item.group and not item.many:
        return _faded(a, 1.0 - amount) if a is not None else _faded(b, amount) if b is not None else None
    if item.many:
        pairs = [_between(x, y, amount) for x, y in zip(a, b, strict=False)]
        rest = [_faded(x, 1.0 - amount) for x in a[len(pairs) :]] + [_faded(y, amount) for y in b[len(pairs) :]]
        return (*pairs, *rest)
    return b if amount >= 0.5 else a


def _number_between(name: str, a: float, b: float, amount: float) -> float:
    if name.endswith(_LOGARITHMIC) and a > 0.0 and b > 0.0:
        between = math.exp((1.0 - amount) * math.log(a) + amount * math.log(b))
        return min(max(between, min(a, b)), max(a, b))
    return (1.0 - amount) * a + amount * b


def _faded(group: Any, share: float) -> Any:
    """A source, filter or route at a share of its strength."""
    if hasattr(group, "level_db"):
        return replace(group, level_db=max(_SILENT_DB, group.level_db + 20.0 * math.log10(max(share, 1e-3))))
    if hasattr(group, "cutoff_hz"):  # a filter fades by opening
        return replace(group, cutoff_hz=_number_between("cutoff_hz", 20000.0, group.cutoff_hz, share))
    return replace(group, amount=group.amount * share) if hasattr(group, "amount") else group


def _moved(group: Any, spread: float, rng: np.random.Generator) -> Any:
    values: dict[str, Any] = {}
    for item in parameters(type(group)).values():
        value = getattr(group, item.name)
        if item.is_number and item.name not in ("level_db", "semitones"):
            values[item.name] = _shifted(item, float(value), spread, rng)
        elif is_dataclass(value):
            values[item.name] = _moved(value, spread, rng)
        elif isinstance(value, tuple):
            values[item.name] = tuple(_moved(entry, spread, rng) for entry in value)
    return replace(group, **values)


def _shifted(item: Parameter, value: float, spread: float, rng: np.random.Generator) -> float:
    """Chance in proportion to the value itself: what is off stays off, and nothing jumps across its whole range."""
    low, high = item.low, item.high
    chance = float(rng.standard_normal()) * spread
    if item.name.endswith(_LOGARITHMIC) and value > 0.0:
        return float(np.clip(value * 2.0**chance, low, high))
    return float(np.clip(value + chance * min(abs(value), (high - low) / 3.0) * 0.5, low, high))
