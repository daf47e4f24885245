"""Figures of a hand-written score whose every note is known."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.analysis import symbolic
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Chord, Key, Metre


def song(parts: dict[str, Part], chords: tuple[Chord, ...] = (), bars: int = 2) -> Score:
    sections = (SectionPlan("verse", "verse", 0, bars, 0.5, tuple(parts)),)
    return Score("t", 120.0, Metre(), Key.parse("C"), sections, chords, parts)


def part(*notes: Note, element: str = "leads") -> Part:
    return Part(element, notes)


def test_scale_consistency_counts_time():
    notes = [Note(0, 60, 1, 90), Note(1, 62, 2, 90), Note(3, 66, 1, 90)]
    assert symbolic.scale_consistency(notes, Key.parse("C")) == 0.75
    assert symbolic.scale_consistency([], Key.parse("C")) == 1.0


def test_chord_tone_share_follows_the_chord_changes():
    chords = (Chord.parse("C", duration_beats=4), Chord.parse("F/A", onset_beats=4, duration_beats=4))
    line = part(Note(0, 64, 1, 90), Note(1, 65, 1, 90), Note(4, 65, 1, 90), Note(5, 64, 1, 90))
    assert symbolic.chord_tone_share(line, chords) == 0.5
    assert symbolic.chord_tone_share(part(), chords) == 1.0


def test_chord_coverage_sees_gaps_and_overlaps():
    whole = (Chord.parse("C", duration_beats=5), Chord.parse("F", onset_beats=4, duration_beats=4))
    assert symbolic.chord_coverage(song({}, whole)) == 1.0
    assert symbolic.chord_coverage(song({}, (Chord.parse("C", onset_beats=2, duration_beats=4),))) == 0.5
    assert symbolic.chord_coverage(song({})) == 0.0


def test_notes_per_bar_and_grid():
    line = part(Note(0, 60, 1, 90), Note(0.25, 60, 1, 90), Note(7.75, 60, 1, 90))
    score = song({"leads": line})
    assert symbolic.notes_per_bar(line, score).tolist() == [2.0, 1.0]
    grid = symbolic.onset_grid(line, score)
    assert grid.shape == (2, 16)
    assert np.argwhere(grid).tolist() == [[0, 0], [0, 1], [1, 15]]


def test_polyphony_weighs_time():
    chord = part(Note(0, 60, 2, 90), Note(0, 64, 1, 90))
    assert symbolic.polyphony(chord) == 1.5
    assert symbolic.polyphony(part()) == 0.0


def test_range_entropy_and_groove():
    line = part(Note(0, 60, 1, 90), Note(4, 67, 1, 90))
    assert symbolic.pitch_range(line) == (60, 67)
    assert symbolic.pitch_range(part()) is None
    assert symbolic.pitch_class_entropy_bits(line.notes) == pytest.approx(1.0)
    assert symbolic.groove_consistency(line, song({"leads": line})) == 1.0
    moved = part(Note(0, 60, 1, 90), Note(5, 67, 1, 90))
    assert symbolic.groove_consistency(moved, song({"leads": moved})) == pytest.approx(1 - 2 / 16)


def test_symbolic_numbers_are_flat(tiny_score):
    numbers = symbolic.symbolic_numbers(tiny_score)
    assert numbers["score_scale_consistency"] == 1.0
    assert numbers["score_chord_coverage"] == 1.0
    assert numbers["percussion_notes_per_bar"] == 14.0
    assert numbers["pads_polyphony"] == pytest.approx(3.5)
    assert all(isinstance(value, float) for value in numbers.values())
