"""`beatsfoundry generate` and `beatsfoundry compose`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli.progress import progress_bar

if TYPE_CHECKING:
    from workbench.domain.request import GenerationRequest
    from workbench.domain.results import Track

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
    from workbench.output import check_target, export
    from workbench.pipeline import generate as make
    from workbench.pipeline import load_references

    check_target(options.out, overwrite=options.overwrite)
    load_references(request)
    with progress_bar(request.project_id, quiet=options.quiet) as progress:
        track = make(request, progress=lambda fraction, message: progress(0.9 * fraction, message))
        progress(0.9, "export")
        outputs = export(track, options.out, overwrite=options.overwrite)
        run_url = None if options.no_track else log(track, options.out, progress)
        progress(1.0, "done")
    if options.json:
        print_response(track, outputs, options.out)
    else:
        summary(track, outputs, options.out, run_url)
    return 0


def compose(options: argparse.Namespace) -> int:
    """Plan and write the song that a request asks for: MIDI files and the plan, no sound."""
    request = _request(options)
    from workbench.output import check_target, export_composition
    from workbench.pipeline import compose_only, load_references

    check_target(options.out, overwrite=options.overwrite)
    load_references(request)
    with progress_bar(request.project_id, quiet=options.quiet) as progress:
        plan, score = compose_only(request, progress=progress)
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


def _request(options: argparse.Namespace) -> GenerationRequest:
    from workbench.domain.request import load_request, parse_request

    request = load_request(options.request)
    if options.seed is None:
        return request
    data = request.model_dump(mode="json", exclude_unset=True)
    return parse_request({**data, "options": {**data.get("options", {}), "seed": options.seed}})


def print_response(track: Track, outputs: dict[str, Any], folder: Path) -> None:
    """Print the published response of a bundle as JSON."""
    from workbench.output import read_manifest

    response = track.response(outputs)
    response["metadata"]["creation_time"] = read_manifest(folder)["creation_time"]
    print(json.dumps(response, indent=2, ensure_ascii=False))


def log(track: Track, bundle: Path, progress: Any) -> str:
    """Log a track in MLflow; return the address of its run."""
    progress(0.95, "log in MLflow")
    from workbench.tracking import log_track

    return log_track(track, bundle).url


def summary(track: Track, outputs: dict[str, Any], folder: Path, run_url: str | None) -> None:
    """Print what a track is like and where its files are."""
    plan, measured = track.plan, track.report.measurements
    checks = "; ".join(filter(None, (_codes(track, outcome) for outcome in ("fail", "warn")))) or "all checks passed"
    print(f"{plan.style}, {plan.tempo_bpm:g} BPM, {plan.key}, {track.master.duration_seconds:.1f} s")
    print(f"{measured['integrated_loudness_lufs']:.2f} LUFS, {measured['true_peak_dbtp']:.2f} dBTP, {checks}")
    print(f"master  {outputs['master']}")
    for label, path in (("stems", "stems"), ("MIDI", "midi/song.mid"), ("report", "report.html")):
        if (folder / path).exists():
            print(f"{label:7} {folder / path}")
    for path in outputs["alternatives"]:
        print(f"other   {path}")
    if run_url:
        print(f"MLflow  {run_url}   (open it with: beatsfoundry dashboard)")


def _codes(track: Track, outcome: str) -> str:
    """Codes of the checks with an outcome, such as "warned: BF031, BF052"; empty if there are none."""
    codes = [check.code for check in track.report.checks if check.outcome == outcome]
    return f"{outcome}ed: {', '.join(codes)}" if codes else ""
