"""The keyboard as a plain object: keys sound as the patch does, takes are edits, knobs are learned by turning."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.widgets.conftest import Page
from workbench import widgets
from workbench.domain.errors import ParameterError
from workbench.session import Session
from workbench.session.midi_bindings import bindings_file, kept_bindings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def page(session: Session) -> Page:
    return Page(widgets.Keyboard(session, "bass"))


def heard(page: Page, pitches: list[int]) -> dict[int, np.ndarray]:
    page.ask("send_keys", pitches=pitches, bank=page.widget.bank["id"])
    assert not page.widget.failed, page.widget.message
    content, buffers = page.messages[-1]
    sounds = [soundfile.read(io.BytesIO(data), always_2d=True)[0].T for data in buffers]
    return dict(zip(content["keys"]["pitches"], sounds, strict=True))


def fundamental(samples: np.ndarray, low: float, high: float) -> float:
    """The strongest frequency of the left side between two."""
    spectrum = np.abs(np.fft.rfft(samples[0] * np.hanning(samples.shape[1])))
    hz = np.fft.rfftfreq(samples.shape[1], 1 / 44100)
    inside = (hz > low) & (hz < high)
    return float(hz[inside][np.argmax(spectrum[inside])])


def bright(samples: np.ndarray) -> float:
    """What lies above 2 kHz in the first second, beside all."""
    spectrum = np.abs(np.fft.rfft(samples[0, :44100]))
    return float(spectrum[2000:].sum() / spectrum.sum())


def test_a_key_sounds_at_its_pitch(page: Page) -> None:
    sounds = heard(page, [45, 57])
    assert fundamental(sounds[45], 90, 135) == pytest.approx(110, rel=0.02)
    assert fundamental(sounds[57], 180, 270) == pytest.approx(220, rel=0.02)


def test_keys_are_as_loud_as_the_element_plays(page: Page, session: Session) -> None:
    page.ask("listen", first=1, last=4)
    loop = page.samples("bass")
    key = heard(page, [41])[41][:, :44100]
    parts = loop[:, : loop.shape[1] // 4410 * 4410].reshape(2, -1, 4410)
    playing = np.sqrt(np.square(parts).mean(axis=(0, 2)))
    level = 20 * np.log10(np.sqrt(np.square(key).mean()) / playing[playing > 0.1 * playing.max()].mean())
    assert abs(level) < 6


def test_another_parameter_is_another_bank_and_an_old_one_is_not_sent(page: Page, session: Session) -> None:
    session.set_patch("bass", {"filter.cutoff_hz": 4000.0})
    page.widget.refresh()
    old = page.widget.bank["id"]
    before = heard(page, [41])[41]
    session.set_patch("bass", {"filter.cutoff_hz": 200.0})
    page.widget.refresh()
    assert page.widget.bank["id"] != old
    after = heard(page, [41])[41]
    assert bright(after) < 0.9 * bright(before)
    count = len(page.messages)
    page.ask("send_keys", pitches=[41], bank=old)
    assert len(page.messages) == count


def test_drums_have_pads(page: Page) -> None:
    page.ask("choose", element="percussion")
    labels = [pad["label"] for pad in page.widget.bank["pads"]]
    assert labels[:2] == ["kick", "snare"]
    sounds = heard(page, [36, 42])
    assert fundamental(sounds[36], 20, 20000) < 200 < fundamental(sounds[42], 20, 20000)


def test_a_take_is_one_edit_that_is_heard_and_undone(page: Page, session: Session) -> None:
    page.ask("listen", first=1, last=2)
    before, old = session.state.song, page.samples("bass")
    page.ask("record", notes=[[0.02, 0.5, 41, 99], [1.51, 0.4, 44, 80]], first=1, last=2, grid=0.5)
    assert page.widget.message == "recorded: bass, 2 notes, bars 1 to 2"
    (edit,) = page.widget.edits
    assert [note["beat"] for note in edit["add"]] == [1.0, 2.5]
    assert not np.array_equal(page.samples("bass"), old)
    page.ask("undo")
    assert session.state.song is before


def test_a_take_of_nothing_changes_nothing(page: Page, session: Session) -> None:
    page.ask("record", notes=[], first=1, last=1)
    assert page.widget.message == "nothing was recorded: the song stays as it is"
    assert len(session.history) == 1


def test_the_loop_tells_its_beats(page: Page) -> None:
    page.ask("listen", first=2, last=3)
    time = page.messages[-1][0]["sound"]["time"]
    assert time["beats"] == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert np.allclose(time["seconds"], [0.375 * beat for beat in range(9)], atol=1e-5)
    assert [strong for _, strong in time["clicks"]] == [True, False, False, False] * 2


def test_a_knob_is_learned_by_turning_and_its_turn_is_one_step(page: Page, session: Session) -> None:
    page.ask("listen", first=1, last=1)
    page.ask("control", moves=[[0, 74, 64]])
    assert len(session.history) == 1
    page.ask("learn", parameter="filter.cutoff_hz")
    assert page.widget.learning == "bass filter cutoff"
    bound: list[int] = []
    page.widget.observe(lambda _: bound.append(len(page.widget.bindings)), "learning")
    page.ask("control", moves=[[0, 74, 64]])
    assert page.widget.learning == ""
    assert bound == [1], "no turn is lost between the learning and the binding"
    for value in (70, 80, 127):
        page.ask("control", moves=[[0, 74, value]], again=True, stamp=5.0)
    assert session.state.song.plan.patch_settings["bass"] == {"filter.cutoff_hz": 20000.0}
    assert page.messages[-1][0]["sound"]["stamp"] == 5.0
    assert len([state for state in session.history if state.edits]) == 1
    page.ask("undo")
    assert session.state.song.plan.patch_settings.get("bass", {}) == {}


def test_two_knobs_at_once_are_both_heard(page: Page, session: Session) -> None:
    for number, parameter in enumerate(("filter.cutoff_hz", "mix.gain_db")):
        page.ask("learn", parameter=parameter)
        page.ask("control", moves=[[1, number, 0]])
    page.ask("control", moves=[[1, 0, 127]])
    page.ask("control", moves=[[1, 1, 127]], again=True)
    plan = session.state.song.plan
    assert plan.patch_settings["bass"]["filter.cutoff_hz"] == 20000.0
    assert plan.mix["bass"].gain_db == 12.0


def test_another_step_between_two_turns_is_not_taken_back(page: Page, session: Session) -> None:
    page.ask("learn", parameter="filter.cutoff_hz")
    page.ask("control", moves=[[0, 1, 10]])
    session.set_mix("pads", gain_db=3.0)
    page.ask("control", moves=[[0, 1, 127]], again=True)
    assert session.state.song.plan.mix["pads"].gain_db == 3.0


def test_what_was_learned_is_there_the_next_time_and_is_forgotten_on_demand(page: Page, session: Session) -> None:
    page.ask("learn", parameter="mix.pan")
    page.ask("control", moves=[[2, 10, 0]])
    again = Page(widgets.Keyboard(session))
    assert again.widget.bindings == page.widget.bindings != []
    again.ask("control", moves=[[2, 10, 127]])
    assert session.state.song.plan.mix["bass"].pan == 1.0
    again.ask("forget", channel=2, control=10)
    assert again.widget.bindings == []
    assert kept_bindings() == {}


@pytest.mark.parametrize("text", ["{", "[1]", '[{"channel": 0}]', "null"])
def test_a_broken_file_of_knobs_is_told_and_the_rest_works(session: Session, text: str) -> None:
    bindings_file().write_text(text)
    with pytest.raises(ParameterError, match="controllers"):
        kept_bindings()
    page = Page(widgets.Keyboard(session, "bass"))
    assert "delete the file" in page.widget.message
    page.ask("send_keys", pitches=[41], bank=page.widget.bank["id"])
    assert page.messages[-1][0]["keys"]["pitches"] == [41]


def test_the_front_end_asks_nothing_of_other_hosts() -> None:
    assert "http" not in json.dumps(widgets.Keyboard._esm).replace("https and on", "")


@pytest.mark.parametrize(
    "message",
    [
        {"do": "send_keys", "pitches": [128], "bank": ""},
        {"do": "send_keys", "pitches": list(range(40)), "bank": ""},
        {"do": "send_keys", "pitches": "abc", "bank": ""},
        {"do": "choose", "element": "flute"},
        {"do": "load", "patch": "no-such-patch"},
        {"do": "learn", "parameter": "no.such"},
        {"do": "control", "moves": [[0, 1, 200]]},
        {"do": "control", "moves": [["a", 1, 2]]},
        {"do": "control", "moves": [[0]]},
        {"do": "record", "notes": [[0, 1, 300, 90]], "first": 1, "last": 1},
        {"do": "record", "notes": [3], "first": 1, "last": 1},
        {"do": "record", "notes": [[0, 1, 40, 90]], "first": 1, "last": 999},
        {"do": "record", "notes": [[0, 1, 40, 90]], "first": 1, "last": 1, "grid": 50},
    ],
    ids=range(13),
)
def test_wrong_messages_are_reported_and_change_nothing(page: Page, session: Session, message: Any) -> None:
    if "bank" in message:
        message = message | {"bank": page.widget.bank["id"]}
    page.ask(**message)
    assert page.widget.failed
    assert "\n" not in page.widget.message
    assert len(session.history) == 1
