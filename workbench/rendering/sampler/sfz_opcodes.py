"""Opcodes of one region: older names, values, what controllers add, and which of them were never asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from workbench.domain.errors import ParameterError
from workbench.rendering.sampler.naming import LETTERS
from workbench.rendering.sampler.sfz_controllers import Controllers

_NOTE = re.compile(r"^([a-g])(#|b|s)?(-?\d+)$", re.IGNORECASE)
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)")
_CONTROLLED = re.compile(r"(.+)_oncc(\d+)$")
_LARGEST = 1e9
# Pairs of a pattern and the name that SFZ 2 and ARIA give to the same thing; the first that fits is taken.
_OLDER = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"(.+)_cc(\d+)", r"\1_oncc\2"),
        (r"((?:amp|fil|pitch)lfo_(?:depth|freq|fade))cc(\d+)", r"\1_oncc\2"),
        (r"((?:amp|fil|pitch)eg_(?:delay|start|attack|hold|decay|sustain|release))cc(\d+)", r"\1_oncc\2"),
        (r"(eq\d_(?:bw|freq|gain))cc(\d+)", r"\1_oncc\2"),
        (r"((?:amp|fil|pitch)eg|eq\d)_velto(.+)", r"\1_vel2\2"),
        (r"loop(mode|start|end|type)", r"loop_\1"),
        (r"off(by|mode)", r"off_\1"),
        (r"bend(up|down|step)", r"bend_\1"),
        (r"filtype", "fil_type"),
        (r"fil(\d)type", r"fil\1_type"),
        (r"polyphony_group", "group"),
        (r"gain_random", "amp_random"),
        (r"gain(|_oncc\d+)", r"volume\1"),
        (r"tune(|_oncc\d+)", r"pitch\1"),
        (r"start_(lo|hi)(hd)?cc(\d+)", r"on_\1\2cc\3"),
        (r"(lo|hi)realcc(\d+)", r"\1hdcc\2"),
        (r"set_realcc(\d+)", r"set_hdcc\1"),
        (r"cutoff(\d*)_random", r"fil\1_random"),
        (r"fil1_(.+)", r"fil_\1"),
        (r"(cutoff|resonance)1(|_.+)", r"\1\2"),
    )
)


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The name under which an opcode is known here.

    Examples
    --------
    >>> plain_name("loopstart"), plain_name("gain"), plain_name("cutoff_cc74"), plain_name("ampeg_veltoattack")
    ('loop_start', 'volume', 'cutoff_oncc74', 'ampeg_vel2attack')
    """
    for _ in range(3):
        name, before = next((p.sub(to, name) for p, to in _OLDER if p.fullmatch(name)), name), name
        if name == before:
            break
    return name


def leading_number(text: str) -> float | None:
    """The number that a text begins with, None where there is none.

    Examples
    --------
    >>> leading_number("-6.5dB"), leading_number("c4")
    (-6.5, None)
    """
    found = _NUMBER.match(text)
    return None if found is None else max(-_LARGEST, min(_LARGEST, float(found[1])))


def note_number(text: str) -> int | None:
    """A key as a number or as a note name, C4 being 60.

    Examples
    --------
    >>> note_number("c#4"), note_number("61"), note_number("h9")
    (61, 61, None)
    """
    if found := _NOTE.match(text.strip()):
        shift = {"#": 1, "s": 1, "b": -1}.get((found[2] or "").lower(), 0)
        return 12 * (int(found[3][:4]) + 1) + LETTERS[found[1].upper()] + shift
    number = leading_number(text)
    return None if number is None else int(number)


class Opcodes:
    """The opcodes that hold for one region; those that nobody asks for are `unread`.

    Parameters
    ----------
    values : mapping of str to str
        By plain name.
    rest : Controllers
        Where controllers stand.
    source : str
        Name of the file, for messages.
    """

    def __init__(self, values: Mapping[str, str], rest: Controllers, source: str) -> None:
        self._values = values
        self._rest = rest
        self._source = source
        self._read: set[str] = set()
        self._moves: dict[str, list[tuple[str, int]]] = {}
        for name in values:
            if found := _CONTROLLED.fullmatch(name):
                self._moves.setdefault(found[1], []).append((name, int(found[2][:4])))

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def unread(self) -> list[str]:
        """Names that nobody has asked for."""
        return [name for name in self._values if name not in self._read]

    def word(self, name: str, default: str = "") -> str:
        """A value as it is written."""
        self._read.add(name)
        return self._values.get(name, default)

    def number(self, name: str, default: float = 0.0, low: float = -_LARGEST, high: float = _LARGEST) -> float:
        """A number within a range, with what controllers at rest add to it.

        Raises
        ------
        ParameterError
            If the value does not begin with a number.
        """
        return max(low, min(high, self.without_controllers(name, default) + self.added(name)))

    def without_controllers(self, name: str, default: float) -> float:
        """A number as it is written.

        Raises
        ------
        ParameterError
            If the value does not begin with one.
        """
        text = self.word(name)
        value = leading_number(text) if text else default
        if value is None:
            raise ParameterError(f"{self._source}: {name}={text!r} is no number")
        return value

    def added(self, name: str) -> float:
        """What controllers add to an opcode (`NAME_onccN` times where controller N stands)."""
        return sum(depth * place for depth, place in self.moved(name))

    def moved(self, name: str) -> Iterator[tuple[float, float]]:
        """Depth of each controller that moves an opcode, and where that controller's curve stands."""
        for other, number in self._moves.get(name, ()):
            depth = leading_number(self.word(other)) or 0.0
            curve = leading_number(self.word(f"{name}_curvecc{number}")) or 0.0
            yield depth, self._rest.through(number, int(curve))

    def whole(self, name: str, default: int = 0, low: int = 0, high: int = int(_LARGEST)) -> int:
        """A whole number; fractions are cut off."""
        return math.trunc(self.number(name, default, low, high))

    def key(self, name: str, default: int | None = None) -> int | None:
        """A key of 0..127 by number or note name, -1 where it is switched off.

        Raises
        ------
        ParameterError
            If it is neither.
        """
        text = self.word(name)
        if not text:
            return default
        if (number := note_number(text)) is None:
            raise ParameterError(f"{self._source}: {name}={text!r} is no key: expected 0 to 127 or a note such as c4")
        return max(-1, min(127, number))

    def found(self, pattern: str) -> list[re.Match[str]]:
        """Names that fit a whole pattern."""
        return [match for match in (re.fullmatch(pattern, name) for name in self._values) if match]

    def matching(self, pattern: str) -> list[re.Match[str]]:
        """Names that fit a whole pattern, now read."""
        found = self.found(pattern)
        self._read.update(match[0] for match in found)
        return found

    def leave(self, name: str) -> None:
        """Count a name as unread after all: its value is one that is not known."""
        self._read.discard(name)
