"""Words that no list holds find the style whose keywords lie nearest."""

from __future__ import annotations

import pytest

from workbench.concept import translate
from workbench.concept.neighbours import LEAST_SCORE, nearest_style
from workbench.domain.request import GenerationRequest


@pytest.mark.parametrize(
    ("text", "styles"),
    [
        ("monks praying on a mountain", {"ambient", "cinematic"}),
        ("teenagers singing along in a car", {"pop", "rock"}),
    ],
)
def test_scenes_find_a_style_that_fits(text: str, styles: set[str]) -> None:
    found = nearest_style(text)
    assert found is not None
    assert found.style in styles
    assert found.score >= LEAST_SCORE
    plan = translate(GenerationRequest.from_concept(text))
    assert plan.style in styles
    assert f"'{found.word}' is near to '{found.keyword}'" in plan.decisions[0].reason


@pytest.mark.parametrize(
    "text", ["", "a table and a lamp", "xyzzy plugh", "number seven", "happy and sad", "music without drums, bass only"]
)
def test_where_nothing_stands_out_there_is_none(text: str) -> None:
    assert nearest_style(text) is None


def test_a_name_comes_first() -> None:
    plan = translate(GenerationRequest.from_concept("chiptune for monks praying on a mountain"))
    assert plan.style == "chiptune"
