"""The argument parser of every command: its errors are one line."""

from __future__ import annotations

import argparse
import re
from typing import Any, NoReturn

from workbench.cli.help import GroupedHelp, examples_of
from workbench.domain.errors import WorkbenchError, did_you_mean

_INVALID_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)$")


class LineParser(argparse.ArgumentParser):
    """A parser that raises `WorkbenchError` in one line where argparse prints its usage and leaves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # An option that is cut short may mean another one tomorrow.
        super().__init__(*args, **{"allow_abbrev": False, "formatter_class": GroupedHelp, **kwargs})
        self.epilog = self.epilog or examples_of(self.prog)

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, with the nearest choice where one was mistyped, and where help is."""
        choice = _INVALID_CHOICE.search(message)
        if choice:
            known = re.findall(r"'([^']*)'", choice[2])
            message += did_you_mean(choice[1], known)
        raise WorkbenchError(f"{message} (see {self.prog} --help)")


def positive(text: str) -> int:
    """A whole number above 0, as the type of an option."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text}")
    return int(text)


def port(text: str) -> int:
    """A port, as the type of an option."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port of 1 to 65535, got {text}")
    return int(text)


def printable(text: str) -> str:
    r"""A text on one line, without the escapes and control characters that a terminal would obey.

    Examples
    --------
    >>> print(printable("red\x1b[31m\nname"))
    red\x1b[31m name
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in " ".join(text.split())
    )
