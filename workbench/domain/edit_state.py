"""What edits have left behind on a song beside its notes: history, locks, what is muted, styles of single elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from workbench.domain.score import Note


@dataclass(frozen=True, slots=True)
class LockedBars:
    """Bars `first_bar` to `end_bar` - 1 (from 0) of an element that no edit may change; harmony can be locked too."""

    element: str
    first_bar: int
    end_bar: int


@dataclass(frozen=True, slots=True)
class MutedBars:
    """Bars `first_bar` to `end_bar` - 1 (from 0) of an element that do not sound, and the notes that will come back."""

    element: str
    first_bar: int
    end_bar: int
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class EditState:
    """Everything about a song that later edits must know.

    `history` holds every edit so far as plain data, seeds filled in: the same edits on the same song give the same
    bytes. `styles` names the style of an element where it is not the song's. `calls` tells how many edits each call of
    `modify` made: stems lie in files of 24 bits between them, so that the master hangs on it by a rounding. `seams` are
    the places, in quarter notes, where the border of a transposed place parted a chord: moved back, it is one again.
    """

    history: tuple[Mapping[str, Any], ...] = ()
    locks: tuple[LockedBars, ...] = ()
    mutes: tuple[MutedBars, ...] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[int, ...] = ()
    seams: tuple[float, ...] = ()

    def in_calls(self) -> list[tuple[Mapping[str, Any], ...]]:
        """The history by call; all of it as one where the calls were not counted.

        Examples
        --------
        >>> EditState(history=({"edit": "mute"}, {"edit": "unmute"}), calls=(1, 1)).in_calls()
        [({'edit': 'mute'},), ({'edit': 'unmute'},)]
        """
        if sum(self.calls) != len(self.history):
            return [self.history] if self.history else []
        ends = list(accumulate(self.calls))
        return [self.history[end - count : end] for end, count in zip(ends, self.calls, strict=True)]
