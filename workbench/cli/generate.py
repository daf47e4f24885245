"""`beatsfoundry generate` and `beatsfoundry compose`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.answer import answer_of, log, print_response, print_summary
from workbench.cli.progress import Progress, progress_bar

if TYPE_CHECKING:
    from workbench.domain.request import GenerationRequest
    from workbench.domain.results import Track
    from workbench.store import Store

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
    """Make the track that a request asks for, write its bundle and log it in MLflow."""
    request = _request(options)
    from workbench.output import check_target
    from workbench.pipeline import load_references
    from workbench.store import open_store

    check_target(options.out, overwrite=options.overwrite)
    load_references(request)
    store = None if options.no_cache else open_store()
    with progress_bar(request.project_id, quiet=options.quiet) as progress:
        track = None
        answer = None if store is None else _again(request, options, store)
        if answer is None:
            answer, track = _made(request, options, store, progress)
        run_url = None if options.no_track else _logged(track, options.out, progress)
        progress(1.0, "done")
    if options.json:
        print_response(answer, options.out)
    else:
        print_summary(answer, options.out, run_url)
    return 0


def _again(request: GenerationRequest, options: argparse.Namespace, store: Store) -> dict[str, Any] | None:
    """Write the bundle that the store holds of this very request; None if it holds none."""
    from workbench.output import bundle_again
    from workbench.store import request_key

    return bundle_again(store, request_key(request), options.out, overwrite=options.overwrite)


def _made(
    request: GenerationRequest, options: argparse.Namespace, store: Store | None, progress: Progress
) -> tuple[dict[str, Any], Track]:
    """Make the bundle, and keep it in the store."""
    from workbench.output import export, keep_bundle
    from workbench.pipeline import generate as make
    from workbench.store import request_key

    track = make(request, progress=lambda fraction, message: progress(0.9 * fraction, message), store=store)
    progress(0.9, "export")
    export(track, options.out, overwrite=options.overwrite)
    answer = answer_of(track)
    if store is not None:
        keep_bundle(store, request_key(request), options.out, answer)
    return answer, track


def _logged(track: Track | None, bundle: Path, progress: Progress) -> str:
    from workbench.output import load

    return log(load(bundle) if track is None else track, bundle, progress)


def compose(options: argparse.Namespace) -> int:
    """Plan and write the song that a request asks for: MIDI files and the plan, no sound."""
    request = _request(options)
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
    print(f"{plan.style}, {plan.tempo_bpm:g} BPM, {plan.key}, {plan.bars} bars, {notes} notes")
    print(f"song    {options.out / 'midi' / 'song.mid'}")
    print(f"plan    {options.out / 'plan.json'}")
    return 0


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request", metavar="REQUEST.json", type=Path, help="the request (see beatsfoundry parameters)")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to write; absent or empty")
    parser.add_argument("--seed", type=int, help="seed to use instead of the request's")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier bundle in DIR")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.add_argument("--no-cache", action="store_true", help="neither read nor fill the store of earlier results")


def _request(options: argparse.Namespace) -> GenerationRequest:
    from workbench.domain.request import load_request, parse_request

    request = load_request(options.request)
    if options.seed is None:
        return request
    data = request.model_dump(mode="json", exclude_unset=True)
    return parse_request({**data, "options": {**data.get("options", {}), "seed": options.seed}})
