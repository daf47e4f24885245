"""Parameters that move: points over bars and beats, where they lie in a song, and what they become when bars move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Point:
    """Where a parameter stands at a place: `bar` and `beat` (quarter notes) count from 1.

    From there it moves to the next point in a straight line, in the unit that is shown; with `hold` it stays and leaps
    there. Words always stay. Two points at one place are a leap. Before the first point and after the last one the
    parameter stands still.
    """

    bar: int
    value: float | str
    beat: float = 1.0
    hold: bool = False

    def place_beats(self, bar_beats: float) -> float:
        """Quarter notes from the beginning of the song.

        Examples
        --------
        >>> Point(3, 0.5, beat=2.0).place_beats(4.0)
        9.0
        """
        return (self.bar - 1) * bar_beats + self.beat - 1.0


Lane = tuple[Point, ...]
"""The points of one parameter, in the order of their places."""

Placed = tuple[int, float | str, bool]
"""A point of a sound: sample, value, and whether it holds."""


def placed(lane: Lane, sample_of: Callable[[float], int], bar_beats: float) -> list[Placed]:
    """The points of a lane by sample, for which `sample_of` turns quarter notes into samples."""
    return [(sample_of(point.place_beats(bar_beats)), point.value, point.hold) for point in lane]


def value_at(lane: Lane, beats: float, bar_beats: float, *, before: bool = False) -> float | str:
    """Where a lane stands at a place in quarter notes, or just before it.

    Examples
    --------
    >>> rise = (Point(1, 0.0), Point(3, 8.0))
    >>> value_at(rise, 4.0, 4.0), value_at((*rise, Point(3, 1.0)), 8.0, 4.0), value_at(rise, 99.0, 4.0)
    (4.0, 1.0, 8.0)
    """
    places = [point.place_beats(bar_beats) for point in lane]
    passed = sum(place < beats or (place == beats and not before) for place in places)
    if passed == 0:
        return lane[0].value
    last = lane[passed - 1]
    if passed == len(lane) or last.hold:
        return last.value
    following = lane[passed]
    if isinstance(last.value, str) or isinstance(following.value, str):
        return last.value
    share = (beats - places[passed - 1]) / (places[passed] - places[passed - 1])
    return last.value + share * (following.value - last.value)


def shifted(lane: Lane, bars: int) -> Lane:
    """The same points so many bars later."""
    return tuple(replace(point, bar=point.bar + bars) for point in lane)


def laid(lane: Lane, order: Sequence[int], bar_beats: float) -> Lane:
    """The lane of a song whose bars are `order` (bars of the old song, from 0): each bar sounds as it did.

    Examples
    --------
    >>> [(one.bar, one.value) for one in laid((Point(1, 0.0), Point(3, 8.0)), [1, 0], 4.0)]
    [(1, 4.0), (2, 8.0), (2, 0.0), (3, 4.0)]
    """
    if list(order) == list(range(len(order))):
        return lane
    return tuple(_laid(lane, list(order), bar_beats))


def _laid(lane: Lane, order: Sequence[int], bar_beats: float) -> Iterator[Point]:
    for bar, source in enumerate(order):
        first, end = source * bar_beats, (source + 1) * bar_beats
        follows = bar > 0 and order[bar - 1] == source - 1
        if not follows:
            yield Point(bar + 1, value_at(lane, first, bar_beats), hold=_holds_at(lane, first, bar_beats))
        for point in lane:
            place = point.place_beats(bar_beats)
            if first < place < end or (follows and place == first):
                yield replace(point, bar=bar + 1, beat=place - first + 1.0)
        if order[bar + 1 : bar + 2] != [source + 1]:
            yield Point(bar + 2, value_at(lane, end, bar_beats, before=True))


def _holds_at(lane: Lane, beats: float, bar_beats: float) -> bool:
    """Whether the parameter stays from a place on until its next point."""
    passed = [point for point in lane if point.place_beats(bar_beats) <= beats]
    return bool(passed) and passed[-1].hold
