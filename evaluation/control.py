"""The judge of concept, plan and composition: every bar of the control suite."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from evaluation.bars import Bar, Figure, Row
from evaluation.suites.control_notes import Composed, judge_notes
from evaluation.suites.control_requests import draw_requests
from evaluation.suites.control_sound import Heard, judge_sound, listen
from workbench.domain.request import GenerationRequest
from workbench.pipeline import compose_only, generate

Progress = Callable[[str], None]

REQUESTS, QUICK_REQUESTS = 60, 16
HEARD, QUICK_HEARD = 30, 4
"""Requests whose notes are judged, and how many of them are rendered and heard too."""


def evaluate_control(
    requests: int = REQUESTS, heard: int = HEARD, *, seed: int = 0, progress: Progress | None = None
) -> list[Row]:
    """Judge what was asked for against what came out.

    Parameters
    ----------
    requests : int
        How many of the suite's requests are composed.
    heard : int
        How many of them, evenly spread, are also rendered (as previews), mixed and mastered.
    seed : int
        Of the requests.
    progress : callable, optional
        Called with the request that begins.
    """
    songs: list[Composed] = []
    tracks: list[Heard] = []
    drawn = draw_requests(requests, seed)
    sounding = {round(index * len(drawn) / heard) for index in range(heard)} if heard else set()
    for number, request in enumerate(drawn):
        if progress:
            progress(f"{request.project_id}: {request.parameters.creative.concept}")
        song, track = _make(request, sound=number in sounding)
        songs.append(song)
        tracks += [track] if track else []
    return [*_concepts(), *judge_notes(songs), *(judge_sound(tracks) if tracks else [])]


def _make(request: GenerationRequest, *, sound: bool) -> tuple[Composed, Heard | None]:
    if not sound:
        return Composed(request, *compose_only(request)), None
    track = generate(request)
    return Composed(request, track.plan, track.score), listen(track)


def _concepts() -> list[Row]:
    """The labelled concepts, where that suite is there."""
    if find_spec("evaluation.suites.concepts") is None:
        return []
    from importlib import import_module

    rows: list[Row] = import_module("evaluation.suites.concepts").judge_concepts()
    return rows


def to_table(rows: list[Row]) -> str:
    """A plain table of bars and figures."""
    width = max(len(row.name) for row in rows) + 2
    lines = [f"{'':{width}}{'n':>7}{'value':>10}{'bar':>9}  holds"]
    return "\n".join(lines + [_line(row, width) for row in rows])


def _line(row: Bar | Figure, width: int) -> str:
    text = f"{row.name:{width}}{row.n:7}{row.value:10.3f}"
    return f"{text}{row.bar:9.3f}  {'yes' if row.holds else 'NO'}" if isinstance(row, Bar) else text
