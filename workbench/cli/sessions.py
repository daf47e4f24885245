"""`beatsfoundry export` and `beatsfoundry import`: sessions of studio programs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.parser import printable
from workbench.cli.progress import progress_bar
from workbench.cli.run_log import add_log_options, log_track
from workbench.domain.errors import ParameterError

if TYPE_CHECKING:
    from workbench.editing.adopting import Adopted

DAWS = ("dawproject", "reaper", "ableton", "ardour", "lmms", "hydrogen", "musicxml", "pdf")
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
    into = commands.add_parser(
        "import", help="make a bundle of a DAW's session or a folder of stems", description=bring_in.__doc__
    )
    into.add_argument(
        "session", metavar="FILE", type=Path,
        help="a .dawproject, .rpp, .als or MIDI file, the folder of a project, or a folder of stems",
    )  # fmt: skip
    into.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to write; absent or empty")
    into.add_argument("--concept", metavar="TEXT", help="what it is like: style and sound follow from it")
    into.add_argument("--seed", metavar="N", type=int, default=0, help="seed of what is drawn later (default 0)")
    stems = into.add_argument_group("of a folder of stems")
    stems.add_argument("--tempo", metavar="BPM", type=float, help="tempo, 40 to 240 (estimated if left out)")
    stems.add_argument("--key", metavar="KEY", help="key, such as 'F minor' (estimated if left out)")
    stems.add_argument("--metre", metavar="METRE", default="4/4", help="metre (default 4/4)")
    stems.add_argument(
        "--sections", metavar="TEXT", default="", help="sections with bars: 'intro 4, verse 8, chorus 8'"
    )
    stems.add_argument(
        "--as", metavar="FILE=ELEMENT", action="append", default=[], dest="elements",
        help="element of a file whose name does not tell it, or none; can be given again",
    )  # fmt: skip
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
    from workbench.output import check_target, export_composition

    check_target(options.out, overwrite=options.overwrite)
    adopted = _adopted(options)
    for remark in adopted.song.remarks:
        print(f"note    {printable(remark)}")
    if options.notes:
        song = adopted.song
        export_composition(song.plan, song.score, options.out, overwrite=options.overwrite)
        print(f"song    {options.out / 'midi' / 'song.mid'}")
        return 0
    return _with_sound(adopted, options)


def _adopted(options: argparse.Namespace) -> Adopted:
    from workbench.editing import StemWishes, adopt, adopt_stems, is_stem_folder
    from workbench.output.daw import read_session

    wishes = StemWishes(options.tempo, options.key, options.metre, options.sections, dict(_pairs(options.elements)))
    if is_stem_folder(options.session):
        return adopt_stems(options.session, wishes, concept=options.concept, seed=options.seed)
    if wishes != StemWishes(elements={}):
        raise ParameterError(
            "--tempo, --key, --metre, --sections and --as are for a folder of stems: a session states them"
        )
    return adopt(read_session(options.session), concept=options.concept, seed=options.seed)


def _pairs(texts: list[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, sign, element = text.rpartition("=")
        if not sign or not name:
            raise ParameterError(f"--as: expected a file and an element such as 'Take 3.wav=leads', got {text!r}")
        yield name.strip(), element.strip().lower()


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
