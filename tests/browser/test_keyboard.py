"""The keyboard in a real JupyterLab and a real browser: keys of the computer and of MIDI, takes, knobs, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.instrument_pages import Open, dark, edits, keep, light, narrow, ready, told

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

# The first request is refused, as where somebody closes the browser's question; the second brings one device.
_DEVICES = """
  window.midiInput = { name: "Stub Keys", state: "connected", onmidimessage: null };
  window.midiSend = bytes =>
    window.midiInput.onmidimessage({ data: new Uint8Array(bytes), timeStamp: performance.now() });
  let asked = 0;
  navigator.requestMIDIAccess = async () => {
    asked += 1;
    if (asked === 1) throw new DOMException("denied", "NotAllowedError");
    return { inputs: new Map([["1", window.midiInput]]), onstatechange: null };
  };
"""


def test_notes_are_played_and_recorded(opened: Open, visit: Any, repository: Path) -> None:
    visit.page.add_init_script(_DEVICES)
    page = opened("04_midi")
    keyboard = ready(page, "keyboard")
    page.wait_for_function("() => Number(document.querySelector('.bf-keyboard').dataset.keys) >= 25")
    state = keyboard.locator(".bf-midi-state")
    connect = keyboard.locator(".bf-connect")
    connect.click()
    assert "does not allow MIDI here" in state.inner_text()
    connect.click()
    page.wait_for_function("() => document.querySelector('.bf-midi-state').textContent === 'MIDI: Stub Keys'")

    # A key of the computer, and one of the device: what is pressed sounds within a frame or two.
    keyboard.locator(".bf-head").click()
    page.keyboard.down("a")
    assert keyboard.locator(".bf-piano-key.bf-down").count() == 1
    page.keyboard.up("a")
    pressed(page, 1)
    page.evaluate("() => window.midiSend([0x90, 64, 100])")
    pressed(page, 2)
    assert keyboard.locator(".bf-piano-key.bf-down").get_attribute("aria-label").startswith("E4")
    page.evaluate("() => window.midiSend([0x80, 64, 0])")
    assert float(keyboard.get_attribute("data-keyed")) < 60

    # A take of two notes: counted in, written when the loop ends, heard and undone.
    written = len(edits(keyboard))
    keyboard.locator("[aria-label='Bars that are heard']").select_option(index=0)
    page.keyboard.press("r")
    recording(page, "on")
    page.keyboard.down("s")
    page.wait_for_timeout(200)
    keep(page, repository, "keyboard")
    page.keyboard.up("s")
    page.evaluate("() => window.midiSend([0x90, 67, 90])")
    page.wait_for_timeout(200)
    page.evaluate("() => window.midiSend([0x90, 67, 0])")
    page.keyboard.press("r")
    told(page, "keyboard", "recorded: leads, 2 notes")
    take = edits(keyboard)[written]
    assert (take["edit"], take["element"], len(take["add"])) == ("notes", "leads", 2)
    assert {note["pitch"] for note in take["add"]} == {62, 67}
    assert all(note["beat"] % 0.25 == 0 for note in take["add"])

    # A knob is learned by turning, and its turns are one step.
    keyboard.locator(".bf-learning select").select_option("mix.gain_db")
    keyboard.locator("button", has_text="Learn").click()
    told(page, "keyboard", "turn the knob")
    for value in (90, 100, 110):
        page.evaluate("value => window.midiSend([0xb0, 21, value])", value)
    told(page, "keyboard", "leads: gain 3.969 dB")
    page.wait_for_function("() => document.querySelectorAll('.bf-bindings li').length === 1")
    assert edits(keyboard)[-1] == {"edit": "mix", "element": "leads", "gain_db": pytest.approx(3.968504)}
    assert len(edits(keyboard)) == written + 2
    dark(page, "keyboard")
    light(page, "keyboard")
    narrow(page, "keyboard")
    keyboard.locator("button", has_text="percussion").click()
    keyboard.locator(".bf-pads").wait_for()
    light(page, "keyboard")
    assert visit.outside == []
    assert [error for error in visit.errors if "404" not in error] == []


def pressed(page: Any, count: int) -> None:
    page.wait_for_function(
        "count => Number(document.querySelector('.bf-keyboard').dataset.pressed) >= count", arg=count
    )


def recording(page: Any, state: str) -> None:
    page.wait_for_function("state => document.querySelector('.bf-keyboard').dataset.recording === state", arg=state)
