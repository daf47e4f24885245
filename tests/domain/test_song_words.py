from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.errors import ParameterError
from workbench.domain.song import DRUM_ROLES, SECTION_NAMES, drum_role, parse_section_name
from workbench.domain.units import (
    SILENCE_DB,
    beats_to_seconds,
    db_to_gain,
    gain_to_db,
    midi_to_hz,
    seconds_to_beats,
)


@pytest.mark.parametrize("name", SECTION_NAMES)
def test_canonical_names_stay_with_any_number_and_case(name: str) -> None:
    assert {parse_section_name(text) for text in (name, name.upper(), f"{name} 2", f" {name}12 ")} == {name}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Pre Chorus", "pre-chorus"),
        ("prechorus 2", "pre-chorus"),
        ("Build-Up", "build"),
        ("middle eight", "bridge"),
        ("Middle 8", "bridge"),
        ("Ending", "outro"),
        ("A", "verse"),
        ("B2", "chorus"),
        ("final chorus", "chorus"),
        ("break down", "breakdown"),
    ],
)
def test_other_names_of_sections(text: str, name: str) -> None:
    assert parse_section_name(text) == name


@pytest.mark.parametrize("text", ["", "2", "middle", "versus", "intro!"])
def test_unknown_sections_list_the_known(text: str) -> None:
    with pytest.raises(ParameterError, match=r"expected one of intro, verse, .*outro"):
        parse_section_name(text)


def test_drum_roles_and_notes_agree() -> None:
    for role, pitch in DRUM_ROLES.items():
        assert drum_role(pitch) == role
    assert len(set(DRUM_ROLES.values())) == len(DRUM_ROLES)
    assert all(drum_role(pitch) in DRUM_ROLES for pitch in range(128))


@given(st.floats(-120, 40))
def test_decibels_round_trip(level_db: float) -> None:
    assert gain_to_db(db_to_gain(level_db)) == pytest.approx(level_db, abs=1e-9)


@given(st.floats(0, 1e4), st.floats(40, 240))
def test_beats_round_trip(beats: float, tempo_bpm: float) -> None:
    assert seconds_to_beats(beats_to_seconds(beats, tempo_bpm), tempo_bpm) == pytest.approx(beats)


@given(st.floats(0, 127))
def test_a_semitone_is_a_twelfth_of_an_octave(pitch: float) -> None:
    assert midi_to_hz(pitch + 1.0) / midi_to_hz(pitch) == pytest.approx(2.0 ** (1.0 / 12.0), rel=1e-12)


def test_known_values() -> None:
    assert db_to_gain(20.0) == pytest.approx(10.0)
    assert gain_to_db(0.0) == SILENCE_DB
    assert gain_to_db(-0.5) == pytest.approx(-6.0206, abs=1e-4)
    assert midi_to_hz(60.0) == pytest.approx(261.6256, abs=1e-4)
    assert midi_to_hz(69.0, 442.0) == 442.0
    np.testing.assert_allclose(db_to_gain(np.array([0.0, -20.0])), [1.0, 0.1])
