"""The doctor in a notebook: findings with their remedies, logs, and what this machine does while something is made."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import traitlets

from workbench.diagnostics import Diagnosis, analyse_logs, examine
from workbench.diagnostics.codes import CODES
from workbench.diagnostics.monitor import judge, watch
from workbench.domain.errors import ParameterError
from workbench.widgets.instrument import Answering, action, front_end, sheet

_HERE = Path(__file__).resolve().parent
MOST_LOOKS = 120
"""Looks of the monitor that the page draws, the newest ones."""
_LONGEST_WATCH_SECONDS = 3600.0


class Doctor(Answering):
    """The five tools of `beatsfoundry doctor`: machine and monitor, networks, sample library, services, logs; and the
    signal path of a project.

    Parameters
    ----------
    project : path, optional
        A bundle that is looked at too.
    services : sequence of str
        Addresses of Redis, the HTTP API or other services that should answer.
    logs : path
        A log, or a folder of logs.
    """

    _esm = front_end(_HERE / "doctor.js")
    _css = sheet() + (_HERE / "doctor.css").read_text(encoding="utf-8")
    findings: Any = traitlets.List().tag(sync=True)
    failures: Any = traitlets.List().tag(sync=True)
    looks: Any = traitlets.List().tag(sync=True)
    watching = traitlets.Bool(False).tag(sync=True)
    project = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        project: str | Path | None = None,
        *,
        services: Sequence[str] = (),
        logs: str | Path = "runs/logs",
        interval_seconds: float = 1.0,
    ) -> None:
        super().__init__()
        if isinstance(services, str):
            raise ParameterError(f"services: expected a list of addresses, got {services!r}")
        self.project = "" if project is None else str(project)
        self._services, self._logs, self._interval = tuple(services), Path(logs), interval_seconds
        self._over = threading.Event()
        self._watcher: threading.Thread | None = None

    @action
    def examine(self) -> None:
        """Look at the machine, the networks, the library, the services and the project."""
        self.begin(self._examine)

    @action
    def read_logs(self) -> None:
        """What failed in the logs, how often, and what helps."""
        self.begin(self._read_logs)

    @action
    def watch(self, on: bool) -> None:
        """Begin or end the live look at what this kernel and its processes use."""
        if on and not self.watching:
            self._over.clear()
            self.looks, self.watching = [], True
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()
        elif not on:
            self.end_watch()

    def end_watch(self) -> None:
        """End the live look, and judge what was seen."""
        self._over.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None

    def _examine(self) -> None:
        self.tell("looking")
        found = examine(Path(self.project) if self.project else None, self._services)
        self.findings = [_shown(one) for one in found]
        wrong = sum(one.outcome == "fail" for one in found)
        warned = sum(one.outcome == "warn" for one in found)
        self.tell(f"{len(found)} things were looked at: {wrong} fail, {warned} warn")

    def _read_logs(self) -> None:
        self.tell("reading")
        report = analyse_logs(self._logs)
        self.failures = [
            {
                "code": one.code, "title": one.title, "count": one.count, "runs": len(one.runs), "last": one.last,
                "example": one.example, "remedy": one.remedy,
            }
            for one in report.failures
        ]  # fmt: skip
        self.tell(f"{report.lines:,} lines, {report.completed} runs completed, {len(report.failures)} kinds of failure")

    def _watch(self) -> None:
        seen = []
        for usage in watch(os.getpid(), seconds=_LONGEST_WATCH_SECONDS, interval_seconds=self._interval):
            seen.append(usage)
            self.looks = [*self.looks[1 - MOST_LOOKS :], asdict(usage)]
            if self._over.is_set():
                break
        self.watching = False
        judged = judge(seen)
        kept = [one for one in self.findings if one["tool"] != judged[0].tool]
        self.findings = [*kept, *(_shown(one) for one in judged)]
        self.tell("; ".join(one.message for one in judged))


def _shown(finding: Diagnosis) -> dict[str, str]:
    meaning = CODES[finding.code].title if finding.code else ""
    return {**asdict(finding), "remedy": finding.remedy, "meaning": meaning}
