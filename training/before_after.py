"""The same song by the network before and after: MIDI files and piano rolls side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbench.domain.request import parse_request
from workbench.domain.score import Score

CONCEPT = "pop song, 100 bpm, 30 seconds"


def write_before_after(
    element: str, name: str, folder: Path, *, concept: str = CONCEPT, seed: int = 1
) -> dict[str, Path]:
    """Compose one request with the weights in use and with a named network; write what the element plays.

    Parameters
    ----------
    element, name : str
    folder : Path
        Gets `before.mid`, `after.mid`, `before.png` and `after.png`.
    concept : str
        What the request says.
    seed : int

    Returns
    -------
    mapping file stem and suffix -> Path
    """
    from workbench.output.drawing import to_png
    from workbench.output.midi_files import write_midi
    from workbench.output.score_figures import piano_roll
    from workbench.pipeline import compose_only

    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for when, models in (("before", {}), ("after", {element: name})):
        request = parse_request(
            {"parameters": {"creative": {"concept": concept}}, "options": {"seed": seed}, "models": models}
        )
        _, score = compose_only(request)
        heard = _only(score, element)
        files[f"{when}.mid"] = write_midi(heard, folder / f"{when}.mid")
        (folder / f"{when}.png").write_bytes(to_png(piano_roll(heard)))
        files[f"{when}.png"] = folder / f"{when}.png"
    return files


def _only(score: Score, element: str) -> Score:
    """The score with one element; all of it for harmony, which is heard in every part."""
    if element not in score.parts:
        return score
    return replace(score, parts={element: score.parts[element]})
