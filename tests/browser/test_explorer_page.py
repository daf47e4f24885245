"""The explorer tells at its button what becomes of a press, and a cell that is run again loses no words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser.instrument_pages import Open, accessible, look

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
_WORDS = "house at 900 bpm, verse, 8 seconds"


def test_a_press_is_answered_and_a_request_is_gone_on_with(opened: Open, tmp_path: Path) -> None:
    page = opened("01_explore")
    explorer = page.locator(".bf-explorer")
    explorer.locator(".bf-tag").first.wait_for()
    line = explorer.locator(".bf-unread")
    explorer.locator("textarea").fill("")
    _says(page, "The text is empty")
    explorer.locator(".bf-generate").click()
    _says(page, "Cannot: the text is empty")
    assert page.evaluate("() => document.activeElement.className").endswith("bf-concept")
    page.keyboard.type(_WORDS)
    _says(page, "Not as asked: Tempo: 240 BPM")
    assert "Cannot" not in line.inner_text()

    chords = explorer.locator("[aria-label='chords, the whole song']")
    chords.fill("H7 blah Cm")
    chords.press("Enter")
    explorer.locator(".bf-generate").click()
    _says(page, "Cannot: chords has a wrong entry")
    page.wait_for_function("() => document.activeElement.getAttribute('aria-label') === 'chords, the whole song'")
    look(page, "explorer", "blocked")
    accessible(page, "explorer")
    page.keyboard.press("Control+a")
    page.keyboard.type("i VI")
    page.keyboard.press("Enter")
    _says(page, "Not as asked")

    generate = explorer.locator(".bf-generate")
    generate.click()
    page.wait_for_function("() => /^Making. \\d+ %$/.test(document.querySelector('.bf-generate').textContent)")
    look(page, "explorer", "making")
    explorer.locator(".bf-halt").click()
    page.wait_for_function("() => document.querySelector('.bf-generate').textContent === 'Generate'", timeout=120_000)
    assert explorer.locator(".bf-halt").is_hidden()
    kept = json.loads((tmp_path / "workspace" / "out" / ".last-request.json").read_text())
    assert (kept["concept"], kept["pinned"]) == (_WORDS, {"parameters.technical.chords": "i VI"})

    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    offer = page.locator(".bf-go-on")
    offer.wait_for()
    assert offer.inner_text() == f"Go on with: “{_WORDS}”, 1 set by hand"
    _fits(page)
    offer.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("words => document.querySelector('.bf-concept').value === words", arg=_WORDS)
    page.wait_for_function("() => document.querySelector('[aria-label=\"chords, the whole song\"]').value === 'i VI'")


def _says(page: Any, text: str) -> None:
    page.wait_for_function("text => document.querySelector('.bf-unread').textContent.startsWith(text)", arg=text)


def _fits(page: Any) -> None:
    """No column of the table is cut off, at any width."""
    for width in (900, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(400)
        look(page, "explorer", f"offer-{width}")
        over = page.evaluate(
            "() => { const side = document.querySelector('.bf-side'); return side.scrollWidth - side.clientWidth; }"
        )
        assert over <= 1, width
