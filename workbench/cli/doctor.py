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
    parser.add_argument("--json", action="store_true", help="print a list of findings as JSON")
    parser.set_defaults(run=doctor)


def doctor(options: argparse.Namespace) -> int:
    """Examine the machine, the networks, the services and a project; exit 1 if something fails.

    Each failure has a code, such as BFD001, which the manual explains, and a remedy.
    """
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
