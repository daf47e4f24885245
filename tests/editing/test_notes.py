"""Notes by hand: what is written stands in the score with the numbers that were asked for, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.editing.test_inverses import facts
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError
from workbench.domain.score import Note
from workbench.domain.theory import Metre
from workbench.editing import Song, edit_song, edits_schema, parse_edits

BARS_3_AND_4 = (
    Note(8.0, 41, 1.0, 80, 0.01),
    Note(9.0, 48, 0.5, 70),
    Note(10.0, 41, 1.0, 90),
    Note(12.0 + 8 / 24, 44, 0.25, 60),
)
"""F2 and C3 on the beats of bar 3, and a triplet in bar 4."""


@pytest.fixture
def written(song: Song) -> Song:
    """The song with a bass and drums of four notes each, so that every number is known."""
    drums = [Note(0.0, 36, 0.25, 100), Note(1.0, 40, 0.25, 90), Note(2.0, 36, 0.25, 100), Note(2.0, 42, 0.25, 50)]
    pads = [Note(16.0, 60, 4.0, 70), Note(16.0, 63, 4.0, 70), Note(20.0, 60, 4.0, 70)]
    bass_traits = replace(song.plan.parts["bass"], slides=0.0)
    # Pads play in every section, whatever the plan of this seed says.
    sections = tuple(
        replace(one, elements=tuple(name for name in ELEMENTS if name in {*one.elements, "pads"}))
        for one in song.plan.sections
    )
    plan = replace(song.plan, sections=sections, parts={**song.plan.parts, "bass": bass_traits})
    return (
        replace(song, plan=plan, score=replace(song.score, sections=sections))
        .with_notes("bass", BARS_3_AND_4)
        .with_notes("percussion", drums)
        .with_notes("pads", pads)
    )


def notes(element: str, **fields: Any) -> dict[str, Any]:
    return {"edit": "notes", "element": element, **fields}


def at(bar: int, beat: float, pitch: int | str, **more: Any) -> dict[str, Any]:
    return {"bar": bar, "beat": beat, "pitch": pitch, **more}


def test_a_note_that_was_removed_comes_back_with_its_deviation(written: Song) -> None:
    removed = edit_song(written, [notes("bass", remove=[at(3, 1, 41)])])
    assert removed.score.parts["bass"].notes == BARS_3_AND_4[1:]
    back = edit_song(removed, [notes("bass", add=[at(3, 1, 41, length_beats=1.0, velocity=80, shift_beats=0.01)])])
    assert back.score == written.score
    laid = edit_song(written, [notes("bass", change=[at(3, 1, 41, to={"shift_beats": 0.0})])])
    assert laid.score.parts["bass"].notes[0] == Note(8.0, 41, 1.0, 80)
    with pytest.raises(ParameterError, match=r"shift_beats.*0\.5"):
        edit_song(written, [notes("bass", add=[at(5, 1, 41, shift_beats=0.7)])])


def test_a_note_is_added_where_it_was_asked_for(written: Song) -> None:
    added = at(4, 3.5, 46, length_beats=0.5, velocity=77)
    after = edit_song(written, [notes("bass", add=[added])])
    assert after.score.parts["bass"].notes == (*BARS_3_AND_4, Note(14.5, 46, 0.5, 77))
    others = {name: part for name, part in after.score.parts.items() if name != "bass"}
    assert others == {name: part for name, part in written.score.parts.items() if name != "bass"}
    assert after.plan.decisions[-1].value == "notes: element bass, add 1"
    assert after.state.history[-1] == {"edit": "notes", "element": "bass", "add": [added]}


@pytest.mark.parametrize(
    "edits",
    [
        [notes("bass", add=[at(4, 3.5, 46)]), notes("bass", remove=[at(4, 3.5, 46)])],
        [notes("bass", remove=[at(3, 2, 48)]), notes("bass", add=[at(3, 2, 48, length_beats=0.5, velocity=70)])],
        [
            notes("bass", remove=[at(4, 1.3333, 44)]),
            notes("bass", add=[at(4, 1.3333, 44, length_beats=0.25, velocity=60)]),
        ],
        [
            notes("bass", change=[at(3, 1, 41, to={"bar": 5, "beat": 2.25, "pitch": 53, "velocity": 1})]),
            notes("bass", change=[at(5, 2.25, 53, to={"bar": 3, "beat": 1, "pitch": 41, "velocity": 80})]),
        ],
        [
            notes("bass", change=[at(4, 1.333333, 44, to={"bar": 6})]),
            notes("bass", change=[at(6, 1.333333, 44, to={"bar": 4})]),
        ],
        [notes("percussion", add=[at(9, 1, "crash")]), notes("percussion", remove=[at(9, 1, "crash")])],
        [
            notes("percussion", change=[at(1, 2, "snare", to={"pitch": 39})]),
            notes("percussion", change=[at(1, 2, "clap", to={"pitch": 40})]),
        ],
        [
            notes("pads", add=[at(5, 1, 67, length_beats=4), at(7, 1, 60, length_beats=8)]),
            notes("pads", remove=[at(5, 1, 67), at(7, 1, 60)]),
        ],
    ],
    ids=range(8),
)  # fmt: skip
def test_an_inverse_gives_the_song_back(written: Song, edits: list[dict[str, Any]]) -> None:
    assert facts(edit_song(written, edits[:1])) != facts(written)
    assert facts(edit_song(written, edits)) == facts(written)


@pytest.mark.parametrize(
    ("to", "wanted"),
    [
        ({"bar": 6}, Note(20.0, 41, 1.0, 80, 0.01)),
        ({"beat": 4.25}, Note(11.25, 41, 0.75, 80, 0.01)),
        ({"pitch": 36}, Note(8.0, 36, 1.0, 80, 0.01)),
        ({"length_beats": 0.125}, Note(8.0, 41, 0.125, 80, 0.01)),
        ({"velocity": 127}, Note(8.0, 41, 1.0, 127, 0.01)),
    ],
    ids=str,
)
def test_a_change_takes_what_it_names_and_keeps_the_rest(written: Song, to: dict[str, Any], wanted: Note) -> None:
    """A note that is moved to beat 4.25 of bar 3 ends with the bar, where one is added."""
    change = notes("bass", change=[at(3, 1, 41, to=to)], add=[at(4, 1, 48, length_beats=0.25)])
    after = set(edit_song(written, [change]).score.parts["bass"].notes)
    assert after == {*BARS_3_AND_4[1:], wanted, Note(12.0, 48, 0.25, 90)}


def test_a_place_on_the_grid_is_the_grids_own_number(written: Song) -> None:
    after = edit_song(written, [notes("pads", add=[at(2, 2.6667, 62, length_beats=0.3333), at(2, 1.05, 62)])])
    first, second = (note.onset_beats for note in after.score.parts["pads"].notes if note.pitch == 62)
    assert (first, second) == (4.05, 4 + (1 + 16 / 24))


def test_a_single_line_keeps_one_voice(written: Song) -> None:
    """The note before ends where the new one begins, and the new one where the next does; both are reported."""
    change = notes("bass", add=[at(3, 1.5, 53, length_beats=4, velocity=64)])
    after = edit_song(written, [change])
    assert after.score.parts["bass"].notes[:3] == (
        Note(8.0, 41, 0.5, 80, 0.01), Note(8.5, 53, 0.5, 64), Note(9.0, 48, 0.5, 70),
    )  # fmt: skip
    assert after.plan.decisions[-1].contradiction == "2 notes end earlier: where the next one begins, or with the song"


def test_a_bass_that_slides_may_reach_into_the_next_note(written: Song) -> None:
    """Monophonic voices glide between notes that overlap: 0.12 beats are left of an overlap."""
    traits = replace(written.plan.parts["bass"], slides=0.5)
    sliding = replace(written, plan=replace(written.plan, parts={**written.plan.parts, "bass": traits}))
    after = edit_song(sliding, [notes("bass", change=[at(3, 2, 48, to={"length_beats": 1.12})])])
    assert after.score.parts["bass"].notes[1].duration_beats == 1.12
    after = edit_song(sliding, [notes("bass", change=[at(3, 2, 48, to={"length_beats": 1.5})])])
    assert after.score.parts["bass"].notes[1].duration_beats == 1.12


def test_chords_may_sound_together_but_no_pitch_over_itself(written: Song) -> None:
    after = edit_song(written, [notes("pads", add=[at(5, 3, 60, length_beats=1), at(5, 3, 67, length_beats=8)])])
    assert [note for note in after.score.parts["pads"].notes if note.onset_beats < 20] == [
        Note(16.0, 60, 2.0, 70), Note(16.0, 63, 4.0, 70), Note(18.0, 60, 1.0, 90), Note(18.0, 67, 8.0, 90),
    ]  # fmt: skip


def test_a_note_ends_with_the_song(written: Song) -> None:
    after = edit_song(written, [notes("pads", add=[at(20, 4, 65, length_beats=8)])])
    assert after.score.parts["pads"].notes[-1] == Note(79.0, 65, 1.0, 90)


def test_drums_are_named_by_role_or_number(written: Song) -> None:
    """A role finds each drum note of that role: 40 is a snare too; it is written as the role's own note."""
    after = edit_song(written, [notes("percussion", remove=[at(1, 2, "snare"), at(1, 3, 42)], add=[at(1, 4, "snare")])])
    assert [(note.onset_beats, note.pitch) for note in after.score.parts["percussion"].notes] == [
        (0.0, 36), (2.0, 36), (3.0, 38),
    ]  # fmt: skip


