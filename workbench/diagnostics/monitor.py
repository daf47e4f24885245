"""Live monitor: what a process and its children use while they work, and what held them up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbench.diagnostics.findings import Diagnosis, judged
from workbench.domain.errors import ParameterError

TOOL = "monitor"
LEAST_FREE_MB = 300.0
"""With less memory free than this a machine begins to swap."""
LEAST_CORES = 0.4
"""A process that works has more of the processor than this, unless something holds it up."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process and its children used: cores since the last look, memory now, disk since the first one.

    `free_mb` is what the machine has left, `busy` the share of its processors that anything uses, 0 to 1.
    """

    seconds: float
    cores: float
    memory_mb: float
    read_mb: float
    written_mb: float
    free_mb: float
    busy: float


def find_process(name: str, logs: Path) -> int:
    """The process of a number, or of a run by the beginning of its `run_id` in a folder of logs.

    Raises
    ------
    ParameterError
        If there is none.
    """
    if name.isdigit() and psutil.pid_exists(int(name)):
        return int(name)
    for file in sorted(logs.glob("*.jsonl"), reverse=True):
        with file.open(encoding="utf-8") as lines:
            first = json.loads(lines.readline() or "{}")
        if str(first.get("run_id", "")).startswith(name) and psutil.pid_exists(int(first.get("pid", 0)) or -1):
            return int(first["pid"])
    raise ParameterError(f"watch {name!r}: expected the number of a running process, or the run_id of a running run")


def watch(pid: int, *, seconds: float, interval_seconds: float = 1.0) -> Iterator[Usage]:
    """Look at a process at equal distances until it ends, or the time is over."""
    began = last = time.monotonic()
    worked, start = _processor_seconds(pid), _disk_bytes(pid)
    while time.monotonic() - began < seconds:
        time.sleep(interval_seconds)
        memory = _memory_mb(pid)
        if memory is None:
            return
        now, total, disk = time.monotonic(), _processor_seconds(pid), _disk_bytes(pid)
        yield Usage(
            seconds=now - began,
            cores=max(0.0, total - worked) / (now - last),
            memory_mb=memory,
            read_mb=(disk[0] - start[0]) / 1e6,
            written_mb=(disk[1] - start[1]) / 1e6,
            free_mb=psutil.virtual_memory().available / 1e6,
            busy=psutil.cpu_percent() / 100.0,
        )
        worked, last = total, now


def _family(pid: int) -> list[psutil.Process]:
    """The process and its children; none once it has ended."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return []
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _processor_seconds(pid: int) -> float:
    total = 0.0
    for process in _family(pid):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        # What ended children used counts with their parent.
        total += times.user + times.system + getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0)
    return total


def _disk_bytes(pid: int) -> tuple[int, int]:
    read = written = 0
    for process in _family(pid):
        try:
            counters = process.io_counters()
        except (psutil.Error, AttributeError):
            continue
        read, written = read + counters.read_bytes, written + counters.write_bytes
    return read, written


def _memory_mb(pid: int) -> float | None:
    """Memory of the whole family; None once the process has ended."""
    family = _family(pid)
    if not family:
        return None
    total = 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total / 1e6


def judge(usages: Sequence[Usage]) -> list[Diagnosis]:
    """What held a process up: memory that ran out, or a processor or disk that others had."""
    if not usages:
        return [Diagnosis(TOOL, "process", "ok", "it ended before there was anything to see")]
    cores = sum(usage.cores for usage in usages) / len(usages)
    busy = sum(usage.busy for usage in usages) / len(usages)
    peak, least = max(usage.memory_mb for usage in usages), min(usage.free_mb for usage in usages)
    held_up = cores < LEAST_CORES and len(usages) > 5
    why = "others have the processor" if busy > 0.8 else "it waits for disk or network"
    return [
        judged(
            TOOL, "memory", f"at most {peak:.0f} MB; the machine had {least:.0f} MB left", "BFD001",
            fails=False, warns=least < LEAST_FREE_MB,
        ),
        judged(
            TOOL, "processor", f"{cores:.2f} cores on average" + (f": {why}" if held_up else ""), "BFD006",
            fails=False, warns=held_up,
        ),
    ]  # fmt: skip
