"""What edits have left behind on a song beside its notes: history, locks, what is muted, styles of single elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    bytes. `styles` names the style of an element where it is not the song's.
    """

    history: tuple[Mapping[str, Any], ...] = ()
    locks: tuple[LockedBars, ...] = ()
    mutes: tuple[MutedBars, ...] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
