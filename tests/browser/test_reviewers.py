"""The reviewers' dashboard in a real JupyterLab and a real browser: lights, two versions in step, remarks at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.suites.run_result import RunResult, TrackResult
from evaluation.suites.tracking import log_suite
from tests.browser.instrument_pages import Open, dark, heard, keep, light, look, narrow, ready, told
from workbench.domain.audio import Audio
from workbench.output.report.page_audio import encode_for_page

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def runs(tmp_path: Path) -> None:
    """Two runs of a suite of three tracks in the workspace and in MLflow, the second with its loudness off."""
    rng = np.random.default_rng(1)
    for day, (name, error) in enumerate((("before", 0.1), ("after", 1.5)), 1):
        folder = tmp_path / "workspace" / "runs" / "evaluation" / name
        tracks = []
        for number in range(3):
            noise = np.cumsum(rng.standard_normal((2, 8 * 44100)), axis=1)
            sound = np.diff(noise, prepend=0) * 0.1 * (1 + np.sin(np.arange(8 * 44100) / 44100 * 2 * np.pi))
            place = folder / "tracks" / f"song-{number}"
            place.mkdir(parents=True)
            (place / "master.ogg").write_bytes(encode_for_page(Audio(sound.astype(np.float32), 44100)))
            figures = {
                "delivery/loudness_error_lu": error * (number == 1) + 0.01 * number,
                "sound/spectral_centroid_hz": 1500.0 + 900 * number * day,
                "sound/width": 0.2 * day, "sound/crest_factor_db": 9.0 + number,
            }  # fmt: skip
            checks = {"BF001": "fail" if number == 1 and day == 2 else "pass"}
            tracks.append(TrackResult(f"song-{number}", "", figures, checks, style="house", seed=number))
        result = RunResult("hand", "By hand", "0" * 64, name, tuple(tracks), name=name, created=f"2026-01-0{day}")
        (folder / "results.json").write_text(result.to_json())
        log_suite(result, folder, tracking_uri=f"sqlite:///{tmp_path}/runs/mlflow.db")


@pytest.mark.long
def test_tracks_are_reviewed(opened: Open, visit: Any, repository: Path, runs: None, tmp_path: Path) -> None:
    page = opened("41_review_dashboard")
    tracks = ready(page, "tracks")
    page.wait_for_function("() => document.querySelectorAll('.bf-tracks a[href*=\"/#/experiments/\"]').length === 3")
    assert tracks.locator("tbody tr").first.inner_text().split()[:3] == ["song-1", "Integrated", "loudness"]
    assert tracks.locator("tbody tr [title^=BF001]").count() == 1
    tracks.locator(".bf-link").first.click()
    page.wait_for_function("() => document.querySelector('.bf-tracks').dataset.heard === 'song-1'")
    assert tracks.get_attribute("data-version") == "after"
    edges = "() => [...document.querySelectorAll('.bf-tracks .bf-wave')].map(one => one.getBoundingClientRect().left)"
    left, other = page.evaluate(edges)
    assert left == other
    look(page, "tracks", "waves")
    tracks.locator(".bf-play").click()
    assert heard(tracks)
    page.keyboard.press("a")
    # A button keeps the space bar, letters switch all the same.
    assert tracks.get_attribute("data-version") == "before"
    page.keyboard.press("c")
    page.keyboard.type("the hat hurts")
    page.keyboard.press("Enter")
    told(page, "tracks", "kept on disk and in MLflow")
    (kept,) = json.loads((tmp_path / "workspace/runs/review/remarks/after/song-1.json").read_text())
    assert (kept["text"], kept["version"], kept["reviewer"]) == ("the hat hurts", "before", "me")
    assert 0 < kept["seconds"] < 8
    assert kept["page"].startswith("http://127.0.0.1:")
    assert "token" not in kept["page"]
    assert tracks.locator(".bf-pin").count() == 1
    assert tracks.locator(".bf-band").count() == 3
    keep(page, repository, "track-review")
    tracks.locator("button", has_text="Take back").click()
    told(page, "tracks", "0 remarks on song-1 kept")
    narrow(page, "tracks")
    dark(page, "tracks")
    assert drawn(tracks)
    light(page, "tracks")
    assert visit.outside == []
    assert [error for error in visit.errors if "404" not in error] == []


def drawn(widget: Any) -> bool:
    """Whether every waveform shows more than its middle line."""
    filled = widget.evaluate(
        "node => [...node.querySelectorAll('.bf-wave canvas')].map(canvas => canvas.width && canvas.getContext('2d')"
        ".getImageData(0, 0, canvas.width, canvas.height).data.filter((value, at) => at % 4 === 3 && value).length)"
    )
    return len(filled) == 2 and min(filled) > 2000
