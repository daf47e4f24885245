"""`beatsfoundry evaluate songs`: whole songs as composed, beside whole songs that people wrote."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from evaluation.criteria import all_hold, rows_form
from workbench.cli.parser import positive

QUICK_SONGS = 22


def add_to(subjects: Any) -> None:
    """Add the parser of this subject."""
    songs = subjects.add_parser(
        "songs", help="whole songs against whole songs of people; exit code 1 tells that a bar does not hold"
    )
    songs.add_argument("--n", type=positive, metavar="N", help="songs that are composed (default: all of the suite)")
    songs.add_argument("--quick", action="store_true", help=f"{QUICK_SONGS} songs, one of each style")
    songs.add_argument("--json", action="store_true", help="print JSON")
    songs.add_argument(
        "--measure-human",
        type=Path,
        metavar="DIR",
        help="measure the corpora in DIR anew for the human features, and stop",
    )
    songs.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge the suite of whole songs; 0 if every bar holds, 1 if one does not."""
    from evaluation.whole_songs import human, human_comparison, songs

    if options.measure_human:
        for kind, table in human.measure_human(options.measure_human).items():
            print(f"{kind}: {len(table)} songs of {', '.join(sorted(set(table.origins)))}")
        return 0
    n = options.n or (QUICK_SONGS if options.quick else len(songs.song_requests()))
    composed = songs.compose_songs(n, progress=lambda name: print(name, file=sys.stderr, flush=True))
    rows = human_comparison.judge_songs(composed, human.load_human(), human.load_generated())
    print(json.dumps(rows_form(rows), indent=1) if options.json else human_comparison.to_table(rows))
    return 0 if all_hold(rows) else 1
