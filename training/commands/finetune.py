"""`beatsfoundry finetune ELEMENT --midi DIR --name NAME`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from training.commands.data_folder import add_data_option
from workbench.cli.parser import LineParser


def build_parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = LineParser(
        prog="beatsfoundry finetune",
        description="Teach an element's network a folder of your own MIDI, and keep the result under a name.",
    )
    parser.add_argument("element", metavar="ELEMENT", help="harmony, percussion, bass, pads or leads")
    parser.add_argument("--midi", type=Path, required=True, metavar="DIR", help="folder of your MIDI files")
    parser.add_argument("--name", required=True, help='what requests call it: "models": {"bass": NAME}')
    parser.add_argument("--method", choices=("lora", "full"), default="lora", help="adapter or all weights")
    parser.add_argument("--rank", type=int, default=8, metavar="N", help="rank of the adapter (default 8)")
    parser.add_argument(
        "--minutes", type=_minutes, default=10.0, metavar="X",
        help="longest time of everything, with reading, measuring and samples (default 10)",
    )  # fmt: skip
    parser.add_argument("--steps", type=int, default=240, metavar="N", help="optimiser steps at most (default 240)")
    parser.add_argument("--learning-rate", type=float, metavar="X", help="instead of the method's own")
    add_data_option(parser, "folder of the old corpora: replayed, and forgetting is measured", required=False)
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--samples", type=Path, metavar="DIR", help="default: runs/finetune/ELEMENT/NAME")
    parser.add_argument("--concept", metavar="TEXT", help="what the samples before and after are asked to be")
    parser.add_argument("--no-samples", action="store_true", help="write no samples")
    parser.add_argument("--overwrite", action="store_true", help="replace a network of that name")
    parser.add_argument("--no-track", action="store_true", help="do not log to MLflow")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0. Errors are raised as `WorkbenchError`."""
    options = build_parser().parse_args(argv)
    from training.tuned_run import finetune_run
    from workbench.cli.progress import progress_lines

    folder = options.samples or Path("runs") / "finetune" / options.element / options.name
    result = finetune_run(
        options.element, options.midi, options.name, method=options.method, rank=options.rank,
        minutes=options.minutes, data=options.data, steps=options.steps, learning_rate=options.learning_rate,
        seed=options.seed, overwrite=options.overwrite, report=progress_lines(), track=not options.no_track,
        samples=None if options.no_samples else folder, concept=options.concept,
    )  # fmt: skip
    print(result)
    if result.page:
        print(f"listen  {result.page}")
    if result.run:
        print(f"MLflow  {result.run}")
    print(f'{result.path}: ask for it with "models": {{"{result.element}": "{result.name}"}}')
    return 0


def _minutes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected minutes above 0, got {text}")
    return value
