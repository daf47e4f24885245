"""The sound designer as a plain object: turns are edits, one turn is one step, own sounds are kept and found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.widgets.conftest import Page
from workbench import widgets
from workbench.domain.errors import ParameterError
from workbench.rendering import list_patches, load_kit, load_patch, save_sound
from workbench.rendering.settings import knobs_of
from workbench.session import Session


@pytest.fixture
def page(session: Session) -> Page:
    return Page(widgets.SoundDesigner(session, "bass"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    return tmp_path


def knob(page: Page, name: str) -> Any:
    return next(one for one in page.widget.knobs if one["name"] == name)


def test_knobs_are_those_of_the_patch(page: Page) -> None:
    release = knob(page, "amplifier.release_ms")
    assert release["low"] < release["value"] < release["high"]
    assert release["meaning"]
    assert not release["by_hand"]
    assert page.widget.patch in page.widget.patches == list(list_patches("bass"))


def test_a_turn_is_heard_and_is_one_step_however_long_it_lasts(page: Page, session: Session) -> None:
    page.ask("listen", first=1, last=1)
    before = page.samples("bass")
    for again, value in ((False, 30.0), (True, 25.0), (True, 20.0)):
        page.ask("turn", name="amplifier.release_ms", value=value, again=again, stamp=1.0)
    assert session.state.song.plan.patch_settings["bass"] == {"amplifier.release_ms": 20.0}
    assert len(session.history) == 2
    assert not np.array_equal(page.samples("bass"), before)
    assert page.messages[-1][0]["sound"]["names"] == ["bass"]
    assert knob(page, "amplifier.release_ms")["by_hand"]
    page.ask("undo")
    assert not session.state.song.plan.patch_settings.get("bass")


def test_two_knobs_are_two_steps(page: Page, session: Session) -> None:
    page.ask("turn", name="amplifier.release_ms", value=30.0)
    page.ask("turn", name="amplifier.attack_ms", value=30.0, again=True)
    assert len(session.history) == 3


def test_crossing_moves_the_numbers_that_both_have(page: Page) -> None:
    page.ask("load", patch="acid")
    own, other = (load_patch("bass", name).amplifier.attack_ms for name in ("acid", "reese"))
    page.ask("towards", other="reese", amount=0.5)
    assert knob(page, "amplifier.attack_ms")["value"] == pytest.approx((own * other) ** 0.5)
    page.ask("towards", other="reese", amount=0.0)
    assert knob(page, "amplifier.attack_ms")["value"] == pytest.approx(own)


def test_an_own_sound_is_kept_and_named_by_requests(page: Page, home: Path, session: Session) -> None:
    page.ask("turn", name="amplifier.release_ms", value=77.0)
    page.ask("save", name="my-bass")
    assert not page.widget.failed, page.widget.message
    assert load_patch("bass", "my-bass").amplifier.release_ms == 77.0
    assert (home / "patches" / "bass" / "my-bass.yaml").is_file()
    assert session.state.song.plan.patches["bass"] == "my-bass"
    assert "my-bass" in page.widget.patches


def test_an_own_name_may_have_spaces(page: Page, home: Path) -> None:
    page.ask("save", name="Rusty hull 1")
    assert page.widget.message == "saved: a request names it by patches: bass: rusty-hull-1"
    assert (home / "patches" / "bass" / "rusty-hull-1.yaml").is_file()


def test_a_loop_in_which_the_element_is_silent_says_so(page: Page, session: Session) -> None:
    assert [one["silent"] for one in page.widget.sections] == [False, False]
    session.modify([{"edit": "mute", "element": "bass", "bars": [1, 4]}])
    page.widget.refresh()
    assert [one["silent"] for one in page.widget.sections] == [True, False]


def test_what_is_saved_is_what_was_there(home: Path) -> None:
    lead, kit = load_patch("leads", "clarinet"), load_kit("dusty")
    save_sound(lead, "mine")
    save_sound(kit, "mine")
    assert replace(load_patch("leads", "mine"), name="clarinet") == lead
    assert replace(load_kit("mine"), name="dusty") == kit


@pytest.mark.parametrize("name", ["", "../evil", "a b", "acid"])
def test_names_that_cannot_be_used(home: Path, name: str) -> None:
    with pytest.raises(ParameterError, match=r"expected letters|ships"):
        save_sound(load_patch("bass", "acid"), name)
    assert not list(home.rglob("*.yaml"))


def test_every_knob_of_every_sound_has_a_range_and_a_value_in_it() -> None:
    for element in ("bass", "pads", "leads"):
        for name in list_patches(element):
            for one in knobs_of(load_patch(element, name)):
                assert one.value in one.options if one.options else one.low <= float(one.value) <= one.high


@pytest.mark.parametrize(
    "message",
    [
        {"do": "turn", "name": "nothing.here", "value": 1.0},
        {"do": "turn", "name": "amplifier.release_ms", "value": -5.0},
        {"do": "load", "patch": "no-such-patch"},
        {"do": "choose", "element": "flute"},
        {"do": "towards", "other": "reese", "amount": 3.0},
    ],
)
def test_wrong_messages_are_reported_and_change_nothing(page: Page, session: Session, message: Any) -> None:
    page.ask(**message)
    assert page.widget.failed
    assert len(session.history) == 1
