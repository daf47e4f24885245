"""`beatsfoundry train ELEMENT --data DIR`, also `python -m training`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from training.commands.data_folder import add_data_option
from workbench.cli.parser import LineParser, positive
from workbench.domain.errors import ParameterError
from workbench.models.elements import get_spec


def build_parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = LineParser(
        prog="beatsfoundry train",
        description="Train the network of one element on a folder of corpora. A stopped run goes on where it was.",
    )
    parser.add_argument("element", metavar="ELEMENT", help="harmony, percussion, bass, pads or leads")
    add_data_option(parser, "folder that holds the corpora")
    parser.add_argument("--out", type=Path, metavar="DIR", help="checkpoints and weights (default: runs/train/ELEMENT)")
    parser.add_argument(
        "--checkpoints", metavar="URL", help="folder or address (s3://bucket/run) for checkpoints instead of --out"
    )
    recipe = parser.add_mutually_exclusive_group()
    recipe.add_argument("--recipe", metavar="NAME", help="another recipe of the element: small, for a first try")
    recipe.add_argument("--config", type=Path, metavar="FILE", help="recipe as YAML instead of the element's own")
    parser.add_argument(
        "--corpora", metavar="NAMES", help="corpora with shares instead of the recipe's: groove=3,freedoom"
    )
    parser.add_argument("--steps", type=positive, metavar="N", help="optimiser steps instead of the recipe's")
    parser.add_argument("--validate-every", type=positive, metavar="N", help="steps between validations")
    parser.add_argument(
        "--sample-every", type=_steps, metavar="N", help="steps between samples to listen to; 0 for none"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="songs of each corpus and split, for a quick try")
    parser.add_argument("--start", type=Path, metavar="FILE", help="weights (.safetensors) to go on from")
    parser.add_argument("--seed", type=int, metavar="N", help="seed instead of the recipe's")
    parser.add_argument("--devices", type=positive, default=1, metavar="N", help="processes (GPUs) on each machine")
    parser.add_argument("--nodes", type=positive, default=1, metavar="N", help="machines")
    parser.add_argument("--strategy", default="auto", help="Lightning's strategy, such as ddp or fsdp (default: auto)")
    parser.add_argument("--accelerator", default="auto", help="cpu, gpu or auto")
    parser.add_argument("--no-track", action="store_true", help="do not log to MLflow")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0. Errors are raised as `WorkbenchError`."""
    options = build_parser().parse_args(argv)
    from training.config import load_config, parse_corpora
    from training.corpora import check_data
    from training.presence import Fitted, fit_to_data

    get_spec(options.element)
    config = load_config(
        options.config or (f"{options.element}-{options.recipe}" if options.recipe else options.element),
        corpora=parse_corpora(options.corpora) if options.corpora else None,
        steps=options.steps,
        validate_every=options.validate_every,
        sample_every=options.sample_every,
        seed=options.seed,
    )
    if config.element != options.element:
        raise ParameterError(f"recipe {options.config} is for {config.element!r}, not for {options.element!r}")
    fitted = fit_to_data(config, options.data) if options.corpora is None else Fitted(config)
    config = fitted.config
    check_data(options.data)
    folder = options.out or Path("runs") / "train" / options.element
    from training.callbacks import ProgressLog
    from training.machines import Machines
    from training.run import train
    from training.session import is_first_process

    if is_first_process():
        lines = (*fitted.remarks, f"reads {', '.join(config.corpora)} in {options.data}")
        print("\n".join(lines), file=sys.stderr, flush=True)
    bar = sys.stderr.isatty()
    run = train(
        config, options.data, folder, track=not options.no_track, limit=options.limit, start=options.start,
        machines=Machines(options.devices, options.nodes, options.strategy, options.accelerator),
        checkpoints=options.checkpoints, progress=bar,
        callbacks=(ProgressLog(None) if bar else ProgressLog(),), command=command_line(options),
    )  # fmt: skip
    if is_first_process():
        print(f"{run.weights}: {run.card['validation_nats_per_note']['nll']:.3f} nats a note on validation")
    return 0


def command_line(options: argparse.Namespace) -> str:
    """The command as the card tells it: what it asks for, without folders of this machine."""
    words = ["beatsfoundry", "train", options.element, "--data", "DIR"]
    parser = build_parser()
    for name in (
        "recipe", "config", "corpora", "steps", "validate_every", "sample_every", "limit", "start", "seed", "devices",
        "nodes", "strategy", "accelerator",
    ):  # fmt: skip
        value = getattr(options, name)
        if value != parser.get_default(name):
            words += [f"--{name.replace('_', '-')}", value.name if isinstance(value, Path) else str(value)]
    return shlex.join(words)


def _steps(text: str) -> int:
    return 0 if text == "0" else positive(text)
