"""The instruments in a real JupyterLab and a real browser: clicked, dragged, typed, heard, undone, in both themes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser.instrument_pages import Open, accessible, dark, edits, heard, keep, light, narrow, ready, told

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def test_mixer_and_sound_designer(opened: Open, visit: Any, repository: Path) -> None:
    page = opened("03_mix_and_sound_design")
    mixer = ready(page, "mixer")
    mixer.locator(".bf-play").click()
    assert heard(mixer)
    fader = mixer.locator("[aria-label='Fader of bass']")
    mixer.locator("button", has_text="bass").click()
    fader.focus()
    loaded = int(mixer.get_attribute("data-loaded"))
    for _ in range(10):
        page.keyboard.press("ArrowUp")
    # From the event to the parameter of the sound; a block of the browser's output follows.
    assert float(mixer.get_attribute("data-moved")) < 50
    curve = mixer.locator(".bf-curve").bounding_box()
    page.mouse.move(curve["x"] + 190, curve["y"] + 75)
    page.mouse.down()
    page.mouse.move(curve["x"] + 195, curve["y"] + 50, steps=2)
    # What answers the fader comes while the hand holds the curve, and leaves it there.
    page.wait_for_function(f"() => Number(document.querySelector('.bf-mixer').dataset.loaded) > {loaded}")
    page.wait_for_timeout(100)
    page.mouse.move(curve["x"] + 200, curve["y"] + 30, steps=2)
    page.mouse.up()
    told(page, "mixer", "bass: 1 band")
    # On a busy machine the keys may come as more than one edit; the last one is where the fader stands.
    *_, gain, bands = edits(mixer)
    moves = len(edits(mixer)) - 1
    assert gain == {"edit": "mix", "element": "bass", "gain_db": 1.0}
    (band,) = bands["eq"]
    assert band["kind"] == "peak"
    assert 10 < band["gain_db"] < 14
    keep(page, repository, "mixer")
    fader.focus()
    mixer.locator("button", has_text="Undo").click()
    told(page, "mixer", "undone")
    assert len(edits(mixer)) == moves
    page.wait_for_function("() => document.querySelector(\"[aria-label='Mid gain, dB of bass']\").value === '0'")
    dark(page, "mixer")
    light(page, "mixer")
    narrow(page, "mixer")

    designer = ready(page, "designer")
    designer.locator(".bf-play").click()
    # What plays silences what played before.
    assert mixer.locator(".bf-playing").count() == 0
    knob = designer.locator(".bf-knob input[type=range]").first
    knob.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.bf-designer').dataset.heard")
    keep(page, repository, "sound-designer")
    _each_of_quick_turns_is_kept(page, designer)
    designer.locator(".bf-own-name").fill("browser-bass")
    designer.locator("button", has_text="Save sound").click()
    told(page, "designer", "saved: a request names it by patches: bass: browser-bass")
    assert designer.locator("[aria-label=Patch]").input_value() == "browser-bass"
    dark(page, "designer")
    light(page, "designer")
    narrow(page, "designer")
    assert visit.outside == []
    assert [error for error in visit.errors if "404" not in error] == []


def _each_of_quick_turns_is_kept(page: Any, designer: Any) -> None:
    knobs = designer.locator(".bf-knob input[type=range]")
    before = len(edits(designer))
    for index in (1, 2, 3, 4):
        knobs.nth(index).focus()
        page.keyboard.press("ArrowRight")
    written = "JSON.parse(`[${document.querySelector('.bf-designer .bf-json pre').textContent}]`)"
    page.wait_for_function(f"before => {written}.length >= before + 4", arg=before)
    turned = {name: value for edit in edits(designer)[before:] for name, value in edit["settings"].items()}
    assert len(turned) == 4
    page.wait_for_timeout(300)
    # Each stands where it was let go.
    assert designer.locator(".bf-by-hand").count() == 5
    assert all(float(knobs.nth(index).input_value()) > float(knobs.nth(index).get_attribute("min")) for index in (1, 2))


def test_arranger(opened: Open, visit: Any, repository: Path) -> None:
    page = opened("02_arrange_and_edit")
    arranger = ready(page, "arranger")
    arranger.locator(".bf-play").first.click()
    assert heard(arranger)
    ruler = arranger.locator("canvas.bf-roll").bounding_box()
    page.mouse.move(ruler["x"] + 90, ruler["y"] + 30)
    page.mouse.down()
    page.mouse.move(ruler["x"] + 300, ruler["y"] + 30, steps=5)
    page.mouse.up()
    assert arranger.locator(".bf-bars").inner_text() == "bars 1 to 2"
    arranger.locator("[aria-label='Element that is changed']").select_option("bass")
    arranger.locator("button", has_text="Regenerate").click()
    told(page, "arranger", "regenerate: bass, bars 1 to 2")
    assert edits(arranger)[-1] == {"edit": "regenerate", "element": "bass", "bars": [1, 2]}
    compared(page, arranger)
    arranger.locator("[aria-label='Lock bass in these bars']").click()
    told(page, "arranger", "lock: bass")
    arranger.locator("button", has_text="Vary").click()
    told(page, "arranger", "bass is locked")
    keep(page, repository, "arranger")
    arranger.locator(".bf-head").click()
    page.keyboard.press("Control+z")
    told(page, "arranger", "undone")
    dark(page, "arranger")
    light(page, "arranger")
    narrow(page, "arranger")
    assert visit.outside == []
    assert [error for error in visit.errors if "404" not in error] == []


def compared(page: Any, widget: Any) -> None:
    """A is the bass that was held, B the new one: their waveforms differ, those of the other elements do not."""
    toggle = widget.locator(".bf-ab")
    page.wait_for_function("() => !document.querySelector('.bf-arranger .bf-ab').disabled")
    now = waves(widget)
    toggle.click()
    assert (toggle.inner_text(), toggle.get_attribute("aria-pressed")) == ("A", "true")
    before = waves(widget)
    assert {name for name in now if now[name] != before[name]} == {"bass"}
    toggle.click()
    assert waves(widget) == now
    widget.locator(".bf-hold").click()
    assert toggle.is_disabled()


def waves(widget: Any) -> dict[str, str]:
    """Pictures of the waveforms by element, none of them empty."""
    drawn = widget.evaluate(
        "node => Object.fromEntries([...node.querySelectorAll('.bf-part')].map(part => ["
        "part.dataset.name, part.querySelector('.bf-wave canvas').toDataURL()]))"
    )
    assert all(len(picture) > 400 for picture in drawn.values())
    return dict(drawn)


def test_notes_are_written_by_hand(opened: Open, visit: Any, repository: Path) -> None:
    """Drawn, moved by pointer and by keys, deleted and brought back; the score and the sound follow each time."""
    page = opened("02_arrange_and_edit")
    arranger = ready(page, "arranger")
    written, sounds = (int(arranger.get_attribute(name)) for name in ("data-notes", "data-loaded"))
    arranger.locator("[aria-label='Element that is changed']").select_option("pads")
    arranger.locator(".bf-note").first.wait_for()
    arranger.locator(".bf-hand").evaluate("node => node.scrollIntoView({block: 'center'})")
    arranger.locator("button", has_text="Draw").click()
    arranger.locator(".bf-hand-scroll").evaluate("node => { node.scrollTop = 0; }")
    grid = arranger.locator(".bf-hand-grid").bounding_box()
    beat, row = grid["width"] / 16, 14
    # The top row lies above all that is played; four sixteenths from the first beat on.
    page.mouse.move(grid["x"] + 2, grid["y"] + row / 2)
    page.mouse.down()
    page.mouse.move(grid["x"] + 2 + 0.75 * beat, grid["y"] + row / 2, steps=4)
    page.mouse.up()
    told(page, "arranger", "notes: pads, 1 added")
    (drawn,) = edits(arranger)[-1]["add"]
    assert (drawn["bar"], drawn["beat"], drawn["length_beats"]) == (1, 1, 1)
    shown(page, written + 1, sounds + 1)
    arranger.locator("button", has_text="Draw").click()
    note = arranger.locator(".bf-note[aria-pressed='true']").bounding_box()
    page.mouse.move(note["x"] + 10, note["y"] + row / 2)
    page.mouse.down()
    page.mouse.move(note["x"] + 10 + beat, note["y"] + 2.5 * row, steps=4)
    page.mouse.up()
    told(page, "arranger", "notes: pads, 1 changed")
    (moved,) = edits(arranger)[-1]["change"]
    assert moved["to"] == {"beat": 2, "pitch": drawn["pitch"] - 2}
    shown(page, written + 1, sounds + 2)
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Alt+ArrowUp")
    shown(page, written + 1, sounds + 3)
    assert edits(arranger)[-1]["change"][0]["to"] == {"length_beats": 1.25, "velocity": drawn["velocity"] + 5}
    keep(page, repository, "arranger-notes")
    page.keyboard.press("Delete")
    told(page, "arranger", "notes: pads, 1 removed")
    shown(page, written, sounds + 4)
    page.keyboard.press("Control+z")
    told(page, "arranger", "undone")
    shown(page, written + 1, sounds + 5)
    arranger.locator(".bf-chord").nth(1).click()
    page.keyboard.type("Dm Gm")
    page.keyboard.press("Enter")
    told(page, "arranger", "chords: all elements, bars 2 to 2")
    assert edits(arranger)[-1] == {"edit": "chords", "bars": [2, 2], "chords": "| Dm Gm |"}
    page.wait_for_function("() => document.querySelectorAll('.bf-chord')[1].textContent === 'Dm Gm'")
    arranger.locator("[aria-label='Element that is changed']").select_option("percussion")
    grid_of = arranger.locator(".bf-hand-grid[aria-label^='Notes of percussion']")
    grid_of.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    told(page, "arranger", "notes: percussion, 1 added")
    arranger.locator("[aria-label^='Swing']").focus()
    page.keyboard.press("ArrowRight")
    told(page, "arranger", " changed")
    assert {note["to"]["shift_beats"] for note in edits(arranger)[-1]["change"]} == {0.0025}
    dark(page, "arranger")
    light(page, "arranger")
    narrow(page, "arranger")
    assert visit.outside == []
    assert [error for error in visit.errors if "404" not in error] == []


def shown(page: Any, notes: int, sounds: int) -> None:
    """Wait until the arranger's score holds so many notes, and so many loops have come to be heard."""
    page.wait_for_function(
        "([notes, sounds]) => { const { dataset } = document.querySelector('.bf-arranger');"
        " return Number(dataset.notes) === notes && Number(dataset.loaded) >= sounds; }",
        arg=[notes, sounds],
    )


