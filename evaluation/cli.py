"""`beatsfoundry evaluate SUBJECT`: measures the workbench against its own bars."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from evaluation.commands import compare, control, lineage, metrics, models, sound, suite
from workbench.cli.parser import LineParser


def build_parser() -> argparse.ArgumentParser:
    """The parser of every subject."""
    parser = LineParser(prog="beatsfoundry evaluate", description="Measure the workbench against its own bars.")
    subjects = parser.add_subparsers(dest="subject", metavar="SUBJECT", required=True, parser_class=LineParser)
    for module in (models, control, sound, suite, compare, metrics, lineage):
        module.add_to(subjects)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 if every bar holds, 1 if one does not. Errors are raised as `WorkbenchError`."""
    options = build_parser().parse_args(argv)
    return int(options.run(options))
