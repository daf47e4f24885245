"""Edits in a compound metre, over sections with a key and a tempo of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workbench.composition import compose
from workbench.concept import translate
from workbench.domain.edit_state import EditState
from workbench.domain.request import parse_request
from workbench.editing import Song, edit_song

ALL = ("percussion", "bass", "pads", "leads")
Hash = Callable[..., str]


@pytest.fixture(scope="module")
def shuffle() -> Song:
    """Eight bars of 12/8; the chorus lies a tone higher, and is slower."""
    request = parse_request(
        {
            "parameters": {
                "creative": {"concept": "slow rock ballad"},
                "technical": {
                    "tempo": 120, "key": "A minor", "metre": "12/8", "duration": 24, "structure": ["verse", "chorus"],
                    "section_keys": {"chorus": "B minor"}, "section_tempos": {"chorus": 100},
                },
            },
            "options": {"seed": 2},
        }
    )  # fmt: skip
    plan = translate(request)
    return Song(plan, compose(plan), EditState())


@pytest.mark.parametrize(
    "edit",
    [
        {"edit": "regenerate", "section": "chorus"},
        {"edit": "regenerate", "element": "bass", "section": "chorus"},
        {"edit": "vary", "section": "chorus"},
        {"edit": "chords", "chords": "i VI | VII", "section": "chorus"},
    ],
)
def test_other_sections_keep_their_notes(shuffle: Song, notes_hash: Hash, edit: dict[str, Any]) -> None:
    verse = range(shuffle.plan.sections[0].end_bar)
    changed = edit_song(shuffle, [edit])
    for element in shuffle.score.parts:
        assert notes_hash(changed, element, verse) == notes_hash(shuffle, element, verse)
    assert changed.score.parts["bass"] != shuffle.score.parts["bass"]
    assert changed.score.chords[-1].end_beats == shuffle.score.length_beats
    scale = set(shuffle.plan.sections[1].key.pitch_classes)  # type: ignore[union-attr]
    chorus = [note for note in changed.score.parts["bass"].notes if changed.bar_of(note) not in verse]
    tones = {pitch for chord in changed.score.chords for pitch in (*chord.pitch_classes, chord.bass)}
    assert sum(note.pitch % 12 in scale | tones for note in chorus) >= 0.8 * len(chorus)


def test_sections_take_key_and_tempo_along(shuffle: Song, notes_hash: Hash) -> None:
    turned = edit_song(shuffle, [{"edit": "reorder", "sections": ["chorus", "verse", "chorus"]}])
    assert [str(section.key or turned.plan.key) for section in turned.plan.sections] == [
        "B minor", "A minor", "B minor",
    ]  # fmt: skip
    assert turned.score.tempo_map.tempi_bpm == (100.0, 120.0, 100.0)
    slower = edit_song(shuffle, [{"edit": "tempo", "bpm": 60}])
    assert slower.score.tempo_map.tempi_bpm == (60.0, 50.0)
    assert [notes_hash(slower, name) for name in ALL] == [notes_hash(shuffle, name) for name in ALL]
