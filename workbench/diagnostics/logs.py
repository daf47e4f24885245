"""Log analyzer: what failed in the logs of runs and of the server, how often, the likely cause, and what helps.

A line is held against the rules in turn; the first that fits names the failure. What no rule knows is listed by the
place that it came from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from workbench.diagnostics.codes import CODES
from workbench.domain.errors import ParameterError, reason

SUFFIXES = (".jsonl", ".log", ".json")
SLOW_SECONDS, LEAST_SHARE = 20.0, 0.4
"""A run that is longer than this, and has the processor for less than this share of its time, is held up."""

Line = Mapping[str, Any]
_FAILURES = ("run failed", "job failed", "unexpected", "error", "job cannot be taken")
_NO_SPACE = (28, 122)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which lines a code stands for: names of errors, words of their reason, and what else must hold of the line."""

    code: str
    kinds: tuple[str, ...] = ()
    words: re.Pattern[str] | None = None
    holds: Callable[[Line], bool] | None = None

    def fits(self, line: Line, kind: str, text: str) -> bool:
        """Whether a line is of this failure."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.words is not None and not self.words.search(text):
            return False
        return self.holds is None or self.holds(line)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


RULES: tuple[Rule, ...] = (
    Rule("BFD003", holds=lambda line: line.get("errno") in _NO_SPACE),
    Rule("BFD003", words=_words(r"no space left|disk is full|disk quota")),
    Rule("BFD001", kinds=("MemoryError", "OutOfMemoryError", "_ArrayMemoryError")),
    Rule("BFD001", words=_words(r"out of memory|unable to allocate|cannot allocate memory")),
    Rule("BFD011", kinds=("ModelError",), words=_words(r"\bhash\b|sha-?256")),
    Rule("BFD010", kinds=("ModelError",)),
    Rule("BFD020", kinds=("TrackingError", "BusyError", "ConnectionError", "ConnectionRefusedError", "TimeoutError")),
    Rule("BFD020", words=_words(r"connection refused|does not answer|cannot be reached|timed out|database is locked")),
    Rule("BFD030", words=_words(r"not what the manifest says|is no finished bundle|holds no \S+, so it cannot")),
    Rule("BFD031", words=_words(r"sample rates? differ|at one sample rate")),
    Rule("BFD036", kinds=("ParameterError",), holds=lambda line: line.get("command") in ("export", "import")),
    Rule("BFD035", kinds=("AudioFileError", "MidiFileError")),
    Rule("BFD013", kinds=("PermissionError", "OutputError", "FileNotFoundError")),
    Rule("BFD012", kinds=("ParameterError", "UnknownReferenceError", "WorkbenchError")),
)
"""In order: what is known more exactly comes first."""

CHECKS = {
    "BF012": "BFD032",
    "BF002": "BFD032",
    "BF013": "BFD033",
    "BF022": "BFD034",
    "BF023": "BFD034",
    "BF060": "BFD037",
}
"""Checks of a track that say what a tool of the doctor would find in its sound."""


@dataclass(slots=True)
class LoggedFailure:
    """A failure in logs: its code (none where it is not known), how often, when, in how many runs, and an example."""

    code: str
    subject: str
    count: int = 0
    first: str = ""
    last: str = ""
    runs: set[str] = field(default_factory=set)
    example: str = ""

    @property
    def title(self) -> str:
        """What the failure is called."""
        return CODES[self.code].title if self.code else f"an error that no rule knows ({self.subject})"

    @property
    def remedy(self) -> str:
        """What helps."""
        return CODES[self.code].remedy if self.code else "report it with this line: it is a fault of the workbench"

    def add(self, line: Line, text: str) -> None:
        """Count a line."""
        moment = str(line.get("timestamp", ""))
        self.count += 1
        self.first = min(self.first or moment, moment)
        self.last = max(self.last, moment)
        self.runs.add(str(line.get("run_id") or line.get("job_id") or line.get("request_id") or ""))
        self.example = self.example or text[:300]


@dataclass(frozen=True, slots=True)
class LogReport:
    """What logs hold: lines, those that are no JSON, runs and jobs that completed, failures (most frequent first)."""

    lines: int
    unreadable: int
    completed: int
    failures: tuple[LoggedFailure, ...]


def analyse_logs(path: Path) -> LogReport:
    """Read a log, or every log of a folder.

    Raises
    ------
    ParameterError
        If the path is neither, or cannot be read.
    """
    return analyse_lines(line for file in _files(path.expanduser()) for line in _read(file))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(file for file in path.glob("*") if file.suffix in SUFFIXES) if path.is_dir() else []
    if not files:
        raise ParameterError(f"{path}: expected a log, or a folder of logs that end with {', '.join(SUFFIXES)}")
    return files


def _read(file: Path) -> Iterator[str]:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from lines
    except OSError as error:
        raise ParameterError(f"{file} cannot be read: {reason(error)}") from None


def analyse_lines(lines: Iterable[str]) -> LogReport:
    """The failures in lines of logs."""
    found: dict[tuple[str, str], LoggedFailure] = {}
    begun: dict[str, Line] = {}
    count = unreadable = completed = 0
    for text in filter(str.strip, lines):
        count += 1
        line = _parsed(text)
        if line is None:
            unreadable += 1
            continue
        event = line.get("event")
        if event == "run began":
            begun[str(line.get("run_id"))] = line
        elif event == "run ended":
            begun.pop(str(line.get("run_id")), None)
        completed += event in ("run ended", "job ended") and line.get("state") == "completed"
        _count(found, line, str(event))
    for line in begun.values():
        if not _lives(line):
            _failure(found, "BFD005", "").add(line, f"{line.get('command', 'a run')} began and did not end")
    ranked = sorted(found.values(), key=lambda failure: (-failure.count, failure.code, failure.subject))
    return LogReport(count, unreadable, completed, tuple(ranked))


def _parsed(text: str) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _count(found: dict[tuple[str, str], LoggedFailure], line: Line, event: str) -> None:
    if event == "check":
        code = CHECKS.get(str(line.get("check")), "")
        if code:
            _failure(found, code, "").add(line, f"{line.get('title')}: {line.get('value')} {line.get('unit')}")
    elif event == "run ended" and _is_held_up(line):
        took = f"{line['seconds']:g} s, of which the processor worked {line['cpu_seconds']:g} s"
        _failure(found, "BFD006", "").add(line, took)
    elif event in _FAILURES or line.get("level") in ("error", "critical"):
        kind, text = _kind(line), _text(line)
        code = next((rule.code for rule in RULES if rule.fits(line, kind, text)), "")
        subject = "" if code else " > ".join(str(line.get("error", kind)).split(" > ")[-2:])
        _failure(found, code, subject).add(line, text or kind)


def _failure(found: dict[tuple[str, str], LoggedFailure], code: str, subject: str) -> LoggedFailure:
    return found.setdefault((code, subject), LoggedFailure(code, subject))


def _kind(line: Line) -> str:
    """The type of an error: named, or the end of the places that it came through."""
    return str(line.get("kind_of_error") or str(line.get("error", "")).split(" > ")[-1] or line.get("event"))


def _text(line: Line) -> str:
    return str(line.get("reason") or line.get("message") or line.get("event") or "")


def _is_held_up(line: Line) -> bool:
    seconds, worked = line.get("seconds"), line.get("cpu_seconds")
    if not isinstance(seconds, int | float) or not isinstance(worked, int | float):
        return False
    return seconds > SLOW_SECONDS and worked < LEAST_SHARE * seconds


def _lives(line: Line) -> bool:
    """Whether the process of a run that began may still be at it."""
    pid = line.get("pid")
    return isinstance(pid, int) and pid > 0 and psutil.pid_exists(pid)
