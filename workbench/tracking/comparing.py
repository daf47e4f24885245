"""Two networks on the same songs: whether one is worse or better, or so few songs cannot tell.

The interval of a difference is that of the jackknife (Tukey 1958; Efron and Tibshirani, "An Introduction to the
Bootstrap", 1993, chapter 11): both figures are taken anew without each group of songs, and how the difference moves
tells how far chance of the choice of songs may carry it. Student's t makes up for few groups.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.domain.errors import ModelError

TOLERANCE = 0.005
"""By what share a figure of the challenger may be worse than the champion's, unless another share is given for it."""
CONFIDENCE = 0.95

Direction = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over songs; `without` are the figures that remain without each group of songs, one after the other."""

    value: float
    songs: int
    without: tuple[float, ...] = ()


Values = Mapping[str, float | Estimate]


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A figure of a challenger beside the champion's.

    `change` is by how much it is worse (negative: better), `interval` where that lies with 95 % confidence, None where
    there are too few songs for one. `tolerance` is the share of the champion's figure by which it may be worse.
    """

    name: str
    value: float
    before: float
    change: float
    tolerance: float
    songs: int = 0
    interval: tuple[float, float] | None = None

    @property
    def exceeds(self) -> bool:
        """Whether it is worse by more than is accepted; a figure that is not a number always is."""
        return not self.change <= self.tolerance * abs(self.before)

    @property
    def is_worse(self) -> bool:
        """Whether that is more than chance: the interval, where there is one, lies beyond no change."""
        return self.exceeds and (self.interval is None or not self.interval[0] <= 0.0)

    @property
    def is_undecided(self) -> bool:
        """Whether it is worse by more than is accepted, but by so much chance alone may differ."""
        return self.exceeds and not self.is_worse

    @property
    def is_better(self) -> bool:
        """Whether it is better, by more than chance."""
        return self.interval is not None and self.interval[1] < 0.0

    def __str__(self) -> str:
        """One phrase: both values, the share, the interval of the difference and of how many songs."""
        share = self.change / abs(self.before) if self.before else math.inf
        way = "better" if share < 0 else "worse"
        notes = [] if share < 0 else [f"at most {self.tolerance:.1%} is accepted"]
        songs = "1 song" if self.songs == 1 else f"{self.songs} songs"
        if self.interval is not None:
            low, high = self.interval
            notes.append(f"difference {self.change:+.3g}, 95 % interval {low:+.3g} to {high:+.3g}, {songs}")
        elif self.songs:
            notes.append(f"of {songs}, too few for an interval")
        text = f"{self.name} is {self.value:.4g} against {self.before:.4g}, {abs(share):.1%} {way}"
        return f"{text} ({'; '.join(notes)})" if notes else text


def compare(
    figures: Values, before: Values, directions: Mapping[str, Direction], tolerances: Mapping[str, float]
) -> list[ComparedValue]:
    """Each figure of `directions` beside the one before; `tolerances` are shares, `TOLERANCE` where none is given.

    Raises
    ------
    ModelError
        If a figure of `directions` was not measured.

    Examples
    --------
    >>> print(*compare({"nll": 1.6}, {"nll": 1.5}, {"nll": "lower"}, {"nll": 0.01}))
    nll is 1.6 against 1.5, 6.7% worse (at most 1.0% is accepted)
    """
    compared = []
    for name, direction in directions.items():
        if name not in figures or name not in before:
            raise ModelError(f"figure {name!r} was not measured: expected one of {', '.join(figures)}")
        new, old, sign = _estimate(figures[name]), _estimate(before[name]), 1.0 if direction == "lower" else -1.0
        interval = None
        if len(new.without) == len(old.without) > 1:
            moved = [sign * (a - b) for a, b in zip(new.without, old.without, strict=True)]
            interval = jackknife_interval(sign * (new.value - old.value), moved)
        tolerance = tolerances.get(name, TOLERANCE)
        change = sign * (new.value - old.value)
        compared.append(ComparedValue(name, new.value, old.value, change, tolerance, new.songs, interval))
    return compared


def jackknife_interval(value: float, without: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval around a value, from the values without each of two or more groups.

    Examples
    --------
    >>> low, high = jackknife_interval(2.0, [2.5, 2.0, 1.5])  # the mean of 1, 2, 3
    >>> round(low, 2), round(high, 2)
    (-0.48, 4.48)
    """
    from scipy.stats import t

    groups = len(without)
    mean = sum(without) / groups
    error = math.sqrt((groups - 1) / groups * sum((each - mean) ** 2 for each in without))
    reach = float(t.ppf((1 + CONFIDENCE) / 2, groups - 1)) * error
    return value - reach, value + reach


def refusal(compared: Sequence[ComparedValue]) -> str | None:
    """Why a challenger is not to be promoted; None if it may be.

    It may unless a figure is worse. A figure that is worse by more than is accepted, but by so much chance alone may
    differ, stands in the way only where no other figure is better: then nothing speaks for the change.
    """
    worse = [each for each in compared if each.is_worse]
    if worse:
        return f"{'; '.join(map(str, worse))} (--force promotes it all the same)"
    undecided = [each for each in compared if each.is_undecided]
    if not undecided or any(each.is_better for each in compared):
        return None
    gains = [str(each) for each in compared if each.change < 0.0]
    besides = f"so may be that {'; '.join(gains)}" if gains else "no figure is better"
    return (
        f"{'; '.join(map(str, undecided))}: this may be chance, and {besides}; judge it by more songs, "
        "or listen and take --force"
    )


def plain(figures: Values) -> dict[str, float]:
    """The values alone."""
    return {name: _estimate(figure).value for name, figure in figures.items()}


def _estimate(figure: float | Estimate) -> Estimate:
    return figure if isinstance(figure, Estimate) else Estimate(figure, 0)
