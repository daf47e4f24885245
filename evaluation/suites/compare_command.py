"""`beatsfoundry evaluate compare` and `gate`: whether a run is better than another, where, and how sure that is."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from workbench.domain.errors import OutputError, ParameterError, reason


def add_to(subjects: Any) -> None:
    """Add the parsers of both subjects."""
    both = subjects.add_parser("compare", help="two runs of a suite, metric by metric, regressions first")
    both.add_argument("first", metavar="RUN_A", help="folder of a suite's run, or its id in MLflow")
    both.add_argument("second", metavar="RUN_B", help="the run that is judged")
    _common(both)
    both.set_defaults(run=compare)
    gate = subjects.add_parser("gate", help="exit code 1 if a run is worse than a baseline in any metric")
    gate.add_argument("--baseline", required=True, metavar="RUN", help="folder of a suite's run, or its id in MLflow")
    gate.add_argument(
        "--run",
        dest="judged",
        metavar="RUN",
        help="the run that is judged (default: the newest one in runs/evaluation)",
    )
    allowed = "a metric that may become worse; stems/ELEMENT_notes_heard lets a stem be lost"
    gate.add_argument("--allow", action="append", default=[], metavar="FIGURE", help=allowed)
    _common(gate)
    gate.set_defaults(run=judge)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also print metrics in which no difference is shown")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--page", type=Path, metavar="FILE", help="also write the table as a page with both sounds")


def compare(options: argparse.Namespace) -> int:
    """Compare two runs."""
    _tell(options.first, options.second, options)
    return 0


def judge(options: argparse.Namespace) -> int:
    """Hold a run against a baseline; 0 if nothing became worse and no track or stem is missing, else 1."""
    found = _tell(options.baseline, options.judged or newest_run(options.baseline), options)
    named = {row.metric.name for row in found.rows}
    for name in options.allow:
        if name not in named:
            raise ParameterError(f"metric {name!r} is not in the runs: see 'evaluate compare --all --json'")
    worse = [row for row in found.regressions if row.metric.name not in options.allow]
    return 1 if worse or found.only_first else 0


def newest_run(baseline: str) -> Path:
    """The newest run in `runs/evaluation` that is not the baseline.

    Raises
    ------
    ParameterError
        If there is none.
    """
    from evaluation.suites.run_result import RESULT_FILE
    from workbench.tracking import workspace

    place = workspace() / "runs" / "evaluation"
    files = [path for path in place.glob(f"*/{RESULT_FILE}") if path.parent.resolve() != Path(baseline).resolve()]
    if not files:
        raise ParameterError(
            f"{place} holds no run beside the baseline: make one with 'evaluate suite', or name one with --run"
        )
    return max(files, key=lambda path: path.stat().st_mtime).parent


def _tell(first: str | Path, second: str | Path, options: argparse.Namespace) -> Any:
    from evaluation.suites.comparison import compare as compare_runs
    from evaluation.suites.tables import comparison_table

    found = compare_runs(first, second)
    print(json.dumps(found.to_dict(), indent=1) if options.json else comparison_table(found, everything=options.all))
    if options.page is not None:
        _write_page(options.page, found, first, second)
    return found


def _write_page(path: Path, found: Any, first: str | Path, second: str | Path) -> None:
    from evaluation.suites.comparison_page import comparison_page, heard_pairs

    page = comparison_page(found, heard_pairs(found, first, second))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: the page cannot be written ({reason(error)})") from None
