"""Whether a run is better than another, where, and how sure that is.

Both runs hold the same suite's tracks, so that each track is compared with itself: the interval is that of the mean
difference over tracks. A metric is better or worse if its interval leaves out 0 and the mean difference is at least as
large as what counts for that metric; everything else is "no difference shown". Metrics of which neither way is better
are reported to differ, no more.

A track that lost a stem, wholly or for a while, cannot make a metric better: what is left of it may well be purer,
louder or nearer to a reference, but it is not the same music. A metric that is better only with such tracks is "not
comparable", and the row says which stems are no longer heard.

A stem of which nothing is heard any more, or that is not there any more, is a regression in as few as one track: a mean
over tracks may well hide it. Its metric `stems/ELEMENT_notes_heard` is worse whatever its interval, and is 0 where the
second run has no such stem. Metrics and tracks that only one run has are reported.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from evaluation.metrics.estimator_errors import error_text
from evaluation.statistics import mean_interval
from evaluation.suites.catalogue import Metric, metric
from evaluation.suites.run_result import RunResult, load_run
from workbench.domain.errors import ParameterError
from workbench.domain.results import Outcome
from workbench.output.figures.labels import format_number

Verdict = Literal["worse", "better", "no difference shown", "differs", "not comparable"]

ORDER: tuple[Verdict, ...] = ("worse", "better", "differs", "not comparable", "no difference shown")
"""In which order rows are reported: regressions first."""

REPORTED = ORDER[:-1]
"""What tables show unless everything is asked for."""

LEAST_TRACKS = 3

_HEARD = re.compile(r"stems/([a-z]+)_notes_heard")


@dataclass(frozen=True, slots=True)
class Difference:
    """One metric of two runs: means, mean difference (b less a) with its interval over `n` tracks, and the verdict.

    `reason` says why a metric is not comparable, or in which tracks a stem is no longer heard; it is empty elsewhere.
    """

    metric: Metric
    first: float
    second: float
    difference: float
    low: float
    high: float
    n: int
    verdict: Verdict
    worst_track: str
    reason: str = ""

    @property
    def weight(self) -> float:
        """Size of the difference in units of what counts."""
        return abs(self.difference) / max(self.metric.least, 1e-9)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All metrics of two runs, regressions first; `only_first` and `only_second` name tracks without a partner.

    `metrics_only_first` and `metrics_only_second` hold, by metric, the shared tracks in which the other run lacks it.
    `same_suite` tells whether both runs are of the same suite's file, so that equal ids stand for equal requests.
    """

    first: str
    second: str
    rows: tuple[Difference, ...]
    tracks: tuple[str, ...]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()
    metrics_only_first: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    metrics_only_second: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    same_suite: bool = True

    def with_verdict(self, *verdicts: Verdict) -> tuple[Difference, ...]:
        """Rows of these verdicts."""
        return tuple(row for row in self.rows if row.verdict in verdicts)

    @property
    def outcome(self) -> Outcome:
        """The comparison as a light: "fail" where anything became worse, or a track of the suite is missing.

        Where nothing became worse or better there is nothing to judge: "not applicable".
        """
        if self.regressions or (self.only_first and self.same_suite):
            return "fail"
        if self.only_first or self.with_verdict("not comparable"):
            return "warn"
        return "pass" if self.with_verdict("better") else "not applicable"

    @property
    def regressions(self) -> tuple[Difference, ...]:
        """What became worse."""
        return self.with_verdict("worse")

    def to_dict(self) -> dict[str, Any]:
        """The published JSON form, in which `metrics_only_*` are `figures_only_*`; endless intervals are null."""
        rows = []
        for row in self.rows:
            flat = asdict(row)
            flat |= flat.pop("metric")
            flat |= {"group": row.metric.group, "estimator_error": error_text(row.metric.estimator)}
            rows.append({name: None if value in (math.inf, -math.inf) else value for name, value in flat.items()})
        published = {name: name.replace("metrics_only", "figures_only") for name in asdict(self)}
        return {published[name]: value for name, value in {**asdict(self), "rows": rows}.items()}


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
        For each metric: unit, direction, difference, interval and verdict; what became worse stands first. Runs of
        one name, as copies of a folder have, are named by their folders.

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
    lost = lost_stems(first, second)
    rows = [_row(metric(name), first.values(name), _after(name, first, second), lost) for name in names]
    ordered = sorted(
        (row for row in rows if row is not None),
        key=lambda row: (ORDER.index(row.verdict), -row.weight if row.metric.least else 0.0, row.metric.name),
    )
    return Comparison(
        *_names(run_a, run_b, first, second),
        tuple(ordered),
        shared,
        tuple(name for name in ids_a if name not in shared),
        tuple(name for name in ids_b if name not in shared),
        _metrics_only(first, second),
        _metrics_only(second, first),
        first.suite_digest == second.suite_digest,
    )


