"""How long a reviewer waits for MLflow's pages when two hundred runs with sound lie in the store."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.suites.run_result import RunResult, TrackResult
from workbench.domain.results import Track

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.filterwarnings("ignore")]

RUNS, TRACKS = 29, 6
LONGEST_SECONDS = 3.0
VISITS = 3


@pytest.fixture
def filled(tiny_track: Track, tmp_path: Path) -> str:
    """A store of 29 suites of six tracks, 203 runs, with a page to listen to each; returns its address."""
    from evaluation.suites.track_measurements import sounding_values, written_values
    from evaluation.suites.track_page import track_page
    from evaluation.suites.tracking import log_suite

    figures = {**written_values(tiny_track.plan, tiny_track.score), **sounding_values(tiny_track)}
    figures = {name: value for name, value in figures.items() if value is not None}
    page = track_page(tiny_track)
    for song in range(TRACKS):
        folder = tmp_path / "made" / "tracks" / f"song-{song}"
        folder.mkdir(parents=True)
        (folder / "report.html").write_text(page, encoding="utf-8")
    rng = np.random.default_rng(1)
    uri = f"sqlite:///{tmp_path}/runs/mlflow.db"
    empty = RunResult("hand", "By hand", "0" * 64, "0" * 64, ())
    for night in range(RUNS):
        moved = [{name: value * (1 + 0.05 * rng.normal()) for name, value in figures.items()} for _ in range(TRACKS)]
        tracks = tuple(TrackResult(f"song-{song}", "", values) for song, values in enumerate(moved))
        result = replace(empty, tracks=tracks, created=f"2026-01-{night + 1:02d}", name=f"night-{night}")
        (tmp_path / "made" / "results.json").write_text(result.to_json(), encoding="utf-8")
        log_suite(result, tmp_path / "made", tracking_uri=uri)
    return uri


def test_pages_answer_within_three_seconds_at_two_hundred_runs(
    browser: Any, filled: str, serve: Callable[..., str], free_port: int
) -> None:
    from workbench.tracking.dashboard import dashboard_command, dashboard_environment, start_page, warm_up

    place, run = _a_track(filled)
    address = serve(dashboard_command(free_port, filled), dashboard_environment(), free_port, "/health")
    assert warm_up(free_port, start_page(filled))
    pages = {
        "charts, a new browser": (start_page(filled), "text=night-28"),
        "charts": (start_page(filled), "text=night-28"),
        "all runs": (f"/#/experiments/{place}/runs", "text=night-28"),
        "one track": (f"/#/experiments/{place}/runs/{run}", "text=stems/bass_notes_heard"),
        "its page": (f"/#/experiments/{place}/runs/{run}/artifacts/report.html", "iframe"),
    }
    waited: dict[str, list[float]] = {name: [] for name in (*pages, "a stem sounds")}
    for _ in range(VISITS):
        # A new context has no cache: whoever comes first waits longest.
        context = browser.new_context(viewport={"width": 1500, "height": 950})
        context.set_default_timeout(60_000)
        view = context.new_page()
        for name, (path, sign) in pages.items():
            waited[name].append(_visit(view, address + path, sign))
        waited["a stem sounds"].append(_play_a_stem(view))
        context.close()
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; seconds by visit, 203 runs:")
    for name, seconds in waited.items():
        print(f"  {name:24}" + "".join(f"{one:6.2f}" for one in seconds))
    # What else the machine does is not the page's fault: the best visit counts, and longer where cores are shared.
    slow = {name: min(seconds) for name, seconds in waited.items() if min(seconds) > LONGEST_SECONDS * busy}
    assert not slow


def _a_track(uri: str) -> tuple[str, str]:
    """Experiment and id of one track's run."""
    from mlflow import MlflowClient

    from workbench.tracking.dashboard import EVALUATION

    client = MlflowClient(tracking_uri=uri)
    place = client.get_experiment_by_name(EVALUATION).experiment_id
    assert len(client.search_runs([place], max_results=1000)) == RUNS * (1 + TRACKS)
    return str(place), str(client.search_runs([place], "tags.kind = 'track'", max_results=1)[0].info.run_id)


def _visit(view: Any, address: str, sign: str) -> float:
    """Seconds until a page shows what it is visited for."""
    view.goto("about:blank")
    began = time.monotonic()
    view.goto(address)
    view.locator(sign).first.wait_for()
    seconds = time.monotonic() - began
    # What the last page still loads must not be counted to the next.
    view.wait_for_timeout(1500)
    return seconds


def _play_a_stem(view: Any) -> float:
    """Seconds from the click on a stem's name until its clock runs."""
    page = view.frames[1]
    began = time.monotonic()
    page.locator("[title='Play this stem alone']").first.click()
    page.locator(".bf-play").click()
    page.wait_for_function(
        "() => Number(document.querySelector('.bf-time').textContent.split(' ')[0].split(':')[1]) >= 1"
    )
    return time.monotonic() - began - 1.0
