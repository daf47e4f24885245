"""The notebook of blind listening in a real JupyterLab: every kind of question is asked, heard and answered by hand."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.filterwarnings("ignore")]


def test_questions_are_answered_by_hand(
    visit: Any,
    lab: Callable[[Path, Path], str],
    run_all_cells: Callable[..., list[str]],
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_SECONDS", "8")
    monkeypatch.setenv("BEATSFOUNDRY_REVIEWER", "ann")
    root = tmp_path / "workspace"
    for folder in ("notebooks", "runs"):
        (root / folder).mkdir(parents=True)
    notebook = Path(shutil.copy(repository / "notebooks" / "42_blind_listening.ipynb", root / "notebooks"))
    page = visit.page
    assert run_all_cells(page, lab(root, notebook)) == []
    answered = _prefer(page, root)
    assert answered["choice"] in ("clean", "dark", "anchor")
    assert answered["comment"] == "rounder"
    assert max(answered["heard_seconds"].values()) > 0.3
    _rate(page, root)
    assert visit.outside == []
    assert visit.errors == []


def _prefer(page: Any, root: Path) -> dict[str, Any]:
    """Answers the first question of the AB session; returns what was kept of it."""
    panel = page.locator(".bf-review").nth(0)
    panel.scroll_into_view_if_needed()
    panel.locator(".bf-switch-play").click()
    page.wait_for_function("() => Number(document.querySelector('.bf-switcher').dataset.seconds) > 0.8")
    panel.locator(".bf-switch-key[data-name='B']").click()
    page.wait_for_function("() => Number(document.querySelector('.bf-switcher').dataset.seconds) > 1.8")
    panel.locator(".bf-review-choice[data-letter='B']").click()
    panel.locator(".bf-review-comment").fill("rounder")
    _picture(page, "blind-ab")
    panel.locator(".bf-review-next").click()
    page.get_by_text("Question 2 of 5").first.wait_for()
    return dict(json.loads((root / "runs" / "review" / "clean-or-dark" / "ann.json").read_text())[0])


def _rate(page: Any, root: Path) -> None:
    """Moves every slider of the session like MUSHRA."""
    panel = page.locator(".bf-review").nth(2)
    panel.scroll_into_view_if_needed()
    panel.locator(".bf-switch-play").click()
    for letter in ("A", "B", "C", "D"):
        panel.locator(f".bf-switch-key[data-name='{letter}']").click()
        page.wait_for_timeout(900)
    sliders = panel.locator("input[type='range'][data-letter]")
    assert sliders.count() == 4
    for index in range(4):
        assert panel.locator(".bf-review-next").is_disabled()
        sliders.nth(index).fill(str(90 - 20 * index))
    _picture(page, "blind-mushra")
    panel.locator(".bf-review-next").click()
    page.get_by_text("1 of 1 answered").first.wait_for()
    (answer,) = json.loads((root / "runs" / "review" / "how-dark" / "ann.json").read_text())
    assert sorted(answer["ratings"].values()) == [30.0, 50.0, 70.0, 90.0]


def _picture(page: Any, name: str) -> None:
    folder = os.environ.get("BEATSFOUNDRY_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
