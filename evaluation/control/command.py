"""`beatsfoundry evaluate control`: what is asked for against what is composed and heard."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from evaluation.criteria import Row, all_hold, rows_form, rows_table
from workbench.cli.parser import positive
from workbench.domain.clock import Tell
from workbench.domain.errors import ParameterError
from workbench.domain.paths import data_dir


def add_to(subjects: Any) -> None:
    """Add the parser of this subject."""
    control = subjects.add_parser(
        "control", help="requests against what is composed and heard; exit code 1 tells that a bar does not hold"
    )
    control.add_argument("--n", type=positive, metavar="N", help="requests that are composed (default: 60)")
    control.add_argument("--heard", type=int, metavar="N", help="how many of them are rendered as well (default: 30)")
    control.add_argument("--quick", action="store_true", help="16 requests, 4 of them rendered")
    control.add_argument(
        "--pairs",
        action="store_true",
        help="instead, texts that differ in a word, heard by outside measures: whether the song moves as asked",
    )
    control.add_argument("--seed", type=int, default=0, metavar="N", help="of the requests (default: 0)")
    control.add_argument("--json", action="store_true", help="print JSON")
    control.add_argument(
        "--measure-human",
        type=Path,
        metavar="DIR",
        help="measure the corpora in DIR anew for the human values, and stop",
    )
    control.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge the control suite; 0 if every bar holds, 1 if one does not."""
    if options.heard is not None and options.heard < 0:
        raise ParameterError(f"--heard {options.heard} does not fit: expected 0 or more")
    if options.measure_human:
        return _measure_human(options.measure_human)
    from training.session import quiet

    def tell(name: str) -> None:
        print(name, file=sys.stderr, flush=True)

    with quiet():
        rows = _pairs(options.seed, tell) if options.pairs else _requests(options, tell)
    print(json.dumps(rows_form(rows), indent=1) if options.json else rows_table(rows))
    return 0 if all_hold(rows) else 1


def _pairs(seed: int, tell: Tell) -> list[Row]:
    from evaluation.control.word_pairs import judge_pairs, move_pairs

    return judge_pairs(move_pairs(seed=seed, progress=tell))


def _requests(options: argparse.Namespace, tell: Tell) -> list[Row]:
    from evaluation.control import judge

    n = options.n or (judge.QUICK_REQUESTS if options.quick else judge.REQUESTS)
    heard = judge.QUICK_HEARD if options.quick else judge.HEARD
    heard = min(n, heard if options.heard is None else options.heard)
    return judge.evaluate_control(n, heard, seed=options.seed, progress=tell)


def _measure_human(data: Path) -> int:
    from evaluation.control.human_notes import measure_human, to_yaml

    text = to_yaml(measure_human(data))
    (data_dir() / "suites" / "human_notes.yaml").write_text(text, encoding="utf-8")
    print(text, end="")
    return 0
