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

    from workbench.output.files.verifying import FileVerdict


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("verify", help="tell untouched from edited files", description=verify.__doc__)
    parser.add_argument("paths", metavar="PATH", nargs="+", help="sound file or bundle")
    parser.add_argument("--remake", action="store_true", help="make each bundle again and compare every file")
    parser.add_argument("--json", action="store_true", help="print a list of findings as JSON")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=verify)
    one = commands.add_parser("sign", help="write a copy with content credentials (C2PA)", description=sign.__doc__)
    one.add_argument("file", metavar="FILE", type=Path, help="WAV, FLAC or MP3 that BeatsFoundry wrote")
    one.add_argument("--out", metavar="FILE", type=Path, required=True, help="signed copy, of the same format")
    one.add_argument("--certificate", metavar="PEM", type=Path, help="your chain of certificates")
    one.add_argument("--key", metavar="PEM", type=Path, help="its private key")
    one.add_argument("--overwrite", action="store_true", help="replace an earlier copy")
    one.set_defaults(run=sign)


def verify(options: argparse.Namespace) -> int:
    """Tell whether sound files and bundles are as they were written; exit 0 only if every file is, else 1.

    A sound file is known by the seal in its tags, the files of a bundle by the hashes in its manifest. With --remake a
    bundle is made again from the request, seed and edits of its manifest. What cannot be looked at is named last (2).
    """
    findings: list[FileVerdict] = []
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


def sign(options: argparse.Namespace) -> int:
    """Write a copy of a sound file with content credentials: who signed it, and that an AI took part.

    Without a certificate of yours one of this machine signs. `beatsfoundry verify` reads them.
    """
    from workbench.domain.errors import OutputError
    from workbench.output.files.credentials import read_credentials
    from workbench.output.files.credentials import sign as write

    if options.out.exists() and not options.overwrite:
        raise OutputError(f"{options.out} exists: name another file, or overwrite it (--overwrite)")
    done = write(options.file, options.out, certificate=options.certificate, key=options.key)
    print(f"signed {printable(str(done))} ({read_credentials(done)})")
    return 0


def _of(path: str, options: argparse.Namespace) -> list[FileVerdict]:
    from workbench.output.files.verifying import verify as look

    if not options.remake:
        return look(path)
    from workbench.cli.progress import progress_bar
    from workbench.editing.remaking import remake

    with progress_bar(Path(path).name, quiet=options.quiet) as progress:
        return remake(path, progress=progress)


def _print(findings: Sequence[FileVerdict], *, remade: bool) -> None:
    """What is not as it was, line by line, then how many files there are."""
    words = {"untouched": "same", "edited": "differs", "missing": "missing"} if remade else {}
    for finding in findings:
        if not finding.is_untouched or len(findings) == 1:
            more = f" ({printable(finding.remark)})" if finding.remark else ""
            print(f"{words.get(finding.verdict, finding.verdict):9} {printable(finding.path)}{more}")
    if any(finding.verdict == "foreign" for finding in findings):
        print("(foreign: neither sealed by BeatsFoundry nor named by a manifest)")
    count = sum(finding.is_untouched for finding in findings)
    if len(findings) > 1:
        print(f"{count} of {len(findings)} files are {'the same' if remade else 'untouched'}")
