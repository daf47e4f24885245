"""The mixer as a plain object: moves are edits of the session, and what the page gets is what Python mixed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.widgets.conftest import Page
from workbench import widgets
from workbench.domain.audio import Audio
from workbench.domain.automation import Point
from workbench.domain.results import Track
from workbench.output import decode
from workbench.plugins import scanning
from workbench.session import Session
from workbench.widgets.instrument import loop_of


@pytest.fixture
def page(session: Session) -> Page:
    return Page(widgets.Mixer(session))


def test_channels_stand_as_the_song_has_them(page: Page) -> None:
    names = [one["name"] for one in page.widget.channels]
    assert names == ["percussion", "bass", "pads", "leads"]
    assert {one["gain_db"] for one in page.widget.channels} == {0.0}
    assert page.widget.sections[0]["first"] == 1
    assert page.widget.sections[1]["name"] == "chorus"
    assert page.widget.sections[1]["last"] == page.widget.bars


def test_bars_are_sent_as_they_lie_in_the_finished_track(page: Page, short_track: Track) -> None:
    page.ask("listen", first=2, last=3)
    sent, rate = page.samples("bass"), short_track.master.sample_rate_hz
    # A bar of 4/4 at 160 BPM lasts 1.5 s.
    expected = short_track.mix.stems["bass"].samples[:, round(1.5 * rate) : round(4.5 * rate)]
    assert sent.shape == expected.shape
    assert np.abs(sent - expected).max() < 1e-4


def test_a_fader_is_heard_as_it_was_moved(page: Page) -> None:
    page.ask("listen", first=1, last=2)
    before = np.sqrt(np.mean(page.samples("bass") ** 2))
    page.ask("move", element="bass", gain_db=-6.0)
    after = np.sqrt(np.mean(page.samples("bass") ** 2))
    assert 20 * np.log10(after / before) == pytest.approx(-6.0, abs=1.0)


def test_a_move_is_one_edit(page: Page, session: Session) -> None:
    page.ask("listen", first=1, last=1)
    page.ask("move", element="bass", gain_db=-6.0)
    assert session.state.song.plan.mix["bass"].gain_db == -6.0
    assert page.widget.edits == [{"edit": "mix", "element": "bass", "gain_db": -6.0}]
    assert page.widget.message == "bass: gain -6 dB"
    content, _ = page.messages[-1]
    assert content["sound"]["names"] == ["bass"]
    assert content["sound"]["mixed"]["bass"]["gain_db"] == -6.0


def test_plug_ins_are_a_move_as_a_request_names_them(
    page: Page, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "_FOLDERS", {})
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    points = [{"bar": 1, "value": 0.0}, {"bar": 3, "value": 1.0}]
    page.ask("listen", first=1, last=1)
    page.ask("move", element="bass", inserts=[{"plugin": "Elsewhere", "settings": {"mix": points}}])
    (insert,) = session.state.song.plan.mix["bass"].inserts
    assert (insert.plugin, insert.settings) == ("Elsewhere", {"mix": (Point(1, 0.0), Point(3, 1.0))})
    assert page.widget.message == "bass: 1 plug-in"
    content, _ = page.messages[-1]
    assert content["sound"]["names"] == ["bass"], "the song goes on without a plug-in that is not there"


def test_undo_and_redo_show_the_channel_as_it_was(page: Page) -> None:
    page.ask("listen", first=1, last=1)
    page.ask("move", element="pads", pan=0.5)
    page.ask("undo")
    pan = page.widget.channels[2]["pan"]
    assert (pan == 0.5, page.widget.can_undo, page.widget.can_redo) == (False, False, True)
    page.ask("redo")
    assert page.widget.channels[2]["pan"] == 0.5


def test_two_widgets_on_one_session_show_the_same(page: Page, session: Session) -> None:
    other = widgets.Mixer(session)
    page.ask("move", element="leads", mute=True)
    assert other.channels[3]["mute"] is True


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ({"do": "move", "element": "bass", "gain_db": 99.0}, "gain_db"),
        ({"do": "move", "element": "flute", "pan": 0.0}, "flute"),
        ({"do": "listen", "first": 3, "last": 40}, "bar 40 is not in the song"),
        ({"do": "move"}, "element"),
        ({"do": "refresh"}, "does not do"),
        ({"do": "__init__"}, "does not do"),
        ({"do": 3}, "does not do"),
        ("nonsense", "does not do"),
    ],
)
def test_wrong_messages_are_reported_in_one_line(page: Page, session: Session, message: Any, line: str) -> None:
    page.widget._received(page.widget, message, [])
    assert page.widget.failed
    assert line in page.widget.message
    assert "\n" not in page.widget.message
    assert len(session.history) == 1


def test_what_was_heard_last_is_kept_for_a_page_without_python(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[Callable[[], None]] = []
    monkeypatch.setattr(page.widget._pause, "soon", waiting.append)
    page.ask("listen", first=1, last=1)
    page.ask("listen", first=2, last=2)
    page.ask("move", element="bass", mute=True)
    waiting[-1]()
    loop = page.widget.last_loop
    assert (loop["names"], loop["bars"], loop["seconds"]) == (["loop"], [2, 2], 1.5)
    rest = sum(page.samples(name) for name in ("percussion", "pads", "leads"))
    heard = decode(loop["data"]).samples
    assert heard.shape == rest.shape
    assert np.sqrt(np.mean((heard - rest) ** 2)) < 0.1 * np.sqrt(np.mean(rest**2))


def test_long_bars_go_compressed(short_track: Track) -> None:
    long = Audio(np.tile(short_track.master.samples, (1, 6)), short_track.master.sample_rate_hz)
    message, buffers = loop_of({"bass": long}, (1, 24))
    assert message["sound"]["form"] == "ogg"
    assert buffers[0][:4] == b"OggS"
