"""One line of a batch: the function that every engine runs."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import socket
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbench.batch.lines import BatchLine
from workbench.batch.place import JOURNAL, MANIFEST, SONGS, Place, begin_attempt
from workbench.domain.errors import ModelError, OutputError, ParameterError, WorkbenchError

_LASTING = (ParameterError, ModelError)
"""Errors that another try cannot mend."""


@dataclass(frozen=True, slots=True)
class LineResult:
    """What a line came to.

    Parameters
    ----------
    id : str
        Of its line.
    failure : str
        Why there is no song; "" if there is one.
    lasting : bool
        Whether another try would fail as well.
    worker : str
        Host and process that made it.
    seconds, cpu_seconds : float
        What the making took, the latter summed over all threads; 0 where the bundle was found whole.
    memory_mib : float
        The most memory that the process held so far.
    row : mapping
        What the table tells of the song: parameters, measurements and hashes by name.
    """

    id: str
    failure: str = ""
    lasting: bool = False
    worker: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory_mib: float = 0.0
    row: Mapping[str, Any] = field(default_factory=dict)


def make_line(line: BatchLine, place: Place) -> LineResult:
    """Make the song of a line, unless it is there; whatever goes wrong with it is reported in the result.

    The bundle appears whole, then the journal tells of it. Two workers may make the same line: the first bundle stays.

    Raises
    ------
    OutputError
        If the place itself cannot be written.
    """
    kept = read_result(place, line.id)
    if kept is not None:
        return kept
    began, cpu = time.monotonic(), time.process_time()
    facts = {"worker": worker_name(), "began_ns": time.time_ns()}
    note = begin_attempt(place, line.id, facts)
    failure, lasting = "", False
    try:
        if not _is_whole(place, line.id):
            _make(line, place)
    except Exception as error:
        kind = "" if isinstance(error, WorkbenchError) else f"{type(error).__name__}: "
        failure, lasting = f"{kind}{' '.join(str(error).split())}", isinstance(error, _LASTING)
        place.write_document(note, {**facts, "outcome": "failed", "reason": failure})
    result = LineResult(
        id=line.id,
        failure=failure,
        lasting=lasting,
        worker=worker_name(),
        seconds=round(time.monotonic() - began, 3),
        cpu_seconds=round(time.process_time() - cpu, 3),
        memory_mib=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0, 1),
        row={} if failure else row_of(place, line.id),
    )
    if not failure:
        place.write_document(note, {**facts, "outcome": "done"})
        place.write_document(f"{JOURNAL}/{line.id}.json", asdict(result))
    return result


def read_result(place: Place, line_id: str) -> LineResult | None:
    """What the journal tells of a line that is done; None if it is not."""
    entry = place.document(f"{JOURNAL}/{line_id}.json")
    return None if entry is None else LineResult(**entry)


def worker_name() -> str:
    """Host and process id of this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def row_of(place: Place, line_id: str) -> dict[str, Any]:
    """What the table tells of a bundle, read from its documents."""
    manifest, plan, report = (_document(place, line_id, name) for name in (MANIFEST, "plan.json", "report.json"))
    files = manifest["files"]
    (master,) = (name for name in files if name.startswith("master."))
    return {
        "style": plan["style"],
        "tempo_bpm": plan["tempo_bpm"],
        "bars": sum(section["bars"] for section in plan["sections"]),
        "passed": report["passed"],
        "warnings": sum(check["outcome"] == "warn" for check in report["checks"]),
        "bytes": sum(file["bytes"] for file in files.values()),
        "master_sha256": files[master]["sha256"],
        "bundle_sha256": _digest_of({name: file["sha256"] for name, file in files.items()}),
        "weights_sha256": _digest_of(manifest["model_hashes"]),
        **{f"measured.{name}": value for name, value in report["measurements"].items()},
    }


def _digest_of(names: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


def _document(place: Place, line_id: str, name: str) -> dict[str, Any]:
    found = place.document(f"{SONGS}/{line_id}/{name}")
    if found is None:
        raise OutputError(f"{place.at(f'{SONGS}/{line_id}/{name}')} is not there, though the song's bundle was whole")
    return found


def _is_whole(place: Place, line_id: str) -> bool:
    return place.document(f"{SONGS}/{line_id}/{MANIFEST}") is not None


def _make(line: BatchLine, place: Place) -> None:
    from workbench.output import export
    from workbench.pipeline import generate

    if line.request is None:
        raise ParameterError(line.wrong)
    track = generate(line.request)
    if place.folder is None:
        with tempfile.TemporaryDirectory() as beside:
            export(track, Path(beside) / line.id)
            place.upload(Path(beside) / line.id, f"{SONGS}/{line.id}")
        return
    try:
        export(track, place.folder / SONGS / line.id)
    except OutputError:
        # Another worker may have been first: then its bundle, of the same bytes, stays.
        if not _is_whole(place, line.id):
            raise
