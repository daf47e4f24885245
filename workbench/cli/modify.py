"""`beatsfoundry modify`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.progress import progress_bar
from workbench.cli.run_log import add_log_options, log_track
from workbench.domain.clock import logged_stage
from workbench.domain.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.domain.plan import Plan
    from workbench.editing import Edit


def add_to(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("modify", help="edit a finished track", description=modify.__doc__)
    parser.add_argument("bundle", metavar="DIR", type=Path, nargs="?", help="bundle to edit; it stays as it is")
    parser.add_argument(
        "edits", metavar="CHANGES", nargs="?", help="a JSON file with a list of edits, the JSON itself, or - for stdin"
    )
    parser.add_argument("--out", metavar="DIR2", type=Path, help="folder to write; absent or empty")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier bundle in DIR2")
    parser.add_argument("--track", action="store_true", help="log the edited track in MLflow")
    parser.add_argument("--json", action="store_true", help="print nothing but the response as JSON")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor fill the store of earlier results")
    parser.add_argument("--schema", action="store_true", help="print the JSON schema of the edits and leave")
    add_log_options(parser)
    parser.set_defaults(run=modify)


def modify(options: argparse.Namespace) -> int:
    """Apply edits to a finished bundle and write a new one; what no edit touches keeps its bytes."""
    if options.schema:
        from workbench.editing.edits import edits_schema

        print(json.dumps(edits_schema(), indent=2, ensure_ascii=False))
        return 0
    _refuse_wrong_arguments(options)
    edits = _edits(options.edits)
    from workbench.output import check_target, has_sound

    check_target(options.out, overwrite=options.overwrite)
    _tell_of_changes(options.bundle)
    if has_sound(options.bundle):
        return _track(options, edits)
    return _notes(options, edits)


def _edits(source: str) -> tuple[Edit, ...]:
    from workbench.editing.edits import load_edits, parse_edits_text

    if source == "-":
        return parse_edits_text(sys.stdin.read(), "standard input")
    if source.lstrip().startswith(("[", "{")):
        return parse_edits_text(source)
    return load_edits(source)


def _refuse_wrong_arguments(options: argparse.Namespace) -> None:
    """Say what is wrong with the arguments before anything heavy is imported."""
    if options.bundle is None or options.edits is None or options.out is None:
        raise WorkbenchError("expected DIR CHANGES --out DIR2 (see beatsfoundry modify --help)")
    if options.out.expanduser().resolve() == options.bundle.expanduser().resolve():
        raise WorkbenchError(f"{options.out} is the bundle that is edited, which stays as it is: name another folder")
    if not options.bundle.expanduser().is_dir():
        raise WorkbenchError(f"{options.bundle} is no bundle: expected a folder that generate or compose wrote")


def _tell_of_changes(bundle: Path) -> None:
    """An instrument of a notebook may hold changes of the song that its bundle does not."""
    from workbench.session.kept_songs import read_unsaved

    changes = read_unsaved(bundle.expanduser().absolute())
    if changes is None:
        return
    from workbench.output import load_song

    count = len(changes.song.state.history) - len(load_song(bundle)[2].history)
    what = "1 change that was" if count == 1 else f"{max(count, 0) or 'some'} changes that were"
    print(f"{bundle.name} has {what} not saved in a notebook: they are not in it", file=sys.stderr)


def _track(options: argparse.Namespace, edits: tuple[Edit, ...]) -> int:
    from workbench.cli.answer import answer_of, log, print_response, print_summary
    from workbench.editing.modifying import modify as change
    from workbench.output import export
    from workbench.store import open_store

    store = None if options.no_cache else open_store()
    with progress_bar(options.bundle.name, quiet=options.quiet) as progress:
        track = change(
            options.bundle,
            edits,
            progress=lambda fraction, message: progress(0.9 * fraction, message),
            store=store,
        )
        progress(0.9, "export")
        with logged_stage("export"):
            export(track, options.out, overwrite=options.overwrite)
        log_track(track)
        run_url = log(track, options.out, progress) if options.track else None
        progress(1.0, "done")
    if options.json:
        print_response(answer_of(track), options.out)
        return 0
    _print_edits(track.plan, len(edits))
    print_summary(answer_of(track), options.out, run_url)
    return 0


def _notes(options: argparse.Namespace, edits: tuple[Edit, ...]) -> int:
    from workbench.editing.modifying import modify_notes
    from workbench.output import export_composition

    song = modify_notes(options.bundle, edits)
    export_composition(song.plan, song.score, options.out, edits=song.state, overwrite=options.overwrite)
    _print_edits(song.plan, len(edits))
    print(f"song    {options.out / 'midi' / 'song.mid'}")
    return 0


def _print_edits(plan: Plan, count: int) -> None:
    """The last edits of a song, each with what there is to tell of it."""
    for decision in plan.decisions[-count:]:
        print(f"{decision.parameter:7} {decision.value}")
        if decision.contradiction:
            print(f"{'':7} {decision.contradiction}")
