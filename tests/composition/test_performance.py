from __future__ import annotations

from dataclasses import replace

import pytest

from workbench.composition.harmony import colour, cut, join
from workbench.composition.performance import close, in_register, perform, shape_lengths, swing_shift, without_unisons
from workbench.domain.plan import Groove, HarmonyTraits, PartTraits, Plan
from workbench.domain.score import Note
from workbench.domain.theory import Chord, Key


def note(onset: float, pitch: int = 60, length: float = 1.0, velocity: int = 80, shift: float = 0.0) -> Note:
    return Note(onset, pitch, length, velocity, shift)


@pytest.mark.parametrize(
    ("onset", "swing", "expected"),
    [(0.25, 50, 0.0), (0.25, 66, 0.08), (3.75, 60, 0.05), (0.5, 66, 0.0), (1 / 3, 66, 0.0)],
)
def test_swing_moves_off_sixteenths_only(onset: float, swing: float, expected: float) -> None:
    assert swing_shift(onset, swing) == pytest.approx(expected)


def test_the_backbeat_alone_is_late(tiny_plan: Plan) -> None:
    late, on_time = (replace(tiny_plan, groove=Groove(late_ms=ms, looseness=0.5)) for ms in (20.0, 0.0))
    notes = [note(1.0, 38, shift=0.02), note(1.0, 42, shift=0.02)]
    moves = [
        a.shift_beats - b.shift_beats
        for a, b in zip(perform(notes, late, "percussion"), perform(notes, on_time, "percussion"), strict=True)
    ]
    # 20 ms at 120 BPM are 0.04 beats.
    assert moves == pytest.approx([0.04, 0.0], abs=2e-6)


def test_a_machine_is_on_the_grid(tiny_plan: Plan) -> None:
    notes = [note(beat / 4, 42, shift=0.02) for beat in range(16)]
    machine = replace(tiny_plan, groove=Groove(looseness=0.0))
    player = replace(tiny_plan, groove=Groove(looseness=1.0))
    assert {played.shift_beats for played in perform(notes, machine, "percussion")} == {0.0}
    assert len({played.shift_beats for played in perform(notes, player, "percussion")}) >= 15


def test_louder_sections_are_played_louder(tiny_plan: Plan) -> None:
    sections = tuple(
        replace(section, energy=energy) for section, energy in zip(tiny_plan.sections, (0.2, 0.9), strict=False)
    )
    plan = replace(tiny_plan, sections=(*sections, *tiny_plan.sections[2:]))
    bar = plan.metre.bar_beats
    soft, loud = perform([note(0.0), note(sections[1].start_bar * bar)], plan, "bass")
    assert soft.velocity < loud.velocity


def test_single_lines_do_not_overlap(tiny_plan: Plan) -> None:
    shaped = shape_lengths([note(0.0, 40, 4.0), note(1.0, 43, 4.0)], tiny_plan, "bass", ())
    assert shaped[0].onset_beats + shaped[0].duration_beats <= 1.0


def test_pads_that_carry_a_section_connect_in_every_style(tiny_plan: Plan) -> None:
    chord = Chord.parse("Am", onset_beats=0.0, duration_beats=8.0)
    parts = {**tiny_plan.parts, "pads": PartTraits(sustain=0.1)}
    stabs = [note(0.0, 60, 0.25), note(4.0, 60, 0.25)]
    lengths = {}
    for elements in (("pads", "leads"), ("percussion", "bass", "pads")):
        sections = tuple(replace(section, elements=elements) for section in tiny_plan.sections)
        plan = replace(tiny_plan, parts=parts, sections=sections)
        lengths[len(elements)] = shape_lengths(stabs, plan, "pads", (chord,))[0].duration_beats
    assert lengths == {2: 4.0, 3: 0.25}


def test_pads_end_where_their_note_leaves_the_chord(tiny_plan: Plan) -> None:
    chords = (Chord(0, 4, 0, "maj", 0), Chord(4, 4, 9, "min", 9), Chord(8, 4, 7, "maj", 7))
    parts = {**tiny_plan.parts, "pads": PartTraits(sustain=0.9)}
    plan = replace(tiny_plan, parts=parts)
    common, leaving = shape_lengths([note(0.0, 60, 8.0), note(0.0, 67, 8.0)], plan, "pads", chords)
    assert common.duration_beats == pytest.approx(8.0)
    assert leaving.duration_beats == pytest.approx(4.0)


def test_no_pitch_is_struck_while_it_sounds() -> None:
    notes = without_unisons([note(0.0, 60, 2.0), note(1.0, 60, 1.0), note(0.5, 62, 1.0)])
    assert [(n.onset_beats, n.duration_beats) for n in notes if n.pitch == 60] == [(0.0, 1.0), (1.0, 1.0)]


def test_the_song_ends(tiny_plan: Plan) -> None:
    last = (tiny_plan.bars - 1) * tiny_plan.metre.bar_beats
    kept = close([note(last - 1), note(last), note(last + 2)], tiny_plan, "pads")
    if tiny_plan.bars >= 4:
        assert [n.onset_beats for n in kept] == [last - 1, last]
        assert kept[-1].duration_beats == tiny_plan.metre.bar_beats


def test_register_moves_by_octaves() -> None:
    assert [n.pitch for n in in_register([note(0, 30), note(0, 90), note(0, 60)], 48, 72)] == [54, 66, 60]


def test_chords_are_cut_and_joined() -> None:
    chords = [Chord(0, 4, 0, "maj", 0), Chord(4, 4, 7, "maj", 7)]
    assert [(c.onset_beats, c.duration_beats) for c in cut(chords, 2.0, 6.0)] == [(2.0, 2.0), (4.0, 2.0)]
    assert join([Chord(0, 2, 0, "maj", 0), Chord(2, 2, 0, "maj", 0)]) == (Chord(0, 4, 0, "maj", 0),)


@pytest.mark.parametrize(
    ("kind", "chord", "expected"),
    [
        ("triads", Chord(0, 4, 2, "min7", 2), "min"), ("sevenths", Chord(0, 4, 0, "maj", 0), "maj7"),
        ("sevenths", Chord(0, 4, 7, "maj", 7), "7"), ("ninths", Chord(0, 4, 2, "min", 2), "min9"),
        ("ninths", Chord(0, 4, 4, "min", 4), "min7"), ("power", Chord(0, 4, 9, "min", 9), "5"),
        ("sevenths", Chord(0, 4, 11, "dim", 11), "hdim7"), ("sevenths", Chord(0, 4, 5, "sus4", 5), "sus4"),
    ],
)  # fmt: skip
def test_colour_extends_within_the_key(tiny_plan: Plan, kind: str, chord: Chord, expected: str) -> None:
    plan = replace(tiny_plan, key=Key.parse("C major"), harmony=HarmonyTraits(colour=kind))  # type: ignore[arg-type]
    assert colour(chord, plan).quality == expected


def test_an_element_that_begins_late_in_the_last_bar_comes_in_on_its_first_beat(tiny_plan: Plan) -> None:
    notes = (note(2.0), note(13.5, 72, 0.5, shift=0.02))
    ended = close(notes, tiny_plan, "leads")
    assert ended[-1] == note(12.0, 72, 4.0)
    assert close((note(2.0, 38), note(14.0, 38)), tiny_plan, "percussion") == (note(2.0, 38),)
