"""Notes to rows and back, on the grid, over all elements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.domain.song import DRUM_ROLES
from workbench.domain.theory import Chord, Key
from workbench.models.context import SongContext
from workbench.models.elements import SPECS
from workbench.models.grid import quantise, slot_to_beats
from workbench.models.history import History
from workbench.models.spec import BAR_STEP, DURATIONS_BEATS
from workbench.models.tokenizer import (
    decode_chords,
    decode_drums,
    decode_pitched,
    encode_chords,
    encode_drums,
    encode_pitched,
)
from workbench.models.vocabulary import section_index, tempo_index

BARS = 4


def context(bar_beats: int = 4) -> SongContext:
    chords = (Chord(0, 8, 9, "min", 9), Chord(8, 4, 5, "maj", 5), Chord(12, 4, 7, "7", 11))
    zeros = np.zeros(BARS, np.int64)
    return SongContext(
        BARS, bar_beats, 96.0, Key.parse("A minor"), chords, "pop", "played", ("verse",) * BARS, zeros, zeros, {}
    )


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([0, 0.25, 0.5, 0.75], [0, 3, 6, 9]),  # 16ths
        ([0, 1 / 3, 2 / 3], [0, 4, 8]),  # triplets
        ([0, 1 / 8, 1 / 4, 3 / 8], [0, 1, 3, 5]),  # 32nds
        ([0, 1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6], [0, 2, 4, 6, 8, 10]),  # sextuplets
    ],
)
def test_each_subdivision_is_recognised(places: list[float], expected: list[int]) -> None:
    _, slots, offsets = quantise(np.array(places), 100.0)
    assert slots.tolist() == expected
    assert np.allclose([slot_to_beats(slot) for slot in slots], places)
    assert (offsets == 12).all()


def test_small_deviation_is_offset_and_not_another_slot() -> None:
    bar, slot, offset = quantise(np.array([4.02, 5.98]), 100.0)
    assert bar.tolist() == [1, 1]
    assert slot.tolist() == [0, 24]
    assert offset.tolist() == [14, 10]


@given(
    st.lists(
        st.tuples(st.integers(0, BARS * 16 - 1), st.sampled_from(list(DRUM_ROLES.values())), st.integers(1, 127)),
        min_size=1, max_size=40, unique_by=lambda hit: hit[:2],
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_drums_come_back(hits: list[tuple[int, int, int]]) -> None:
    onsets = np.array([place / 4 for place, _, _ in hits])
    pitches, velocities = np.array([hit[1] for hit in hits]), np.array([hit[2] for hit in hits])
    notes = decode_drums(encode_drums(onsets, pitches, velocities, context()), 4)
    expected = {(place / 4, pitch): velocity for place, pitch, velocity in hits}
    assert {(note.onset_beats, note.pitch) for note in notes} == set(expected)
    assert all(abs(note.velocity - expected[note.onset_beats, note.pitch]) <= 8 for note in notes)


@pytest.mark.parametrize("element", ["bass", "pads", "leads"])
def test_pitches_come_back(element: str) -> None:
    spec = SPECS[element]
    middle = {"bass": 40, "pads": 62, "leads": 72}[element]
    pitches = np.arange(middle - 6, middle + 7)
    onsets, lengths = np.arange(13) * 1.0, np.array([DURATIONS_BEATS[i] for i in range(13)])
    rows = encode_pitched(onsets, lengths, pitches, np.full(13, 100), spec, context())
    notes = decode_pitched(rows, spec, context())
    assert [note.pitch for note in notes] == pitches.tolist()
    assert [note.onset_beats for note in notes] == onsets.tolist()
    assert [note.duration_beats for note in notes] == pytest.approx(lengths)


@pytest.mark.parametrize("pitch", [0, 127])
@pytest.mark.parametrize("element", ["bass", "pads", "leads"])
def test_pitches_beyond_the_vocabulary_move_by_octaves(element: str, pitch: int) -> None:
    spec = SPECS[element]
    rows = encode_pitched(np.zeros(1), np.ones(1), np.array([pitch]), np.array([80]), spec, context())
    (note,) = decode_pitched(rows, spec, context())
    assert note.pitch % 12 == pitch % 12


def test_bass_is_reported_from_the_root() -> None:
    spec = SPECS["bass"]
    roots = np.array([33, 33, 29, 31])  # A A F G under Am Am F G7/B
    rows = encode_pitched(np.arange(4) * 4.0, np.ones(4), roots, np.full(4, 80), spec, context())
    assert len({row[3] for row in rows.tolist() if row[2] != BAR_STEP}) == 1


def test_chords_come_back() -> None:
    chords = context().chords
    assert decode_chords(encode_chords(chords, Key.parse("A minor"), BARS, 4), Key.parse("A minor"), BARS, 4) == chords


def test_history_shows_what_the_same_cell_held() -> None:
    spec = SPECS["percussion"]
    rows = encode_drums(np.array([0.0, 4.0]), np.array([36, 36]), np.array([100, 40]), context())
    history = History(spec, BARS)
    history.add(rows)
    memory = history.memory(np.array([1, 2]), np.array([0, 0]), np.array([0, 0]))
    assert memory[0, 0, 0] == 100 // 8 + 1
    assert memory[1, 0, 0] == 40 // 8 + 1
    assert memory[1, 1, 0] == 100 // 8 + 1
    assert history.cell_features(np.array([1]), np.array([0]))[0, 0] == 1
    assert history.bar_features(np.array([3])).sum() == 1  # bar 1, two bars back


def test_words_have_their_place() -> None:
    assert section_index("hook") == section_index("chorus") > 0
    assert section_index("") == 0
    assert [tempo_index(tempo) for tempo in (60, 65, 200)] == [1, 2, 8]


def test_conditions_lie_in_their_tables() -> None:
    from workbench.models.context import PREFIX_SIZES

    prefix = context().prefix()
    assert (prefix >= 0).all()
    assert (prefix < np.array(list(PREFIX_SIZES.values()))).all()
