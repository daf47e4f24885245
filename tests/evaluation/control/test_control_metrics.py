"""Measures of the control suite on notes whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evaluation.control.heard import reference_chords
from evaluation.control.human_notes import HumanValue, load_human, to_yaml
from evaluation.control.metrics.clashes import clashes_at, strong_beats
from evaluation.control.metrics.form import longest_run, section_likeness
from evaluation.control.metrics.request_adherence import kept, read_back
from evaluation.control.requests import draw_requests
from workbench.domain.plan import Plan, SectionPlan
from workbench.domain.request import parse_request
from workbench.domain.score import Note, Part, Score
from workbench.domain.theory import Key, Metre


def parts(bass: int, lead: int, length: float = 1.0) -> dict[str, Part]:
    return {
        "bass": Part("bass", (Note(0.0, bass, 4.0, 90),)),
        "leads": Part("leads", (Note(0.0, lead, length, 90),)),
    }


@pytest.mark.parametrize(
    ("bass", "lead", "length", "expected"),
    [(40, 41, 1.0, (1, 1)), (40, 65, 1.0, (1, 1)), (40, 63, 1.0, (0, 1)), (40, 64, 1.0, (0, 1)), (40, 41, 0.5, (0, 0))],
)
def test_semitones_and_minor_ninths_of_long_notes_clash(
    bass: int, lead: int, length: float, expected: tuple[int, int]
) -> None:
    assert clashes_at([0.0], parts(bass, lead, length)) == expected


def test_a_note_held_over_many_places_is_never_lost() -> None:
    held = {
        "pads": Part("pads", (Note(0.0, 60, 16.0, 80), Note(1.0, 64, 1.0, 80))),
        "leads": Part("leads", (Note(8.0, 61, 2.0, 80),)),
    }
    assert clashes_at([0.0, 4.0, 8.0], held) == (1, 1)


def test_strong_beats_of_compound_bars() -> None:
    assert strong_beats(Metre(12, 8)) == (0.0, 3.0)
    assert strong_beats(Metre(6, 8)) == (0.0,)


def song(*bars: tuple[int, ...], labels: tuple[str, ...], key: Key | None = None) -> Score:
    """One section of one bar for each label, of a bass that plays these pitches on the beats."""
    sections = tuple(
        SectionPlan(label, label, number, 1, 0.5, ("bass",), key=key if number == len(labels) - 1 else None)
        for number, label in enumerate(labels)
    )
    notes = [Note(4.0 * bar + beat, pitch, 1.0, 90) for bar, line in enumerate(bars) for beat, pitch in enumerate(line)]
    return Score("", 120.0, Metre(), Key.parse("C"), sections, (), {"bass": Part("bass", tuple(notes))})


def test_runs_count_bars_that_are_the_same_notes() -> None:
    score = song((40, 43), (40, 43), (40, 43), (41, 43), labels=("a", "b", "c", "d"))
    assert longest_run(score.parts["bass"], score) == 3
    assert longest_run(Part("bass", ()), score) == 0


def test_likeness_of_repeated_and_of_different_sections() -> None:
    score = song((40, 43), (50, 51), (40, 44), labels=("verse", "chorus", "verse"))
    repeated, different = section_likeness(score)
    assert repeated == [0.5]
    assert different == [0.0, 0.0]


def test_a_chorus_a_tone_higher_is_the_same_chorus() -> None:
    score = song((40, 43), (42, 45), labels=("chorus", "chorus"), key=Key.parse("D"))
    assert section_likeness(score) == ([1.0], [])


def test_statements_are_read_back_from_the_file(tiny_plan: Plan, tiny_score: Score) -> None:
    delivered = read_back(tiny_score)
    assert delivered.tempo_bpm == pytest.approx(120.0)
    assert delivered.markers == ("intro", "verse", "chorus")
    assert delivered.seconds == pytest.approx(8.0)
    technical = {"tempo": 121, "metre": "4/4", "duration": 20, "structure": ["intro", "verse", "chorus"]}
    request = parse_request({"parameters": {"creative": {"concept": "x"}, "technical": technical}})
    assert kept(request, tiny_plan, tiny_score) == {
        "palette": True, "tempo": False, "metre": True, "sections": True, "duration": False,
    }  # fmt: skip


def test_requests_are_drawn_again_the_same() -> None:
    twice = draw_requests(24), draw_requests(24)
    assert twice[0] == twice[1]
    assert len({request.parameters.creative.concept for request in twice[0]}) == 22
    assert draw_requests(24, seed=1) != twice[0]


def test_reference_chords_lie_in_seconds(tiny_score: Score) -> None:
    heard = reference_chords(replace(tiny_score, tempo_bpm=60.0))
    assert [chord.symbol for chord in heard] == ["Fm", "C#", "G#", "D#"]
    assert heard[1].start_seconds == 4.0


def test_human_figures_ship_with_their_source() -> None:
    values = load_human()
    assert values["strong_beat_clashes"].n > 1000
    assert "pop909" in values["scale_consistency"].source
    assert to_yaml({"x": HumanValue(1, "y", value=0.5)}).endswith("x:\n  n: 1\n  source: y\n  value: 0.5\n")
