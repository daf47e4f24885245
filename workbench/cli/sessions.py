"""`beatsfoundry export` and `beatsfoundry import`: sessions of studio programs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable
from workbench.cli.progress import progress_bar
from workbench.cli.run_log import add_log_options, log_track

if TYPE_CHECKING:
    from workbench.editing.adopting import Adopted

DAWS = ("dawproject", "reaper", "ableton", "ardour", "lmms", "hydrogen", "musicxml")
"""Formats that can be written; a test holds them to `workbench.output.daw.FORMATS`, which is slower to import."""


def add_to(commands: Any) -> None:
    """Declare both commands."""
    out = commands.add_parser("export", help="write a track as a session of a DAW", description=export.__doc__)
    out.add_argument("bundle", metavar="DIR", type=Path, help="bundle of generate or compose")
    out.add_argument("--daw", choices=DAWS, required=True, help="program or format that opens it")
    out.add_argument(
        "--out", metavar="FILE", type=Path, required=True,
        help="file to write; a session that lies beside its stems gets a folder of that name",
    )  # fmt: skip
    out.add_argument("--overwrite", action="store_true", help="replace an earlier session there")
    add_log_options(out)
    out.set_defaults(run=export)
    into = commands.add_parser("import", help="make a bundle of a DAW's session", description=bring_in.__doc__)
    into.add_argument(
        "session", metavar="FILE", type=Path, help="a .dawproject, .rpp, .als or MIDI file, or the folder of a project"
    )
    into.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to write; absent or empty")
    into.add_argument("--concept", metavar="TEXT", help="what it is like: style and sound follow from it")
    into.add_argument("--seed", metavar="N", type=int, default=0, help="seed of what is drawn later (default 0)")
    into.add_argument("--notes", action="store_true", help="write plan and MIDI only")
    into.add_argument("--overwrite", action="store_true", help="replace an earlier bundle in DIR")
    into.add_argument("--no-cache", action="store_true", help="neither read nor fill the store of earlier results")
    into.add_argument("--quiet", action="store_true", help="show no progress")
    add_log_options(into)
    into.set_defaults(run=bring_in)


def export(options: argparse.Namespace) -> int:
    """Write a bundle as a session: stems and notes on named tracks, tempo map, metres and section markers."""
    from workbench.output.daw import export_session

    print(f"session {export_session(options.bundle, options.daw, options.out, overwrite=options.overwrite)}")
    return 0


def bring_in(options: argparse.Namespace) -> int:
    """Make a bundle of a session: its notes, tempo map, markers, gains and pans, ready for `beatsfoundry modify`."""
    from workbench.editing.adopting import adopt
    from workbench.output import check_target, export_composition
    from workbench.output.daw import read_session

    check_target(options.out, overwrite=options.overwrite)
    adopted = adopt(read_session(options.session), concept=options.concept, seed=options.seed)
    for remark in adopted.song.remarks:
        print(f"note    {printable(remark)}")
    if options.notes:
        song = adopted.song
        export_composition(song.plan, song.score, options.out, overwrite=options.overwrite)
        print(f"song    {options.out / 'midi' / 'song.mid'}")
        return 0
    return _with_sound(adopted, options)


def _with_sound(adopted: Adopted, options: argparse.Namespace) -> int:
    from workbench.cli.answer import answer_of, print_summary
    from workbench.output import export as write
    from workbench.pipeline import finish
    from workbench.store import open_store

    store = None if options.no_cache else open_store()
    with progress_bar(options.session.name, quiet=options.quiet) as progress:
        track = finish(
            adopted.request,
            adopted.song.plan,
            adopted.song.score,
            model_hashes={},
            progress=lambda fraction, message: progress(0.9 * fraction, message),
            store=store,
        )
        progress(0.9, "export")
        write(track, options.out, overwrite=options.overwrite)
        log_track(track)
        progress(1.0, "done")
    print_summary(answer_of(track), options.out, None)
    return 0
