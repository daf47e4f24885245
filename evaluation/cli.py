"""`beatsfoundry evaluate SUBJECT`: measures the workbench against its own criteria; each wing adds its commands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from evaluation.control import command as control
from evaluation.metric_checks import command as metric_checks
from evaluation.networks import command as networks
from evaluation.sound import command as sound
from evaluation.sound import targets
from evaluation.suites import command as suite
from evaluation.suites import compare_command as compare
from evaluation.suites import lineage_command as lineage
from evaluation.whole_songs import command as whole_songs
from workbench.cli.parser import LineParser


def build_parser() -> argparse.ArgumentParser:
    """The parser of every subject."""
    parser = LineParser(prog="beatsfoundry evaluate", description="Measure the workbench against its own bars.")
    subjects = parser.add_subparsers(dest="subject", metavar="SUBJECT", required=True, parser_class=LineParser)
    for module in (networks, control, whole_songs, sound, targets, suite, compare, metric_checks, lineage):
        module.add_to(subjects)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 if every bar holds, 1 if one does not. Errors are raised as `WorkbenchError`."""
    options = build_parser().parse_args(argv)
    return int(options.run(options))
