"""`beatsfoundry bench`."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from evaluation.bench.measure import CURRENT, LENGTHS, Measured, make_ready, measure
from workbench.cli.parser import LineParser, positive

if TYPE_CHECKING:
    from evaluation.bench.result import BenchResult

Say = Callable[[str], None]
_ALONE = "15 min"
"""This song is made once, and by this checkout alone: its bars are no ratios to another one."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    parser = LineParser(
        prog="beatsfoundry bench",
        description="Measure how fast songs are made. Each is made in a fresh process, cold and then warm.",
    )
    parser.add_argument("--against", metavar="REVISION", help="an older revision, measured in turn with this one")
    parser.add_argument("--pairs", type=positive, default=3, help="pairs of measurements against it (3)")
    parser.add_argument("--quick", action="store_true", help="the song of 30 seconds alone")
    parser.add_argument("--long", action="store_true", help="also the song of 15 minutes, as with --against")
    parser.add_argument("--no-peers", action="store_true", help="leave out other programs")
    parser.add_argument("--no-track", action="store_true", help="do not log the values in MLflow")
    parser.add_argument("--json", action="store_true", help="print nothing but the result as JSON")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the bench; errors are raised as `WorkbenchError`."""
    from evaluation.bench.bars import bar_lines
    from evaluation.bench.result import as_plain, lines_of

    options = build_parser().parse_args(argv)

    def say(text: str) -> None:
        if not options.json:
            print(text, file=sys.stderr, flush=True)

    result = run_bench(options, say)
    lines = [*lines_of(result), "", *bar_lines(result)]
    print(json.dumps(as_plain(result), indent=2) if options.json else "\n".join(lines))
    if not options.no_track:
        say(f"MLflow  {_log(result)}")
    return 0


def run_bench(options: argparse.Namespace, say: Say) -> BenchResult:
    """Measure what the options ask for."""
    from evaluation.bench.against import compare, worktree
    from evaluation.bench.peers import measure_peers
    from evaluation.bench.result import BenchResult

    with TemporaryDirectory(prefix="beatsfoundry-bench-") as folder, ExitStack() as stack:
        other = None if options.against is None else stack.enter_context(worktree(options.against))
        for root in [CURRENT] if other is None else [CURRENT, other]:
            say(f"kernels of {'this checkout' if root == CURRENT else options.against}")
            make_ready(root)
        lengths = _lengths(options)
        longest = list(lengths)[min(1, len(lengths) - 1)]
        measured: dict[str, Measured] = {}
        ratios = {}
        for name, seconds in lengths.items():
            say(f"a song of {name}")
            if other is None or name == _ALONE:
                keep = Path(folder) if other is None and name == longest else None
                measured[name] = measure(seconds, keep=keep, warm=name != _ALONE)
            else:
                ratios[name], ours, _ = compare(other, seconds, options.pairs, say=say)
                measured[name] = sorted(ours, key=lambda one: one.cold_seconds)[len(ours) // 2]
        peers = []
        if not options.no_peers:
            say("peers")
            found = measured[longest]
            if other is not None:
                measure(lengths[longest], warm=False, keep=Path(folder))
            peers = measure_peers(Path(folder), found.warm or found.cold)
    return BenchResult(measured, options.against, ratios, peers, _changes(lengths[longest], say))


def _changes(seconds: int, say: Say) -> dict[str, float]:
    """What a change of the longest song costs that is no extra."""
    from evaluation.bench import knobs

    say("knobs, the same request again, three iterations")
    return {
        **knobs.measure_knobs(seconds),
        knobs.AGAIN: knobs.measure_again(seconds),
        knobs.CANDIDATES: knobs.measure_candidates(LENGTHS["30 s"]),
    }


def _lengths(options: argparse.Namespace) -> dict[str, int]:
    names = ["30 s", "4 min", _ALONE] if options.long or options.against is not None else ["30 s", "4 min"]
    return {name: LENGTHS[name] for name in (names[:1] if options.quick else names)}


def _log(result: BenchResult) -> str:
    """Log the values in MLflow; return the address of the run."""
    from evaluation.bench.result import values_of
    from workbench.provenance import installed_versions
    from workbench.tracking import address_and_command
    from workbench.tracking.dashboard import EVALUATION
    from workbench.tracking.records import RunRecord, log_records

    tags = {f"version/{name}": version for name, version in installed_versions().items()}
    tags |= {"kind": "bench", "machine": platform.machine()}
    params = {"against": result.revision} if result.revision else {}
    run = log_records([(RunRecord(EVALUATION, "bench", params, values_of(result), tags), None)])[0]
    return address_and_command(run)
