"""Whoever works by keyboard keeps the focus: every control of every instrument is used, and none lets it fall."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.instrument_pages import Open

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.filterwarnings("ignore")]
_LONG_WORK = ("Finish", "Export session", "Generate", "Another seed", "Compare", "Connect MIDI", "Follow")
_KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
_CONTROLS = "button, select, input, textarea, [tabindex='0'], summary"


@pytest.mark.parametrize(
    ("notebook", "widgets"),
    [
        ("01_explore", ("explorer",)),
        ("02_arrange_and_edit", ("arranger",)),
        ("03_mix_and_sound_design", ("mixer", "designer")),
        ("04_midi", ("keyboard",)),
        ("13_watch_a_training", ("training", "dataset", "sweep", "networks")),
        ("41_review_dashboard", ("tracks",)),
    ],
)
def test_no_control_lets_the_focus_fall(opened: Open, visit: Any, notebook: str, widgets: tuple[str, ...]) -> None:
    page = opened(notebook)
    cells = page.locator(".jp-Cell").count()
    for name in widgets:
        widget = page.locator(f".bf-{name}").first
        widget.evaluate("node => node.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(800)
        assert _walked(page, widget) >= 2
    assert page.locator(".jp-Cell").count() == cells
    assert [error for error in visit.errors if "404" not in error] == []


def _walked(page: Any, widget: Any) -> int:
    """Use each control by keyboard, as often as the widget draws it anew; returns how many were used."""
    used: set[str] = set()
    while True:
        todo = widget.evaluate(_NEXT, [_CONTROLS, sorted(used), list(_LONG_WORK)])
        if todo is None:
            return len(used)
        used.add(todo["name"])
        page.keyboard.press({"select": "ArrowDown", "range": "ArrowRight"}.get(todo["kind"], "Enter"))
        page.wait_for_timeout(150)
        page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"
        )
        kept = widget.evaluate("node => node.contains(document.activeElement)")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        assert kept, f"{todo['name']} let the focus fall to {where}"


# The first control that can be used and was not yet: it gets the focus. Its name is what it says and where it stands.
_NEXT = """(shell, [controls, used, leave]) => {
  const nameOf = node => `${node.tagName} ${node.getAttribute('aria-label') || node.textContent.slice(0, 40)}`;
  for (const node of shell.querySelectorAll(controls)) {
    const name = nameOf(node), text = node.textContent;
    if (node.disabled || !node.checkVisibility() || used.includes(name) || leave.includes(text)) continue;
    node.focus();
    if (document.activeElement !== node) continue;
    return { name, kind: node.tagName === 'SELECT' ? 'select' : node.type === 'range' ? 'range' : node.tagName };
  }
  return null;
}"""
