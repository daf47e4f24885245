"""What blind sessions show: a binomial test or means with intervals, and how far reviewers agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from evaluation.review.design import ANCHOR, REFERENCE, Answer, Kind
from evaluation.statistics import mean_interval
from workbench.domain.errors import ParameterError

_TRUST = 90.0
"""BS.1534 leaves out whoever rates the hidden reference below 90 in more than 15 % of the items."""
_SHARE_OF_ITEMS = 0.15


@dataclass(frozen=True, slots=True)
class VersionResult:
    """One version: how often it was chosen (or X told right), or its mean rating; interval, and trials or ratings."""

    version: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """What a set of sessions shows.

    `p_value` is that of the two-sided (AB: no preference) or one-sided (ABX: guessing) binomial test, None for ratings.
    `agreement` is Krippendorff's alpha over items, 1 full to 0 chance; None with one reviewer. `left_out` names
    reviewers who did not find the hidden reference. `verdict` says it in words.
    """

    kind: Kind
    versions: tuple[VersionResult, ...]
    p_value: float | None
    agreement: float | None
    reviewers: tuple[str, ...]
    left_out: tuple[str, ...]
    verdict: str


def results(answers: Sequence[Answer]) -> ReviewResult:
    """Evaluate the answers of one or more sessions of the same kind.

    Raises
    ------
    ParameterError
        If there is no answer, or if kinds are mixed.
    """
    kinds = {answer.kind for answer in answers}
    if len(kinds) != 1:
        raise ParameterError(
            "review: expected answers of one kind of session, got " + (", ".join(sorted(kinds)) or "none")
        )
    judge = {"ab": _preference, "abx": _difference, "mushra": _ratings}[kinds.pop()]
    return judge(answers)


def krippendorff_alpha(units: Iterable[Sequence[float]], *, level: Literal["nominal", "interval"]) -> float | None:
    """Agreement of raters over units, each a list of the values that were given to it (Krippendorff 2011).

    1 is full agreement, 0 what chance gives; None where no unit has two values, or all values are equal.

    Examples
    --------
    >>> krippendorff_alpha([[1, 1], [2, 2], [1, 1]], level="nominal")
    1.0
    """
    pairable = [np.asarray(unit, np.float64) for unit in units if len(unit) > 1]
    if not pairable:
        return None

    def gaps(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        difference = first[:, None] - second[None, :]
        return np.asarray(difference != 0 if level == "nominal" else difference**2, np.float64)

    values = np.concatenate(pairable)
    observed = sum(float(gaps(unit, unit).sum()) / (unit.size - 1) for unit in pairable) / values.size
    expected = float(gaps(values, values).sum()) / (values.size * (values.size - 1))
    return 1.0 - observed / expected if expected > 0.0 else None


def _preference(answers: Sequence[Answer]) -> ReviewResult:
    from scipy.stats import binomtest

    versions = sorted({version for answer in answers for version in (answer.choice, answer.truth) if version})
    versions = sorted({*versions, *(v for answer in answers for v in (answer.heard_seconds or {}))})
    n = len(answers)
    told = []
    for version in versions:
        count = sum(answer.choice == version for answer in answers)
        test = binomtest(count, n, 0.5)
        interval = test.proportion_ci(method="exact")
        told.append(VersionResult(version, count / n, interval.low, interval.high, n))
    best = max(told, key=lambda one: one.value)
    p = float(binomtest(round(best.value * n), n, 0.5).pvalue)
    verdict = f"{best.version} is preferred" if p < 0.05 else "no preference shown"
    return ReviewResult("ab", tuple(told), p, _agreement_of_choices(answers), _reviewers(answers), (), verdict)


def _difference(answers: Sequence[Answer]) -> ReviewResult:
    from scipy.stats import binomtest

    right = sum(answer.choice == answer.truth for answer in answers)
    test = binomtest(right, len(answers), 0.5, alternative="greater")
    interval = binomtest(right, len(answers), 0.5).proportion_ci(method="exact")
    share = VersionResult("X told right", right / len(answers), interval.low, interval.high, len(answers))
    verdict = "a difference is heard" if test.pvalue < 0.05 else "no difference shown"
    correct = _by_item(answers, lambda answer: float(answer.choice == answer.truth))
    agreement = krippendorff_alpha(correct, level="nominal")
    return ReviewResult("abx", (share,), float(test.pvalue), agreement, _reviewers(answers), (), verdict)


def _ratings(answers: Sequence[Answer]) -> ReviewResult:
    left_out = tuple(name for name in _reviewers(answers) if not _found_reference(answers, name))
    kept = [answer for answer in answers if answer.reviewer not in left_out] or list(answers)
    versions = sorted({version for answer in kept for version in answer.ratings or {}})
    told = []
    for version in versions:
        values = [answer.ratings[version] for answer in kept if answer.ratings and version in answer.ratings]
        low, high = mean_interval(values) if len(values) > 1 else (values[0], values[0])
        told.append(VersionResult(version, float(np.mean(values)), max(0.0, low), min(100.0, high), len(values)))
    items = sorted({answer.item for answer in kept})
    units = [
        [answer.ratings[version] for answer in kept if answer.item == item and answer.ratings]
        for item, version in product(items, versions)
    ]
    ranked = sorted(told, key=lambda one: -one.value)
    verdict = _best_rated(ranked, kept)
    agreement = krippendorff_alpha(units, level="interval") if len(_reviewers(kept)) > 1 else None
    return ReviewResult("mushra", tuple(ranked), None, agreement, _reviewers(answers), left_out, verdict)


def _best_rated(ranked: Sequence[VersionResult], answers: Sequence[Answer]) -> str:
    """The best of what is judged, if the interval of its lead over the next leaves out 0."""
    judged = [one.version for one in ranked if one.version not in (REFERENCE, ANCHOR)]
    if len(judged) < 2:
        return f"{judged[0]} was rated" if judged else "nothing was rated"
    leads = [answer.ratings[judged[0]] - answer.ratings[judged[1]] for answer in answers if answer.ratings]
    low, _ = mean_interval(leads)
    sure = low > 0.0 and len(leads) > 1
    return f"{judged[0]} is rated above {judged[1]}" if sure else "no difference shown"


def _found_reference(answers: Sequence[Answer], reviewer: str) -> bool:
    rated = [answer.ratings[REFERENCE] for answer in answers if answer.reviewer == reviewer and answer.ratings]
    return sum(value < _TRUST for value in rated) <= _SHARE_OF_ITEMS * len(rated)


def _reviewers(answers: Sequence[Answer]) -> tuple[str, ...]:
    return tuple(sorted({answer.reviewer for answer in answers}))


def _agreement_of_choices(answers: Sequence[Answer]) -> float | None:
    if len(_reviewers(answers)) < 2:
        return None
    names = {name: float(index) for index, name in enumerate(sorted({answer.choice for answer in answers}))}
    return krippendorff_alpha(_by_item(answers, lambda answer: names[answer.choice]), level="nominal")


def _by_item(answers: Sequence[Answer], value: object) -> list[list[float]]:
    units: Mapping[str, list[float]] = {answer.item: [] for answer in answers}
    for answer in answers:
        units[answer.item].append(value(answer))  # type: ignore[operator]
    return list(units.values())
