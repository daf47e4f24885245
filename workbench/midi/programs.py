"""General MIDI programs of what a song is played on, so that its MIDI files sound like it elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workbench.domain.data_files import read_shipped
from workbench.domain.elements import element_of, likeness


def program_of(element: str, patch: str | None = None) -> int:
    """The General MIDI program, counted from 0, that comes nearest to a patch; one that a user made plays as its kind.

    Examples
    --------
    >>> program_of("pads", "drawbar-organ"), program_of("pads", "my-own"), program_of("keys")
    (16, 89, 0)
    """
    tables = (_programs().get(name, {}) for name in likeness(element))
    return next((table[patch] for table in tables if patch and patch in table), element_of(element).program)


@lru_cache(maxsize=1)
def _programs() -> Mapping[str, Mapping[str, int]]:
    table: Mapping[str, Mapping[str, int]] = read_shipped("workbench.midi", "programs.yaml")
    return table
