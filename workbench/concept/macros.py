"""Macros: one knob that moves many parameters along curves; data files that ship, and the user's own.

A macro is a YAML file with a description and a curve for each target of `moves.TARGETS` that it moves: points (amount,
move) from -1 to 1 that pass (0, 0), joined by straight lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.concept.moves import TARGETS, Move
from workbench.domain.data_files import DataFolder
from workbench.domain.errors import ParameterError, unknown_name

_MACROS = DataFolder("macro", "workbench.concept", "macros", users=True)


@dataclass(frozen=True, slots=True)
class Macro:
    """A knob: its curves by target, each a tuple of (amount, move) points."""

    name: str
    description: str
    curves: Mapping[str, tuple[tuple[float, float], ...]]

    def move(self, target: str, amount: float) -> float:
        """What an amount of -1 to 1 adds to a target."""
        points = self.curves[target]
        return float(np.interp(amount, [place for place, _ in points], [value for _, value in points]))


def list_macros() -> tuple[str, ...]:
    """Names of all macros: those that ship and those in `macros` of the user's folder.

    Returns
    -------
    tuple of str
        Sorted.

    Examples
    --------
    >>> "intensity" in list_macros()
    True
    """
    return _MACROS.names()


def load_macro(name: str) -> Macro:
    """Read a macro by name; the user's own hides a shipped one.

    Raises
    ------
    ParameterError
        If there is no such macro, or its file holds something that does not fit.

    Examples
    --------
    >>> load_macro("darkness").move("valence", 0.5)
    -0.4
    """
    return parse_macro(name, _MACROS.read(name))


def parse_macro(name: str, data: Any) -> Macro:
    """Build a macro from the values of its file.

    Raises
    ------
    ParameterError
        If a target is unknown, or a curve does not rise from -1 to 1 through (0, 0).
    """
    try:
        if set(data) != {"description", "curves"} or not data["curves"]:
            raise ParameterError(f"macro {name}: expected a description and curves")
        curves = {
            target: tuple((float(place), float(move)) for place, move in points)
            for target, points in data["curves"].items()
        }
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(f"macro {name}: expected curves of points [amount, move] ({error})") from None
    for target, points in curves.items():
        _check(name, target, points)
    return Macro(name, str(data["description"]), curves)


def macro_moves(amounts: Mapping[str, float]) -> tuple[Move, ...]:
    """The moves that macros ask for, by name and amount.

    Raises
    ------
    ParameterError
        If a macro is not known.
    """
    return tuple(
        Move(target, macro.move(target, amount), "stated", f"{name} {amount:+.2g}")
        for name, amount in amounts.items()
        for macro in (load_macro(name),)
        for target in macro.curves
    )


def _check(name: str, target: str, points: tuple[tuple[float, float], ...]) -> None:
    if target not in TARGETS:
        raise unknown_name(f"macro {name}: target", target, TARGETS)
    places = [place for place, _ in points]
    if places != sorted(set(places)) or places[0] != -1.0 or places[-1] != 1.0 or (0.0, 0.0) not in points:
        raise ParameterError(f"macro {name}: {target} expects points that rise from -1 to 1 and pass [0, 0]")
