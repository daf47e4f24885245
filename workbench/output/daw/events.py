"""What readers of sessions share: numbers of a file, and events in the order of time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeVar

from workbench.domain.errors import ParameterError
from workbench.midi.file import in_order
from workbench.output.files.midi_files import TICKS_PER_BEAT

Value = TypeVar("Value")

LONGEST_BEATS = 1_000_000.0
"""Beyond this a place is a mistake: more than two days at 240 BPM."""
SLOWEST_BPM, FASTEST_BPM = 1.0, 2000.0


def number_of(text: str | None, what: str = "number") -> float:
    """A finite number.

    Raises
    ------
    ParameterError
        If the text is none.
    """
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ParameterError(f"session: expected a {what}, got {text!r}")
    return value


def tempo_of(text: str | None) -> float:
    """A tempo in BPM.

    Raises
    ------
    ParameterError
        If it is no number, or none that anything is played at.
    """
    tempo_bpm = number_of(text, "tempo")
    if not SLOWEST_BPM <= tempo_bpm <= FASTEST_BPM:
        raise ParameterError(f"session: expected a tempo of {SLOWEST_BPM:g} to {FASTEST_BPM:g} BPM, got {text}")
    return tempo_bpm


def metre_of(numerator: str | None, denominator: str | None) -> tuple[int, int]:
    """A metre.

    Raises
    ------
    ParameterError
        If it is none.
    """
    above, below = number_of(numerator, "metre"), number_of(denominator, "metre")
    if not (above in range(1, 256) and below in (1, 2, 4, 8, 16, 32, 64)):
        raise ParameterError(f"session: expected a metre such as 4/4, got {numerator}/{denominator}")
    return int(above), int(below)


def ticks_of(beats: float) -> int:
    """A place in ticks.

    Raises
    ------
    ParameterError
        If it lies beyond `LONGEST_BEATS`.
    """
    if abs(beats) > LONGEST_BEATS:
        raise ParameterError(f"session: expected a place up to {LONGEST_BEATS:g} quarter notes, got {beats:g}")
    return round(beats * TICKS_PER_BEAT)


def from_the_start(events: Iterable[tuple[int, Value]], first: Value) -> tuple[tuple[int, Value], ...]:
    """What holds from when on, from tick 0: `first` until the first event.

    Examples
    --------
    >>> from_the_start([(960, 90.0)], 120.0)
    ((0, 120.0), (960, 90.0))
    """
    later = [(max(0, tick), value) for tick, value in events]
    return tuple((int(tick), value) for tick, value in in_order([(0, first), *later]))
