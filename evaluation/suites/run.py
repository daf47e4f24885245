"""Runs a suite: every track is made, measured and written to disk as it is done, so that a run that stops goes on."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import active_children, get_context
from pathlib import Path

from evaluation.suites.definition import Suite, SuiteTrack
from evaluation.suites.run_result import RESULT_FILE, RunResult, TrackResult, track_from_dict
from evaluation.suites.set_distances import human_distances, set_distances
from evaluation.suites.worker import TRACK_FILE, Done, leave_interrupts, peak_memory_mb, sound_track, write_track
from evaluation.suites.written import Written, kept_written
from workbench.domain.errors import OutputError, WorkbenchError
from workbench.domain.files import write_text_atomically
from workbench.pipeline import installed_versions

Progress = Callable[[float, str], None]

TRACKS, WRITTEN = "tracks", "written"
_MEASURES = Path(__file__).resolve().parents[1]
_PACKAGE = _MEASURES.parent / "workbench"
_WRITING_SHARE = 0.4


def run_suite(
    suite: Suite, folder: Path, *, jobs: int = 1, resume: bool = False, progress: Progress | None = None
) -> RunResult:
    """Make and measure every track of a suite.

    Parameters
    ----------
    suite : Suite
    folder : Path
        Where files and `results.json` go: absent or empty, or with `resume` that of a run that stopped.
    jobs : int
        Processes at a time; each takes up to half a GB for short songs.
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
    """
    _prepare(folder, resume)
    began, report = time.monotonic(), progress or (lambda fraction, message: None)
    code = code_digest()
    keys = {track.id: track_key(track, code + code_digest(_MEASURES)) for track in suite.tracks}
    done = {track.id: found for track in suite.tracks if (found := _kept(folder / TRACKS / track.id, keys[track.id]))}
    missing = [track for track in suite.tracks if track.id not in done]
    written, failures, writing_mb = _write_all(missing, folder, keys, jobs, report)
    sounded, failed, sounding_mb = _sound_all(missing, written, folder, keys, jobs, report)
    done |= sounded
    shutil.rmtree(folder / WRITTEN, ignore_errors=True)
    tracks = tuple(done[track.id] for track in suite.tracks if track.id in done)
    result = RunResult(
        suite=suite.name,
        title=suite.title,
        suite_digest=suite.digest,
        code_digest=code,
        tracks=tracks,
        failures=failures | failed,
        versions=installed_versions(),
        seconds=round(time.monotonic() - began, 1),
        peak_memory_mb=round(peak_memory_mb() + jobs * max(writing_mb, sounding_mb)),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        name=folder.resolve().name,
        sets=set_distances(tracks),
        human_sets=human_distances(tracks),
    )
    write_text_atomically(folder / RESULT_FILE, result.to_json())
    return result


def track_key(track: SuiteTrack, code: str) -> str:
    """Hash of a track's request and references, and of the code that makes and measures it.

    Equal keys give equal figures.
    """
    form = {"request": track.request.model_dump(mode="json"), "references": track.references, "code": code}
    return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()


def code_digest(package: Path = _PACKAGE) -> str:
    """Hash of every file of a package, by default of the workbench, that can change a track: code, data and weights."""
    whole = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".nbc", ".nbi"):
            whole.update(path.relative_to(package).as_posix().encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _write_all(
    tracks: list[SuiteTrack], folder: Path, keys: Mapping[str, str], jobs: int, report: Progress
) -> tuple[dict[str, Written], dict[str, str], float]:
    files = {track.id: folder / WRITTEN / f"{track.id}.json" for track in tracks}
    kept = {name: kept_written(file, keys[name]) for name, file in files.items()}
    written = {name: found for name, found in kept.items() if found is not None}
    failures: dict[str, str] = {}
    memory = 0.0
    missing = [track for track in tracks if track.id not in written]
    with _workers(jobs, len(missing)) as pool:
        futures = {pool.submit(write_track, track, files[track.id], keys[track.id]): track.id for track in missing}
        for number, (name, done) in enumerate(_results(futures), start=1):
            report(_WRITING_SHARE * number / len(missing), f"written: {name}")
            memory = max(memory, done.memory_mb)
            if isinstance(done.value, Written):
                written[name] = done.value
            else:
                failures[name] = done.failure
    return written, failures, memory


def _sound_all(
    tracks: list[SuiteTrack],
    written: Mapping[str, Written],
    folder: Path,
    keys: Mapping[str, str],
    jobs: int,
    report: Progress,
) -> tuple[dict[str, TrackResult], dict[str, str], float]:
    sounded: dict[str, TrackResult] = {}
    failures: dict[str, str] = {}
    memory = 0.0
    with _workers(jobs, len(written)) as pool:
        futures = {
            pool.submit(sound_track, track, written[track.id], folder / TRACKS / track.id, keys[track.id]): track.id
            for track in tracks
            if track.id in written
        }
        for number, (name, done) in enumerate(_results(futures), start=1):
            report(_WRITING_SHARE + (1 - _WRITING_SHARE) * number / len(futures), f"measured: {name}")
            memory = max(memory, done.memory_mb)
            if isinstance(done.value, TrackResult):
                sounded[name] = done.value
            else:
                failures[name] = done.failure
    return sounded, failures, memory


@contextmanager
def _workers(jobs: int, tasks: int) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes, which share nothing with this one; what waits is given up when something goes wrong."""
    pool = ProcessPoolExecutor(max(1, min(jobs, tasks)), mp_context=get_context("spawn"), initializer=leave_interrupts)
    try:
        yield pool
    except BrokenProcessPool:
        raise WorkbenchError(
            "a process of the suite was ended from outside, for lack of memory perhaps: go on with --resume"
        ) from None
    except KeyboardInterrupt:
        # What is done is on disk; nobody waits for the track that is being made.
        for process in active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _results(futures: Mapping[Future[Done], str]) -> Iterable[tuple[str, Done]]:
    for future in as_completed(futures):
        yield futures[future], future.result()


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
