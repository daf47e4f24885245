"""Runs and comparisons as plain text, for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluation.metrics.estimator_errors import error_text
from evaluation.suites.catalogue import metric
from evaluation.suites.comparison import REPORTED, Comparison, Difference
from evaluation.suites.run_result import RunResult, outliers_by_track
from workbench.output.report.text_tables import columns, interval, number, signed


def run_table(result: RunResult) -> str:
    """Means with intervals and the estimators' own errors, then the tracks that lie far off and those that failed."""
    summaries = result.summary()
    rows = []
    for one in summaries:
        what = metric(one.name)
        if what.direction != "neither":
            rows.append(
                (what.title, f"{number(one.mean)} {what.unit}", interval(one.low, one.high), str(one.n), what.direction,
                 error_text(what.estimator))
            )  # fmt: skip
    lines = [f"{result.title}: {len(result.tracks)} tracks in {result.seconds:.0f} s, "
             f"{result.peak_memory_mb:.0f} MB at most", ""]  # fmt: skip
    lines += columns(("metric", "mean", "95 % interval", "n", "better", "estimator errs by"), rows)
    lines += [""] * bool(result.sets)
    lines += [f"set      {set_text(result, name)}" for name in result.sets]
    far = outliers_by_track(summaries)
    lines += [""] * bool(far) + [f"far off  {track}: {', '.join(titles)}" for track, titles in far.items()]
    lines += [f"failed   {name}: {why}" for name, why in result.failures.items()]
    return "\n".join(lines)


def set_text(result: RunResult, name: str) -> str:
    """How far all tracks lie from the references, and beside it how far the references' halves lie from each other."""
    one, human = result.sets[name], result.human_sets.get(name)
    outlier_lines = (
        f"{name.replace('_', ' ')} from the references {number(one.value)} "
        f"({interval(one.low, one.high)}; {one.embedding}; {one.n_windows} windows of {one.n_recordings} recordings)"
    )
    beside = "" if human is None else (
        f"; between the halves of the references {number(human.value)} ({interval(human.low, human.high)})"
    )  # fmt: skip
    return outlier_lines + beside


def comparison_table(found: Comparison, *, everything: bool = False) -> str:
    """What became worse, then better, then what differs or cannot be compared; below it reasons and remarks.

    With `everything` also that of which nothing was shown.
    """
    lines = [f"{found.second} against {found.first}: {len(found.tracks)} tracks in both", verdict_line(found)]
    shown = found.rows if everything else found.with_verdict(*REPORTED)
    if shown:
        rows = [difference_cells(row) for row in shown]
        heads = ("verdict", "metric", "before", "after", "difference", "95 % interval", "n", "estimator errs by")
        lines += ["", *columns(heads, rows)]
    return "\n".join([*lines, *remarks(found)])


def remarks(found: Comparison) -> list[str]:
    """Why metrics are worse or not comparable where the numbers do not say it, and what only one of the runs has."""
    lines = [f"{row.verdict}: {row.metric.title}: {row.reason}" for row in found.rows if row.reason]
    lines += [f"only in {found.first}: {name}" for name in found.only_first]
    lines += [f"only in {found.second}: {name}" for name in found.only_second]
    lines += _only_in(found.first, found.metrics_only_first)
    lines += _only_in(found.second, found.metrics_only_second)
    if not found.same_suite:
        lines.append("the suites' files differ: tracks of the same id may come from different requests")
    return lines


def _only_in(run: str, metrics: Mapping[str, Sequence[str]]) -> list[str]:
    """Names of the metrics that only this run has, those of equally many tracks in one line."""
    counts = sorted({len(tracks) for tracks in metrics.values()}, reverse=True)
    return [
        f"only in {run}, in {count} track{'s' * (count > 1)}: "
        + ", ".join(name for name, tracks in metrics.items() if len(tracks) == count)
        for count in counts
    ]


def verdict_line(found: Comparison) -> str:
    """How many metrics became worse and better, in one line."""
    worse, better = len(found.regressions), len(found.with_verdict("better"))
    quiet, apart = len(found.with_verdict("no difference shown")), len(found.with_verdict("not comparable"))
    counts = f"{worse} worse, {better} better" + f", {apart} not comparable" * bool(apart)
    missing = len(found.only_first)
    counts += f", {missing} track{'s' * (missing > 1)} missing" * bool(missing)
    return f"{counts}, no difference shown in {quiet} of {len(found.rows)} metrics"


def difference_cells(row: Difference) -> tuple[str, ...]:
    """One row of a comparison as texts."""
    what = row.metric
    return (
        row.verdict, what.title, number(row.first), number(row.second), f"{signed(row.difference)} {what.unit}".strip(),
        interval(row.low, row.high, sign=True), str(row.n), error_text(what.estimator),
    )  # fmt: skip