def test_an_element_comes_in_where_a_note_is_written(written: Song) -> None:
    assert "leads" not in written.plan.sections[0].elements
    after = edit_song(written, [notes("leads", add=[at(2, 1, 72)])])
    assert "leads" in after.plan.sections[0].elements
    assert after.plan.decisions[-1].contradiction == "leads comes in at bar 2"
    dropped = edit_song(written, [{"edit": "drop", "element": "leads"}, notes("leads", add=[at(2, 1, 72)])])
    assert dropped.score.parts["leads"].notes == (Note(4.0, 72, 1.0, 90),)
    assert "leads" in dropped.plan.palette


def test_beats_are_quarter_notes_in_every_metre(written: Song) -> None:
    """A bar of 6/8 is three quarter notes long: bar 3, beat 3.5 is its last eighth."""
    metre = Metre.parse("6/8")
    compound = replace(written, plan=replace(written.plan, metre=metre), score=replace(written.score, metre=metre))
    after = edit_song(compound, [notes("pads", add=[at(3, 3.5, 62, length_beats=0.5)])])
    assert Note(8.5, 62, 0.5, 90) in after.score.parts["pads"].notes
    with pytest.raises(ParameterError, match="beat 4 is not in a bar of 6/8: expected quarter notes from 1 to below 4"):
        edit_song(compound, [notes("pads", add=[at(3, 4, 62)])])


