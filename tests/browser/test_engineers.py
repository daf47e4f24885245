"""The engineers' notebook in a real JupyterLab and a real browser: data, a training, trials, two networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.instrument_pages import Open, dark, keep, light, look, narrow, ready, told

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@pytest.mark.long
def test_a_training_is_watched(opened: Open, visit: Any, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Enough steps to stop between two of them, and songs to look through.
    monkeypatch.setenv("BEATSFOUNDRY_STEPS", "60")
    monkeypatch.setenv("BEATSFOUNDRY_SONGS", "8")
    page = opened("13_watch_a_training")

    training = ready(page, "training")
    training.locator("button", has_text="Start").click()
    page.wait_for_function("() => document.querySelectorAll('.bf-training [aria-label^=\"Hear step\"]').length >= 2")
    training.locator("button", has_text="Stop").click()
    state(page, "stopped")
    told(page, "training", "goes on from there")
    stopped = int(training.locator(".bf-message").inner_text().split()[3])
    assert 0 < stopped < 60
    training.locator("button", has_text="Go on").click()
    training.locator("[aria-label='Hear the songs']").click()
    page.wait_for_function("() => document.querySelector('.bf-training').dataset.heard === 'songs'")
    state(page, "done")
    assert all(int(drawn) > 5 for drawn in charts(training))
    training.locator("[aria-label='Hear step 60']").click()
    page.wait_for_function("() => document.querySelector('.bf-training').dataset.heard === 'step-000060'")
    training.locator(".bf-play").click()
    assert training.locator(".bf-playing").count() == 1
    keep(page, repository, "training-monitor")
    for name in ("training", "dataset", "sweep", "networks"):
        ready(page, name)

    dataset = ready(page, "dataset")
    dataset.locator("input[type=text]").fill("house")
    told(page, "dataset", "songs")
    dataset.locator(".bf-link").first.click()
    page.wait_for_function("() => document.querySelector('.bf-dataset').dataset.heard")
    # What plays silences what played before.
    assert training.locator(".bf-playing").count() == 0
    dataset.locator("[aria-label^='The next eight bars']").click()
    told(page, "dataset", "bars 9 to")
    keep(page, repository, "dataset-browser")

    sweep = ready(page, "sweep")
    assert charts(sweep)[0] != "0"

    # One network has nothing to be compared with; the one that was trained becomes the second.
    networks = ready(page, "networks")
    assert networks.locator("button", has_text="Compare").is_disabled()
    assert "needs a second network" in networks.locator(".bf-hint").inner_text()
    training.locator("[type=text]").fill("watched")
    page.keyboard.press("Enter")
    told(page, "training", "kept: ")
    networks = ready(page, "networks")
    assert networks.locator("[aria-label='Network B']").input_value() == "watched"
    assert "figures of different data do not compare" in networks.inner_text()
    look(page, "networks", "two")
    networks.locator("button", has_text="Compare").click()
    page.wait_for_function("() => document.querySelector('.bf-networks').dataset.heard")
    networks.locator(".bf-play").click()
    page.keyboard.press("b")
    assert networks.get_attribute("data-side") == "B"
    for name in ("training", "dataset", "sweep", "networks"):
        narrow(page, name)
    dark(page, "training")
    light(page, "training")
    for name in ("dataset", "sweep", "networks"):
        dark(page, name)
        light(page, name)
    assert visit.outside == []
    assert [error for error in visit.errors if "404" not in error] == []


def state(page: Any, name: str) -> None:
    page.wait_for_function("name => document.querySelector('.bf-training').dataset.state === name", arg=name)


def charts(widget: Any) -> list[str]:
    """How many points each chart shows."""
    return widget.evaluate("node => [...node.querySelectorAll('.bf-chart')].map(chart => chart.dataset.drawn)")
