"""What the tests of instruments do with a page: find a widget, read what it tells, look at both themes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tests.browser.likeness import unlike

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")

_GRAVE = ("serious", "critical")
Open = Callable[..., Any]


def ready(page: Any, name: str) -> Any:
    """A widget to which its bars have come, in view."""
    page.wait_for_function(f"() => document.querySelector('.bf-{name}')?.dataset.loaded")
    widget = page.locator(f".bf-{name}")
    widget.evaluate("node => node.scrollIntoView({block: 'start'})")
    return widget


def edits(widget: Any) -> list[Any]:
    return json.loads(f"[{widget.locator('.bf-json pre').first.text_content()}]")


def told(page: Any, name: str, text: str) -> None:
    page.wait_for_function(
        "([name, text]) => document.querySelector(`.bf-${name} .bf-message`).textContent.includes(text)",
        arg=[name, text],
    )


def heard(widget: Any) -> bool:
    """Whether the level shows that sound leaves the page; a silent one has no width."""
    levels = "[...document.querySelectorAll('.bf-meter i')].map(bar => parseFloat(bar.style.width))"
    widget.page.wait_for_function(f"() => {levels}.some(width => width > 20)")
    return True


def dark(page: Any, name: str) -> None:
    """In the dark theme text and paper are as far apart as WCAG asks (4.5 to 1), and axe-core finds nothing grave."""
    page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_timeout(500)
    assert page.evaluate(_CONTRAST, f".bf-{name}") >= 4.5
    accessible(page, name)
    look(page, name, "dark")


def light(page: Any, name: str) -> None:
    """The light theme again."""
    page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")
    page.wait_for_timeout(500)
    accessible(page, name)


def narrow(page: Any, name: str) -> None:
    """In a window of 600 pixels nothing of the widget lies beyond its edges, nor beside the list of files."""
    page.set_viewport_size({"width": 600, "height": 900})
    over = []
    for how in ("narrow", "narrow-beside-files"):
        page.wait_for_timeout(500)
        over += page.evaluate(_BEYOND, f".bf-{name}")
        look(page, name, how)
        page.evaluate("() => window.jupyterapp.commands.execute('filebrowser:toggle-main')")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_timeout(500)
    assert over == []


def look(page: Any, name: str, how: str) -> None:
    """Leave a picture of the widget for the eye in the folder `BEATSFOUNDRY_LOOK`."""
    if folder := os.environ.get("BEATSFOUNDRY_LOOK"):
        page.locator(f".bf-{name}").first.screenshot(path=Path(folder) / f"{name}-{how}.png")


def accessible(page: Any, name: str) -> None:
    """No serious or critical violation of axe-core's rules within a widget, as the theme stands."""
    axe = resources.files("axe_playwright_python") / "axe.min.js"
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("async name => (await axe.run('.bf-' + name)).violations", name)
    grave = [one for one in found if one["impact"] in _GRAVE]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in grave] == []


def keep(page: Any, repository: Path, name: str) -> None:
    """The page looks like its picture in the documentation; where `BEATSFOUNDRY_SCREENSHOTS` is set that is renewed."""
    picture, view = repository / "docs" / "images" / f"{name}.png", page.screenshot()
    if os.environ.get("BEATSFOUNDRY_SCREENSHOTS"):
        picture.write_bytes(view)
    assert unlike(picture.read_bytes(), view) == ""


_CONTRAST = """selector => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const linear = v => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = rgb => rgb.reduce((sum, v, i) => sum + linear(v / 255) * [0.2126, 0.7152, 0.0722][i], 0);
  const node = document.querySelector(selector), style = getComputedStyle(node);
  const paper = parse(style.backgroundColor), ink = parse(style.color), a = ink[3] ?? 1;
  const [x, y] = [light(ink.slice(0, 3).map((v, i) => a * v + (1 - a) * paper[i])), light(paper)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}"""
_BEYOND = """selector => {
  const shell = document.querySelector(selector), edge = shell.getBoundingClientRect().right + 1;
  const scrolls = node => node && node !== shell && (/auto|scroll|hidden/.test(getComputedStyle(node).overflowX)
    || scrolls(node.parentElement));
  return [...shell.querySelectorAll('*')].filter(node => node.checkVisibility() && !scrolls(node.parentElement)
    && node.getBoundingClientRect().right > edge).map(node => node.outerHTML.slice(0, 120));
}"""