BAD: list[tuple[dict[str, Any], str]] = [
    (notes("bass", remove=[at(3, 1, 40)]),
     r"bass plays no E2 \(40\) at bar 3, beat 1: that bar holds F2 \(41\) at beat 1, C3 \(48\) at beat 2, F2"),
    (notes("bass", change=[at(1, 1, 41, to={"velocity": 3})]), "that bar holds no notes of it"),
    (notes("percussion", remove=[at(1, 1, "clap")]), r"percussion plays no clap at bar 1.* kick \(36\) at beat 1"),
    (notes("bass", remove=[at(3, 1.01, 41)]), r"plays no F2 \(41\) at bar 3, beat 1.01"),
    (notes("bass", remove=[at(3, 1, 41), at(3, 1, 41)]), r"F2 \(41\) at bar 3, beat 1 is named twice"),
    (notes("bass", remove=[at(3, 1, 41)], change=[at(3, 1, 41, to={"pitch": 43})]), "is named twice"),
    (notes("bass", add=[at(3, 1, 53)]), "bass plays one note at a time, and two would begin together: F2 .* and F3"),
    (notes("pads", add=[at(5, 1, 60)]), "pads plays a pitch once at a time, and two would begin together"),
    (notes("bass", add=[at(21, 1, 40)]), "bar 21 is not in the song: expected bars 1 to 20"),
    (notes("bass", add=[at(2, 5, 40)]), "beat 5 is not in a bar of 4/4: expected quarter notes from 1 to below 5"),
    (notes("bass", change=[at(3, 1, 41, to={"beat": 5.5})]), "beat 5.5 is not in a bar of 4/4"),
    (notes("bass", add=[at(2, 1, 22)]), r"bass plays MIDI 23 to 108 \(B0 to C8\), got 22 \(A#0\)"),
    (notes("percussion", add=[at(2, 1, 88)]), "percussion plays MIDI 22 to 87"),
    (notes("bass", add=[at(2, 1, "kick")]), "kick is a drum role, but bass has pitches: expected a MIDI number"),
    (notes("bass", add=[at(2, 1, "kik")]), r'add\[0\].pitch: "kik" is not known \(did you mean kick\?\)'),
    (notes("bass", add=[at(2, 1, 40.5)]), r"add\[0\].pitch: 40.5 is no pitch"),
    (notes("bass", add=[at(2, 1, 128)]), r"add\[0\].pitch: 128 is outside the range"),
    (notes("bass", add=[at(2, 0.5, 40)]), r"add\[0\].beat: 0.5 is below the limit; expected 1 to 32 quarter notes"),
    (notes("bass", change=[at(3, 1, 41, to={"velocity": 0})]),
     r"change\[0\].to.velocity: 0 is below the limit; expected 1 to 127"),
    (notes("bass", change=[at(3, 1, 41, to={})]), r"change\[0\].to: names nothing"),
    (notes("bass", add=[at(2, 1, 40, length=1)]), "length: unknown field"),
    (notes("bass"), "expected notes to add, to remove or to change, got none"),
    (notes("bass", remove=[at(1 + int(n.onset_beats // 4), n.onset_beats % 4 + 1, n.pitch) for n in BARS_3_AND_4]),
     "no note of bass would be left: mute or drop it instead"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "line"), BAD, ids=range(len(BAD)))
def test_what_cannot_be_written_is_one_line(
    written: Song, digest: Callable[[object], str], edit: dict[str, Any], line: str
) -> None:
    before = digest((written.plan, written.score, written.state))
    with pytest.raises(ParameterError, match=line) as caught:
        edit_song(written, [edit])
    assert "\n" not in str(caught.value)
    assert digest((written.plan, written.score, written.state)) == before


def test_a_note_outside_the_compass_may_still_be_played_softer(written: Song) -> None:
    deep = written.with_notes("bass", [Note(8.0, 20, 1.0, 80)])
    after = edit_song(deep, [notes("bass", change=[at(3, 1, 20, to={"velocity": 40})])])
    assert after.score.parts["bass"].notes == (Note(8.0, 20, 1.0, 40),)


@pytest.mark.parametrize(
    "edit",
    [
        notes("bass", add=[at(3, 4, 40)]),
        notes("bass", remove=[at(3, 1, 41)]),
        notes("bass", change=[at(3, 1, 41, to={"bar": 5})]),
        notes("bass", change=[at(4, 1.3333, 44, to={"bar": 3, "beat": 4.5})]),
        # Bar 4 is open, but the note that rings from bar 3 would be cut.
        notes("bass", add=[at(4, 1, 40)]),
    ],
    ids=range(5),
)
def test_a_lock_holds_the_notes(written: Song, edit: dict[str, Any]) -> None:
    ringing = written.with_notes("bass", [*BARS_3_AND_4[:2], Note(10.0, 41, 2.25, 90), BARS_3_AND_4[3]])
    held = edit_song(ringing, [{"edit": "lock", "element": "bass", "bars": [3, 3]}])
    with pytest.raises(ParameterError, match=r"bass is locked in bar 3: unlock it first"):
        edit_song(held, [edit])
    edit_song(held, [notes("bass", add=[at(5, 1, 40)])])


@pytest.mark.parametrize("bars", [[3, 3], [1, 20]])
def test_muted_bars_are_not_written(written: Song, bars: list[int]) -> None:
    silent = edit_song(written, [{"edit": "mute", "element": "bass", "bars": bars}])
    for edit in (notes("bass", add=[at(3, 4, 40)]), notes("bass", remove=[at(3, 1, 41)])):
        with pytest.raises(ParameterError, match="bass is muted in bar 3: unmute it first"):
            edit_song(silent, [edit])


def test_the_schema_has_ranges_units_and_help() -> None:
    fields = edits_schema()["$defs"]["NewNote"]["properties"]
    assert (fields["beat"]["minimum"], fields["beat"]["unit"]) == (1, "quarter notes")
    assert (fields["velocity"]["minimum"], fields["velocity"]["maximum"]) == (1, 127)
    assert all(field["description"] for field in fields.values())


def test_the_example_of_the_documentation_is_valid(repository: Path) -> None:
    text = (repository / "docs" / "editing.md").read_text(encoding="utf-8").split("## Notes by hand")[1]
    (edit,) = parse_edits(json.loads(text.split("```json")[1].split("```")[0]))
    assert edit.edit == "notes"
