"""`beatsfoundry evaluate sound`: the sound engine against published standards and reference tracks."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from workbench.cli.parser import positive
from workbench.domain.errors import unknown_name


def add_to(subjects: Any) -> None:
    """Add the parser of this subject."""
    sound = subjects.add_parser(
        "sound",
        help="instruments, mix and master against standards and references; exit code 1 where a bar does not hold",
    )
    sound.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help="tracks, meters, chain, aliasing, parameters (these if none is named), between",
    )
    sound.add_argument("--tracks", type=positive, metavar="N", help="tracks to make (default: 24; 3 with --quick)")
    sound.add_argument("--seconds", type=positive, metavar="N", help="length of each (default: 72; 24 with --quick)")
    sound.add_argument("--seed", type=int, default=7, metavar="N", help="of the first tracks (default: 7)")
    sound.add_argument("--quick", action="store_true", help="few short tracks in preview quality, and no parameters")
    sound.add_argument("--json", action="store_true", help="print JSON")
    sound.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge the sound; 0 if every bar holds, 1 if one does not."""
    from evaluation.criteria import all_hold
    from evaluation.sound.between import jobs as between_jobs
    from evaluation.sound.judge import BY_NAME, PARTS, evaluate_sound, to_json, to_table
    from evaluation.sound.tracks import jobs

    unknown = [name for name in options.parts if name not in (*PARTS, *BY_NAME)]
    if unknown:
        raise unknown_name("part", unknown[0], (*PARTS, *BY_NAME))
    parts = options.parts or ([name for name in PARTS if name != "parameters"] if options.quick else PARTS)
    made = jobs(
        options.tracks or (3 if options.quick else 24),
        float(options.seconds or (24 if options.quick else 72)),
        seed=options.seed,
        preview=options.quick,
    )
    rows, tracks = evaluate_sound(
        parts,
        made,
        between=between_jobs(float(options.seconds or 24), options.seed),
        progress=lambda name: print(name, file=sys.stderr),
    )
    print(json.dumps(to_json(rows, tracks), indent=1) if options.json else to_table(rows, tracks))
    return 0 if all_hold(rows) else 1
