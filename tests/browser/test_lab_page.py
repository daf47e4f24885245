"""The quickstart in a real JupyterLab and a real browser."""

from __future__ import annotations

import os
import shutil
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
    tmp_path: Path,
) -> None:
    root = tmp_path / "workspace"
    for folder in ("notebooks", "runs"):
        (root / folder).mkdir(parents=True)
    notebook = Path(shutil.copy(repository / "notebooks" / "00_quickstart.ipynb", root / "notebooks"))
    page = visit.page
    assert run_all_cells(page, lab(root, notebook)) == []
    assert page.locator(".jp-toastContainer, .Toastify__toast").filter(has_text="news").count() == 0
    _plays(page)
    _roll_is_drawn_and_seeks(page)
    _form_reaches_the_kernel(page)
    assert visit.outside == []
    assert visit.errors == []
    _keep_screenshot(page, repository)


def _plays(page: Any) -> None:
    player = page.locator(".bf-player").first
    player.scroll_into_view_if_needed()
    player.locator(".bf-play").click()
    page.wait_for_function("() => !document.querySelector('.bf-time').textContent.startsWith('0:00')")
    player.locator("[title='Solo bass']").click()
    assert player.locator("[title='Solo bass']").get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(400)
    player.locator(".bf-play").click()
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
    page.wait_for_function(f"before => ({_COLOURED})() < before", arg=coloured)
    page.locator(".bf-legend", has_text="leads").first.click()


def _form_reaches_the_kernel(page: Any) -> None:
    form = page.locator(".bf-form").last
    form.scroll_into_view_if_needed()
    form.locator("textarea").fill("")
    form.locator(".bf-generate").click()
    form.locator("text=concept: string should have at least 1 character").wait_for()
    form.locator("textarea").fill("sunrise over a quiet harbour, hopeful house with soft piano")


def _keep_screenshot(page: Any, repository: Path) -> None:
    """Renew the README's picture where `BEATSFOUNDRY_SCREENSHOTS` is set."""
    if os.environ.get("BEATSFOUNDRY_SCREENSHOTS"):
        page.locator(".bf-player").first.evaluate("node => node.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(500)
        page.screenshot(path=repository / "docs" / "images" / "quickstart.png")


_COLOURED = """() => {
  const canvas = document.querySelector('canvas.bf-roll');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < data.length; i += 4)
    if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) count += 1;
  return count;
}"""
