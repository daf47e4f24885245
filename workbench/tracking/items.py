"""What an experiment run holds, as plain values: a pure function of the track."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.output.figures.labels import measurement_group

OUTCOME_LEVELS = {"pass": 1.0, "warn": 0.5, "fail": 0.0}
"""How a check's outcome is charted; a check that does not apply has no number."""


@dataclass(frozen=True, slots=True)
class RunItems:
    """Name, parameters, metrics, tags and a note (Markdown) of one run.

    Metrics are named by group: `loudness/true_peak_dbtp`, `check/BF001`, `reference/<id>/spectrum_db`,
    `time/render_seconds`, `score/bass_notes`. Parameters: `tempo_bpm`, `patch/bass`, `model/bass`, `source/tempo`, ...
    """

    name: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    note: str


def run_items(track: Track) -> RunItems:
    """Turn a track into the items of its run; numbers that are not finite are left out."""
    metrics = {**_measured(track), **_counted(track), **_timed(track)}
    return RunItems(
        name=track.request.project_id,
        params=_params(track.plan, track.request.options.iterations),
        metrics={name: float(value) for name, value in metrics.items() if math.isfinite(value)},
        tags=_tags(track),
        note=_note(track),
    )


def _params(plan: Plan, iterations: int) -> dict[str, str]:
    delivery = plan.delivery
    params = {
        "concept": plan.concept,
        "style": plan.style,
        "tempo_bpm": f"{plan.tempo_bpm:g}",
        "key": str(plan.key),
        "metre": str(plan.metre),
        "seed": str(plan.seed),
        "structure": ", ".join(section.name for section in plan.sections),
        "bars": str(plan.bars),
        "palette": ", ".join(plan.palette),
        "texture_density": f"{plan.texture_density:g}",
        "valence": f"{plan.valence:.3f}",
        "arousal": f"{plan.arousal:.3f}",
        "swing_percent": f"{plan.groove.swing_percent:g}",
        "processing_style": plan.processing_style,
        "mix_profile": plan.mix_profile,
        "references": ", ".join(plan.references),
        "format": delivery.format,
        "sample_rate_hz": str(delivery.sample_rate_hz),
        "target_lufs": f"{delivery.target_lufs:g}",
        "iterations": str(iterations),
    }
    params |= {f"patch/{element}": patch for element, patch in sorted(plan.patches.items())}
    params |= {f"model/{element}": name for element, name in sorted(plan.models.items())}
    return params | {f"source/{decision.parameter}": decision.source for decision in plan.decisions}


def _measured(track: Track) -> dict[str, float]:
    report = track.report
    metrics = {f"{measurement_group(name)}/{name}": value for name, value in report.measurements.items()}
    for check in report.checks:
        if check.outcome in OUTCOME_LEVELS:
            metrics[f"check/{check.code}"] = OUTCOME_LEVELS[check.outcome]
    for outcome in OUTCOME_LEVELS:
        metrics[f"quality/checks_{outcome}"] = sum(check.outcome == outcome for check in report.checks)
    for reference, distances in report.references.items():
        metrics |= {f"reference/{reference}/{name}": value for name, value in distances.items()}
    return metrics


def _counted(track: Track) -> dict[str, float]:
    notes = {element: len(part.notes) for element, part in track.score.parts.items()}
    metrics = {f"score/{element}_notes": float(count) for element, count in notes.items()}
    metrics["score/notes"] = float(sum(notes.values()))
    metrics["score/chords"] = float(len(track.score.chords))
    return metrics | {"score/duration_seconds": track.master.duration_seconds}


def _timed(track: Track) -> dict[str, float]:
    stages = track.provenance.seconds_by_stage
    return {f"time/{stage}_seconds": value for stage, value in stages.items()} | {
        "time/all_seconds": sum(stages.values())
    }


def _tags(track: Track) -> dict[str, str]:
    tags = {
        "project_id": track.request.project_id,
        "style": track.plan.style,
        "seed": str(track.provenance.seed),
        "passed": str(track.report.passed).lower(),
    }
    tags |= {f"model/{name}": digest for name, digest in track.provenance.model_hashes.items()}
    return tags | {f"version/{name}": version for name, version in track.provenance.versions.items()}


def _note(track: Track) -> str:
    plan, mood = track.plan, track.request.parameters.creative.mood
    lines = [f"**{track.score.title}**", "", plan.concept, ""]
    lines += [f"Mood: {mood}", ""] * bool(mood)
    lines += ["| parameter | value | decided by | reason |", "|---|---|---|---|"]
    lines += [f"| {d.parameter} | {d.value} | {d.source} | {d.reason.replace('|', '/')} |" for d in plan.decisions]
    failed = [check for check in track.report.checks if check.outcome in ("warn", "fail")]
    lines += ["", *(f"- {check.outcome}: {check.title}, {check.explanation}" for check in failed)]
    return "\n".join(lines).rstrip() + "\n"
