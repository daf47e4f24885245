"""Space after a press, what is refused and what it offers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.instrument_pages import Open, edits, heard, look, ready, told

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def test_space_plays_and_what_is_refused_is_mended(opened: Open, visit: Any) -> None:
    page = opened("02_arrange_and_edit")
    arranger = ready(page, "arranger")
    _space_plays(page, arranger)
    _chord_stays(page, arranger)
    _element_is_added(page, arranger)
    assert [error for error in visit.errors if "404" not in error] == []


def _space_plays(page: Any, arranger: Any) -> None:
    play = arranger.locator(".bf-head .bf-play")
    stood = play.bounding_box()
    arranger.locator("[aria-label='Element that is changed']").select_option("bass")
    arranger.locator("button", has_text="Regenerate").click()
    told(page, "arranger", "regenerate: bass")
    made = len(edits(arranger))
    page.keyboard.press(" ")
    assert heard(arranger)
    now = play.bounding_box()
    assert (now["x"], now["y"]) == pytest.approx((stood["x"], stood["y"]), abs=1)
    look(page, "arranger", "playing")
    page.keyboard.press(" ")
    page.wait_for_function("() => !document.querySelector('.bf-arranger .bf-playing')")
    assert len(edits(arranger)) == made
    # Where the focus came by keyboard the key presses, as everywhere.
    page.keyboard.press("Tab")
    pressed = page.evaluate("document.activeElement.textContent")
    assert pressed == "Vary"
    page.keyboard.press(" ")
    told(page, "arranger", "vary: bass")
    assert len(edits(arranger)) == made + 1


def _chord_stays(page: Any, arranger: Any) -> None:
    made = len(edits(arranger))
    arranger.locator(".bf-chord").nth(1).click()
    page.keyboard.type("Eb Fsus9x")
    page.keyboard.press("Enter")
    field = arranger.locator("input.bf-chord")
    page.wait_for_function("() => document.querySelector('.bf-arranger input.bf-chord[aria-invalid=true]')")
    assert field.input_value() == "Eb Fsus9x"
    assert arranger.locator(".bf-chord-why").inner_text().startswith("chord 'Fsus9x' is not known")
    look(page, "arranger", "refused")
    field.fill("Dm Gm")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('.bf-chord')[1].textContent === 'Dm Gm'")
    assert arranger.locator(".bf-chord-why").count() == 0
    assert len(edits(arranger)) == made + 1


def _element_is_added(page: Any, arranger: Any) -> None:
    choice = arranger.locator("[aria-label='Element that is changed']")
    choice.select_option("leads")
    drop = arranger.locator(".bf-acts button", has_text="Drop")
    drop.click()
    told(page, "arranger", "mute: leads")
    arranger.locator("button", has_text="Regenerate").click()
    told(page, "arranger", "leads does not play in bars")
    line = arranger.locator(".bf-line").bounding_box()
    assert line["y"] + line["height"] < arranger.locator(".bf-acts").bounding_box()["y"]
    look(page, "arranger", "offer")
    arranger.locator("button", has_text="Add leads here").click()
    told(page, "arranger", "unmute: leads")
    arranger.locator("button", has_text="whole song").click()
    drop.click()
    told(page, "arranger", "drop: leads, the song")
    assert choice.input_value() == "leads"
    assert choice.locator("optgroup option").all_inner_texts() == ["leads"]
    assert drop.is_disabled()
    assert arranger.locator(".bf-note").first.is_hidden()
    arranger.locator(".bf-acts button", has_text="Add").click()
    told(page, "arranger", "add: leads, the song")
    assert edits(arranger)[-1] == {"edit": "add", "element": "leads"}
    arranger.locator(".bf-note").first.wait_for()
    assert choice.input_value() == "leads"
    assert drop.is_enabled()


def test_values_are_typed(opened: Open, visit: Any) -> None:
    page = opened("03_mix_and_sound_design")
    mixer = ready(page, "mixer")
    mixer.locator("[aria-label='Fader of bass: type a value']").click()
    page.keyboard.type("-3.5")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.bf-mixer .bf-json pre').textContent.includes('-3.5')")
    assert edits(mixer)[-1] == {"edit": "mix", "element": "bass", "gain_db": -3.5}
    page.set_viewport_size({"width": 900, "height": 800})
    # The page settles some moments after the window.
    page.wait_for_function(
        """() => [...document.querySelectorAll('.bf-mixer .bf-band-pair')].every(pair => {
          const [slider, value] = ['input', 'output'].map(part => pair.querySelector(part).getBoundingClientRect());
          return Math.abs(slider.y + slider.height / 2 - value.y - value.height / 2) < 6;
        })"""
    )
    look(page, "mixer", "900")
    designer = ready(page, "designer")
    whole = designer.locator("input[type=range][aria-label*='semitones:']").first
    assert whole.get_attribute("step") == "1"
    name = whole.get_attribute("aria-label").split(":")[0]
    designer.locator("details:not([open]) summary").evaluate_all("all => all.forEach(node => node.click())")
    value = designer.locator(f"[aria-label='{name}: type a value']")
    before = value.inner_text()
    value.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    told(page, "designer", f"{name} 7")
    assert whole.input_value() == "7"
    whole.dblclick()
    page.wait_for_function(
        "([name, text]) => document.querySelector(`[aria-label='${name}: type a value']`).textContent === text",
        arg=[name, before],
    )
    look(page, "designer", "900")
    assert [error for error in visit.errors if "404" not in error] == []
