"""The log of a run: JSON lines in `runs/logs`, and beside the bundle that the run wrote.

Lines are written as things happen, so that a process that is killed leaves what it had done. The newest logs are kept.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from workbench.domain.clock import LOG
from workbench.domain.errors import WorkbenchError
from workbench.domain.log_lines import PRIVATE, SECRET, place_of_error, without
from workbench.domain.paths import workspace

if TYPE_CHECKING:
    from workbench.domain.request import GenerationRequest
    from workbench.domain.results import Track

SUFFIX = ".log.jsonl"
FOLDER_VARIABLE = "BEATSFOUNDRY_LOGS"
"""Names the folder in the place of `runs/logs`."""
MOST_LOGS = 200
_LONGEST_LINE = 20_000
_LARGEST_BYTES = 5_000_000
"""A log that is as large as this takes no further lines but the last."""


def add_log_options(parser: argparse.ArgumentParser) -> None:
    """Let a command write a log of its runs."""
    parser.add_argument("--verbose", action="store_true", help="print the run's log on standard error")
    parser.add_argument(
        "--private", action="store_true", help="log nothing that you wrote: no concept, name or message"
    )


@contextlib.contextmanager
def run_log(options: argparse.Namespace) -> Iterator[None]:
    """Log what happens in the block, where the command has options for it; errors go on to the caller."""
    if not hasattr(options, "verbose"):
        yield
        return
    from workbench.domain.config import load_config

    run = _Run(options.command, private=options.private or load_config().private, verbose=options.verbose)
    level = LOG.level
    LOG.addHandler(run)
    LOG.setLevel(logging.INFO)
    try:
        with _followed():
            yield
    finally:
        LOG.removeHandler(run)
        LOG.setLevel(level)
        run.close()
    run.lay_beside(getattr(options, "out", None))


def log_event(event: str, *, level: int = logging.INFO, **fields: object) -> None:
    """A line of the run's log; nothing where none is written."""
    LOG.log(level, event, extra={"fields": fields})


def log_request(request: GenerationRequest) -> None:
    """What is asked for; the lines that follow have its id, by which equal requests are known."""
    log_event("request", **request_fields(request))


def request_fields(request: GenerationRequest) -> dict[str, Any]:
    """What the log tells of a request."""
    identity = sha256(request.model_dump_json().encode()).hexdigest()[:12]
    return {
        "request_id": identity, "project": request.project_id, "concept": request.parameters.creative.concept,
        "seed": request.options.seed, "iterations": request.options.iterations,
    }  # fmt: skip


def log_track(track: Track) -> None:
    """What is to be said against a track: checks that warn or fail."""
    for check in track.report.checks:
        if check.outcome in ("warn", "fail"):
            log_event(
                "check", level=logging.WARNING, check=check.code, title=check.title, outcome=check.outcome,
                value=check.value, unit=check.unit,
            )  # fmt: skip


@contextlib.contextmanager
def _followed() -> Iterator[None]:
    began, worked = time.monotonic(), time.process_time()
    log_event("run began", pid=os.getpid())
    state = "failed"
    try:
        yield
        state = "completed"
    except WorkbenchError as error:
        log_event("run failed", level=logging.WARNING, kind_of_error=type(error).__name__, reason=str(error))
        raise
    except KeyboardInterrupt:
        state = "interrupted"
        raise
    except BrokenPipeError:
        state = "the reader of the output has gone"
        raise
    except Exception as error:
        _log_unexpected(error)
        raise
    finally:
        log_event(
            "run ended", state=state, seconds=round(time.monotonic() - began, 2),
            cpu_seconds=round(time.process_time() - worked, 2), peak_memory_mb=_peak_memory_mb(),
        )  # fmt: skip


def _log_unexpected(error: Exception) -> None:
    number = getattr(error, "errno", None)
    fields = {} if number is None else {"errno": number}
    log_event("unexpected", level=logging.ERROR, error=place_of_error(error), reason=str(error), **fields)


def _peak_memory_mb() -> int:
    import resource

    # Linux tells kilobytes, macOS bytes.
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)


class _Run(logging.Handler):
    """Writes the lines of one run. A place that cannot be written costs the log, not the run."""

    def __init__(self, command: str, *, private: bool, verbose: bool) -> None:
        super().__init__(logging.INFO)
        self._left_out = (*SECRET, *PRIVATE) if private else SECRET
        self._verbose = verbose
        self._bound: dict[str, object] = {"run_id": uuid.uuid4().hex[:12], "command": command}
        self._place, self._file = _opened(str(self._bound["run_id"]))

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = without(getattr(record, "fields", {}), self._left_out)
        if "request_id" in fields:
            self._bound["request_id"] = fields["request_id"]
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        start = {"timestamp": moment, "level": record.levelname.lower(), "event": record.getMessage()}
        line = json.dumps({**start, **self._bound, **fields}, ensure_ascii=False, default=str)[:_LONGEST_LINE] + "\n"
        if self._verbose:
            sys.stderr.write(line)
        with contextlib.suppress(OSError):
            if self._file is not None and (self._file.tell() < _LARGEST_BYTES or record.msg == "run ended"):
                self._file.write(line)
                self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def lay_beside(self, bundle: Path | None) -> None:
        """Copy the log to where the bundle lies, as NAME.log.jsonl; an earlier one gives way."""
        if self._place is None or bundle is None or not bundle.is_dir():
            return
        folder = bundle.expanduser().absolute()
        with contextlib.suppress(OSError):
            shutil.copyfile(self._place, folder.with_name(folder.name + SUFFIX))


def log_folder() -> Path:
    """Where logs lie: `runs/logs` of the workspace, or the folder that `BEATSFOUNDRY_LOGS` names."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else workspace() / "runs" / "logs"


def _opened(run_id: str) -> tuple[Path | None, TextIO | None]:
    """A new log, for which the oldest ones make room."""
    place = log_folder() / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{run_id}{SUFFIX}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for old in sorted(place.parent.glob(f"*{SUFFIX}"))[: -MOST_LOGS + 1]:
            old.unlink(missing_ok=True)
        return place, place.open("w", encoding="utf-8")
    except OSError:
        return None, None
