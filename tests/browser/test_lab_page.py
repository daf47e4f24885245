"""The quickstart in a real JupyterLab and a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def test_quickstart_runs_plays_and_stays_at_home(
    visit: Any,
    lab: Callable[[Path, Path], str],
    run_all_cells: Callable[..., list[str]],
    repository: Path,
    workspace: Callable[..., Path],
) -> None:
    root = workspace("00_quickstart")
    page = visit.page
    assert run_all_cells(page, lab(root, root / "notebooks" / "00_quickstart.ipynb")) == []
    assert page.locator(".jp-toastContainer, .Toastify__toast").filter(has_text="news").count() == 0
    _plays(page)
    _roll_is_drawn_and_seeks(page)
    _the_explorer_follows_the_text(page)
    assert visit.outside == []
    assert visit.errors == []
    _keep_pictures(page, root / "out" / "quickstart", repository / "docs" / "images")


def _plays(page: Any) -> None:
    player = page.locator(".bf-player").first
    player.scroll_into_view_if_needed()
    player.locator(".bf-play").click()
    page.wait_for_function("() => !document.querySelector('.bf-time').textContent.startsWith('0:00')")
    page.wait_for_function(
        "() => Number(document.querySelector('.bf-player .bf-meter').getAttribute('aria-valuenow')) > -60"
    )
    player.locator(".bf-tool", has_text="Loop").click()
    player.focus()
    page.keyboard.press("l")
    assert player.locator(".bf-tool", has_text="Loop").get_attribute("aria-pressed") == "false"
    page.keyboard.press(" ")
    assert player.locator(".bf-playing").count() == 0
    assert player.locator(".bf-note").is_hidden()


def _roll_is_drawn_and_seeks(page: Any) -> None:
    roll = page.locator("canvas.bf-roll").first
    roll.scroll_into_view_if_needed()
    coloured = page.evaluate(_COLOURED)
    assert coloured > 2000
    box = roll.bounding_box()
    roll.click(position={"x": 74 + (box["width"] - 74) / 2, "y": 120})
    # Half of 48 s, and a little for the pixel that was hit.
    page.wait_for_function("() => /^0:2[345]/.test(document.querySelector('.bf-time').textContent)")
    page.locator(".bf-legend", has_text="leads").first.click()
    # Other elements may grow into the room that the leads leave: what is drawn changes.
    page.wait_for_function(f"before => ({_COLOURED})() !== before", arg=coloured)
    page.locator(".bf-legend", has_text="leads").first.click()


def _the_explorer_follows_the_text(page: Any) -> None:
    explorer = page.locator(".bf-explorer")
    explorer.locator("textarea").fill("house at 126 bpm")
    page.wait_for_function("() => document.querySelector('.bf-side').textContent.includes('126 BPM')")
    explorer.locator("textarea").fill("sunrise over a quiet harbour, hopeful house with soft piano")


def _keep_pictures(page: Any, bundle: Path, images: Path) -> None:
    """Renew the README's pictures where `BEATSFOUNDRY_SCREENSHOTS` is set."""
    if not os.environ.get("BEATSFOUNDRY_SCREENSHOTS"):
        return
    page.goto((bundle / "report.html").as_uri())
    page.set_viewport_size({"width": 1180, "height": 1100})
    page.locator("canvas.bf-wave").click(position={"x": 300, "y": 20})
    page.wait_for_timeout(800)
    page.screenshot(path=images / "report.png")


_COLOURED = """() => {
  const canvas = document.querySelector('canvas.bf-roll');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < data.length; i += 4)
    if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) count += 1;
  return count;
}"""
