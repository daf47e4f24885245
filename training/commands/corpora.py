"""`beatsfoundry corpora list|get|make|report|roles|parse`: public data sets and one's own MIDI files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.commands.data_folder import add_data_option
from workbench.cli.engines import add_engine_options
from workbench.cli.parser import LineParser, positive
from workbench.domain.errors import CorpusError, ParameterError


def build_parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = LineParser(prog="beatsfoundry corpora", description="Data sets to train on, and your own MIDI files.")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=LineParser)
    lists = actions.add_parser(
        "list",
        help="where each public set is had, its licence and citation, and whether a local copy is whole",
        description="A copy is whole if it holds as many songs as the publication, and every file that its own index "
        "names; one that `get` unpacked, if each file still has the SHA-256 of its manifest.",
    )
    add_data_option(lists, "folder that holds the corpora", required=False)
    lists.add_argument("--json", action="store_true", help="print JSON")
    lists.set_defaults(run=_list)
    get = actions.add_parser(
        "get",
        help="download public sets; a broken download goes on where it stopped",
        description="Without a name: every set that a recipe learns from and that can be downloaded; those that are "
        "there already stay as they are.",
    )
    get.add_argument("names", nargs="*", metavar="NAME", help="names of `beatsfoundry corpora list`")
    add_data_option(get, "folder that the set goes into")
    get.set_defaults(run=_get)
    make = actions.add_parser(
        "make",
        help="generate accompaniment over the chords of Billboard and POP909",
        description="Writes DIR/accompaniment: percussion, bass and pads by rule, without a network, in all styles. It "
        "takes the chords of the sets that DIR holds (`corpora get billboard pop909 --data DIR`). 800 songs take about "
        "three minutes.",
    )
    make.add_argument("name", choices=("accompaniment",), metavar="NAME", help="accompaniment")
    add_data_option(make, "folder that holds the corpora")
    make.add_argument("--songs", type=positive, default=800, metavar="N", help="songs to write (default: 800)")
    make.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, another corpus (default: 1)")
    make.set_defaults(run=_make)
    report = actions.add_parser("report", help="what the corpora hold, what was dropped and why; tables and pictures")
    report.add_argument("names", nargs="*", metavar="NAME", help="all that are there if none is named")
    add_data_option(report, "folder that holds the corpora")
    report.add_argument("--out", type=Path, metavar="DIR", help="write a page with pictures into this new folder")
    report.add_argument("--json", action="store_true", help="print JSON")
    report.add_argument("--processes", type=positive, metavar="N", help="processes that parse (default: all)")
    report.set_defaults(run=_report)
    roles = actions.add_parser(
        "roles",
        help="which element each track of your MIDI files plays; written to roles.json for correction",
        description="Correct the roles in roles.json (percussion, bass, pads, leads, none): they win from then on.",
    )
    roles.add_argument("folder", type=Path, metavar="DIR", help="folder with MIDI files, at any depth")
    roles.set_defaults(run=_roles)
    _declare_parse(actions)
    return parser


def _declare_parse(actions: Any) -> None:
    parse = actions.add_parser(
        "parse",
        help="any number of MIDI files as tables: notes, songs, near duplicates, split",
        description="Writes Parquet; goes on where it stopped. docs/scaling.md tells of the tables and the engines.",
    )
    parse.add_argument("folder", type=Path, metavar="DIR", help="folder with MIDI files, at any depth")
    parse.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the tables")
    add_engine_options(parse)
    parse.add_argument("--quiet", action="store_true", help="show no progress")
    parse.set_defaults(run=_parse)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns 0. Errors are raised as `WorkbenchError`."""
    options = build_parser().parse_args(argv)
    options.run(options)
    return 0


def _list(options: argparse.Namespace) -> None:
    from training.corpora.catalogue import list_corpora

    if options.data is not None:
        _require_folder(options.data)
    entries = list_corpora(options.data)
    if options.json:
        print(json.dumps([asdict(entry) for entry in entries], indent=1))
        return
    for entry in entries:
        count = f" ({entry.here:,} of {entry.expected:,})" if entry.state not in ("", "absent") else ""
        state = f", {entry.state}{count}" if entry.state else ""
        print(f"{entry.name}: tier {entry.tier}, {entry.licence}{state}")
        way = " (corpora get)" if entry.can_get else " (corpora make)" if entry.can_make else ""
        print(f"    {entry.page}{way}")
        print(f"    {entry.citation}")
        if entry.note:
            print(f"    {entry.note}")


