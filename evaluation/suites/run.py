"""Runs a suite: every track is made, measured and written to disk as it is done, so that a run that stops goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from evaluation.suites.definition import Suite, SuiteTrack
from evaluation.suites.run_result import RESULT_FILE, RunResult, TrackResult, track_from_dict
from evaluation.suites.set_distances import human_distances, set_distances
from evaluation.suites.worker import (
    TRACK_FILE,
    Done,
    Sounding,
    Writing,
    code_digest,
    peak_memory_mb,
    sound_track,
    write_track,
)
from evaluation.suites.written import Written, kept_written
from workbench.backends import carry_out, open_backend
from workbench.domain.clock import Progress
from workbench.domain.errors import OutputError
from workbench.domain.files import write_text_atomically
from workbench.provenance import installed_versions

Task = TypeVar("Task", Writing, Sounding)

TRACKS, WRITTEN = "tracks", "written"
_MEASURES = Path(__file__).resolve().parents[1]
_WRITING_SHARE = 0.4


def run_suite(
    suite: Suite,
    folder: Path,
    *,
    jobs: int = 1,
    backend: str = "loky",
    address: str | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> RunResult:
    """Make and measure every track of a suite.

    Parameters
    ----------
    suite : Suite
    folder : Path
        Where files and `results.json` go: absent or empty, or with `resume` that of a run that stopped. Workers on
        other machines must see it under the same path.
    jobs : int
        Workers that are started; each takes up to half a GB for short songs. With an address it is not used.
    backend, address
        The engine and, where it runs already, its address: see `workbench.backends.open_backend`.
    resume : bool
        Keep the tracks that are there already, made by the same code from the same request.
    progress : callable, optional
        Called with a fraction 0..1 and what was done.

    Returns
    -------
    RunResult
        Also written to `results.json`. A track that cannot be made is reported in `failures`, the others go on.

    Raises
    ------
    OutputError
        If the folder is occupied or cannot be written.
    ParameterError
        If the engine is not known, not installed, or does not answer.
    """
    folder = folder.resolve()
    _prepare(folder, resume)
    began, report = time.monotonic(), progress or (lambda fraction, message: None)
    code = code_digest()
    engine = _Engine(backend, address, jobs, code)
    keys = {track.id: track_key(track, code + code_digest(_MEASURES)) for track in suite.tracks}
    done = {track.id: found for track in suite.tracks if (found := _kept(folder / TRACKS / track.id, keys[track.id]))}
    missing = [track for track in suite.tracks if track.id not in done]
    written, failures, writing_mb = _write_all(missing, folder, keys, engine, report)
    sounded, failed, sounding_mb = _sound_all(missing, written, folder, keys, engine, report)
    shutil.rmtree(folder / WRITTEN, ignore_errors=True)
    result = replace(
        _result(suite, folder.name, code, done | sounded, failures | failed),
        seconds=round(time.monotonic() - began, 1),
        peak_memory_mb=round(peak_memory_mb() + jobs * max(writing_mb, sounding_mb)),
    )
    write_text_atomically(folder / RESULT_FILE, result.to_json())
    return result


def _result(
    suite: Suite, name: str, code: str, done: Mapping[str, TrackResult], failures: Mapping[str, str]
) -> RunResult:
    """What the tracks of a run came to, in the order of the suite."""
    tracks = tuple(done[track.id] for track in suite.tracks if track.id in done)
    return RunResult(
        suite=suite.name,
        title=suite.title,
        suite_digest=suite.digest,
        code_digest=code,
        tracks=tracks,
        failures=dict(failures),
        versions=installed_versions(),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        name=name,
        sets=set_distances(tracks),
        human_sets=human_distances(tracks),
    )


def track_key(track: SuiteTrack, code: str) -> str:
    """Hash of a track's request and references, and of the code that makes and measures it.

    Equal keys give equal metrics.
    """
    form = {"request": track.request.model_dump(mode="json"), "references": track.references, "code": code}
    return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()


def _write_all(
    tracks: Sequence[SuiteTrack], folder: Path, keys: Mapping[str, str], engine: _Engine, report: Progress
) -> tuple[dict[str, Written], dict[str, str], float]:
    """Songs by the id of their track, why others failed, and the most memory of a worker in MB."""
    files = {track.id: folder / WRITTEN / f"{track.id}.json" for track in tracks}
    kept = {name: kept_written(file, keys[name]) for name, file in files.items()}
    written = {name: found for name, found in kept.items() if found is not None}
    tasks = [
        Writing(track, files[track.id], keys[track.id], engine.code) for track in tracks if track.id not in written
    ]
    came = _Came()
    for share, name, done in _done(engine, write_track, tasks, "written"):
        report(_WRITING_SHARE * share, f"written: {name}")
        if isinstance(found := came.take(name, done), Written):
            written[name] = found
    return written, came.failures, came.memory_mb


def _sound_all(
    tracks: Sequence[SuiteTrack],
    written: Mapping[str, Written],
    folder: Path,
    keys: Mapping[str, str],
    engine: _Engine,
    report: Progress,
) -> tuple[dict[str, TrackResult], dict[str, str], float]:
    """Results by the id of their track, why others failed, and the most memory of a worker in MB."""
    tasks = [
        Sounding(track, written[track.id], folder / TRACKS / track.id, keys[track.id], engine.code)
        for track in tracks
        if track.id in written
    ]
    sounded: dict[str, TrackResult] = {}
    came = _Came()
    for share, name, done in _done(engine, sound_track, tasks, "sounded"):
        report(_WRITING_SHARE + (1 - _WRITING_SHARE) * share, f"measured: {name}")
        if not isinstance(found := came.take(name, done), TrackResult):
            continue
        if _kept(folder / TRACKS / name, keys[name]) is None:
            came.failures[name] = f"its files are not in {folder}: expected a folder that every worker's machine sees"
        else:
            sounded[name] = found
    return sounded, came.failures, came.memory_mb


@dataclass(frozen=True, slots=True)
class _Engine:
    """How tasks are carried out, and the digest of the code that their workers must have."""

    backend: str
    address: str | None
    jobs: int
    code: str


@dataclass(slots=True)
class _Came:
    """What a step came to beside its values."""

    failures: dict[str, str] = field(default_factory=dict)
    memory_mb: float = 0.0

    def take(self, name: str, done: Done) -> Written | TrackResult | None:
        """The value of a track; where it has none, why is kept."""
        self.memory_mb = max(self.memory_mb, done.memory_mb)
        if done.value is None:
            self.failures[name] = done.failure
        return done.value


def _done(
    engine: _Engine, work: Callable[[Task], Done], tasks: Sequence[Task], step: str
) -> Iterator[tuple[float, str, Done]]:
    """What each task gave as it comes, with the share that is done; its workers are started for it alone.

    A worker that dies costs its own track at most: what it had in hand is tried again.
    """
    if not tasks:
        return
    with open_backend(engine.backend, jobs=min(engine.jobs, len(tasks)), address=engine.address) as backend:
        for number, settled in enumerate(carry_out(backend, work, tasks), start=1):
            yield number / len(tasks), settled.item.track.id, settled.result or Done(None, settled.reason, 0.0)


def _kept(folder: Path, key: str) -> TrackResult | None:
    """A track that an earlier run finished, if request and code are the same."""
    try:
        found = track_from_dict(json.loads((folder / TRACK_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.key == key else None


def _prepare(folder: Path, resume: bool) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        occupied = any(folder.iterdir())
    except OSError as error:
        raise OutputError(f"{folder}: the folder cannot be written ({error.strerror})") from None
    ours = (folder / TRACKS).is_dir() or (folder / RESULT_FILE).is_file()
    if occupied and not (resume and ours):
        raise OutputError(f"{folder}: expected a folder that is absent or empty, or a run to go on with (--resume)")
    (folder / TRACKS).mkdir(exist_ok=True)
