"""The judge of concept, plan and composition: every bar of the control suite."""

from __future__ import annotations

from evaluation.control.concepts import judge_concepts
from evaluation.control.heard import HeardTrack, judge_sound, listen
from evaluation.control.notes_kept import Composed, judge_notes
from evaluation.control.requests import draw_requests
from evaluation.criteria import Row
from workbench.domain.clock import Tell
from workbench.domain.request import GenerationRequest
from workbench.pipeline import compose_only, generate

REQUESTS, QUICK_REQUESTS = 60, 16
HEARD, QUICK_HEARD = 30, 4
"""Requests whose notes are judged, and how many of them are rendered and heard too."""


def evaluate_control(
    requests: int = REQUESTS, heard: int = HEARD, *, seed: int = 0, progress: Tell | None = None
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
    tracks: list[HeardTrack] = []
    drawn = draw_requests(requests, seed)
    sounding = {round(index * len(drawn) / heard) for index in range(heard)} if heard else set()
    for number, request in enumerate(drawn):
        if progress:
            progress(f"{request.project_id}: {request.parameters.creative.concept}")
        song, track = _make(request, sound=number in sounding)
        songs.append(song)
        tracks += [track] if track else []
    return [*judge_concepts(), *judge_notes(songs), *(judge_sound(tracks) if tracks else [])]


def _make(request: GenerationRequest, *, sound: bool) -> tuple[Composed, HeardTrack | None]:
    if not sound:
        return Composed(request, *compose_only(request)), None
    track = generate(request)
    return Composed(request, track.plan, track.score), listen(track)
