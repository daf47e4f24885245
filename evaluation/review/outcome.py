"""What blind sessions show: a binomial test or means with intervals, and how far reviewers agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from evaluation.review.design import ANCHOR, MID_ANCHOR, NO_PREFERENCE, REFERENCE, Answer, Kind
from evaluation.statistics import mean_interval
from workbench.domain.errors import ParameterError

_TRUST = 90.0
"""BS.1534 leaves out whoever rates the hidden reference below 90 in more than 15 % of the items."""
_SHARE_OF_ITEMS = 0.15


@dataclass(frozen=True, slots=True)
class VersionResult:
    """One version: how often it was chosen (or X identified), or its mean rating; interval, and trials or ratings."""

    version: str
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """What a set of sessions shows.

    `p_value` is that of the two-sided (AB: no preference) or one-sided (ABX: guessing) binomial test, None for ratings.
    Shares of an AB session are those of the preferences stated; the row "no preference" is a share of all answers.
    `agreement` is Krippendorff's alpha over items, 1 full to 0 chance; None with one reviewer or one item. `left_out`
    names reviewers who did not find the hidden reference, or did not tell versions from their anchors. `verdict` says
    it in words.
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

    1 is full agreement, 0 what chance gives; None where fewer than two units have two values, since agreement is only
    distinguished from chance by how units differ, or where all values are equal.

    Examples
    --------
    >>> krippendorff_alpha([[1, 1], [2, 2], [1, 1]], level="nominal")
    1.0
    """
    pairable = [np.asarray(unit, np.float64) for unit in units if len(unit) > 1]
    if len(pairable) < 2:
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

    asked = [answer for answer in answers if not _is_control(answer)]
    left_out = tuple(name for name in _reviewers(answers) if not _heard_controls(answers, name))
    kept = [answer for answer in asked if answer.reviewer not in left_out] or asked or list(answers)
    # The sign test leaves ties out; their share shows that nobody prefers anything.
    decided = [answer for answer in kept if answer.choice != NO_PREFERENCE]
    names = {*(answer.choice for answer in decided), *(name for answer in kept for name in answer.heard_seconds or {})}
    versions = [_share(name, sum(answer.choice == name for answer in decided), len(decided)) for name in sorted(names)]
    ties = len(kept) - len(decided)
    best = max(versions, key=lambda one: one.value, default=None)
    p = float(binomtest(round(best.value * best.n), best.n, 0.5).pvalue) if best and decided else 1.0
    verdict = f"{best.version} is preferred" if best and p < 0.05 else "no preference shown"
    rows = (*versions, *([_share(NO_PREFERENCE, ties, len(kept))] if ties else []))
    return ReviewResult("ab", rows, p, _agreement_of_choices(kept), _reviewers(answers), left_out, verdict)


def _share(version: str, count: int, n: int) -> VersionResult:
    """How often something was chosen, with the exact interval; nothing is known of no choice at all."""
    from scipy.stats import binomtest

    if not n:
        return VersionResult(version, 0.0, 0.0, 1.0, 0)
    interval = binomtest(count, n, 0.5).proportion_ci(method="exact")
    return VersionResult(version, count / n, interval.low, interval.high, n)


def _is_control(answer: Answer) -> bool:
    return ANCHOR in (answer.heard_seconds or {})


def _heard_controls(answers: Sequence[Answer], reviewer: str) -> bool:
    """Whether a reviewer preferred the version to its anchor in at least half of the controls."""
    controls = [answer for answer in answers if answer.reviewer == reviewer and _is_control(answer)]
    heard = sum(answer.choice not in (ANCHOR, NO_PREFERENCE) for answer in controls)
    return 2 * heard >= len(controls)


def _difference(answers: Sequence[Answer]) -> ReviewResult:
    from scipy.stats import binomtest

    right = sum(answer.choice == answer.truth for answer in answers)
    test = binomtest(right, len(answers), 0.5, alternative="greater")
    interval = binomtest(right, len(answers), 0.5).proportion_ci(method="exact")
    share = VersionResult("X identified", right / len(answers), interval.low, interval.high, len(answers))
    verdict = "a difference is heard" if test.pvalue < 0.05 else "no difference shown"
    correct = _by_item(answers, lambda answer: float(answer.choice == answer.truth))
    agreement = krippendorff_alpha(correct, level="nominal") if len(_reviewers(answers)) > 1 else None
    return ReviewResult("abx", (share,), float(test.pvalue), agreement, _reviewers(answers), (), verdict)


def _ratings(answers: Sequence[Answer]) -> ReviewResult:
    left_out = tuple(name for name in _reviewers(answers) if not _found_reference(answers, name))
    kept = [answer for answer in answers if answer.reviewer not in left_out] or list(answers)
    versions = sorted({version for answer in kept for version in answer.ratings or {}})
    results = []
    for version in versions:
        values = [answer.ratings[version] for answer in kept if answer.ratings and version in answer.ratings]
        low, high = mean_interval(values) if len(values) > 1 else (values[0], values[0])
        results.append(VersionResult(version, float(np.mean(values)), max(0.0, low), min(100.0, high), len(values)))
    items = sorted({answer.item for answer in kept})
    units = [
        [answer.ratings[version] for answer in kept if answer.item == item and answer.ratings]
        for item, version in product(items, versions)
    ]
    ranked = sorted(results, key=lambda one: -one.value)
    verdict = _best_rated(ranked, kept)
    agreement = krippendorff_alpha(units, level="interval") if len(_reviewers(kept)) > 1 else None
    return ReviewResult("mushra", tuple(ranked), None, agreement, _reviewers(answers), left_out, verdict)


def _best_rated(ranked: Sequence[VersionResult], answers: Sequence[Answer]) -> str:
    """The best of what is judged, if it surely leads the next; of one alone, whether it lies below the reference."""
    judged = [one.version for one in ranked if one.version not in (REFERENCE, ANCHOR, MID_ANCHOR)]
    if not judged:
        return "nothing was rated"
    if len(judged) == 1:
        below = _surely_above(REFERENCE, judged[0], answers)
        return f"{judged[0]} is rated below the reference" if below else "no difference from the reference shown"
    sure = _surely_above(judged[0], judged[1], answers)
    return f"{judged[0]} is rated above {judged[1]}" if sure else "no difference shown"


def _surely_above(first: str, second: str, answers: Sequence[Answer]) -> bool:
    """Whether the interval of the lead of one over the other leaves out 0."""
    marks = [answer.ratings for answer in answers if answer.ratings]
    leads = [one[first] - one[second] for one in marks if first in one and second in one]
    return len(leads) > 1 and mean_interval(leads)[0] > 0.0


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
