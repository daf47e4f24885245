"""The argument parser of every command: its errors are one line."""

from __future__ import annotations

import argparse
from typing import NoReturn

from workbench.domain.errors import WorkbenchError


class LineParser(argparse.ArgumentParser):
    """A parser that raises `WorkbenchError` in one line where argparse prints its usage and leaves."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, and where help is."""
        raise WorkbenchError(f"{message} (see {self.prog} --help)")
