"""The report page and MLflow's pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workbench.domain.results import Track
from workbench.output import export
from workbench.tracking.pages import run_path

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def bundle(tiny_track: Track, tmp_path: Path) -> Path:
    export(tiny_track, tmp_path / "song")
    return tmp_path / "song"


def test_report_plays_the_files_beside_it(visit: Any, bundle: Path) -> None:
    page = visit.page
    page.goto((bundle / "report.html").as_uri())
    assert page.locator("img").count() == 6
    assert page.evaluate("() => [...document.images].every(image => image.naturalWidth > 500)")
    page.locator(".bf-play").click()
    page.wait_for_function("() => document.querySelector('.bf-time').textContent.startsWith('0:01')")
    page.locator("[title='Mute bass']").click()
    assert "bf-off" in page.locator(".bf-row", has_text="bass").get_attribute("class")
    assert "bf-on" in page.locator(".bf-row", has_text="pads").get_attribute("class")
    canvas = page.locator("canvas.bf-wave")
    canvas.click(position={"x": 0.8 * canvas.bounding_box()["width"], "y": 20})
    page.wait_for_function("() => document.querySelector('.bf-time').textContent.startsWith('0:03')")
    assert visit.outside == []
    assert visit.errors == []
    # Nothing is cut off at the side, on a desk or on a telephone.
    for width in (1400, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_report_without_its_audio_says_so(visit: Any, bundle: Path) -> None:
    (bundle / "master.wav").unlink()
    visit.page.goto((bundle / "report.html").as_uri())
    visit.page.locator(".bf-note", has_text="keep it beside them").wait_for()


def _plays_in_the_frame(page: Any, address: str) -> None:
    page.goto("about:blank")
    page.goto(address)
    frame = page.frame_locator("iframe")
    frame.locator(".bf-play").click()
    frame.locator(".bf-time", has_text="0:01").wait_for()
    frame.locator("[title='Play this stem alone']").first.click()
    frame.locator(".bf-time", has_text="0:02").wait_for()
    assert frame.locator(".bf-note:visible").count() == 0
    # On a first visit MLflow's assistant would lie over a third of the page.
    assert page.get_by_text("Ask questions about your").count() == 0


def test_a_logged_run_is_shown_at_its_address(
    visit: Any,
    serve: Callable[..., str],
    free_port: int,
    bundle: Path,
    tiny_track: Track,
    tmp_path: Path,
    repository: Path,
) -> None:
    from workbench.tracking import dashboard_url, log_track
    from workbench.tracking.dashboard import dashboard_command, dashboard_environment

    uri = f"sqlite:///{tmp_path}/runs/mlflow.db"
    run = log_track(tiny_track, bundle, tracking_uri=uri)
    address = serve(dashboard_command(free_port, uri), dashboard_environment(), free_port, "/health")
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(run.url.replace(dashboard_url(), address))
    page.get_by_text("loudness/integrated_loudness_lufs").first.wait_for()
    page.get_by_text(tiny_track.request.project_id, exact=True).first.wait_for()
    _plays_in_the_frame(page, address + run_path(run.experiment_id, run.run_id, "report.html"))
    page.goto("about:blank")
    page.goto(f"{address}/#/experiments/{run.experiment_id}/runs/{run.run_id}/artifacts/pictures/piano_roll.png")
    page.get_by_text("piano_roll.png").first.wait_for()
    assert visit.outside == []
