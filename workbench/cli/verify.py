"""`beatsfoundry verify`: whether files are as they were written."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable
from workbench.domain.errors import WorkbenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.output.verifying import Finding


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("verify", help="tell untouched from edited files", description=verify.__doc__)
    parser.add_argument("paths", metavar="PATH", nargs="+", help="sound file or bundle")
    parser.add_argument("--remake", action="store_true", help="make each bundle again and compare every file")
    parser.add_argument("--json", action="store_true", help="print a list of findings as JSON")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=verify)


def verify(options: argparse.Namespace) -> int:
    """Tell whether sound files and bundles are as they were written; exit 0 only if every file is, else 1.

    A sound file is known by the seal in its tags, the files of a bundle by the hashes in its manifest. With --remake a
    bundle is made again from the request, seed and edits of its manifest. What cannot be looked at is named last (2).
    """
    findings: list[Finding] = []
    refused: list[WorkbenchError] = []
    for path in options.paths:
        try:
            findings += _of(path, options)
        except WorkbenchError as error:
            refused.append(error)
    if len(refused) == len(options.paths):
        raise refused[0]
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        _print(findings, remade=options.remake)
    for refusal in refused:
        print(f"beatsfoundry: {refusal}", file=sys.stderr)
    return 2 if refused else int(not all(finding.is_untouched for finding in findings))


def _of(path: str, options: argparse.Namespace) -> list[Finding]:
    from workbench.output.verifying import verify as look

    if not options.remake:
        return look(path)
    from workbench.cli.progress import progress_bar
    from workbench.editing.remaking import remake

    with progress_bar(Path(path).name, quiet=options.quiet) as progress:
        return remake(path, progress=progress)


def _print(findings: Sequence[Finding], *, remade: bool) -> None:
    """What is not as it was, line by line, then how many files there are."""
    told = {"untouched": "same", "edited": "differs", "missing": "missing"} if remade else {}
    for finding in findings:
        if not finding.is_untouched or len(findings) == 1:
            print(f"{told.get(finding.verdict, finding.verdict):9} {printable(finding.path)}")
    if any(finding.verdict == "foreign" for finding in findings):
        print("(foreign: neither sealed by BeatsFoundry nor named by a manifest)")
    count = sum(finding.is_untouched for finding in findings)
    if len(findings) > 1:
        print(f"{count} of {len(findings)} files are {'the same' if remade else 'untouched'}")
