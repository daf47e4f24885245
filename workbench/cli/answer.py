"""What `generate` and `modify` print of a bundle that they wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.domain.clock import Progress
    from workbench.domain.plan import Plan
    from workbench.domain.results import Track

_ENTRIES = (("stems", "stems"), ("MIDI", "midi/song.mid"), ("report", "report.html"))


def answer_of(track: Track) -> dict[str, Any]:
    """What there is to say of a track wherever it lies, as plain data: its response, and lines for people."""
    plan, measured = track.plan, track.report.measurements
    checks = "; ".join(filter(None, (_codes(track, outcome) for outcome in ("fail", "warn")))) or "all checks passed"
    lines = [
        *not_used(plan),
        *_not_as_asked(plan),
        f"{plan.style}, {plan.tempo_bpm:g} BPM, {plan.key}, {track.master.duration_seconds:.1f} s",
        f"{measured['integrated_loudness_lufs']:.2f} LUFS, {measured['true_peak_dbtp']:.2f} dBTP, {checks}",
        *_troubles(track),
    ]
    if track.ranking is not None:
        lines.append(f"best of {len(track.alternatives) + 1}: {track.ranking.reason}")
    return {"response": track.response(), "lines": lines}


def _not_as_asked(plan: Plan) -> list[str]:
    """A line for each decision that something speaks against, such as a limit below what was asked for."""
    from workbench.cli.parser import printable

    against = [(one.parameter, one.contradiction) for one in plan.decisions if one.contradiction]
    return [f"{parameter}: {printable(text)}" for parameter, text in against if not parameter.startswith("edit ")]


def _troubles(track: Track) -> list[str]:
    """A line for each check that failed or warned: what was found, and what is accepted."""
    from workbench.output.figures.labels import measured_value

    found = [check for check in track.report.checks if check.outcome in ("fail", "warn")]
    return [f"  {check.code} {check.title}: {measured_value(check)} (expected {check.limit})" for check in found]


def not_used(plan: Plan) -> list[str]:
    """A line that tells the words of the text that were not used, if there are any."""
    from workbench.cli.parser import printable

    unused = [decision for decision in plan.decisions if decision.parameter == "not_used"]
    return [f"not used: {printable(decision.value)}" for decision in unused]


def print_response(answer: Mapping[str, Any], folder: Path) -> None:
    """Print the published response of a bundle as JSON."""
    from workbench.output import outputs_in, read_manifest

    response = {**answer["response"], "outputs": outputs_in(folder)}
    response["metadata"] = {**response["metadata"], "creation_time": read_manifest(folder)["creation_time"]}
    print(json.dumps(response, indent=2, ensure_ascii=False))


def print_summary(answer: Mapping[str, Any], folder: Path, run_url: str | None) -> None:
    """Print what a track is like and where its files are."""
    from workbench.output import outputs_in

    outputs = outputs_in(folder)
    print(*answer["lines"], f"master  {outputs['master']}", sep="\n")
    for label, path in _ENTRIES:
        if (folder / path).exists():
            print(f"{label:7} {folder / path}")
    for path in outputs["alternatives"]:
        print(f"other   {path}")
    if run_url:
        print(f"MLflow  {run_url}")


def log(track: Track, bundle: Path, progress: Progress) -> str:
    """Log a track in MLflow; return the address of its run, with the command that opens it."""
    progress(0.95, "log in MLflow")
    from workbench.tracking import address_and_command, log_track

    return address_and_command(log_track(track, bundle))


def _codes(track: Track, outcome: str) -> str:
    """Codes of the checks with an outcome, such as "warned: BF031, BF052"; empty if there are none."""
    codes = [check.code for check in track.report.checks if check.outcome == outcome]
    return f"{outcome}ed: {', '.join(codes)}" if codes else ""
