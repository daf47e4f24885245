"""`beatsfoundry generate` and `beatsfoundry compose`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.answer import answer_of, log, not_used, print_response, print_summary
from workbench.cli.progress import progress_bar
from workbench.cli.run_log import add_log_options, log_event, log_request, log_track, request_fields
from workbench.domain.clock import Progress, logged_stage

if TYPE_CHECKING:
    from workbench.domain.request import GenerationRequest
    from workbench.domain.results import Track
    from workbench.store import Store

REQUEST_HELP = "a sentence in quotes, a JSON or YAML file, or - for standard input (see beatsfoundry parameters)"

Commands = Any
"""What `add_subparsers` returns; argparse does not export the type."""


def add_to(commands: Commands) -> None:
    """Declare both commands."""
    whole = commands.add_parser(
        "generate", help="make a track: audio, stems, MIDI, report", description=generate.__doc__
    )
    _common(whole)
    whole.add_argument("--json", action="store_true", help="print nothing but the response as JSON")
    whole.add_argument("--no-track", action="store_true", help="do not log the track in MLflow")
    whole.set_defaults(run=generate)
    notes = commands.add_parser("compose", help="write plan and MIDI only", description=compose.__doc__)
    _common(notes)
    notes.set_defaults(run=compose)


def generate(options: argparse.Namespace) -> int:
    """Make the track that a request asks for, write its bundle and log it in MLflow.

    Without --out the bundle goes to out/PROJECT, numbered where that is taken.
    """
    from workbench.output import check_target
    from workbench.store import open_store

    store = None if options.no_cache else open_store()
    statement = None if store is None else _statement(options)
    if store is not None and statement is not None and _said_before(statement, options, store):
        return 0
    request = request_of(options)
    from workbench.pipeline import load_references

    check_target(options.out, overwrite=options.overwrite)
    load_references(request)
    with progress_bar(request.project_id, quiet=options.quiet) as progress:
        track = None
        answer = None if store is None else _again(request, options, store)
        if answer is None:
            answer, track = _made(request, options, store, progress)
        _finish(answer, track, options, progress)
    if store is not None and statement is not None:
        store.document(statement, lambda: _meant(request))
    return 0


def _finish(answer: dict[str, Any], track: Track | None, options: argparse.Namespace, progress: Progress) -> None:
    """Log the bundle in MLflow, and print what there is to say of it."""
    run_url = None if options.no_track else _logged(track, options.out, progress)
    progress(1.0, "done")
    if options.json:
        print_response(answer, options.out)
    else:
        print_summary(answer, options.out, run_url)


def _statement(options: argparse.Namespace) -> str | None:
    """The key of the command's words, files and settings, before a request is made of them; none for what is piped."""
    from workbench.domain.config import load_config
    from workbench.domain.paths import is_file, is_folder
    from workbench.store import stated_key

    source, config = options.request, load_config()
    if source == "-" or is_folder(Path(source)):
        return None
    try:
        text = Path(source).read_text(encoding="utf-8-sig") if is_file(Path(source)) else ""
    except (OSError, ValueError):
        return None
    return stated_key(source, text, options.seed, config.options, config.out and str(config.out))


def _meant(request: GenerationRequest) -> dict[str, Any]:
    """What a statement led to: the bundle's key, the project, and what the log tells."""
    from workbench.store import request_key

    return {"bundle": request_key(request), "project": request.project_id, "logged": request_fields(request)}


def _said_before(statement: str, options: argparse.Namespace, store: Store) -> bool:
    """Write the bundle that the same words led to, if the store still holds it; no library of sound is loaded."""
    from workbench.domain.config import load_config
    from workbench.output import bundle_again, check_target

    meant = store.known(statement)
    if meant is None or not store.holds(meant["bundle"]):
        return False
    out, project = options.out, meant["project"]
    if out is None:
        out = _free_folder((load_config().out or Path("out")) / project, overwrite=options.overwrite)
    check_target(out, overwrite=options.overwrite)
    with progress_bar(project, quiet=options.quiet) as progress:
        answer = bundle_again(store, meant["bundle"], out, overwrite=options.overwrite)
        if answer is None:
            return False
        options.out = out
        log_event("request", **meant["logged"])
        log_event("made before")
        _finish(answer, None, options, progress)
    return True


def _again(request: GenerationRequest, options: argparse.Namespace, store: Store) -> dict[str, Any] | None:
    """Write the bundle that the store holds of this very request; None if it holds none."""
    from workbench.output import bundle_again
    from workbench.store import request_key

    answer = bundle_again(store, request_key(request), options.out, overwrite=options.overwrite)
    if answer is not None:
        log_event("made before")
    return answer


def _made(
    request: GenerationRequest, options: argparse.Namespace, store: Store | None, progress: Progress
) -> tuple[dict[str, Any], Track]:
    """Make the bundle, and keep it in the store."""
    from workbench.output import export, keep_bundle
    from workbench.pipeline import generate as make
    from workbench.store import request_key

    track = make(request, progress=lambda fraction, message: progress(0.9 * fraction, message), store=store)
    progress(0.9, "export")
    with logged_stage("export"):
        export(track, options.out, overwrite=options.overwrite)
    log_track(track)
    answer = answer_of(track)
    if store is not None:
        keep_bundle(store, request_key(request), options.out, answer)
    return answer, track


def _logged(track: Track | None, bundle: Path, progress: Progress) -> str:
    from workbench.output import load

    return log(load(bundle) if track is None else track, bundle, progress)


def compose(options: argparse.Namespace) -> int:
    """Plan and write the song that a request asks for: MIDI files and the plan, no sound."""
    request = request_of(options)
    from workbench.output import check_target, export_composition
    from workbench.pipeline import compose_only, load_references
    from workbench.store import open_store

    check_target(options.out, overwrite=options.overwrite)
    load_references(request)
    store = None if options.no_cache else open_store()
    with progress_bar(request.project_id, quiet=options.quiet) as progress:
        plan, score = compose_only(request, progress=progress, store=store)
        export_composition(plan, score, options.out, overwrite=options.overwrite)
    notes = sum(len(part.notes) for part in score.parts.values())
    lines = [*not_used(plan), f"{plan.style}, {plan.tempo_bpm:g} BPM, {plan.key}, {plan.bars} bars, {notes} notes"]
    print(*lines, sep="\n")
    print(f"song    {options.out / 'midi' / 'song.mid'}")
    print(f"plan    {options.out / 'plan.json'}")
    return 0


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request", metavar="REQUEST", help=REQUEST_HELP)
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="folder to write; absent or empty (out/PROJECT if left out)"
    )
    parser.add_argument("--seed", type=int, help="seed to use instead of the request's")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier bundle in DIR")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor fill the store of earlier results")
    add_log_options(parser)


def request_of(options: argparse.Namespace) -> GenerationRequest:
    """The request that the arguments name, with the user's defaults; `options.out` is set where it was left out."""
    from workbench.domain.asking import read_request, with_options, with_seed
    from workbench.domain.config import load_config

    config = load_config()
    request = with_seed(with_options(read_request(options.request, sys.stdin), config.options), options.seed)
    if options.out is None:
        options.out = _free_folder((config.out or Path("out")) / request.project_id, overwrite=options.overwrite)
    log_request(request)
    return request


def _free_folder(folder: Path, *, overwrite: bool) -> Path:
    """The folder, or the first of FOLDER-2, FOLDER-3 ... that holds nothing; to overwrite is to take it as it is."""
    number, free = 1, folder
    while not overwrite and free.exists() and (free.is_file() or any(free.iterdir())):
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free
