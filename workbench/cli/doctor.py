"""`beatsfoundry doctor`: what is wrong, and what helps."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable

if TYPE_CHECKING:
    from workbench.diagnostics import Diagnosis


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("doctor", help="find out what is wrong", description=doctor.__doc__)
    parser.add_argument("project", metavar="PROJECT", type=Path, nargs="?", help="bundle to look at too")
    parser.add_argument(
        "--service", metavar="URL", action="append", default=[],
        help="address of Redis, the HTTP API or another service that should answer; repeat it for several",
    )  # fmt: skip
    parser.add_argument("--logs", metavar="PATH", type=Path, help="analyse a log or a folder of logs (runs/logs)")
    parser.add_argument(
        "--watch", metavar="PID", help="watch a running process, or the run of a log by its run_id, until it ends"
    )
    parser.add_argument("--seconds", metavar="S", type=float, default=3600.0, help="watch no longer than this")
    parser.add_argument("--json", action="store_true", help="print a list of findings as JSON")
    parser.set_defaults(run=doctor)


def doctor(options: argparse.Namespace) -> int:
    """Examine the machine, the networks, the services and a project; exit 1 if something fails.

    Each failure has a code, such as BFD001, which the manual explains, and a remedy.
    """
    if options.logs is not None:
        return _logs(options)
    from workbench.diagnostics import examine

    findings = _watched(options) if options.watch else examine(options.project, options.service)
    if options.json:
        listed = [{**asdict(finding), "remedy": finding.remedy} for finding in findings]
        print(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.outcome:4} {finding.tool}: {printable(finding.subject)}: {printable(finding.message)}")
            if finding.code:
                print(f"     {finding.code}: {finding.remedy}")
    return int(any(finding.outcome == "fail" for finding in findings))


def _watched(options: argparse.Namespace) -> list[Diagnosis]:
    """Print what a process uses, once a second, and judge it at the end."""
    from workbench.cli.run_log import log_folder
    from workbench.diagnostics.monitor import find_process, judge, watch

    seen = []
    for usage in watch(find_process(options.watch, log_folder()), seconds=options.seconds):
        seen.append(usage)
        if not options.json:
            print(
                f"{usage.seconds:7.1f} s  {usage.cores:5.2f} cores  {usage.memory_mb:7.0f} MB  "
                f"read {usage.read_mb:.1f} MB  written {usage.written_mb:.1f} MB",
                flush=True,
            )
    return judge(seen)


def _logs(options: argparse.Namespace) -> int:
    """What failed in logs, how often, and what helps; 1 if anything did."""
    from workbench.diagnostics import analyse_logs

    report = analyse_logs(options.logs)
    if options.json:
        failures = [
            {**asdict(one), "runs": len(one.runs), "title": one.title, "remedy": one.remedy} for one in report.failures
        ]
        print(json.dumps({**asdict(report), "failures": failures}, indent=2, ensure_ascii=False))
        return int(bool(report.failures))
    unreadable = f", {report.unreadable} of them no JSON" if report.unreadable else ""
    print(f"{report.lines} lines{unreadable}; {report.completed} runs and jobs completed")
    for one in report.failures:
        times = f"{one.count} times in {len(one.runs)} runs" if one.count > 1 else "once"
        print(f"{one.code or '???':6} {one.title}: {times}, last {one.last}")
        print(f"       {printable(one.example)}")
        print(f"       {one.remedy}")
    return int(bool(report.failures))
