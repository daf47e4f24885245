"""Options of every command that hands many tasks to an engine: which one, where it runs, how many workers."""

from __future__ import annotations

import argparse

from workbench.cli.parser import positive

_BACKENDS = ("loky", "dask", "ray")


def add_engine_options(parser: argparse.ArgumentParser, *, jobs: int | None = None) -> None:
    """Declare `--backend`, `--address` and `--jobs`; without `jobs` one worker is started for each core."""
    parser.add_argument("--backend", choices=_BACKENDS, default="loky", help="engine (default: loky, processes here)")
    parser.add_argument("--address", metavar="ADDRESS", help="Dask scheduler or Ray head that runs already")
    default = "one for each core" if jobs is None else str(jobs)
    parser.add_argument(
        "--jobs", metavar="N", type=positive, default=jobs, help=f"workers to start (default: {default})"
    )
