"""`beatsfoundry sweep ELEMENT --data DIR --trials N`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from training.commands.data_folder import add_data_option
from workbench.cli.parser import LineParser
from workbench.domain.errors import ParameterError
from workbench.models.elements import get_spec


def build_parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = LineParser(
        prog="beatsfoundry sweep",
        description="Search for a better recipe of an element. A study goes on where it was; machines that share its "
        "database share the work.",
    )
    parser.add_argument("element", metavar="ELEMENT", help="harmony, percussion, bass, pads or leads")
    add_data_option(parser, "folder that holds the corpora")
    parser.add_argument("--trials", type=int, required=True, metavar="N", help="trials of the study in all")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes on this machine")
    parser.add_argument("--space", type=Path, metavar="FILE", help="YAML of what may change")
    recipe = parser.add_mutually_exclusive_group()
    recipe.add_argument("--recipe", metavar="NAME", help="another recipe of the element to start from, such as small")
    recipe.add_argument("--config", type=Path, metavar="FILE", help="recipe to start from instead of the element's own")
    parser.add_argument(
        "--corpora", metavar="NAMES", help="corpora with shares instead of the recipe's: groove=3,freedoom"
    )
    parser.add_argument("--study", metavar="NAME", help="name of the study (default: ELEMENT)")
    parser.add_argument("--storage", metavar="URL", help="database of the study (default: sqlite in the out folder)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: runs/sweep/ELEMENT")
    parser.add_argument("--steps", type=int, metavar="N", help="steps of each trial instead of the recipe's")
    parser.add_argument("--limit", type=int, metavar="N", help="songs of each corpus and split, for a quick try")
    parser.add_argument("--no-track", action="store_true", help="do not log to MLflow")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0. Errors are raised as `WorkbenchError`."""
    options = build_parser().parse_args(argv)
    if options.trials < 1 or options.jobs < 1:
        raise ParameterError(f"trials {options.trials} and jobs {options.jobs}: expected whole numbers above 0")
    get_spec(options.element)
    from training.corpora import check_data

    check_data(options.data)
    from training.config import parse_corpora
    from training.session import quiet

    with quiet():
        from training.sweeps import sweep

        result = sweep(
            options.element, options.data, trials=options.trials, jobs=options.jobs, space=options.space,
            config=options.config or (f"{options.element}-{options.recipe}" if options.recipe else None),
            corpora=parse_corpora(options.corpora) if options.corpora else None,
            study=options.study, storage=options.storage, out=options.out,
            limit=options.limit, steps=options.steps, track=not options.no_track,
        )  # fmt: skip
    print(result.frame().to_string(index=False, float_format="{:.4g}".format))
    print(f"{result.finished} trials finished, {result.pruned} were pruned; best {result.nll:.3f} nats a note")
    print(f"{result.recipe_path}: train by it with beatsfoundry train {options.element} --config {result.recipe_path}")
    return 0
