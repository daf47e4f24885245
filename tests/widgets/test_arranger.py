"""The arranger as a plain object: every button is one edit of the session."""

from __future__ import annotations

from typing import Any

import pytest

from tests.widgets.conftest import Page
from workbench import widgets
from workbench.session import Session


@pytest.fixture
def page(session: Session) -> Page:
    return Page(widgets.Arranger(session))


def test_an_edit_changes_the_notes_and_is_heard(page: Page, session: Session) -> None:
    before = session.state.song.score
    page.ask("listen", first=1, last=2)
    page.ask("edit", edit={"edit": "transpose", "element": "bass", "semitones": 12, "bars": [1, 2]}, stamp=5.0)
    after = session.state.song.score
    bar_beats = before.metre.bar_beats
    moved = [n.pitch for n in after.parts["bass"].notes if n.onset_beats < 2 * bar_beats]
    assert moved == [n.pitch + 12 for n in before.parts["bass"].notes if n.onset_beats < 2 * bar_beats]
    assert after.parts["pads"] == before.parts["pads"]
    assert page.messages[-1][0]["sound"]["stamp"] == 5.0
    assert page.widget.message == "transpose: bass, bars 1 to 2"
    assert page.widget.edits[-1]["semitones"] == 12


def test_undo_brings_the_roll_back(page: Page) -> None:
    before = page.widget.roll
    page.ask("listen", first=1, last=1)
    page.ask("edit", edit={"edit": "transpose", "element": "bass", "semitones": 12})
    assert page.widget.roll != before
    page.ask("undo")
    assert page.widget.roll == before
    assert page.widget.can_redo


def test_locks_are_shown_and_kept(page: Page) -> None:
    page.ask("edit", edit={"edit": "lock", "element": "bass", "bars": [1, 2]})
    assert next(one for one in page.widget.elements if one["name"] == "bass")["locked"] == [1, 2]
    page.ask("edit", edit={"edit": "regenerate", "element": "bass", "bars": [1, 2]})
    assert page.widget.failed
    assert "bass is locked" in page.widget.message


def test_bars_that_are_gone_are_no_longer_asked_for(page: Page) -> None:
    bars = page.widget.bars
    page.ask("listen", first=bars, last=bars)
    page.ask("edit", edit={"edit": "shorten", "section": "verse", "bars": 1})
    assert not page.widget.failed, page.widget.message
    assert page.messages[-1][0]["sound"]["bars"][1] == page.widget.bars == bars - 1


@pytest.mark.parametrize("edit", [{"edit": "fly"}, {}, {"edit": "vary", "bars": [9, 2]}, 3, None])
def test_wrong_edits_are_reported_in_one_line(page: Page, session: Session, edit: Any) -> None:
    page.ask("edit", edit=edit)
    assert page.widget.failed
    assert page.widget.message
    assert "\n" not in page.widget.message
    assert len(session.history) == 1


def test_where_an_element_does_not_play_it_can_be_added(page: Page) -> None:
    page.ask("edit", edit={"edit": "drop", "element": "leads"})
    assert "leads" in page.widget.absent
    page.ask("edit", edit={"edit": "add", "element": "leads", "bars": [1, 2]})
    assert not page.widget.failed, page.widget.message
    assert "leads" not in page.widget.absent
    first = next(section["first"] for section in page.widget.sections if section["first"] > 2)
    page.ask("edit", edit={"edit": "regenerate", "element": "leads", "bars": [first, first]})
    assert page.widget.message == f"leads does not play in bar {first}: add it there first"
    offer = page.widget.refused["offer"]
    assert offer == {"edit": "add", "element": "leads", "bars": [first, first]}
    page.ask("edit", edit=offer)
    assert not page.widget.failed, page.widget.message
    assert page.widget.refused == {}


def test_what_was_dropped_in_some_bars_can_be_added_there(page: Page, session: Session) -> None:
    page.ask("edit", edit={"edit": "mute", "element": "leads", "bars": [1, 2]})
    page.ask("edit", edit={"edit": "add", "element": "leads", "bars": [1, 2]})
    assert not page.widget.failed, page.widget.message
    assert {0, 1} <= session.state.song.playing_bars("leads")


def test_a_wrong_chord_is_told_without_the_number_of_its_edit(page: Page) -> None:
    wrong = {"edit": "chords", "bars": [1, 1], "chords": "| Eb Fsus9x |"}
    page.ask("edit", edit=wrong)
    assert page.widget.message.startswith("chord 'Fsus9x' is not known")
    assert page.widget.refused == {"edit": wrong, "why": page.widget.message, "offer": {}}
