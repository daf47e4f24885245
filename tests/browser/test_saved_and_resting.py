"""What is done in an instrument belongs to the notebook; opened again without its kernel, an instrument says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.instrument_pages import Open, accessible, edits, heard, ready, told

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
_DIRTY = "window.jupyterapp.shell.currentWidget.context.model.dirty"
_LINE = "Not running: choose Run > Run All Cells to play on. Shown is the last state."


def test_a_move_marks_the_notebook_and_is_saved_from_within(opened: Open, tmp_path: Path) -> None:
    page = opened("03_mix_and_sound_design")
    mixer = ready(page, "mixer")
    ready(page, "designer")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function(f"() => !{_DIRTY}")
    fader = mixer.locator("[aria-label='Fader of bass']")
    fader.focus()
    page.keyboard.press("ArrowUp")
    told(page, "mixer", "bass: gain 0.1 dB")
    page.wait_for_function(f"() => {_DIRTY}")
    # Keys of the notebook's own do nothing from here, those of the whole Lab do.
    cells = page.locator(".jp-Cell").count()
    for key in ("a", "b", "Control+a", "Control+Shift+ArrowUp", "Control+Enter"):
        page.keyboard.press(key)
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !{_DIRTY}")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Fader of bass"
    assert page.locator(".jp-Cell").count() == cells
    heard_bars = mixer.locator("[aria-label='Bars that are heard']")
    heard_bars.select_option(label="chorus: bars 5 to 8")
    mixer.locator(".bf-play").click()
    assert heard(mixer)
    # A moment later the notebook has what was heard last, and is saved with it.
    page.wait_for_timeout(4000)
    page.keyboard.press("Control+s")
    page.wait_for_function(f"() => !{_DIRTY}")
    page.wait_for_timeout(3000)
    assert page.evaluate(f"() => !{_DIRTY}")

    _without_its_kernel(page)
    # Heard a moment ago, it can be heard again, and stopped; its meters fall.
    assert mixer.locator(".bf-playing").count() == 1
    mixer.locator(".bf-play").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.bf-mixer .bf-level i, .bf-mixer .bf-meter i')]"
        ".every(bar => bar.clientHeight === 0 || bar.clientWidth === 0)"
    )

    page.goto(page.url.split("?")[0] + "?reset")
    mixer = page.locator(".bf-mixer")
    mixer.wait_for()
    _rests(mixer)
    _rests(page.locator(".bf-designer"))
    # One of the keys above moved the fader a second time.
    assert [edit["gain_db"] for edit in edits(mixer)] == [0.1, 0.2]
    # What was heard last is in the notebook, and plays, and it says which bars those are.
    assert heard_bars.evaluate("node => node.selectedOptions[0].textContent") == "chorus: bars 5 to 8"
    for name in ("mixer", "designer"):
        widget = page.locator(f".bf-{name}")
        widget.locator(".bf-play").first.click()
        assert heard(widget)
    accessible(page, "mixer")
    # Four bars of a synthwave song, twice.
    assert (tmp_path / "workspace" / "notebooks" / "03_mix_and_sound_design.ipynb").stat().st_size < 1_000_000


def _without_its_kernel(page: Any) -> None:
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.locator(".bf-mixer .bf-resting").wait_for()
    assert page.locator(".bf-mixer [aria-label='Fader of bass']").is_disabled()


def _rests(widget: Any) -> None:
    """It says so in one line, and nothing in it can be pressed or moved but what plays by itself."""
    assert widget.locator(".bf-resting").inner_text() == _LINE
    able = widget.evaluate(
        "node => [...node.querySelectorAll('button, input, select, textarea')]"
        ".filter(one => !one.disabled && !one.closest('.bf-player, .bf-clip, .bf-roll-shell, [data-bf-plays]'))"
        ".map(one => one.outerHTML)"
    )
    assert able == []


def test_a_cell_is_run_from_an_instrument_that_rests(opened: Open) -> None:
    page = opened("02_arrange_and_edit")
    arranger = ready(page, "arranger")
    assert arranger.locator(".bf-resting").is_hidden()
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    arranger.locator(".bf-resting").wait_for()
    _rests(arranger)
    cell = page.locator(".jp-CodeCell", has=arranger)
    assert cell.locator(".jp-InputPrompt").inner_text() == "[2]:"
    arranger.locator(".bf-head").click()
    page.keyboard.press("Shift+Enter")
    # The cell needs no other one: it takes the song at hand up in the fresh kernel.
    page.wait_for_function("() => document.querySelector('.bf-arranger .bf-resting')?.hidden")
    ready(page, "arranger")
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
