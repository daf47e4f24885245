"""Progress on standard error: a bar on a terminal, a line for each stage elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workbench.cli.parser import printable
from workbench.domain.clock import Progress, readable_duration

_LEAST_KNOWN = 0.05
"""Part of the work that must be done before the rest is estimated."""


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Give a function `progress(fraction, message)` that shows how far the work is."""
    if quiet:
        yield lambda fraction, message: None
    elif not sys.stderr.isatty():
        yield progress_lines()
    else:
        with _bar(title) as update:
            yield update


def progress_lines() -> Callable[[float, str], None]:
    """A line for each stage; that of a first stage waits until something is done, so that a refusal stands alone."""
    shown: set[str] = set()
    held: list[str] = []
    began = time.monotonic()

    def update(fraction: float, message: str) -> None:
        if message not in shown:
            shown.add(message)
            held.append(f"{fraction:4.0%}  {message}{_remaining(fraction, time.monotonic() - began)}\n")
        if fraction > 0.0:
            print("".join(held), end="", file=sys.stderr, flush=True)
            held.clear()

    return update


def _remaining(fraction: float, elapsed_seconds: float) -> str:
    """How long the rest takes at the pace so far; nothing while that is a guess.

    Examples
    --------
    >>> _remaining(0.25, 20.0), _remaining(0.01, 1.0), _remaining(1.0, 80.0)
    (', about 1 min 0 s left', '', '')
    """
    if not _LEAST_KNOWN <= fraction < 1.0 or elapsed_seconds < 1.0:
        return ""
    return f", about {readable_duration(elapsed_seconds * (1.0 - fraction) / fraction)} left"


@contextmanager
def _bar(title: str) -> Iterator[Callable[[float, str], None]]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("[bold]{task.fields[title]}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.description}", style="dim"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0, title=escape(printable(title)))
        yield lambda fraction, message: progress.update(
            task, completed=fraction, description=escape(printable(message))
        )
