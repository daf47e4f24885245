"""From one song to another that was edited from it, an edit at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from workbench.domain.errors import WorkbenchError
from workbench.editing import Edit, Song, edit_song

_MOST_STEPS = 30
_PATIENCE_SECONDS = 2.0
"""Edits that take longer together become one step: whoever opens a song waits for it."""


def steps_to(song: Song, start: Song, edits: Sequence[Edit]) -> list[tuple[Song, tuple[Edit, ...]]]:
    """The songs on the way from `start` to `song`, each with the edits that led to it; the last is `song` itself.

    Each of the last edits is a step of its own. Where they do not lead to the very same notes, or take too long, all
    are one step.
    """
    edits = tuple(edits)
    early, single = edits[:-_MOST_STEPS], edits[-_MOST_STEPS:]
    calls = [*((early,) if early else ()), *((one,) for one in single)]
    steps: list[tuple[Song, tuple[Edit, ...]]] = []
    now, begun = start, time.monotonic()
    try:
        for call in calls:
            now = edit_song(now, call)
            steps.append((now, call))
            if time.monotonic() - begun > _PATIENCE_SECONDS:
                break
    except WorkbenchError:
        steps = []
    if len(steps) != len(calls) or not steps or now.score != song.score or now.plan != song.plan:
        return [(song, edits)]
    return [*steps[:-1], (song, steps[-1][1])]
