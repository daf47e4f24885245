"""One short song for all edits, composed once, and hashes of what of it must not change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable

import pytest

from workbench.composition import compose
from workbench.concept import translate
from workbench.domain.edit_state import EditState
from workbench.domain.plain_data import to_plain
from workbench.domain.request import GenerationRequest, parse_request
from workbench.editing import Song

STRUCTURE = ["intro", "verse", "chorus", "verse", "chorus"]


@pytest.fixture(scope="session")
def short_request() -> GenerationRequest:
    """Twenty bars of 4/4 at 120 BPM in F minor."""
    return parse_request(
        {
            "project_id": "short",
            "parameters": {
                "creative": {"concept": "driving synthwave at night"},
                "technical": {"tempo": 120, "key": "F minor", "duration": 40, "structure": STRUCTURE},
            },
            "options": {"seed": 3, "preview": True},
        }
    )


@pytest.fixture(scope="session")
def song(short_request: GenerationRequest) -> Song:
    """The song, written by the networks."""
    plan = translate(short_request)
    return Song(plan, compose(plan), EditState())


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(to_plain(value)).encode()).hexdigest()


@pytest.fixture(scope="session")
def digest() -> Callable[[object], str]:
    """SHA-256 of a value's own JSON: equal only if every number is."""
    return _digest


@pytest.fixture(scope="session")
def notes_hash() -> Callable[..., str]:
    """Hash of an element's notes, of all bars or of some (from 0)."""

    def hashed(song: Song, element: str, bars: Iterable[int] | None = None) -> str:
        wanted = None if bars is None else set(bars)
        notes = song.score.parts[element].notes
        return _digest([note for note in notes if wanted is None or song.bar_of(note) in wanted])

    return hashed
