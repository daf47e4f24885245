"""`beatsfoundry doctor`: what is wrong, and what helps."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench.cli.parser import printable


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("doctor", help="find out what is wrong", description=doctor.__doc__)
    parser.add_argument("project", metavar="PROJECT", type=Path, nargs="?", help="bundle to look at too")
    parser.add_argument(
        "--service", metavar="URL", action="append", default=[],
        help="address of Redis, the HTTP API or another service that should answer; repeat it for several",
    )  # fmt: skip
    parser.add_argument("--logs", metavar="PATH", type=Path, help="analyse a log or a folder of logs (runs/logs)")
    parser.add_argument("--json", action="store_true", help="print a list of findings as JSON")
    parser.set_defaults(run=doctor)


def doctor(options: argparse.Namespace) -> int:
    """Examine the machine, the networks, the services and a project; exit 1 if something fails.

    Each failure has a code, such as BFD001, which the manual explains, and a remedy.
    """
    if options.logs is not None:
        return _logs(options)
    from workbench.diagnostics import examine

    findings = examine(options.project, options.service)
    if options.json:
        listed = [{**asdict(finding), "remedy": finding.remedy} for finding in findings]
        print(json.dumps(listed, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.outcome:4} {finding.tool}: {printable(finding.subject)}: {printable(finding.message)}")
            if finding.code:
                print(f"     {finding.code}: {finding.remedy}")
    return int(any(finding.outcome == "fail" for finding in findings))


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