def lost_stems(first: RunResult, second: RunResult) -> dict[str, tuple[str, ...]]:
    """By track of both runs, the elements that have fewer of their notes heard in the second, by what counts or more.

    A stem whose notes are heard in the first run and that the second does not have is lost as well. Tracks that lost
    nothing are left out.
    """
    shared = {track.id for track in first.tracks} & {track.id for track in second.tracks}
    lost: dict[str, list[str]] = {}
    for name in first.names():
        if (found := _HEARD.fullmatch(name)) is None:
            continue
        least, after = metric(name).least, second.values(name)
        for track, before in first.values(name).items():
            if track in shared and before - after.get(track, 0.0) >= least:
                lost.setdefault(track, []).append(found[1])
    return {track: tuple(elements) for track, elements in lost.items()}


def _names(
    run_a: str | Path | RunResult, run_b: str | Path | RunResult, first: RunResult, second: RunResult
) -> tuple[str, str]:
    """What the runs are called: as they call themselves, or if that is the same, by their folders, or else by paths."""
    own = (first.name or first.suite, second.name or second.suite)
    if own[0] != own[1] or isinstance(run_a, RunResult) or isinstance(run_b, RunResult):
        return own
    folders = (_folder(run_a), _folder(run_b))
    if folders[0] == folders[1]:
        return own
    return (folders[0].name, folders[1].name) if folders[0].name != folders[1].name else (str(run_a), str(run_b))


def _folder(run: str | Path) -> Path:
    """The folder of a run that is named by it or by its file; an id stays as it is."""
    path = Path(run)
    return path.resolve().parent if path.is_file() else path.resolve() if path.is_dir() else path


def _after(name: str, first: RunResult, second: RunResult) -> dict[str, float]:
    """A metric of the second run by track; of a stem that only the first one has, no note is heard."""
    values = second.values(name)
    if not _HEARD.fullmatch(name):
        return values
    there = {track.id for track in second.tracks}
    return {track: 0.0 for track in first.values(name) if track in there} | values


def _metrics_only(run: RunResult, other: RunResult) -> dict[str, tuple[str, ...]]:
    """By metric, the tracks of both runs in which the other one lacks it."""
    theirs = {track.id: track.metrics for track in other.tracks}
    only: dict[str, list[str]] = {}
    for track in run.tracks:
        if track.id in theirs:
            for name in track.metrics:
                if name not in theirs[track.id]:
                    only.setdefault(name, []).append(track.id)
    return {name: tuple(tracks) for name, tracks in only.items()}


def _row(
    what: Metric, first: Mapping[str, float], second: Mapping[str, float], lost: Mapping[str, Sequence[str]]
) -> Difference | None:
    shared = [name for name in first if name in second]
    if not shared:
        return None
    a, b = (np.array([side[name] for name in shared]) for side in (first, second))
    gaps = b - a
    low, high = mean_interval(gaps)
    mean = float(gaps.mean())
    sign = -1.0 if what.direction == "lower" else 1.0
    verdict, reason = _verdict(what, gaps), ""
    kept = np.array([name not in lost for name in shared])
    if verdict == "better" and not kept.all() and (not kept.any() or _verdict(what, gaps[kept]) != "better"):
        verdict, reason = "not comparable", _lost_text([lost.get(name, ()) for name in shared])
    if (heard := _HEARD.fullmatch(what.name)) and (silent := _silent(what, first, second)):
        verdict = "worse"
        reason = f"{heard[1]} no longer heard in {len(silent)} of {len(shared)} tracks: {', '.join(silent)}"
    return Difference(
        what, float(a.mean()), float(b.mean()), mean, low, high, len(shared), verdict,
        shared[int(np.argmin(sign * gaps))], reason,
    )  # fmt: skip


def _silent(what: Metric, first: Mapping[str, float], second: Mapping[str, float]) -> list[str]:
    """Tracks in which notes of a stem were heard and now none are, each by what counts."""
    return [name for name in first if name in second and second[name] < what.least <= first[name] - second[name]]


def _lost_text(lost: Sequence[Sequence[str]]) -> str:
    """Which stems are no longer heard, and in how many tracks."""
    counts = Counter(element for elements in lost for element in elements)
    elements = ", ".join(f"{element} in {count}" for element, count in counts.items())
    return f"notes that were heard are no longer heard: {elements} of {len(lost)} tracks"


def _verdict(what: Metric, gaps: npt.NDArray[np.float64]) -> Verdict:
    mean = float(gaps.mean())
    low, high = mean_interval(gaps)
    sure = gaps.size >= LEAST_TRACKS and (low > 0.0 or high < 0.0)
    if not sure or abs(mean) < what.least or what.group == "time":
        return "no difference shown"
    if what.direction == "neither":
        # A metric of which nobody knows what counts differs if a reader can see it.
        return "differs" if what.least or format_number(mean) != format_number(0.0) else "no difference shown"
    return "better" if (mean > 0.0) == (what.direction == "higher") else "worse"
