"""Classifier two-sample test: can a classifier tell samples from human music? After Lopez-Paz and Oquab, ICLR 2017.

Conventions
-----------
Both sides are feature tables (n, features) with a group for each row: the source file. Folds hold whole groups, since
a classifier that knows a file by heart would tell nothing about music; a sample that was made under the conditions of
a file lies in that file's fold. Two classifiers are asked, and the one that tells the sides apart better counts.
The value is balanced accuracy: 0.5 cannot be distinguished, 1 always. Everything is deterministic.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.domain.arrays import Floats, Integers
from workbench.domain.errors import ParameterError

FOLDS = 5


@dataclass(frozen=True, slots=True)
class TwoSample:
    """Balanced accuracy of both classifiers, and the sizes of the sides."""

    logistic_regression: float
    gradient_boosting: float
    n: int
    n_other: int

    @property
    def accuracy(self) -> float:
        """The worse of the two for the sample: the higher accuracy."""
        return max(self.logistic_regression, self.gradient_boosting)


def two_sample_test(
    first: Floats, first_groups: Sequence[str], second: Floats, second_groups: Sequence[str]
) -> TwoSample:
    """How well two sides can be distinguished (Lopez-Paz and Oquab 2017).

    Parameters
    ----------
    first, second : ndarray of shape (n, features), (m, features)
    first_groups, second_groups : sequence of str
        Source file of each row; equal names on both sides share a fold.

    Returns
    -------
    TwoSample
        Balanced accuracies in 0..1; 0.5 where nothing can be distinguished.

    Raises
    ------
    ParameterError
        If the sides do not fit each other, or hold too few groups for five folds.
    """
    _validate(first, first_groups, second, second_groups)
    values = np.concatenate([first, second])
    label = np.r_[np.zeros(len(first), np.int64), np.ones(len(second), np.int64)]
    fold = grouped_folds([*first_groups, *second_groups])
    regression = _cross_validated(_logistic_regression, values, label, fold)
    boosting = _cross_validated(_gradient_boosting, values, label, fold)
    return TwoSample(regression, boosting, len(first), len(second))


def grouped_folds(groups: Sequence[str], folds: int = FOLDS) -> Integers:
    """Fold of each row: whole groups, largest first into the emptiest fold, equal ones by name.

    Parameters
    ----------
    groups : sequence of str, (n,)
        Group of each row.
    folds : int
        Number of folds.

    Returns
    -------
    ndarray of shape (n,), int64
        From 0.

    Examples
    --------
    >>> grouped_folds(["a", "a", "b", "c"], folds=2).tolist()
    [0, 0, 1, 1]
    """
    names, inverse, counts = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    fold_of_group = np.zeros(len(names), np.int64)
    filled = np.zeros(folds)
    for index in np.argsort(-counts, kind="stable"):
        fold_of_group[index] = int(filled.argmin())
        filled[fold_of_group[index]] += counts[index]
    return fold_of_group[inverse]


def telling_features(names: Sequence[str], first: Floats, second: Floats) -> list[tuple[str, float, float]]:
    """Which features tell the sides apart by themselves: where to look when a test fails.

    Parameters
    ----------
    names : sequence of str
        Of the columns.
    first, second : ndarray of shape (n, features), (m, features)

    Returns
    -------
    list of (name, distance, shift)
        Kolmogorov and Smirnov's distance, 0..1, and the difference of means (second less first) in standard deviations
        of the first; the most telling first.

    Examples
    --------
    >>> table = np.array([[0.0, -1.0], [1.0, 1.0]])
    >>> telling_features(["pitch", "length"], table, table + [0.0, 3.0])
    [('length', 1.0, 3.0), ('pitch', 0.0, 0.0)]
    """
    from scipy.stats import ks_2samp

    ranked = []
    for index, name in enumerate(names):
        one, other = first[:, index], second[:, index]
        spread = one.std()
        shift = (other.mean() - one.mean()) / spread if spread > 0 else 0.0
        ranked.append((name, round(float(ks_2samp(one, other, method="asymp").statistic), 3), round(float(shift), 2)))
    return sorted(ranked, key=lambda row: -row[1])


def balanced_accuracy(truth: Integers, answer: Integers) -> float:
    """Mean over the true classes of the share that is answered right.

    Parameters
    ----------
    truth, answer : ndarray of shape (n,), int64
        Classes.

    Returns
    -------
    float
        0..1.

    Examples
    --------
    >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0]))
    0.5
    """
    return float(np.mean([(answer[truth == kind] == kind).mean() for kind in np.unique(truth)]))


def _cross_validated(make: Callable[[], Any], values: Floats, label: Integers, fold: Integers) -> float:
    answer = np.zeros(len(label), np.int64)
    for number in np.unique(fold):
        inside = fold == number
        model = make()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Classifiers remark on iterations and constant columns.
            _fit(model, values[~inside], label[~inside])
            answer[inside] = model.predict(values[inside])
    return balanced_accuracy(label, answer)


def _fit(model: Any, values: Floats, label: Integers) -> None:
    """Fit with both sides weighing the same."""
    weight = (len(label) / 2) / np.bincount(label, minlength=2)[label]
    last = getattr(model, "steps", [("", model)])[-1][0]
    model.fit(values, label, **{f"{last}__sample_weight" if last else "sample_weight": weight})


def _logistic_regression() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))


def _gradient_boosting() -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    # Stochastic (Friedman 2002), which distinguished the sides better here than trees on all rows and features.
    return GradientBoostingClassifier(
        n_estimators=150, learning_rate=0.1, max_depth=3, subsample=0.5, max_features="sqrt", random_state=0
    )


def _validate(first: Floats, first_groups: Sequence[str], second: Floats, second_groups: Sequence[str]) -> None:
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1]:
        raise ParameterError(f"two-sample test: expected tables of equal width, got {first.shape} and {second.shape}")
    if len(first) != len(first_groups) or len(second) != len(second_groups):
        raise ParameterError("two-sample test: expected one group for each row")
    for groups in (first_groups, second_groups):
        if len(set(groups)) < FOLDS:
            raise ParameterError(f"two-sample test: expected {FOLDS} source files or more, got {len(set(groups))}")
