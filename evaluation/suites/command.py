"""`beatsfoundry evaluate suite`: fixed prompts and seeds are made, measured and logged."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.cli.engines import add_engine_options
from workbench.domain.elements import ELEMENTS
from workbench.domain.errors import ParameterError


def add_to(subjects: Any) -> None:
    """Add the parser of this subject."""
    parser = subjects.add_parser(
        "suite", help="make and measure fixed prompts and seeds: smoke, nightly, full or a file of your own"
    )
    parser.add_argument("suite", metavar="SUITE", help="smoke (two minutes), nightly, full, or a YAML file")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to write (default: in runs/evaluation)")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with a run that stopped")
    parser.add_argument(
        "--model", metavar="ELEMENT=NAME", action="append", default=[],
        help="make the tracks with a network of your own, such as bass=my-adapter; for several elements say it again",
    )  # fmt: skip
    add_engine_options(parser, jobs=1)
    parser.add_argument("--no-track", action="store_true", help="do not log the run in MLflow")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run a suite; 0 if every track was made, 1 if one failed."""
    from evaluation.suites.definition import load_suite
    from evaluation.suites.run import run_suite
    from evaluation.suites.tables import run_table
    from workbench.cli.progress import progress_bar
    from workbench.pipeline import check_models
    from workbench.tracking import workspace

    suite = load_suite(options.suite, models=_models(options.model))
    for track in suite.tracks:
        check_models(track.request)
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    folder = options.resume or options.out or workspace() / "runs" / "evaluation" / f"{suite.name}-{stamp}"
    try:
        with progress_bar(suite.title, quiet=options.quiet) as progress:
            result = run_suite(
                suite, folder, jobs=options.jobs, backend=options.backend, address=options.address,
                resume=options.resume is not None, progress=progress,
            )  # fmt: skip
    except KeyboardInterrupt:
        named = "".join(f" --model {model}" for model in options.model)
        again = f"beatsfoundry evaluate suite {options.suite}{named} --resume {folder}"
        print(f"stopped; it goes on with: {again}", file=sys.stderr)
        raise
    print(result.to_json() if options.json else run_table(result), end="" if options.json else "\n")
    stream = sys.stderr if options.json else sys.stdout
    print(f"result  {folder}", file=stream)
    if not options.no_track:
        from evaluation.suites.tracking import log_suite
        from workbench.tracking import address_and_command

        print(f"MLflow  {address_and_command(log_suite(result, folder))}", file=stream)
    return 1 if result.failures else 0


def _models(stated: Sequence[str]) -> dict[str, str]:
    """Networks by element from ELEMENT=NAME."""
    models, composed = {}, ("harmony", *ELEMENTS)
    for text in stated:
        element, sign, name = text.partition("=")
        if not sign or not name or element not in composed:
            raise ParameterError(f"--model: expected one of {', '.join(composed)}, then = and a name, got {text!r}")
        models[element] = name
    return models
