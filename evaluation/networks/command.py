"""`beatsfoundry evaluate models`: networks against n-grams and human music."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.cli.parser import positive
from workbench.domain.errors import CorpusError, ParameterError
from workbench.models.elements import SPECS, get_spec

_DRAWING = ("nucleus", "step_temperature", "symbol_temperature", "attribute_temperature", "pace", "guidance")


def add_to(subjects: Any) -> None:
    """Add the parser of this subject."""
    models = subjects.add_parser(
        "models",
        help="networks against n-grams and human music on validation data; exit code 1 tells that a bar does not hold",
    )
    models.add_argument("elements", nargs="*", metavar="ELEMENT", help="all if none is named")
    models.add_argument(
        "--data", type=Path, metavar="DIR", help="folder that holds the corpora (default: data of the settings)"
    )
    models.add_argument("--n", type=positive, default=500, metavar="N", help="four-bar excerpts a side (default: 500)")
    models.add_argument("--seed", type=int, default=0, metavar="N", help="of excerpts and samples (default: 0)")
    models.add_argument("--nucleus", type=float, metavar="P", help="probability mass that samples are drawn from")
    models.add_argument("--step-temperature", type=float, metavar="T", help="of where notes stand")
    models.add_argument("--symbol-temperature", type=float, metavar="T", help="of pitches, drums and chords")
    models.add_argument("--attribute-temperature", type=float, metavar="T", help="of velocities and lengths")
    models.add_argument("--pace", type=float, metavar="X", help="how firmly the density asked for is held")
    models.add_argument("--guidance", type=float, metavar="X", help="how far choices are led towards the style")
    models.add_argument("--quick", action="store_true", help="leave the minutes of fine-tuning out")
    models.add_argument("--update-cards", action="store_true", help="write the values into the cards of the weights")
    models.add_argument("--json", action="store_true", help="print JSON")
    models.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge the networks; 0 if every bar holds, 1 if one does not."""
    for name in options.elements:
        get_spec(name)
    from training.corpora import check_data

    data = options.data or default_data()
    check_data(data)
    elements = _with_data(options.elements, data, whole=options.update_cards)
    from evaluation.criteria import all_hold
    from evaluation.networks.judge import evaluate_models, to_json, to_table, update_cards
    from training.session import quiet

    chosen = {name: getattr(options, name) for name in _DRAWING}
    settings = {name: value for name, value in chosen.items() if value is not None}
    with quiet():
        results = evaluate_models(
            data, elements, n=options.n, seed=options.seed, settings=settings, fine_tuning=not options.quick,
            progress=lambda name: print(name, file=sys.stderr),
        )  # fmt: skip
    if options.update_cards:
        update_cards(results)
    print(json.dumps(to_json(results), indent=1) if options.json else to_table(results))
    return 0 if all(all_hold(result.rows) for result in results) else 1


def _with_data(named: Sequence[str], data: Path, *, whole: bool) -> list[str]:
    """The elements that can be judged on a data folder; what is missing is reported on standard error.

    An element that was named, and each where `whole` is asked for, is refused instead.
    """
    from training.config import load_config
    from training.presence import fit_to_data

    kept = []
    for element in named or tuple(SPECS):
        try:
            fitted = fit_to_data(load_config(element), data)
        except CorpusError as error:
            if named:
                raise
            print(f"{element} is not judged: {error}", file=sys.stderr)
            continue
        if whole and fitted.remarks:
            raise ParameterError(f"cards hold values on the whole recipe's songs only: {fitted.remarks[0]}")
        for line in fitted.remarks:
            print(line, file=sys.stderr)
        kept.append(element)
    if not kept:
        raise CorpusError(f"no corpus of any recipe in {data}: have some with `beatsfoundry corpora get --data {data}`")
    return kept


def default_data() -> Path:
    """The folder that the settings name, else the one beside the repository."""
    from training.commands.data_folder import stated_data

    return stated_data() or Path(__file__).resolve().parents[3] / "shared" / "data" / "midi"
