"""`beatsfoundry completion`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from workbench.domain.errors import WorkbenchError


def add_to(commands: Any, whole_parser: Callable[[], argparse.ArgumentParser]) -> None:
    """Declare the command; `whole_parser` builds the parser of all commands."""
    parser = commands.add_parser("completion", help="print what a shell needs to complete", description=run.__doc__)
    parser.add_argument("shell", choices=["bash", "zsh", "tcsh"], help="the shell")
    parser.set_defaults(run=lambda options: run(options, whole_parser()))


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Print a script with which a shell completes commands, options, choices and files."""
    try:
        import shtab
    except ImportError:
        raise WorkbenchError("completion needs the package shtab: pip install shtab") from None
    print(shtab.complete(parser, shell=options.shell))
    return 0
