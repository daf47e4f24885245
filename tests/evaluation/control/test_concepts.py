"""The suite of labelled concepts: its halves, its bars, and that it can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evaluation.control.concepts import judge, judge_concepts, load_concepts
from evaluation.criteria import Criterion
from workbench.concept import list_styles
from workbench.domain.theory import Key


def test_the_suite_is_large_and_its_halves_are_apart() -> None:
    halves = [load_concepts(half) for half in ("open", "frozen")]
    assert sum(map(len, halves)) >= 80
    assert not {one.concept for one in halves[0]} & {one.concept for one in halves[1]}
    for labelled in (*halves[0], *halves[1]):
        assert set(labelled.styles) <= set(list_styles())
        assert {labelled.valence, labelled.arousal} <= {-1, 0, 1}
        assert str(Key.parse(labelled.stated.get("key", "C major")))
    for half in halves:
        assert {style for labelled in half for style in labelled.styles} == set(list_styles())


def test_the_bars_hold() -> None:
    bars = [row for row in judge_concepts() if isinstance(row, Criterion)]
    assert [bar.name for bar in bars] == [
        "concepts: style right",
        "concepts: sign of valence right",
        "concepts: sign of arousal right",
        "concepts: statements honoured",
    ]
    assert [bar.limit for bar in bars] == [0.85, 0.85, 0.85, 1.0]
    assert all(bar.n >= 35 for bar in bars)
    assert all(bar.holds for bar in bars), bars


def test_a_wrong_label_is_a_miss() -> None:
    right = load_concepts("open")[0]
    wrong = replace(
        right, styles=("bossa",), valence=-right.valence or 1, stated={"tempo_bpm": 91, "key": "C# locrian"}
    )
    assert judge([right])[0].answers["style"]
    answers = judge([wrong])[0].answers
    assert not answers["style"]
    assert not answers["stated tempo_bpm"]
    assert not answers["stated key"]


def test_the_misses_of_the_frozen_half_are_never_told(capsys: pytest.CaptureFixture[str]) -> None:
    rows = judge_concepts()
    assert not capsys.readouterr().out
    assert all(labelled.concept not in str(rows) for labelled in load_concepts("frozen"))
    source = Path(judge.__code__.co_filename).read_text(encoding="utf-8")
    misses = source[source.index("def misses") : source.index("def judge(")]
    assert '"frozen"' not in misses
