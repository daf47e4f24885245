"""`beatsfoundry explain`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from workbench.cli.answer import not_used
from workbench.cli.generate import REQUEST_HELP

if TYPE_CHECKING:
    from workbench.domain.plan import Plan


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("explain", help="how a request is understood, and why", description=explain.__doc__)
    parser.add_argument("request", metavar="REQUEST", help=REQUEST_HELP)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=explain)


def explain(options: argparse.Namespace) -> int:
    """Print how a request is understood before a note is written: each parameter, its value, source and reason.

    What `generate` would refuse is refused here in the same line.
    """
    from workbench.concept import explain as table_of
    from workbench.concept import translate
    from workbench.domain.asking import read_request, with_options
    from workbench.domain.config import load_config
    from workbench.pipeline import check_models, check_sound, load_references

    request = with_options(read_request(options.request, sys.stdin), load_config().options)
    references = load_references(request)
    check_models(request)
    plan = translate(request, references=references)
    check_sound(plan)
    if options.json:
        from workbench.output import to_json

        print(to_json(table_of(plan)), end="")
    else:
        _print_table(plan)
    return 0


def _print_table(plan: Plan) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from workbench.cli.parser import printable
    from workbench.concept import contradictions

    console = Console()
    table = Table("parameter", "value", "source", "why", title=escape(printable(plan.concept)), title_justify="left")
    table.columns[0].no_wrap = table.columns[2].no_wrap = True
    for decision in plan.decisions:
        table.add_row(
            decision.parameter, escape(printable(decision.value)), decision.source,
            escape(printable(decision.reason)),
        )  # fmt: skip
    console.print(table)
    for line in not_used(plan):
        console.print(line, markup=False)
    for found in contradictions(plan):
        console.print(
            f"contradiction: {found['parameter']} is {found['value']}: {found['contradiction']}", markup=False
        )
