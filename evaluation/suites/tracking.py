"""A suite's run in MLflow: a parent with the means, below it one run a track with its page to listen to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation.suites.catalogue import metric
from evaluation.suites.comparison import compare
from evaluation.suites.comparison_page import COMPARISON_FILE, comparison_page, heard_pairs
from evaluation.suites.run import TRACKS
from evaluation.suites.run_result import RESULT_FILE, RunResult, TrackResult, load_run, outliers_by_track
from evaluation.suites.saved_view import suites_view
from evaluation.suites.tables import verdict_line
from workbench.domain.errors import ParameterError
from workbench.output.figures.labels import format_number
from workbench.tracking import LoggedRun
from workbench.tracking.dashboard import EVALUATION, PAGE_TAG
from workbench.tracking.items import OUTCOME_LEVELS
from workbench.tracking.lineage import log_lineage, origins
from workbench.tracking.records import Entry, RunRecord, log_records
from workbench.tracking.saved_views import save_view


def log_suite(result: RunResult, folder: Path, *, tracking_uri: str | None = None) -> LoggedRun:
    """Log a finished run; returns the parent. Logged again, it is the same run.

    Raises
    ------
    TrackingError
        If the store cannot be written; where it is a server, the runs wait on disk and are logged by `upload`.
    """
    with TemporaryDirectory() as beside:
        (Path(beside) / RESULT_FILE).symlink_to((folder / RESULT_FILE).resolve())
        parent = _with_comparison(_parent(result), result, folder, Path(beside))
        entries: list[Entry] = [(parent, Path(beside))]
        entries += [(_child(result, track, parent), folder / TRACKS / track.id) for track in result.tracks]
        logged = log_records(entries, tracking_uri=tracking_uri)[0]
    hashes = {element: digest for track in result.tracks for element, digest in track.model_hashes.items()}
    save_view(logged.experiment_id, suites_view(result.names()), tracking_uri=tracking_uri)
    log_lineage(logged.run_id, origins(hashes, tracking_uri=tracking_uri), tracking_uri=tracking_uri)
    return logged


def _parent(result: RunResult) -> RunRecord:
    summaries = result.summary()
    metrics = {one.name: one.mean for one in summaries}
    metrics |= {"suite/tracks": float(len(result.tracks)), "suite/failed_tracks": float(len(result.failures))}
    metrics |= {"suite/seconds": result.seconds, "suite/peak_memory_mb": result.peak_memory_mb}
    for name, found in result.sets.items():
        metrics |= {f"set/{name}": found.value, f"set/{name}_low": found.low, f"set/{name}_high": found.high}
    far = outliers_by_track(summaries)
    metrics["suite/outlying_tracks"] = float(len(far))
    lines = [f"**{result.title}**, {len(result.tracks)} tracks", ""]
    lines += [f"- {name} failed: {why}" for name, why in result.failures.items()]
    lines += [f"- {track} lies far off: {', '.join(titles)}" for track, titles in far.items()]
    lines += ["", "| metric | mean | 95 % interval | n |", "|---|---|---|---|"]
    lines += [
        f"| {metric(one.name).title} ({one.name}) | {format_number(one.mean)} {metric(one.name).unit} "
        f"| {format_number(one.low)} to {format_number(one.high)} | {one.n} |"
        for one in summaries
        if metric(one.name).direction != "neither"
    ]
    return RunRecord(
        EVALUATION, run_title(result), {"suite": result.suite, "title": result.title}, metrics,
        {**_tags(result), "kind": "suite", "suite_sha256": result.suite_digest},
        "\n".join(lines).strip() + "\n", id=_id(result),
    )  # fmt: skip


def _child(result: RunResult, track: TrackResult, parent: RunRecord) -> RunRecord:
    checks = {
        f"check/{code}": OUTCOME_LEVELS[found] for code, found in track.outcomes.items() if found in OUTCOME_LEVELS
    }
    params = {"style": track.style, "seed": str(track.seed), "references": ", ".join(track.references)}
    return RunRecord(
        EVALUATION, track.id, params, {**track.metrics, **checks},
        {**_tags(result), **{f"model/{name}": digest for name, digest in track.model_hashes.items()}, "kind": "track"},
        _child_note(track), parent=parent.id, id=track_record(result, track.id),
    )  # fmt: skip


def track_record(result: RunResult, track: str) -> str:
    """The id of the record of a track, by which its run is found in MLflow."""
    return f"{_id(result)}-{track}"


def _child_note(track: TrackResult) -> str:
    """What the page of a track's run says first."""
    failed = [code for code, outcome in track.outcomes.items() if outcome == "fail"]
    outcome = f"failed: {', '.join(failed)}" if failed else "no check failed"
    return f"**{track.id}**, {track.style}, seed {track.seed}; {outcome}.\n\nListen: *Artifacts*, `report.html`.\n"


def _with_comparison(record: RunRecord, result: RunResult, folder: Path, beside: Path) -> RunRecord:
    """Put the page of the comparison with the run before among a run's files; the dashboard opens on it."""
    before = run_before(result, folder)
    if before is None:
        return record
    found = compare(before, folder)
    page = comparison_page(found, heard_pairs(found, before, folder))
    (beside / COMPARISON_FILE).write_text(page, encoding="utf-8")
    line = f"\n{found.second} against {found.first}: {verdict_line(found)}. Table and sound: *Artifacts*, "
    note = f"{record.note}{line}`{COMPARISON_FILE}`.\n"
    return replace(record, note=note, tags={**record.tags, PAGE_TAG: COMPARISON_FILE})


def run_before(result: RunResult, folder: Path) -> Path | None:
    """The newest earlier run of the same suite in the folders beside, if it shares a track; None if there is none."""
    own, found = {track.id for track in result.tracks}, []
    for path in folder.resolve().parent.glob(f"*/{RESULT_FILE}"):
        try:
            other = load_run(path)
        except ParameterError:
            continue  # of another version, or damaged
        if other.suite == result.suite and other.created < result.created and own & {one.id for one in other.tracks}:
            found.append((other.created, path.parent))
    return max(found)[1] if found else None


def run_title(result: RunResult) -> str:
    """The suite and the run's name; a name that begins with the suite's tells both."""
    return result.name if result.name.startswith(result.suite) else f"{result.suite}: {result.name}"


def _tags(result: RunResult) -> Mapping[str, str]:
    tags = {f"version/{name}": version for name, version in result.versions.items()}
    return {**tags, "suite": result.suite, "code_sha256": result.code_digest}


def _id(result: RunResult) -> str:
    """One id for one run of one suite, so that logging it twice gives one run."""
    text = "/".join((result.suite_digest, result.code_digest, result.created, result.name))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
