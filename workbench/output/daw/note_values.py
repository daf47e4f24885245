"""How long notes and rests are written: in values that one head can have, tied where they would hide a beat.

Lengths and places are sixteenths, places count from the bar line. The rules are those of printed parts (Gould, "Behind
Bars", 2011, chapters 1 and 6): the middle of a bar of four shows, syncopations of eighths may cross a beat, those of
sixteenths may not; in compound metres each dotted beat shows; rests show every beat. Odd metres show their parts: 3 + 2
in 5/4, 4 + 3 in 7/4, 3 + 2 + 2 eighths in 7/8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

VALUES = {24: ("whole", 1), 16: ("whole", 0), 12: ("half", 1), 8: ("half", 0), 6: ("quarter", 1), 4: ("quarter", 0),
          3: ("eighth", 1), 2: ("eighth", 0), 1: ("16th", 0)}  # fmt: skip
"""Lengths that one note head can have: its kind, and how many dots."""

Metre = tuple[int, int]
_BEAT, _COMPOUND_BEAT = 4, 6
_MIDDLES = {16: 8, 20: 12, 28: 16}
"""Where the second part of a bar of 4/4, 5/4 and 7/4 begins."""
_PARTS_OF_SEVEN = (6, 10, 14)
"""Where the parts of a bar of 7/8 end."""


def bar_sixteenths(metre: Metre) -> int:
    """Length of a bar."""
    return 16 * metre[0] // metre[1]


def is_compound(metre: Metre) -> bool:
    """Whether beats are dotted quarters, as in 6/8, 9/8 and 12/8."""
    return metre[1] == 8 and metre[0] % 3 == 0


def written(start: int, length: int, metre: Metre, *, rest: bool) -> Iterator[tuple[int, int]]:
    """Places and lengths of the heads, or rests, that fill a stretch inside one bar.

    Examples
    --------
    >>> list(written(2, 8, (4, 4), rest=False)), list(written(0, 8, (6, 8), rest=False))
    ([(2, 6), (8, 2)], [(0, 6), (6, 2)])
    >>> list(written(2, 14, (4, 4), rest=True)), list(written(2, 12, (7, 8), rest=False))
    ([(2, 2), (4, 4), (8, 8)], [(2, 4), (6, 8)])
    >>> list(written(8, 12, (5, 4), rest=False))
    [(8, 4), (12, 8)]
    """
    end = start + length
    while start < end:
        longest = min(end, _limit(start, end, metre, rest=rest)) - start
        whole_rest = rest and longest == bar_sixteenths(metre)
        head = longest if longest in VALUES or whole_rest else _shorter(start, longest, metre)
        yield start, head
        start += head


def read_lengths(melody: Sequence[tuple[int, int, int]], end: int) -> list[tuple[int, int, int]]:
    """A melody of (start, end, pitch) as it is read: notes that are cut short in playing last until the eighth is full.

    Examples
    --------
    >>> read_lengths([(0, 3, 60), (4, 9, 62), (12, 13, 64)], 16)
    [(0, 4, 60), (4, 10, 62), (12, 14, 64)]
    """
    followed = pairwise([*melody, (end, end, 0)])
    return [(start, _read_end(stop, following[0]), pitch) for (start, stop, pitch), following in followed]


def _read_end(stop: int, following: int) -> int:
    if following - stop == 1:
        return following
    return stop + 1 if stop % 2 and stop < following else stop


def _limit(start: int, end: int, metre: Metre, *, rest: bool) -> int:
    """How far a head that begins at a place may reach."""
    bar = bar_sixteenths(metre)
    if start == 0 and end >= bar and (rest or bar in VALUES):
        return bar
    if is_compound(metre):
        half = bar // 2
        if bar == 24 and start % half == 0 and end - start >= half:
            return start + half
        return _next(start, _COMPOUND_BEAT)
    if metre == (7, 8):
        over = not rest and start == _PARTS_OF_SEVEN[0]
        return bar if over else next(place for place in _PARTS_OF_SEVEN if place > start)
    middle = _MIDDLES.get(bar, bar)
    if rest:
        return start + 8 if bar == 16 and start % 8 == 0 and end - start >= 8 else _next(start, _BEAT)
    part = middle if start < middle else bar
    if start % _BEAT == 0:
        over = (start == 0 and bar == 16) or (start == 4 and end == 12)
        return end if over else min(end, part)
    if start % 2 == 0 and end % 2 == 0:
        return min(part, _next(start, _BEAT) + _BEAT)
    return _next(start, _BEAT)


def _next(start: int, unit: int) -> int:
    return (start // unit + 1) * unit


def _shorter(start: int, longest: int, metre: Metre) -> int:
    """The part of a length without a head of its own that is written first: up to the last beat inside it."""
    beat = _COMPOUND_BEAT if is_compound(metre) else _BEAT
    whole = (start + longest) // beat * beat - start
    if 0 < whole < longest:
        return whole if whole in VALUES else next(value for value in VALUES if value < whole)
    return next(value for value in VALUES if value < longest)
