"""General MIDI programs of what a song is played on, so that its MIDI files sound like it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workbench.domain.data_files import read_shipped

OF_ELEMENTS: Mapping[str, int] = {"bass": 38, "pads": 89, "leads": 81}
"""Where the patch has none of its own: synth bass 1, warm pad, saw lead. Another pitched element gets a piano, 0."""


def program_of(element: str, patch: str | None = None) -> int:
    """The General MIDI program, counted from 0, that comes nearest to a patch; one that a user made plays as its kind.

    Examples
    --------
    >>> program_of("pads", "drawbar-organ"), program_of("pads", "my-own"), program_of("keys")
    (16, 89, 0)
    """
    return _programs().get(element, {}).get(patch or "", OF_ELEMENTS.get(element, 0))


@lru_cache(maxsize=1)
def _programs() -> Mapping[str, Mapping[str, int]]:
    table: Mapping[str, Mapping[str, int]] = read_shipped("workbench.midi", "programs.yaml")
    return table
