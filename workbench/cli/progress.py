"""Progress on standard error: a bar on a terminal, a line for each stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workbench.cli.parser import printable

Progress = Callable[[float, str], None]


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Give a function `progress(fraction, message)` that shows how far the work is."""
    if quiet:
        yield lambda fraction, message: None
    elif not sys.stderr.isatty():
        yield _lines()
    else:
        with _bar(title) as update:
            yield update


def _lines() -> Callable[[float, str], None]:
    """A line for each stage; that of a first stage waits until something is done, so that a refusal stands alone."""
    shown: set[str] = set()
    held: list[str] = []

    def update(fraction: float, message: str) -> None:
        if message not in shown:
            shown.add(message)
            held.append(f"{fraction:4.0%}  {message}\n")
        if fraction > 0.0:
            print("".join(held), end="", file=sys.stderr, flush=True)
            held.clear()

    return update


@contextmanager
def _bar(title: str) -> Iterator[Callable[[float, str], None]]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("[bold]{task.fields[title]}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", style="dim"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0, title=escape(printable(title)))
        yield lambda fraction, message: progress.update(
            task, completed=fraction, description=escape(printable(message))
        )
