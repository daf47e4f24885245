"""What the workers of a suite's run do: write the music with the networks, then give it sound and measure it.

On one machine the two are done by processes of their own, one after the other, so that PyTorch never lies in memory
beside the sound. Workers of a cluster that runs already do both.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import resource
import socket
from dataclasses import dataclass
from pathlib import Path

from evaluation.suites.definition import SuiteTrack
from evaluation.suites.run_result import TrackResult
from evaluation.suites.written import Written, keep_written
from workbench.domain.errors import ModelError, WorkbenchError
from workbench.domain.files import atomic_folder
from workbench.domain.results import Track

TRACK_FILE = "result.json"
_PACKAGE = Path(__file__).resolve().parents[2] / "workbench"


@dataclass(frozen=True, slots=True)
class Done:
    """What a step gave: its value or, where it failed, why; and the most memory that its process held."""

    value: Written | TrackResult | None
    failure: str
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Writing:
    """A track to be written: it waits in `file`; `key` tells request and code, of which `code` is the workbench's."""

    track: SuiteTrack
    file: Path
    key: str
    code: str


@dataclass(frozen=True, slots=True)
class Sounding:
    """A track to be given sound: its files appear in `folder` whole."""

    track: SuiteTrack
    written: Written
    folder: Path
    key: str
    code: str


@functools.cache
def code_digest(package: Path = _PACKAGE) -> str:
    """Hash of every file of a package, by default of the workbench, that can change a track: code, data and weights."""
    whole = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".nbc", ".nbi"):
            whole.update(path.relative_to(package).as_posix().encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def write_track(task: Writing) -> Done:
    """Plan and compose a track, and keep it until it has sound."""
    try:
        _require(task.code)
        from evaluation.suites.track_measurements import written_values
        from workbench.models.registry import model_hashes
        from workbench.pipeline import compose_only

        plan, score = compose_only(task.track.request)
        written = Written(plan, score, model_hashes(plan.models), written_values(plan, score))
        keep_written(task.file, written, task.key)
        return Done(written, "", peak_memory_mb())
    except Exception as error:
        return _failed(error)


def sound_track(task: Sounding) -> Done:
    """Render, master, check and measure a track."""
    try:
        _require(task.code)
        return Done(_sound(task.track, task.written, task.folder, task.key), "", peak_memory_mb())
    except Exception as error:
        return _failed(error)
    finally:
        _give_back_memory()


def _require(code: str) -> None:
    """A worker of a cluster may have another version than the driver, whose tracks would not be the same."""
    if code_digest() != code:
        raise ModelError(
            f"worker {socket.gethostname()} has another version of BeatsFoundry than this machine: install the same one"
        )


def _sound(track: SuiteTrack, written: Written, folder: Path, key: str) -> TrackResult:
    from evaluation.suites.track_measurements import sounding_values
    from workbench.analysis.embedding import embed
    from workbench.analysis.references import ReferenceLibrary
    from workbench.output.files.bundle import master_as_heard
    from workbench.pipeline import STAGES, finish

    library = ReferenceLibrary()
    references = [library.get(name) for name in track.references]
    made = finish(
        track.request, written.plan, written.score, references=references, model_hashes=written.model_hashes,
        progress=lambda _, message: _give_back_memory() if message in STAGES else None,
    )  # fmt: skip
    heard = master_as_heard(made.master, made.plan)
    result = TrackResult(
        id=track.id,
        key=key,
        metrics={**written.metrics, **sounding_values(made, heard=heard, references=references)},
        outcomes={check.code: check.outcome for check in made.report.checks},
        style=made.plan.style,
        seed=made.plan.seed,
        references=track.references,
        model_hashes=dict(written.model_hashes),
        embedding=tuple(tuple(round(float(value), 3) for value in row) for row in embed(heard)),
    )
    _write(made, result, folder)
    return result


def _write(made: Track, result: TrackResult, folder: Path) -> None:
    """The page to listen to and look at, the notes, the plan; the metrics last, as they tell that a track is done."""
    from evaluation.suites.comparison_page import TRACK_SOUND
    from evaluation.suites.track_page import track_page
    from workbench.domain.plan_form import plan_to_dict
    from workbench.output.files.documents import report_document, to_json
    from workbench.output.files.midi_files import midi_bytes
    from workbench.output.report.page_audio import encode_for_page

    with atomic_folder(folder) as draft:
        (draft / "report.html").write_text(track_page(made, result.references), encoding="utf-8")
        (draft / TRACK_SOUND).write_bytes(encode_for_page(made.master))
        (draft / "song.mid").write_bytes(midi_bytes(made.score))
        (draft / "plan.json").write_text(to_json(plan_to_dict(made.plan)), encoding="utf-8")
        (draft / "report.json").write_text(to_json(report_document(made.report)), encoding="utf-8")
        (draft / TRACK_FILE).write_text(
            json.dumps(result.to_dict(), indent=1, allow_nan=False) + "\n", encoding="utf-8"
        )


def _give_back_memory() -> None:
    """Let the allocator return what it holds of the last track; only glibc knows how."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def peak_memory_mb() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def _failed(error: Exception) -> Done:
    kind = "" if isinstance(error, WorkbenchError) else f"{type(error).__name__}: "
    return Done(None, f"{kind}{' '.join(str(error).split())}", peak_memory_mb())
