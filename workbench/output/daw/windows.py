"""What sounds of a clip: its content from where it begins to play, then round its loop until the clip ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_MOST_PASSES = 10_000


@dataclass(frozen=True, slots=True)
class ContentWindow:
    """A pass over a clip's content: what lies in `from_beats` to `to_beats` sounds from `at_beats` on."""

    at_beats: float
    from_beats: float
    to_beats: float


def windows_of(
    start: float, length: float, begin: float, loop: tuple[float, float] | None = None
) -> Iterator[ContentWindow]:
    """The passes of a clip that lies at `start` for `length` and plays its content from `begin`, all in beats.

    Examples
    --------
    >>> [window.at_beats for window in windows_of(2.0, 2.5, 0.0, loop=(0.0, 1.0))]
    [2.0, 3.0, 4.0]
    """
    if loop is None:
        yield ContentWindow(start, begin, begin + length)
        return
    at, played = start, 0.0
    for _ in range(_MOST_PASSES):
        span = min(loop[1] - begin, length - played)
        if span <= 0:
            return
        yield ContentWindow(at, begin, begin + span)
        at, played, begin = at + span, played + span, loop[0]
