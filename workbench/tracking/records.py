"""A run as a value that can wait: written to a store once, however often it is tried.

A record has an id of its own, which its run carries as a tag: a second try finds the run and goes on with it. Where a
tracking server does not answer, the record is kept below `runs/pending` with its files, and `upload_pending` logs it
later. Metrics carry the record's own time, so that nothing is counted twice.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from workbench.domain.errors import TrackingError
from workbench.domain.files import atomic_folder
from workbench.domain.paths import workspace
from workbench.tracking.live_runs import claimed, end_dead_runs
from workbench.tracking.pages import run_url
from workbench.tracking.store import (
    LoggedRun,
    default_tracking_uri,
    experiment_id,
    first_sentence,
    log_values,
    make_store_folder,
    quiet,
)

if TYPE_CHECKING:
    from mlflow import MlflowClient

RECORD_TAG = "beatsfoundry.record"
_FILE, _FILES = "record.json", "files"
_PROBE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run: where it belongs, its values, and the id of the record below which it stands."""

    experiment: str
    name: str
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    parent: str | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created_ms: int = field(default_factory=lambda: int(time() * 1000))


Entry = tuple[RunRecord, Path | None]
"""A record, and the folder whose files go with it."""


def log_records(entries: Sequence[Entry], *, tracking_uri: str | None = None) -> list[LoggedRun]:
    """Write records into a store, parents before what stands below them.

    Where the store is a server that does not answer, all of them are kept on disk.

    Raises
    ------
    TrackingError
        If the store cannot be written; the message tells whether the runs wait on disk.
    """
    uri = tracking_uri or default_tracking_uri()
    try:
        return _log_all(entries, uri)
    except TrackingError as error:
        if not is_server(uri):
            raise
        kept = keep_pending(entries)
        raise TrackingError(f"{error}; the run waits in {kept}: log it with 'beatsfoundry upload'") from error


def keep_pending(entries: Sequence[Entry], *, folder: Path | None = None) -> Path:
    """Keep records and copies of their files on disk; returns the folder in which they wait."""
    place = folder or pending_folder()
    for number, (record, files) in enumerate(entries):
        target = place / f"{record.created_ms}-{number:04d}-{record.id}"
        if target.exists():
            continue
        with atomic_folder(target) as draft:
            if files is not None:
                shutil.copytree(files, draft / _FILES)
            text = json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n"
            (draft / _FILE).write_text(text, encoding="utf-8")
    return place


def pending(*, folder: Path | None = None) -> list[Path]:
    """Folders of the records that wait, oldest first."""
    place = folder or pending_folder()
    return sorted(path for path in place.glob("[0-9]*") if (path / _FILE).is_file())


def upload_pending(*, tracking_uri: str | None = None, folder: Path | None = None) -> list[LoggedRun]:
    """Log every record that waits; each leaves the disk once it is in the store.

    Raises
    ------
    TrackingError
        If the store cannot be written; what was not logged goes on waiting.
    """
    uri = tracking_uri or default_tracking_uri()
    logged = []
    for path in pending(folder=folder):
        logged += _log_all([read_record(path)], uri)
        shutil.rmtree(path)
    return logged


def read_record(path: Path) -> Entry:
    """A record that waits, with its files.

    Raises
    ------
    TrackingError
        If it is damaged.
    """
    try:
        record = RunRecord(**json.loads((path / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise TrackingError(f"{path}: expected a run that waits for a server ({error}); remove the folder") from None
    files = path / _FILES
    return record, files if files.is_dir() else None


def pending_folder() -> Path:
    """Where records wait: `runs/pending` of the workspace."""
    return workspace() / "runs" / "pending"


def is_server(uri: str) -> bool:
    """Whether a store is reached over the network."""
    return uri.startswith(("http://", "https://"))


def _log_all(entries: Sequence[Entry], uri: str) -> list[LoggedRun]:
    require_answer(uri)
    with _one_line_errors(uri), quiet():
        from mlflow import MlflowClient

        make_store_folder(uri)
        end_dead_runs(uri)
        client = MlflowClient(tracking_uri=uri)
        return [_log_one(client, uri, *entry) for entry in entries]


def _log_one(client: MlflowClient, uri: str, record: RunRecord, files: Path | None) -> LoggedRun:
    place = experiment_id(client, record.experiment, uri)
    found = find_run(client, place, record.id)
    run_id = found.info.run_id if found else _create(client, place, record)
    if found is None or found.info.status != "FINISHED":
        with claimed(uri, run_id):
            _fill(client, run_id, record, files)
    return LoggedRun(run_id, place, run_url(uri, place, run_id))


def _fill(client: MlflowClient, run_id: str, record: RunRecord, files: Path | None) -> None:
    try:
        log_values(client, run_id, record.params, record.metrics, record.note, record.created_ms)
        if files is not None:
            client.log_artifacts(run_id, str(files))
    except BaseException:
        with contextlib.suppress(Exception):
            client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")


def find_run(client: MlflowClient, place: str, record: str) -> Any:
    """The run of a record; None if it is not in the store."""
    found = client.search_runs([place], f"tags.`{RECORD_TAG}` = '{record}'", max_results=1)
    return found[0] if found else None


def _create(client: MlflowClient, place: str, record: RunRecord) -> str:
    tags = {**record.tags, RECORD_TAG: record.id}
    if record.parent is not None:
        parent = find_run(client, place, record.parent)
        if parent is None:
            raise TrackingError(f"run {record.name!r}: the run above it is not in the store: log that one first")
        tags["mlflow.parentRunId"] = parent.info.run_id
    run = client.create_run(place, start_time=record.created_ms, run_name=record.name, tags=tags)
    return str(run.info.run_id)


def require_answer(uri: str) -> None:
    """Ask a server's door once: MLflow itself would go on trying for minutes.

    Raises
    ------
    TrackingError
        If nothing answers there.
    """
    if not is_server(uri) or os.environ.get("HTTPS_PROXY" if uri.startswith("https") else "HTTP_PROXY"):
        return
    parts = urlsplit(uri)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), _PROBE_SECONDS).close()
    except (OSError, ValueError) as error:
        raise TrackingError(f"the tracking server {uri} does not answer ({error})") from error


@contextlib.contextmanager
def _one_line_errors(uri: str) -> Iterator[None]:
    try:
        yield
    except TrackingError:
        raise
    except Exception as error:
        raise TrackingError(f"run could not be written to {uri}: {first_sentence(error)}") from error
