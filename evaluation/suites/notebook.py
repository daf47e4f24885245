"""What the review notebooks show of suites: runs and comparisons as tables, differences as a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluation.metrics.estimator_errors import error_text
from evaluation.suites.catalogue import metric
from evaluation.suites.comparison import Comparison
from evaluation.suites.comparison_page import heard_pairs, remarks_html, rows_html
from evaluation.suites.run_result import RESULT_FILE, RunResult, load_run, outliers_by_track
from evaluation.suites.tables import set_text, verdict_line
from workbench.output.report.html_tables import light, plain_table
from workbench.output.report.text_tables import interval, number
from workbench.tracking import workspace
from workbench.widgets.pictures import embedded
from workbench.widgets.tables import HtmlTable

if TYPE_CHECKING:
    from IPython.display import Image

_COLOURS = {
    "worse": "#c8352b", "better": "#2e8b57", "differs": "#d08a1d",
    "not comparable": "#9aa1ad", "no difference shown": "#9aa1ad",
}  # fmt: skip
_TICKS = (-1000, -100, -10, -5, -2, -1, 0, 1, 2, 5, 10, 100, 1000)


def runs_on_disk(folder: Path | None = None) -> list[Path]:
    """Folders of suites' runs, oldest first; by default those in `runs/evaluation` of the workspace."""
    place = folder or workspace() / "runs" / "evaluation"
    return [path.parent for path in sorted(place.glob(f"*/{RESULT_FILE}"), key=lambda path: path.stat().st_mtime)]


def newest_pair(folder: Path | None = None) -> tuple[Path, Path] | None:
    """The two newest runs of one suite, older first; None if no suite was run twice.

    Of several suites that were, it is the one whose run is the newest. Runs that merely share the id of a track are no
    pair: the same id may stand for another request.
    """
    newest: dict[str, tuple[Path, set[str]]] = {}
    for path in reversed(runs_on_disk(folder)):
        run = load_run(path)
        own = {track.id for track in run.tracks}
        later, ids = newest.setdefault(run.suite, (path, own))
        if later != path and ids & own:
            return path, later
    return None


def runs_table(folders: Sequence[Path]) -> HtmlTable:
    """What there is to compare."""
    rows = []
    for folder in folders:
        run = load_run(folder)
        rows.append(
            (folder.name, run.title, run.created, str(len(run.tracks)), str(len(run.failures)), run.code_digest[:10])
        )
    heads = ("Run", "Suite", "Made", "Tracks", "Failed", "Code")
    return HtmlTable(plain_table(heads, rows, numeric=(3, 4)))


def comparison_view(found: Comparison, *, everything: bool = False) -> HtmlTable:
    """Verdict in one line, then what became worse, better, differs, or cannot be compared, and why.

    Below the table stands what only one of the runs has.
    """
    table = rows_html(found, everything=everything)
    line = f"<p>{light(found.outcome)}<b>{escape(verdict_line(found))}</b></p>"
    return HtmlTable(f"{line}{table}{remarks_html(found)}")


def by_ear(found: Comparison, first: str | Path, second: str | Path, *, most: int = 3) -> list[Any]:
    """Name and player of the tracks that moved most, to switch between both versions; empty where no sound is there."""
    from workbench.widgets import SoundSwitcher

    pairs = heard_pairs(found, first, second, most=most)
    return [part for track, pair in pairs.items() for part in (_heading(track), SoundSwitcher(pair))]


def _heading(text: str) -> HtmlTable:
    return HtmlTable(f"<b>{escape(text)}</b>")


def summary_view(result: RunResult) -> HtmlTable:
    """Means with intervals of the metrics that have a better way, then tracks that lie far off."""
    rows = [
        (metric(one.name).title, f"{number(one.mean)} {metric(one.name).unit}", interval(one.low, one.high), str(one.n),
         error_text(metric(one.name).estimator))
        for one in result.summary() if metric(one.name).direction != "neither"
    ]  # fmt: skip
    far = "".join(
        f"<p>{light('warn')}<b>{escape(track)}</b> lies far off: {escape(', '.join(titles))}</p>"
        for track, titles in outliers_by_track(result.summary()).items()
    )
    sets = "".join(f"<p>{escape(set_text(result, name))}</p>" for name in result.sets)
    table = plain_table(("Metric", "Mean", "95 % interval", "n", "Estimator errs by"), rows, numeric=(3,))
    return HtmlTable(table + sets + far)


def differences_picture(found: Comparison, *, most: int = 24) -> Image:
    """Differences with their intervals, in units of what counts for each metric; right of the line is better.

    Metrics in which no track moved are left out, unless none did.
    """
    from workbench.output.figures.drawing import canvas, look

    judged = [row for row in found.rows if row.metric.direction != "neither" and row.metric.least > 0.0]
    rows = ([row for row in judged if (row.low, row.high) != (0.0, 0.0)] or judged)[:most][::-1]
    with look():
        figure, (axes,) = canvas(max(1.6, 0.26 * len(rows) + 0.7))
        for place, row in enumerate(rows):
            sign = (1.0 if row.metric.direction == "higher" else -1.0) / row.metric.least
            low, high = (sign * end if math.isfinite(end) else sign * row.difference for end in (row.low, row.high))
            axes.plot([low, high], [place, place], color=_COLOURS[row.verdict], linewidth=3, solid_capstyle="round")
            axes.plot(sign * row.difference, place, "o", color=_COLOURS[row.verdict], markersize=6)
        axes.axvline(0.0, color="#1d2330", linewidth=0.8)
        axes.axvspan(-1.0, 1.0, color="#9aa1ad", alpha=0.15, linewidth=0)
        axes.set_yticks(range(len(rows)), [row.metric.title for row in rows])
        axes.set_xscale("symlog", linthresh=2.0)
        axes.set_xticks([tick for tick in _TICKS if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]])
        axes.xaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.set(xlabel="worse  \N{LEFTWARDS ARROW}  difference in units of what counts  \N{RIGHTWARDS ARROW}  better")
        axes.grid(True, axis="x")
    return embedded(figure)
