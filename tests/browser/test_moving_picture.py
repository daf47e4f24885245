"""The moving picture of the README: screenshots of the arranger at work in a real JupyterLab, one after the other."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.instrument_pages import Open, ready, told

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.filterwarnings("ignore")]
_LARGEST_BYTES = 1_500_000
_WIDTH, _HEIGHT = 900, 1000
_FRAME_MS = 220


def test_the_arranger_moves(opened: Open, repository: Path, tmp_path: Path) -> None:
    page = opened("02_arrange_and_edit")
    page.set_viewport_size({"width": 1280, "height": 1250})
    arranger = ready(page, "arranger")
    arranger.evaluate("node => node.scrollIntoView({block: 'start'})")
    frames: list[Any] = []
    page.set_default_timeout(15000)

    def shoot(count: int = 1, wait_ms: int = 150) -> None:
        for _ in range(count):
            frames.append(_picture(arranger))
            page.wait_for_timeout(wait_ms)

    shoot(2)
    arranger.locator(".bf-play").first.click()
    shoot(5)
    arranger.locator("[aria-label='Element that is changed']").select_option("pads")
    arranger.locator(".bf-note").first.wait_for()
    shoot(3)
    arranger.locator("button", has_text="Regenerate").click()
    told(page, "arranger", "regenerate: pads")
    shoot(4)
    # What was before, and what is now, at the same beat.
    toggle = arranger.locator(".bf-ab")
    page.wait_for_function("() => !document.querySelector('.bf-arranger .bf-ab').disabled")
    for _ in range(2):
        toggle.click()
        shoot(3)
    arranger.locator("button", has_text="Draw").click()
    arranger.locator(".bf-hand-scroll").evaluate("node => { node.scrollTop = 0; }")
    grid = arranger.locator(".bf-hand-grid").bounding_box()
    page.mouse.move(grid["x"] + 8, grid["y"] + 22)
    page.mouse.down()
    for step in range(1, 5):
        page.mouse.move(grid["x"] + 8 + step * grid["width"] / 16, grid["y"] + 22)
        shoot(1, 60)
    page.mouse.up()
    told(page, "arranger", "notes: pads, 1 added")
    shoot(5)
    keep = bool(os.environ.get("BEATSFOUNDRY_SCREENSHOTS"))
    path = (repository / "docs" / "images" if keep else tmp_path) / "arranger-at-work.webp"
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=_FRAME_MS,
        loop=0,
        quality=55,
        method=6,
        minimize_size=True,
    )
    print(f"{len(frames)} frames, {path.stat().st_size} bytes")
    assert len({frame.tobytes() for frame in frames}) > len(frames) // 2
    assert 50_000 < path.stat().st_size < _LARGEST_BYTES


def _picture(widget: Any) -> Any:
    from PIL import Image

    box = widget.bounding_box()
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": _HEIGHT}
    shot = Image.open(io.BytesIO(widget.page.screenshot(clip=clip))).convert("RGB")
    return shot.resize((_WIDTH, round(shot.height * _WIDTH / shot.width)), Image.Resampling.LANCZOS)
