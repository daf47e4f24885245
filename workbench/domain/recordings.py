"""Elements that are recordings: each plays a file of sound, bar by bar, in place of notes.

The part of such an element holds one mark a bar: a note as long as the bar whose pitch and velocity tell the bar of
the recording that sounds there. What lays bars out anew, takes them out or mutes them moves marks as it moves notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workbench.domain.plan import Plan
from workbench.domain.score import Note, Part, Score

RECORDING_PREFIX = "recording:"
"""What the patch of an element that plays a recording begins with; its name in the user's folder follows."""

MOST_BARS = 1_000
_PITCHES = 128


def plays_recording(patch: str | None) -> bool:
    """Whether a patch is a recording.

    Examples
    --------
    >>> plays_recording("recording:bass-0a1b2c3d4e5f"), plays_recording("warm-saw"), plays_recording(None)
    (True, False, False)
    """
    return patch is not None and patch.startswith(RECORDING_PREFIX)


def is_recorded(plan: Plan, elements: Iterable[str]) -> bool:
    """Whether any of some elements plays a recording; others may play notes beside it."""
    return any(plays_recording(plan.patches.get(name)) for name in elements)


def marks(bars: int, bar_beats: float) -> tuple[Note, ...]:
    """The marks of a recording that plays from its first bar on, as it is.

    Examples
    --------
    >>> [marked_bar(mark) for mark in marks(3, 4.0)]
    [0, 1, 2]
    """
    return tuple(Note(bar * bar_beats, bar % _PITCHES, bar_beats, 1 + bar // _PITCHES) for bar in range(bars))


def marked_bar(mark: Note) -> int:
    """The bar of the recording, from 0, that a mark stands for."""
    return mark.pitch + _PITCHES * (mark.velocity - 1)


def only_notes(score: Score, patches: Mapping[str, str]) -> Score:
    """The score without the marks of recordings: their parts are empty.

    Examples
    --------
    >>> from workbench.domain.theory import Key, Metre
    >>> score = Score("", 120.0, Metre(), Key.parse("C"), (), (), {"bass": Part("bass", marks(1, 4.0))})
    >>> only_notes(score, {"bass": "recording:x"}).parts["bass"].notes
    ()
    """
    if not any(plays_recording(patches.get(name)) for name in score.parts):
        return score
    parts = {name: Part(name, ()) if plays_recording(patches.get(name)) else part for name, part in score.parts.items()}
    return replace(score, parts=parts)
