"""Drums that a text leaves out."""

from __future__ import annotations

import numpy as np

from workbench.composition.drum_figures import without_roles
from workbench.domain.song import DRUM_ROLES
from workbench.models.context import SongContext
from workbench.models.tokenizer import decode_drums, encode_drums


def test_silent_drums_are_taken_out_and_nothing_else() -> None:
    onsets = np.array([0.0, 0.0, 1.0, 2.0, 3.0])
    pitches = np.array([DRUM_ROLES[role] for role in ("kick", "closed_hat", "clap", "kick", "closed_hat")])
    empty = np.zeros(1, np.int64)
    context = SongContext(
        bars=1,
        bar_beats=4,
        tempo_bpm=120.0,
        key=None,
        chords=(),
        style="",
        source="",
        sections=("verse",),
        remaining=empty,
        density=empty,
        streams={},
    )
    rows = encode_drums(onsets, pitches, np.full(5, 90), context)
    left = decode_drums(without_roles(rows, ("kick", "clap")), 4)
    assert [(note.onset_beats, note.pitch) for note in left] == [(0.0, 42), (3.0, 42)]
    assert without_roles(rows, ()).tolist() == rows.tolist()
