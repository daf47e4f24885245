"""The notebook of blind listening in a real JupyterLab: every kind of question is asked, heard and answered by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.filterwarnings("ignore")]


def test_questions_are_answered_by_hand(
    visit: Any,
    lab: Callable[[Path, Path], str],
    run_all_cells: Callable[..., list[str]],
    workspace: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BEATSFOUNDRY_SECONDS", "8")
    monkeypatch.setenv("BEATSFOUNDRY_REVIEWER", "ann")
    root = workspace("42_blind_listening")
    page = visit.page
    assert run_all_cells(page, lab(root, root / "notebooks" / "42_blind_listening.ipynb")) == []
    answered = _prefer(page, root)
    assert answered["choice"] in ("clean", "dark", "anchor")
    assert answered["comment"] == "rounder"
    assert max(answered["heard_seconds"].values()) > 0.3
    _prefer_by_keyboard(page, root)
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


def _prefer_by_keyboard(page: Any, root: Path) -> None:
    """Answers the second question without the mouse; the focus goes on to the third, and no key is the notebook's."""
    panel, cells = page.locator(".bf-review").nth(0), page.locator(".jp-Cell").count()
    reason = panel.locator(".bf-review-reason")
    assert _holds_focus(panel)
    assert reason.inner_text() == "First listen to A and B."
    page.keyboard.press(" ")
    for letter in "AB":
        page.wait_for_timeout(300)
        page.keyboard.press(letter.lower())
        page.wait_for_timeout(900)
    assert reason.inner_text() == "First choose an answer."
    page.keyboard.press("3")
    assert reason.inner_text() == ""
    page.keyboard.press("Enter")
    page.get_by_text("Question 3 of 5").first.wait_for()
    for key in "ab3":
        page.keyboard.press(key)
    assert _holds_focus(panel)
    assert page.locator(".jp-Cell").count() == cells
    answers = json.loads((root / "runs" / "review" / "clean-or-dark" / "ann.json").read_text())
    assert [answer["choice"] for answer in answers[1:]] == ["no preference"]


def _holds_focus(panel: Any) -> bool:
    return bool(panel.evaluate("node => node.contains(document.activeElement)"))


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
    for index in range(3):
        assert panel.locator(".bf-review-next").is_disabled()
        sliders.nth(index).fill(str(90 - 20 * index))
    panel.focus()
    # The last one is rated by keys: a digit for the sound that is heard, and up.
    page.keyboard.press("2")
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    _picture(page, "blind-mushra")
    panel.locator(".bf-review-next").click()
    page.get_by_text("1 of 1 answered").first.wait_for()
    (answer,) = json.loads((root / "runs" / "review" / "how-dark" / "ann.json").read_text())
    assert sorted(answer["ratings"].values()) == [30.0, 50.0, 70.0, 90.0]


def _picture(page: Any, name: str) -> None:
    folder = os.environ.get("BEATSFOUNDRY_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
