"""The same song by the network before and after: sound, MIDI files and piano rolls side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from training.takes_page import Take, takes_page
from workbench.domain.request import parse_request
from workbench.domain.score import Score

PAGE = "before-after.html"
CONCEPT = "pop song, 100 bpm, 30 seconds"


def write_before_after(
    element: str, name: str, folder: Path, *, concept: str = CONCEPT, seed: int = 1
) -> dict[str, Path]:
    """Compose one request with the weights in use and with a named network; write what the element plays.

    Parameters
    ----------
    element, name : str
    folder : Path
        Gets `before` and `after` as .mid, .mp3 and .png, and `before-after.html`, which plays both beside each other.
    concept : str
        What the request says.
    seed : int

    Returns
    -------
    mapping file stem and suffix -> Path
    """
    from training.audition import audition
    from workbench.pipeline import compose_only

    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    for when, models in (("before", {}), ("after", {element: name})):
        request = parse_request(
            {"parameters": {"creative": {"concept": concept}}, "options": {"seed": seed}, "models": models}
        )
        _, score = compose_only(request)
        files |= {path.name: path for path in audition(_only(score, element), folder, when)}
    takes = [Take(when, {element: folder / when}) for when in ("before", "after")]
    page = folder / PAGE
    page.write_text(takes_page(f"{element}/{name}", takes, f"“{concept}”, seed {seed}"), encoding="utf-8")
    return {**files, page.name: page}


def _only(score: Score, element: str) -> Score:
    """The score with one element; all of it for harmony, which is heard in every part."""
    if element not in score.parts:
        return score
    return replace(score, parts={element: score.parts[element]})