def _by_section(page: Any, explorer: Any) -> None:
    """Chords and sections by hand: a wrong chord marks its field until it is mended, Enter takes a text."""
    chords = explorer.locator("[aria-label='chords, the whole song']")
    chords.fill("i VI Xm7 VII")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.bf-is-wrong .bf-wrong')?.textContent.includes('Xm7')")
    assert chords.get_attribute("aria-invalid") == "true"
    accessible(page, "explorer")
    chords.fill("i VI III VII")
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('.bf-is-wrong')")
    assert chords.get_attribute("aria-invalid") is None
    explorer.locator("[aria-label='section feels: add a section']").select_option(index=1)
    page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.bf-explorer pre')].some(one => one.textContent.includes('half-time'))"
    )
    request = json.loads(explorer.locator("pre[aria-label='Request as JSON']").text_content())
    technical = request["parameters"]["technical"]
    assert technical["chords"] == "i VI III VII"
    assert set(technical["section_feels"].values()) == {"half-time"}
    explorer.locator("button[aria-label^='Take out ']").first.click()
    page.wait_for_function(
        "() => ![...document.querySelectorAll('.bf-explorer pre')].some(one => one.textContent.includes('half-time'))"
    )


def test_explorer_and_what_is_left_without_a_kernel(opened: Open, visit: Any, repository: Path) -> None:
    page = opened("01_explore")
    explorer = page.locator(".bf-explorer")
    explorer.locator(".bf-tag").first.wait_for()
    explorer.locator(".bf-concept").focus()
    page.keyboard.press("End")
    page.keyboard.type(", with glorpish fennel")
    page.wait_for_function("() => document.querySelector('.bf-unread').textContent.includes('glorpish fennel')")
    tempo = explorer.locator("[aria-label^='tempo:']")
    tempo.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.bf-pinned .bf-label')?.textContent === 'tempo'")
    _by_section(page, explorer)
    explorer.locator(".bf-generate").click()
    page.wait_for_function("() => document.querySelector('.bf-explorer').dataset.loaded", timeout=240_000)
    explorer.locator(".bf-player").wait_for(timeout=240_000)
    told(page, "explorer", "the song is ready")
    explorer.evaluate("node => node.scrollIntoView({block: 'start'})")
    keep(page, repository, "explorer")
    dark(page, "explorer")
    light(page, "explorer")
    narrow(page, "explorer")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.goto(page.url.split("?")[0] + "?reset")
    page.locator(".bf-explorer .bf-player").wait_for()
    assert page.locator("text=model not found").count() == 0
    page.locator(".bf-explorer .bf-player .bf-play").click()
    page.wait_for_function("() => !document.querySelector('.bf-time').textContent.startsWith('0:00')")
