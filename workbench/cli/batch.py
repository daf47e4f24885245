"""`beatsfoundry batch`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.cli.engines import add_engine_options
from workbench.cli.parser import positive, printable
from workbench.cli.progress import progress_bar

if TYPE_CHECKING:
    from workbench.batch import BatchLine, BatchSummary, Place

_MOST_REASONS = 10


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "batch", help="make many songs, on one machine or a cluster", description=batch.__doc__
    )
    add_options(parser)
    parser.add_argument("--out", metavar="URL", required=True, help="folder, or an address such as s3://bucket/songs")
    parser.add_argument("--no-track", action="store_true", help="do not log the batch in MLflow")
    parser.set_defaults(run=batch)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare what any command needs that makes many songs: the requests, the grid, the engine."""
    parser.add_argument(
        "requests",
        metavar="REQUESTS",
        help="a file with a request on each line, as JSON or a sentence; a JSON or YAML list; a sentence; or - for "
        "lines on standard input",
    )
    parser.add_argument(
        "--grid", metavar="NAME=VALUES", action="append", default=[],
        help="make every request with each of these values, as tempo=90,120 or seed=1..100; may be given several times",
    )  # fmt: skip
    add_engine_options(parser)
    parser.add_argument("--retries", metavar="N", type=int, default=2, help="further tries of a line (default: 2)")
    parser.add_argument(
        "--memory", metavar="MIB", type=positive, default=3000,
        help="a worker that holds more is replaced (default: 3000)",
    )  # fmt: skip
    parser.add_argument(
        "--songs-per-worker", metavar="N", type=positive, default=200, help="then it is replaced (default: 200)"
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def batch(options: argparse.Namespace) -> int:
    """Make each request of a file exactly once, with a table of parameters, measurements, hashes and failures.

    A batch that stops goes on with the same command. Returns 1 if a line failed, or is no valid request: the others
    are made.
    """
    from workbench.batch import Place

    place = Place(options.out)
    summary = make_all(lines_of(options), place, options)
    print_summary(summary, place.at("table.parquet"))
    if not options.no_track:
        print(f"MLflow  {_logged(summary, options)}")
    return 1 if summary.failed else 0


def make_all(lines: tuple[BatchLine, ...], place: Place, options: argparse.Namespace) -> BatchSummary:
    """Make lines on the engine that the arguments name; an interruption tells how to go on."""
    from workbench.backends import Limits, open_backend
    from workbench.batch import run_batch

    place.check()
    limits = Limits(options.songs_per_worker, options.memory)
    try:
        with (
            progress_bar("batch", quiet=options.quiet) as progress,
            open_backend(options.backend, jobs=options.jobs, address=options.address, limits=limits) as backend,
        ):
            return run_batch(lines, place, backend, retries=max(0, options.retries), progress=progress)
    except KeyboardInterrupt:
        again = shlex.join(["beatsfoundry", *sys.argv[1:]])
        print(f"stopped; what is done stays, and it goes on with: {again}", file=sys.stderr)
        raise


def lines_of(options: argparse.Namespace, *, over: Mapping[str, Any] | None = None) -> tuple[BatchLine, ...]:
    """The lines that the arguments name, with the user's defaults where they state nothing, and options set `over`."""
    from workbench.batch import WrongLine, numbered, parse_axis, read_requests, spread
    from workbench.domain.asking import with_options
    from workbench.domain.config import load_config

    axes = [parse_axis(text) for text in options.grid]
    defaults = load_config().options
    entries = read_requests(options.requests, sys.stdin)
    spun = spread([one if isinstance(one, WrongLine) else with_options(one, defaults) for one in entries], axes)
    if over:
        spun = [one if isinstance(one, WrongLine) else with_options(one, over, over=True) for one in spun]
    return numbered(spun)


def _logged(summary: BatchSummary, options: argparse.Namespace) -> str:
    from workbench.batch import Place
    from workbench.batch.recording import log_batch
    from workbench.tracking import address_and_command

    settings = {
        "requests": options.requests, "backend": options.backend, "jobs": options.jobs or "cores",
        "retries": options.retries, "grid": " ".join(options.grid) or "none", "lines": len(summary.lines),
    }  # fmt: skip
    return address_and_command(log_batch(summary, Place(options.out), settings))


def print_summary(summary: BatchSummary, table: str) -> None:
    """Print how a batch went: counts, what failed and why, and where the table is."""
    made, failed = len(summary.made), len(summary.failed)
    repeated = len(summary.lines) - len(summary.ids)
    parts = [f"{_counted(len(summary.ids), 'song')}: {made} made"]
    parts += [f"{len(summary.kept)} were there"] if summary.kept else []
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{summary.retried} begun more than once"] if summary.retried else []
    print(", ".join(parts) + f"; {summary.seconds:.0f} s")
    if repeated:
        asks = "it asks" if repeated == 1 else "they ask"
        print(f"{_counted(repeated, 'line')} left out: {asks} for what an earlier line asks for")
    first = {line.id: "" if line.wrong else f"line {line.index + 1}: " for line in reversed(summary.lines)}
    for result in summary.failed[:_MOST_REASONS]:
        print(f"failed  {first[result.id]}{printable(result.failure)}")
    if failed > _MOST_REASONS:
        print(f"failed  and {failed - _MOST_REASONS} more: see the table")
    print(f"table   {table}")


def _counted(count: int, what: str) -> str:
    """A number of things.

    Examples
    --------
    >>> _counted(1, "song"), _counted(2, "song")
    ('1 song', '2 songs')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"
