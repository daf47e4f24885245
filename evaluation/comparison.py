"""Whether a run is better than another, where, and how sure that is.

Both runs hold the same suite's tracks, so that each track is compared with itself: the interval is that of the mean
difference over tracks. A figure is better or worse if its interval leaves out 0 and the mean difference is at least as
large as what counts for that figure; everything else is "no difference shown". Figures of which neither way is better
are told to differ, no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from evaluation.catalogue import Metric, metric
from evaluation.estimators import error_text
from evaluation.run_result import RunResult, load_run
from evaluation.statistics import mean_interval
from workbench.domain.errors import ParameterError

Verdict = Literal["worse", "better", "no difference shown", "differs"]

ORDER: tuple[Verdict, ...] = ("worse", "better", "differs", "no difference shown")
"""In which order rows are told: regressions first."""

LEAST_TRACKS = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two runs: means, mean difference (b less a) with its interval over `n` tracks, and the verdict."""

    metric: Metric
    first: float
    second: float
    difference: float
    low: float
    high: float
    n: int
    verdict: Verdict
    worst_track: str

    @property
    def weight(self) -> float:
        """Size of the difference in units of what counts."""
        return abs(self.difference) / max(self.metric.least, 1e-9)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All figures of two runs, regressions first; `only_first` and `only_second` name tracks without a partner."""

    first: str
    second: str
    rows: tuple[Difference, ...]
    tracks: tuple[str, ...]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()

    def with_verdict(self, *verdicts: Verdict) -> tuple[Difference, ...]:
        """Rows of these verdicts."""
        return tuple(row for row in self.rows if row.verdict in verdicts)

    @property
    def regressions(self) -> tuple[Difference, ...]:
        """What became worse."""
        return self.with_verdict("worse")

    def to_dict(self) -> dict[str, Any]:
        """Plain types for JSON; endless intervals are null."""
        rows = []
        for row in self.rows:
            flat = asdict(row)
            flat |= flat.pop("metric")
            flat |= {"group": row.metric.group, "estimator_error": error_text(row.metric.estimator)}
            rows.append({name: None if value in (math.inf, -math.inf) else value for name, value in flat.items()})
        return {**asdict(self), "rows": rows}


def compare(
    run_a: str | Path | RunResult, run_b: str | Path | RunResult, *, tracking_uri: str | None = None
) -> Comparison:
    """Compare two runs of a suite: whether, and where, `run_b` is better than `run_a`.

    Parameters
    ----------
    run_a, run_b
        Results, folders of `evaluate suite`, or ids of their runs in MLflow. Tracks are paired by id.
    tracking_uri
        The store in which ids are looked for.

    Returns
    -------
    Comparison
        For each figure: unit, direction, difference, interval and verdict; what became worse stands first.

    Raises
    ------
    ParameterError
        If a run is not there, or if they share no track.
    """
    first, second = (load_run(run, tracking_uri=tracking_uri) for run in (run_a, run_b))
    ids_a, ids_b = ([track.id for track in run.tracks] for run in (first, second))
    shared = tuple(name for name in ids_a if name in set(ids_b))
    if not shared:
        raise ParameterError("the runs share no track: expected two runs of one suite")
    names = dict.fromkeys([*first.names(), *second.names()])
    rows = [_row(metric(name), first.values(name), second.values(name)) for name in names]
    ordered = sorted(
        (row for row in rows if row is not None),
        key=lambda row: (ORDER.index(row.verdict), -row.weight if row.metric.least else 0.0, row.metric.name),
    )
    return Comparison(
        first.name or first.suite,
        second.name or second.suite,
        tuple(ordered),
        shared,
        tuple(name for name in ids_a if name not in shared),
        tuple(name for name in ids_b if name not in shared),
    )


def _row(what: Metric, first: Mapping[str, float], second: Mapping[str, float]) -> Difference | None:
    shared = [name for name in first if name in second]
    if not shared:
        return None
    a, b = (np.array([side[name] for name in shared]) for side in (first, second))
    gaps = b - a
    low, high = mean_interval(gaps)
    mean = float(gaps.mean())
    sign = -1.0 if what.direction == "lower" else 1.0
    return Difference(
        what, float(a.mean()), float(b.mean()), mean, low, high, len(shared),
        _verdict(what, mean, low, high, len(shared)), shared[int(np.argmin(sign * gaps))],
    )  # fmt: skip


def _verdict(what: Metric, mean: float, low: float, high: float, n: int) -> Verdict:
    sure = n >= LEAST_TRACKS and (low > 0.0 or high < 0.0)
    if not sure or abs(mean) < what.least or what.group == "time":
        return "no difference shown"
    if what.direction == "neither":
        return "differs"
    return "better" if (mean > 0.0) == (what.direction == "higher") else "worse"
