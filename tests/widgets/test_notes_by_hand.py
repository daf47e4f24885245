"""The note editor as a plain object: what it shows are the names of the edit `notes`, and each stroke is one edit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.widgets.conftest import Page
from workbench import widgets
from workbench.domain.score import Note
from workbench.domain.song import DRUM_ROLES
from workbench.session import Session


@pytest.fixture
def page(session: Session) -> Page:
    return Page(widgets.Arranger(session))


def notes(element: str, **fields: Any) -> dict[str, Any]:
    return {"edit": "notes", "element": element, **fields}


def names(page: Page) -> list[dict[str, Any]]:
    return [{"bar": bar, "beat": beat, "pitch": pitch} for bar, beat, pitch, *_ in page.widget.grid["notes"]]


@pytest.mark.parametrize("element", ["percussion", "bass", "pads"])
def test_every_note_that_is_shown_is_named_as_the_edit_names_it(page: Page, session: Session, element: str) -> None:
    # The first two bars of the chorus, in which all play.
    page.ask("show_notes", element=element, first=5, last=6)
    shown, chosen = names(page), (4, 5)
    song = session.state.song
    inside = [note for note in song.score.parts[element].notes if song.bar_of(note) in chosen]
    sounds = [tuple(note[2:5]) for note in page.widget.grid["notes"]]
    assert sounds == [(note.pitch, note.duration_beats, note.velocity) for note in inside]
    assert len(inside) > 4
    page.ask("edit", edit=notes(element, remove=shown))
    assert not page.widget.failed, page.widget.message
    assert page.widget.grid["notes"] == []
    song = session.state.song
    assert all(song.bar_of(note) not in chosen for note in song.score.parts[element].notes)


def test_a_stroke_is_one_edit_that_is_heard_and_undone(page: Page, session: Session) -> None:
    before, widget = session.state.song, page.widget
    page.ask("listen", first=5, last=5)
    page.ask("show_notes", element="pads", first=5, last=5)
    shown, roll = page.widget.grid, page.widget.roll
    edit = notes("pads", add=[{"bar": 5, "beat": 2.5, "pitch": 96, "length_beats": 0.5, "velocity": 70}])
    page.ask("edit", edit=edit, serial=1, stamp=4.0)
    assert page.widget.message == "notes: pads, 1 added"
    assert page.widget.edits == [edit]
    assert Note(17.5, 96, 0.5, 70) in session.state.song.score.parts["pads"].notes
    assert [5, 2.5, 96, 0.5, 70] in [note[:5] for note in widget.grid["notes"]]
    assert len(widget.roll["notes"]) == len(roll["notes"]) + 1
    assert page.messages[-1][0]["sound"]["stamp"] == 4.0
    page.ask("undo")
    assert session.state.song is before
    assert (widget.grid | {"serial": 0}, widget.roll) == (shown, roll)


def test_what_was_cut_is_reported(page: Page, session: Session) -> None:
    session.modify([notes("bass", add=[{"bar": 1, "beat": 1.55, "pitch": 40, "length_beats": 0.1}])])
    page.ask("edit", edit=notes("bass", change=[{"bar": 1, "beat": 1.55, "pitch": 40, "to": {"length_beats": 4}}]))
    cut = "1 note ends earlier: where the next one begins, or with the song"
    assert page.widget.message == f"notes: bass, 1 changed; {cut}"


def test_a_refused_stroke_brings_the_notes_back(page: Page) -> None:
    page.ask("show_notes", element="bass", first=1, last=1)
    shown = page.widget.grid
    page.ask("edit", edit=notes("bass", remove=[{"bar": 1, "beat": 1, "pitch": 108}]), serial=7)
    assert page.widget.failed
    assert "bass plays no C8 (108) at bar 1, beat 1" in page.widget.message
    assert page.widget.grid == shown | {"serial": 7}


def test_drums_lie_in_rows_of_roles(page: Page) -> None:
    page.ask("show_notes", element="percussion", first=1, last=2)
    rows = page.widget.grid["rows"]
    assert [row["pitch"] for row in rows] == list(DRUM_ROLES.values())[::-1]
    assert [row["label"] for row in rows[-2:]] == ["snare", "kick"]
    written = [note for note in page.widget.grid["notes"] if note[2] in DRUM_ROLES.values()]
    assert written
    assert all(rows[note[5]]["pitch"] == note[2] for note in written)


def test_chords_of_the_bars_are_told_and_stated(page: Page, session: Session) -> None:
    page.ask("show_notes", element="bass", first=2, last=3)
    shown = page.widget.grid["chords"]
    assert len(shown) == 2
    assert all(shown)
    page.ask("edit", edit={"edit": "chords", "bars": [2, 2], "chords": "| Dm Gm |"})
    assert not page.widget.failed, page.widget.message
    assert page.widget.grid["chords"] == ["Dm Gm", shown[1]]
    page.ask("edit", edit={"edit": "chords", "bars": [2, 2], "chords": "Hello"})
    assert page.widget.failed
    assert page.widget.grid["chords"] == ["Dm Gm", shown[1]]


def test_drums_swing_by_one_edit(page: Page, session: Session) -> None:
    page.ask("swing", percent=60.0)
    assert page.widget.message == "swing: choose an element first"
    page.ask("show_notes", element="percussion", first=1, last=2)
    before = page.widget.grid["notes"]
    page.ask("swing", percent=66.0, step=0.5)
    assert not page.widget.failed, page.widget.message
    assert page.widget.grid["swing"][1] == 66.0
    after = page.widget.grid["notes"]
    assert [note[:6] for note in after] == [note[:6] for note in before]
    moved = [new for old, new in zip(before, after, strict=True) if old != new]
    assert moved
    assert all((note[1] - 1) / 0.5 % 2 == pytest.approx(1) and note[6] == pytest.approx(0.16) for note in moved)
    assert page.widget.edits[-1]["edit"] == "notes"
    page.ask("swing", percent=66.0, step=0.5)
    assert page.widget.message == "percussion swings by 66 per cent already in bars 1 to 2"
    page.ask("swing", percent=50.0, step=0.5)
    assert page.widget.grid["swing"][1] == 50.0
    for wrong in ({"percent": 80.0}, {"percent": "x"}, {"percent": 60.0, "step": 0.3}):
        page.ask("swing", **wrong)
        assert page.widget.failed
        assert "\n" not in page.widget.message


def test_pitches_lie_in_rows_with_room_around_them(page: Page) -> None:
    page.ask("show_notes", element="leads", first=1, last=2)
    rows = [row["pitch"] for row in page.widget.grid["rows"]]
    played = [note[2] for note in page.widget.grid["notes"]]
    assert rows == list(range(rows[0], rows[-1] - 1, -1))
    assert rows[0] >= max(played) + 5
    assert rows[-1] <= min(played) - 5
    assert [rows[note[5]] for note in page.widget.grid["notes"]] == played


def test_locked_bars_are_marked_and_hold(page: Page) -> None:
    page.ask("show_notes", element="bass", first=1, last=2)
    page.ask("edit", edit={"edit": "lock", "element": "bass", "bars": [2, 2]})
    assert page.widget.grid["locked"] == [2]
    held = next(name for name in names(page) if name["bar"] == 2)
    page.ask("edit", edit=notes("bass", remove=[held]), serial=1)
    assert page.widget.message == "bass is locked in bar 2: unlock it first, or choose another place"


def test_eight_bars_are_shown_at_most(page: Page) -> None:
    last = page.widget.bars
    page.ask("show_notes", element="bass", first=1, last=last)
    assert page.widget.grid["last"] == min(8, last)


def test_an_element_that_is_gone_is_shown_no_more(page: Page) -> None:
    page.ask("show_notes", element="leads", first=1, last=2)
    page.ask("edit", edit={"edit": "drop", "element": "leads"})
    assert page.widget.grid == {"serial": 0}


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"element": "banjo", "first": 1, "last": 1}, "banjo is not in the song"),
        ({"element": "bass", "first": 1, "last": 99}, "bar 99 is not in the song"),
        ({"element": "bass", "first": 0, "last": 1}, "expected two whole numbers from 1"),
        ({"element": "bass", "first": 2, "last": 1}, "expected two whole numbers from 1"),
        ({"element": "bass", "first": "a", "last": 1}, "expected two whole numbers"),
        ({"element": ["bass"], "first": 1, "last": 1}, "is not in the song"),
        ({"element": "bass"}, "show_notes: "),
    ],
    ids=range(7),
)
def test_wrong_messages_are_one_line(page: Page, fields: dict[str, Any], line: str) -> None:
    page.ask("show_notes", **fields)
    assert page.widget.failed
    assert line in page.widget.message
    assert "\n" not in page.widget.message
    assert page.widget.grid == {"serial": 0}


@pytest.mark.parametrize("serial", ["7", 1.5, True, [1]])
def test_a_serial_is_a_whole_number(page: Page, session: Session, serial: Any) -> None:
    page.ask("edit", edit=notes("bass", add=[{"bar": 1, "beat": 1.1, "pitch": 40}]), serial=serial)
    assert page.widget.message == f"serial: expected a whole number, got {type(serial).__name__}"
    assert len(session.history) == 1
