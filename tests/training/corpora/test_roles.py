from __future__ import annotations

import numpy as np
import pytest

from training.corpora.roles import TrackFacts, guess_role, polyphony
from training.corpora.song import NoteTable


def facts(
    name: str = "", program: int = 0, drums: bool = False, notes: int = 64, median: float = 60.0, voices: float = 1.0,
    beats: float = 0.5,
) -> TrackFacts:  # fmt: skip
    return TrackFacts(0, name, program, drums, notes, int(median) - 6, int(median) + 6, median, voices, beats)


@pytest.mark.parametrize(
    ("track", "role"),
    [
        (facts(drums=True, notes=2), "percussion"),
        (facts("Drum kit", median=45), "percussion"),
        (facts("Steel drums", program=114), "leads"),
        (facts(program=34, median=38), "bass"),
        (facts(program=81, median=40), "bass"),
        (facts("Sub bass", program=81, median=36), "bass"),
        (facts("Bassoon", program=70, median=50), "leads"),
        (facts("Bass drum", median=40), "percussion"),
        (facts("Piano", voices=3.1), "pads"),
        (facts(voices=2.4), "pads"),
        (facts(program=89, beats=4.0), "pads"),
        (facts("Lead synth", program=81, voices=2.0), "leads"),
        (facts(program=73, median=76), "leads"),
        (facts(program=122), "none"),
        (facts(notes=3), "none"),
    ],
)
def test_roles_are_guessed(track: TrackFacts, role: str) -> None:
    assert guess_role(track) == role


def test_polyphony_counts_what_sounds_at_onsets() -> None:
    onsets = np.array([0.0, 0.0, 0.0, 4.0])
    table = NoteTable(onsets, np.array([4.0, 4.0, 4.0, 1.0]), np.array([60, 64, 67, 72]), np.full(4, 80))
    assert polyphony(table) == 2.0
