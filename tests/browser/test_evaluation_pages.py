"""The page of a suite's track, MLflow's charts and a blind question in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbench.domain.audio import Audio
from workbench.domain.results import Track

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def _heard_references(track: Track, home: Path) -> None:
    """Puts the sound of one shipped reference where the library looks for it: a tone of the test's own."""
    import soundfile

    folder = home / "references" / "audio"
    folder.mkdir(parents=True)
    wave = 0.1 * np.sin(2 * np.pi * 330 * np.arange(5 * 48000) / 48000)
    soundfile.write(folder / "zaz-contemplation.flac", np.stack([wave, wave], axis=1), 48000)


def test_a_tracks_page_stands_alone_and_switches_to_the_reference(
    visit: Any, tiny_track: Track, tmp_path: Path, monkeypatch: Any
) -> None:
    from evaluation.suites.track_page import track_page

    monkeypatch.setenv("BEATSFOUNDRY_HOME", str(tmp_path / "home"))
    _heard_references(tiny_track, tmp_path / "home")
    (tmp_path / "alone").mkdir()
    place = tmp_path / "alone" / "report.html"
    place.write_text(track_page(tiny_track, ("zaz-contemplation",)), encoding="utf-8")
    page = visit.page
    page.goto(place.as_uri())
    page.locator(".bf-play").click()
    page.wait_for_function("() => document.querySelector('.bf-time').textContent.startsWith('0:01')")
    page.locator("[title='Play this stem alone']").first.click()
    page.locator(".bf-play").click()
    switcher = page.locator(".bf-switcher")
    switcher.locator(".bf-switch-play").click()
    page.wait_for_function("() => document.querySelector('.bf-switcher').dataset.playing === 'true'")
    switcher.locator("[data-name='zaz-contemplation']").click()
    page.wait_for_function("() => Number(document.querySelector('.bf-switcher').dataset.seconds) > 0.5")
    assert switcher.get_attribute("data-chosen") == "zaz-contemplation"
    assert page.locator("#against img").count() == 3
    page.locator("#against").scroll_into_view_if_needed()
    _picture(page, "against-references")
    assert visit.outside == []
    assert visit.errors == []
    for width in (1400, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def _hand_made(folder: Path) -> list[Path]:
    """Two small runs of a suite, written by hand."""
    from evaluation.suites.run_result import RunResult, TrackResult

    for made, name in (("2026-01-01", "old"), ("2026-01-02", "new")):
        tracks = tuple(TrackResult(f"song-{i}", "", {"delivery/loudness_error_lu": 0.1 * i}) for i in range(3))
        for track in tracks:
            (folder / name / "tracks" / track.id).mkdir(parents=True)
            (folder / name / "tracks" / track.id / "report.html").write_text("<h1>page</h1>")
        result = RunResult("hand", "By hand", "0" * 64, "0" * 64, tracks, created=made, name=name)
        (folder / name / "results.json").write_text(result.to_json())
    return [folder / "old", folder / "new"]


def _picture(target: Any, name: str) -> None:
    """Takes a picture of the README where `BEATSFOUNDRY_PICTURES` names the folder for it."""
    folder = os.environ.get("BEATSFOUNDRY_PICTURES")
    if folder:
        target.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_the_dashboard_opens_on_the_comparison(
    visit: Any, serve: Callable[..., str], free_port: int, tmp_path: Path
) -> None:
    from evaluation.suites.run_result import load_run
    from evaluation.suites.tracking import log_suite, run_title
    from workbench.tracking.dashboard import SUITES_VIEW, dashboard_command, dashboard_environment, start_page
    from workbench.tracking.saved_views import view_path

    uri = f"sqlite:///{tmp_path}/runs/mlflow.db"
    # Real runs, for pictures that show something, may be named instead.
    named = [Path(folder) for folder in os.environ.get("BEATSFOUNDRY_RUNS", "").split(":") if folder]
    results = {folder: load_run(folder) for folder in named or _hand_made(tmp_path)}
    for folder, result in results.items():
        log_suite(result, folder, tracking_uri=uri)
    address = serve(dashboard_command(free_port, uri), dashboard_environment(), free_port, "/health")
    # It opens on the comparison of the newest run with the one before it; the charts are a saved view beside it.
    assert "comparison.html" in start_page(uri)
    visit.page.goto(address + start_page(uri))
    visit.page.frame_locator("iframe").get_by_text("0 worse, 0 better").first.wait_for()
    place = start_page(uri).partition("/experiments/")[2].partition("/")[0]
    visit.page.goto("about:blank")
    visit.page.goto(address + view_path(place, SUITES_VIEW))
    told = ("At a glance: lower is better", "What the files promise: lower is better")
    for text in (*(run_title(result) for result in results.values()), *told):
        visit.page.get_by_text(text).first.wait_for()
    assert visit.page.get_by_text(next(iter(results.values())).tracks[1].id).count() == 0
    assert visit.page.get_by_text("Ask questions about your").count() == 0, "MLflow's assistant lies over the page"
    _picture(visit.page, "comparison")
    assert visit.outside == []


_HOST = """<!doctype html><div id="place"></div><script type="module">
{module}
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const state = {{ question: {question}, sounds: {sounds}.map(bytes) }};
window.sent = [];
render({{ model: {{ get: (name) => state[name], on: () => {{}}, send: (m) => window.sent.push(m) }},
  el: document.getElementById("place") }});
</script>"""


def _by_keys(page: Any) -> None:
    """Switches, marks a loop and stops by keys; letters typed into the comment are letters."""
    switcher = page.locator(".bf-switcher")
    page.locator(".bf-review").focus()
    page.keyboard.press("a")
    assert switcher.get_attribute("data-chosen") == "A"
    page.keyboard.press("l")
    first = float(switcher.get_attribute("data-seconds"))
    page.wait_for_function(f"() => Number(document.querySelector('.bf-switcher').dataset.seconds) > {first + 0.4}")
    page.keyboard.press("l")
    begin, end = map(float, switcher.get_attribute("data-loop").split())
    assert first - 0.1 <= begin < end
    page.wait_for_timeout(1000)
    assert begin - 0.05 <= float(switcher.get_attribute("data-seconds")) <= end + 0.05
    page.locator(".bf-review-comment").press("b")
    assert switcher.get_attribute("data-chosen") == "A"
    page.locator(".bf-review").focus()
    page.keyboard.press("l")
    page.keyboard.press(" ")
    assert (switcher.get_attribute("data-loop"), switcher.get_attribute("data-playing")) == ("", "false")


def test_a_blind_question_is_answered_by_hand(visit: Any, tiny_stems: dict[str, Audio], tmp_path: Path) -> None:
    import base64

    from evaluation.review import ReviewPanel, ab_session

    items = {"one": {"old": tiny_stems["pads"], "new": tiny_stems["leads"]}}
    panel = ReviewPanel(ab_session(items, name="s", reviewer="ann"), folder=tmp_path, track=False)
    module = ReviewPanel._esm.read_text() if hasattr(ReviewPanel._esm, "read_text") else str(ReviewPanel._esm)
    sounds = json.dumps([base64.b64encode(sound).decode() for sound in panel.sounds])
    page_file = tmp_path / "question.html"
    module = module.replace("export default { render };", "")
    page_file.write_text(_HOST.format(module=module, question=json.dumps(panel.question), sounds=sounds))
    page = visit.page
    page.goto(page_file.as_uri())
    assert page.locator(".bf-review-next").is_disabled()
    page.locator(".bf-review-choice[data-letter='B']").click()
    assert page.locator(".bf-review-next").is_disabled(), "nothing was heard yet"
    page.locator(".bf-switch-play").click()
    page.wait_for_function("() => Number(document.querySelector('.bf-switcher').dataset.seconds) > 0.8")
    page.locator(".bf-switch-key[data-name='B']").click()
    page.wait_for_function("() => Number(document.querySelector('.bf-switcher').dataset.seconds) > 1.8")
    _by_keys(page)
    page.locator(".bf-review-comment").fill("rounder")
    page.locator(".bf-review-next").click()
    sent = page.evaluate("() => window.sent[0]")
    assert (sent["trial"], sent["values"], sent["comment"]) == (0, {"choice": "B"}, "rounder")
    assert sent["heard"]["B"] > 0.3
    panel._receive(panel, sent, [])
    assert panel.answers[0].comment == "rounder"
    assert visit.errors == []
