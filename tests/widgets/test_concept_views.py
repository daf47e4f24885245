"""Pictures of words and macros: drawn from the plans themselves, the same every time."""

from __future__ import annotations

import re

import pytest

from workbench import widgets
from workbench.analysis.references import ReferenceLibrary
from workbench.concept import list_macros, list_starters
from workbench.domain.request import GenerationRequest
from workbench.output.figures.concept_figures import _together
from workbench.widgets.concept_views import READINGS, _readings

PNG = b"\x89PNG"


def test_the_plane_is_drawn_and_steady() -> None:
    first, second, other = (widgets.mood_plane([text]).data for text in ("sad lo-fi", "sad lo-fi", "happy lo-fi"))
    assert first.startswith(PNG)
    assert first == second != other


def test_concepts_are_reported_with_what_was_contradicted() -> None:
    html = widgets.concepts_table(["house", "a very calm house track at 180 bpm"]).html
    assert html.count("<tr>") == 1 + 2
    assert '<td class="num">180</td>' in html
    assert "the statement wins" in html


def test_starters_are_listed_by_kind() -> None:
    html = widgets.starters_table().html
    assert html.count("<details>") == 2
    assert all(f"<td>{name}</td>" in html for kind in ("preset", "template") for name in list_starters(kind))


def test_a_reference_pulls_the_more_the_greater_its_weight() -> None:
    profile = ReferenceLibrary().get("zaz-contemplation")
    html = widgets.pull_table("house", profile, [0.0, 0.5, 1.0]).html
    widths = [float(row[4].replace("\N{MINUS SIGN}", "-")) for row in _cells(html)]
    assert widths[0] == 0.0
    assert widths[0] > widths[1] > widths[2]


def _cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(<td.*?)</tr>", html)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]


def test_macro_curves_are_drawn() -> None:
    assert widgets.macro_curves(GenerationRequest.from_concept("pop"), ["drive", "space"]).data.startswith(PNG)


@pytest.mark.parametrize("name", list_macros())
def test_every_macro_moves_what_its_panel_shows(name: str) -> None:
    lines = _readings(GenerationRequest.from_concept("pop"), name, [-1.0, 0.0, 1.0])
    assert len(lines) >= 3
    assert set(lines) <= set(READINGS)
    assert all(values[0] != values[-1] for values in lines.values())


def test_names_too_near_to_be_read_apart_share_a_label() -> None:
    placed = {"a": (0.5, 0.5), "b": (0.45, 0.52), "c": (-0.5, 0.5)}
    assert sorted(map(sorted, _together(placed).values())) == [["a", "b"], ["c"]]
