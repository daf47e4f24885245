"""What the processes of a suite's run do: write the music with the networks, then give it sound and measure it.

The two are done by processes of their own, one after the other, so that PyTorch never lies in memory beside the sound.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
from dataclasses import asdict, dataclass
from pathlib import Path

from evaluation.suites.definition import SuiteTrack
from evaluation.suites.run_result import TrackResult
from evaluation.suites.written import Written, keep_written
from workbench.domain.errors import WorkbenchError
from workbench.domain.files import atomic_folder
from workbench.domain.results import Track

TRACK_FILE = "result.json"


@dataclass(frozen=True, slots=True)
class Done:
    """What a step gave: its value or, where it failed, why; and the most memory that its process held."""

    value: Written | TrackResult | None
    failure: str
    memory_mb: float


def leave_interrupts() -> None:
    """Leave an interruption from the keyboard to the parent, which ends this process without a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def write_track(track: SuiteTrack, file: Path, key: str) -> Done:
    """Plan and compose a track, and keep it in `file` until it has sound."""
    try:
        from evaluation.suites.track_measurements import written_figures
        from workbench.models.registry import model_hashes
        from workbench.pipeline import compose_only

        plan, score = compose_only(track.request)
        written = Written(plan, score, model_hashes(plan.models), written_figures(plan, score))
        keep_written(file, written, key)
        return Done(written, "", peak_memory_mb())
    except Exception as error:
        return _failed(error)


def sound_track(track: SuiteTrack, written: Written, folder: Path, key: str) -> Done:
    """Render, master, check and measure a track; its files appear in `folder` whole."""
    try:
        return Done(_sound(track, written, folder, key), "", peak_memory_mb())
    except Exception as error:
        return _failed(error)
    finally:
        _give_back_memory()


def _sound(track: SuiteTrack, written: Written, folder: Path, key: str) -> TrackResult:
    from evaluation.suites.track_measurements import sounding_figures
    from workbench.analysis.embedding import embed
    from workbench.analysis.references import ReferenceLibrary
    from workbench.output.bundle import master_as_heard
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
        figures={**written.figures, **sounding_figures(made, heard=heard, references=references)},
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
    """The page to listen to and look at, the notes, the plan; the figures last, as they tell that a track is done."""
    from evaluation.suites.comparison_page import TRACK_SOUND
    from evaluation.suites.track_page import track_page
    from workbench.domain.plan_form import plan_to_dict
    from workbench.output.documents import report_document, to_json
    from workbench.output.midi_files import midi_bytes
    from workbench.output.page_audio import encode_for_page

    with atomic_folder(folder) as draft:
        (draft / "report.html").write_text(track_page(made, result.references), encoding="utf-8")
        (draft / TRACK_SOUND).write_bytes(encode_for_page(made.master))
        (draft / "song.mid").write_bytes(midi_bytes(made.score))
        (draft / "plan.json").write_text(to_json(plan_to_dict(made.plan)), encoding="utf-8")
        (draft / "report.json").write_text(to_json(report_document(made.report)), encoding="utf-8")
        (draft / TRACK_FILE).write_text(json.dumps(asdict(result), indent=1, allow_nan=False) + "\n", encoding="utf-8")


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
