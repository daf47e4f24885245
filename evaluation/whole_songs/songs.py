"""The songs that are judged: fixed requests over all styles, composed without sound, kept by what made them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from workbench.concept.style import load_style
from workbench.domain.clock import Tell
from workbench.domain.data_files import read_yaml
from workbench.domain.paths import data_dir
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest, parse_request
from workbench.domain.score import Score
from workbench.pipeline import compose_only

LENGTHS = 3
"""Songs of each style."""
FAMILIES = {
    "sung": ("pop", "rnb", "rock", "funk-disco", "synthwave", "bossa", "chiptune", "reggae-dub"),
    "beats": ("boom-bap", "lo-fi", "jazz-hop", "trap"),
    "club": ("afro-house", "deep-house", "drum-and-bass", "dubstep", "house", "techno", "trance", "uk-garage"),
    "calm": ("ambient", "cinematic"),
}
"""Styles by what listeners use them for."""


@dataclass(frozen=True, slots=True)
class WholeSong:
    """A song of the suite with its plan."""

    name: str
    plan: Plan
    score: Score

    @property
    def family(self) -> str:
        """Which of `FAMILIES` its style belongs to."""
        return next(name for name, styles in FAMILIES.items() if self.plan.style in styles)

    @property
    def has_chorus(self) -> bool:
        """Whether the usual form of its style holds a chorus or a drop."""
        return bool({"chorus", "drop", "hook"} & {name for form in load_style(self.plan.style).forms for name in form})


@cache
def song_requests() -> tuple[tuple[str, GenerationRequest], ...]:
    """The fixed requests by name, each with a seed of its own: `data/suites/songs.yaml`."""
    form = read_yaml(data_dir() / "suites" / "songs.yaml")
    prompts = form["prompts"].items()
    return tuple(
        (name, parse_request({"project_id": name, "parameters": asked, "options": {**form["options"], "seed": seed}}))
        for seed, (name, asked) in enumerate(prompts)
    )


def compose_songs(n: int, *, progress: Tell | None = None) -> list[WholeSong]:
    """Compose `n` songs of the suite, evenly over styles.

    Parameters
    ----------
    n : int
        At most as many as the suite holds.
    progress : callable, optional
        Called with the name of the song that begins.
    """
    requests = song_requests()
    # Every style before the second length of any.
    order = sorted(range(len(requests)), key=lambda number: (number + number // LENGTHS) % LENGTHS)
    songs = []
    for number in sorted(order[:n]):
        name, request = requests[number]
        if progress:
            progress(name)
        songs.append(WholeSong(name, *compose_only(request)))
    return songs
