"""The same song by the network before and after: sound, MIDI files and piano rolls side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from training.takes_page import TrainingTake, takes_page
from workbench.domain.request import parse_request
from workbench.domain.score import Score

PAGE = "before-after.html"
CONCEPTS = ("pop song, 100 bpm, 30 seconds", "synthwave, 100 bpm, 30 seconds")
"""What is asked where nothing is stated: the first of them that a network decides on, and not a figure of the style."""
_ALIKE = 0.8
"""Share of equal notes from which two takes are as good as the same."""


def write_before_after(
    element: str, name: str, folder: Path, *, concept: str | None = None, seed: int = 1
) -> dict[str, Path]:
    """Compose one request with the weights in use and with a named network; write what the element plays.

    Parameters
    ----------
    element, name : str
    folder : Path
        Gets `before` and `after` as .mid, .mp3 and .png, and `before-after.html`, which plays both beside each other.
    concept : str
        What the request says; by default one of `CONCEPTS`.
    seed : int

    Returns
    -------
    mapping file stem and suffix -> Path
    """
    from training.audition import audition
    from workbench.pipeline import compose_only

    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    scores: dict[str, Score] = {}
    asked, (same, union) = "", (0, 0)
    for asked in (concept,) if concept else CONCEPTS:
        for when, models in (("before", {}), ("after", {element: name})):
            form = {"parameters": {"creative": {"concept": asked}}, "options": {"seed": seed}, "models": models}
            scores[when] = _only(compose_only(parse_request(form))[1], element)
        same, union = _shared(*scores.values())
        if same <= _ALIKE * union:
            break
    for when, score in scores.items():
        files |= {path.name: path for path in audition(score, folder, when)}
    takes = [TrainingTake(when, {element: folder / when}) for when in ("before", "after")]
    page = folder / PAGE
    page.write_text(
        takes_page(f"{element}/{name}", takes, f"“{asked}”, seed {seed}: {same} of {union} notes are the same"),
        encoding="utf-8",
    )
    return {**files, page.name: page}


def _shared(before: Score, after: Score) -> tuple[int, int]:
    """Notes that both scores hold at the same beat and pitch, and those that either holds."""
    one, other = (
        {(name, note.onset_beats, note.pitch) for name, part in score.parts.items() for note in part.notes}
        for score in (before, after)
    )
    return len(one & other), len(one | other)


def _only(score: Score, element: str) -> Score:
    """The score with one element; all of it for harmony, which is heard in every part."""
    if element not in score.parts:
        return score
    return replace(score, parts={element: score.parts[element]})
