"""`beatsfoundry evaluate lineage`: from the data to the track."""

from __future__ import annotations

import argparse
from typing import Any


def add_to(subjects: Any) -> None:
    """Add the parser of this subject."""
    parser = subjects.add_parser("lineage", help="data, training run and version of the networks behind a logged run")
    parser.add_argument("run_id", metavar="RUN", help="id of a track's run in MLflow, or of a suite's")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one line a network."""
    from workbench.tracking.lineage import run_lineage

    for origin in run_lineage(options.run_id):
        print(origin)
    return 0
