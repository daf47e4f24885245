"""A batch as one run in MLflow: what was asked, how it went, and the table."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from workbench.batch.place import TABLE, Place
from workbench.batch.running import BatchSummary
from workbench.batch.table import table_bytes, table_rows
from workbench.tracking import LoggedRun
from workbench.tracking.records import RunRecord, log_records

EXPERIMENT = "beatsfoundry/batch"
_FAILURES = "failures.json"


def log_batch(
    summary: BatchSummary, place: Place, settings: Mapping[str, object], *, tracking_uri: str | None = None
) -> LoggedRun:
    """Log a batch; one that is run again and comes to the same is the same run.

    Parameters
    ----------
    summary : BatchSummary
    place : Place
    settings : mapping
        What the batch was run with, such as the engine and the grid.
    tracking_uri : str, optional
        As for `log_track`.

    Raises
    ------
    TrackingError
        If the store cannot be reached or written.
    """
    record = RunRecord(
        EXPERIMENT,
        place.url.rstrip("/").rsplit("/", 1)[-1],
        params={"out": place.url} | {name: str(value) for name, value in settings.items()},
        metrics=batch_metrics(summary),
        note=f"{len(summary.ids)} songs in `{place.url}`; one row for each line in `{TABLE}`.\n",
        id=_record_id(summary, place),
    )
    with TemporaryDirectory() as beside:
        rows = table_rows(summary.lines, summary.results, summary.attempts)
        (Path(beside) / TABLE).write_bytes(table_bytes(rows))
        failures = {result.id: result.failure for result in summary.failed}
        (Path(beside) / _FAILURES).write_text(json.dumps(failures, indent=1, ensure_ascii=False), encoding="utf-8")
        return log_records([(record, Path(beside))], tracking_uri=tracking_uri)[0]


def batch_metrics(summary: BatchSummary) -> dict[str, float]:
    """Counts, seconds, and the mean of what was measured in the songs."""
    done = [result for result in summary.results.values() if not result.failure]
    counts = {
        "songs/wanted": len(summary.ids), "songs/done": len(done), "songs/failed": len(summary.failed),
        "songs/retried": summary.retried, "time/run_seconds": summary.seconds,
    }  # fmt: skip
    timed = {
        "time/song_seconds": [result.seconds for result in done],
        "time/song_cpu_seconds": [result.cpu_seconds for result in done],
    }
    names = dict.fromkeys(name for result in done for name in result.row if name.startswith("measured."))
    measured = {f"mean/{name.removeprefix('measured.')}": [one.row.get(name) for one in done] for name in names}
    return {name: float(count) for name, count in counts.items()} | _means({**timed, **measured})


def _means(values: Mapping[str, Sequence[float | None]]) -> dict[str, float]:
    known = {name: [one for one in found if one is not None and math.isfinite(one)] for name, found in values.items()}
    return {name: fmean(found) for name, found in known.items() if found}


def _record_id(summary: BatchSummary, place: Place) -> str:
    """A hash of the place and of what came of every line."""
    came = [(name, bool(summary.results[name].failure)) for name in sorted(summary.results)]
    return hashlib.sha256(json.dumps([place.url, came]).encode()).hexdigest()[:32]
