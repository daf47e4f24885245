"""Concepts: whether words become the style, the mood and the facts that a listener would expect of them.

The labelled concepts of `data/suites/concepts.yaml` have two halves. The open half is there to learn from: `misses`
tells what went wrong. Of the frozen half only totals are ever shown, so that its values hold for unseen concepts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from evaluation.criteria import Row, at_least, observed
from workbench.concept import translate
from workbench.domain.data_files import read_yaml
from workbench.domain.paths import data_dir
from workbench.domain.plan import Plan
from workbench.domain.request import GenerationRequest
from workbench.domain.theory import Key

LEAST_RIGHT = 0.85
"""Limit for style and for the signs of valence and arousal; statements are all honoured."""

_SWUNG_PERCENT = 53.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A concept and what is expected of its plan; `styles` are all right ones, 0 is a sign that nobody would tell."""

    concept: str
    styles: tuple[str, ...]
    valence: int
    arousal: int
    stated: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one plan got right, by question; a question that the label leaves open is not there."""

    labelled: Labelled
    answers: Mapping[str, bool]


@cache
def load_concepts(half: str) -> tuple[Labelled, ...]:
    """The labelled concepts of the half `open` or `frozen`."""
    data = read_yaml(data_dir() / "suites" / "concepts.yaml")
    return tuple(_labelled(item) for item in data[half])


def judge_concepts() -> list[Row]:
    """The bars, which stand on the frozen half, and beside them the same values of the open half."""
    rows: list[Row] = []
    for question, bar in (("style", LEAST_RIGHT), ("valence", LEAST_RIGHT), ("arousal", LEAST_RIGHT), ("stated", 1.0)):
        right, count = _share(judge(load_concepts("frozen")), question)
        rows.append(at_least(f"concepts: {_SPOKEN[question]}", right, bar, "share", count))
        right, count = _share(judge(load_concepts("open")), question)
        rows.append(observed(f"concepts: {_SPOKEN[question]}, open half", right, "share", count))
    return rows


def misses() -> list[str]:
    """What went wrong in the open half, one line each, for whoever works on the translation."""
    return [
        f"{question}: {verdict.labelled.concept}"
        for verdict in judge(load_concepts("open"))
        for question, right in verdict.answers.items()
        if not right
    ]


def judge(concepts: Sequence[Labelled]) -> list[Verdict]:
    """Translate each concept and compare the plan with its label."""
    return [_verdict(labelled) for labelled in concepts]


_SPOKEN = {
    "style": "style right",
    "valence": "sign of valence right",
    "arousal": "sign of arousal right",
    "stated": "statements honoured",
}


def _labelled(item: Mapping[str, Any]) -> Labelled:
    style = item["style"]
    return Labelled(
        concept=item["concept"],
        styles=(style,) if isinstance(style, str) else tuple(style),
        valence=int(item.get("valence", 0)),
        arousal=int(item.get("arousal", 0)),
        stated=item.get("stated", {}),
    )


def _verdict(labelled: Labelled) -> Verdict:
    plan = translate(GenerationRequest.from_concept(labelled.concept))
    answers = {"style": plan.style in labelled.styles}
    if labelled.valence:
        answers["valence"] = plan.valence * labelled.valence > 0
    if labelled.arousal:
        answers["arousal"] = plan.arousal * labelled.arousal > 0
    for name, value in labelled.stated.items():
        answers[f"stated {name}"] = _KEPT[name](plan, value)
    return Verdict(labelled, answers)


def _share(verdicts: Sequence[Verdict], question: str) -> tuple[float, int]:
    answers = [
        right for verdict in verdicts for name, right in verdict.answers.items() if name.split(" ", 1)[0] == question
    ]
    return sum(answers) / len(answers), len(answers)


def _feels(plan: Plan, feel: str) -> bool:
    if feel in ("swung", "straight"):
        return (plan.groove.swing_percent > _SWUNG_PERCENT) == (feel == "swung")
    backbeat = "".join(plan.groove.patterns.get(role, "") for role in ("snare", "clap"))
    on_second = any(backbeat[start + 4] == "x" for start in range(0, len(backbeat), 16))
    return on_second == (feel != "halftime")


_KEPT: Mapping[str, Callable[[Plan, Any], bool]] = {
    "tempo_bpm": lambda plan, value: abs(plan.tempo_bpm - value) < 0.01,
    "key": lambda plan, value: str(plan.key) == str(Key.parse(value)),
    "metre": lambda plan, value: str(plan.metre) == value,
    "duration_seconds": lambda plan, value: abs(plan.duration_seconds - value) <= plan.bar_seconds,
    "without": lambda plan, value: not set(value) & set(plan.palette),
    "only": lambda plan, value: set(value) == set(plan.palette),
    "feel": _feels,
    "sections": lambda plan, value: set(value) <= {section.name for section in plan.sections},
    "sections_without": lambda plan, value: not set(value) & {section.name for section in plan.sections},
}