def _get(options: argparse.Namespace) -> None:
    from training.corpora.catalogue import get_corpora

    show = _show if sys.stderr.isatty() else None
    failed = []
    for name, got in get_corpora(tuple(options.names), options.data, progress=show):
        if isinstance(got, CorpusError):
            failed.append(name)
            print(f"{name}: {got}", file=sys.stderr)
        else:
            print(f"{name}: {got}", flush=True)
    if not options.names and not (options.data / "accompaniment").is_dir() and not failed:
        print("accompaniment: `beatsfoundry corpora make accompaniment` generates it over these chords")
    if failed:
        raise CorpusError(f"{', '.join(failed)} could not be had (see above); what came is there")


def _make(options: argparse.Namespace) -> None:
    from training.accompanist import make_accompaniment

    progress = _show_share if sys.stderr.isatty() else None
    folder = make_accompaniment(options.data, songs=options.songs, seed=options.seed, progress=progress)
    print(f"{folder}: {options.songs:,} songs, see {folder / 'README.md'}")


def _show_share(share: float, name: str) -> None:
    print(f"\r{share:4.0%} {name:40.40}", end="", file=sys.stderr, flush=True)


def _show(here: int, total: int | None) -> None:
    of = f" of {total / 1e6:.1f}" if total else ""
    print(f"\r{here / 1e6:.1f}{of} MB", end="\n" if here == total else "", file=sys.stderr, flush=True)


def _report(options: argparse.Namespace) -> None:
    from training.corpora import find_corpora, read_corpus
    from training.corpora.report import to_json, to_text, write_report
    from training.corpora.tally import tally
    from workbench.output.files.folder import appearing, check_target

    _require_folder(options.data)
    names = [corpus.name for corpus in find_corpora(options.data, tuple(options.names) or None)]
    if options.out is not None:
        check_target(options.out)
    tallies = [tally(read_corpus(options.data, name, processes=options.processes)) for name in names]
    if options.out is not None:
        with appearing(options.out) as draft:
            write_report(tallies, draft)
    print(to_json(tallies) if options.json else to_text(tallies))


def _roles(options: argparse.Namespace) -> None:
    from training.corpora.roles import write_roles
    from training.corpora.sets.folder import role_table

    _require_folder(options.folder)
    rows, broken = role_table(options.folder)
    if not rows and not broken:
        raise ParameterError(f"folder {options.folder} holds no MIDI file: expected .mid, .midi, .smf, .kar or .rmi")
    print(f"{'role':11}{'notes':>7}{'range':>9}{'voices':>8}{'program':>9}  track, name, file")
    for row in rows:
        span = f"{row.lowest}-{row.highest}"
        line = f"{row.role:11}{row.notes:7,}{span:>9}{row.polyphony:8.1f}{row.program:9}"
        print(f"{line}  {row.track}, {row.name or '-'}, {row.file}{f' (doubtful: {row.doubt})' if row.doubt else ''}")
    for name, reason in broken:
        print(f"{name}: {reason}", file=sys.stderr)
    if rows:
        print(write_roles(options.folder, rows))


def _parse(options: argparse.Namespace) -> None:
    from training.corpora.parsing import parse_folder
    from workbench.backends import open_backend
    from workbench.cli.progress import progress_bar

    _require_folder(options.folder)
    with (
        progress_bar("parse", quiet=options.quiet) as progress,
        open_backend(options.backend, jobs=options.jobs, address=options.address) as backend,
    ):
        came = parse_folder(options.folder, options.out, backend, progress=progress)
    print(f"{came.files - came.left_out:,} of {came.files:,} files hold {came.notes:,} notes")
    print(f"{came.near:,} of them are near duplicates, in {came.groups:,} groups; each group stands on one side")
    print(f"tables  {options.out}")


def _require_folder(folder: Path) -> None:
    if folder.is_file():
        raise ParameterError(f"{folder} is a file: expected a folder")
    if not folder.is_dir():
        raise ParameterError(f"folder {folder} is not there: expected a folder")
