"""The sound between the hits, held against the middle half of the tracks that judge each family of styles."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import numpy as np

from evaluation.criteria import Row, at_most, observed
from evaluation.sound.between_hits import MEASURES, BetweenHits, between_hits
from evaluation.sound.tracks import TrackJob, compose_job
from workbench.analysis.audio_reading import read_audio
from workbench.analysis.reference_halves import family_of, halves
from workbench.domain.audio import Audio
from workbench.domain.paths import data_dir
from workbench.domain.sound_files import files_below

STYLES = ("house", "pop", "rock", "lo-fi", "jazz-hop", "reggae-dub", "funk-disco", "cinematic")
"""Styles of all four families whose instruments differ most."""

MEASURED_SECONDS = 60.0
"""Of a reference, from its middle."""

_UNITS = dict(zip(MEASURES, ("", "Hz", "dB", "", "dB"), strict=True))


def jobs(seconds: float, seed: int, styles: Sequence[str] = STYLES) -> list[TrackJob]:
    """One preview of each style."""
    return [TrackJob(style, seed, seconds, preview=True) for style in styles]


def judge_between(made: Sequence[TrackJob], *, progress: Callable[[str], None] | None = None) -> list[Row]:
    """Make each track and hold its values against its family."""
    found: dict[str, list[BetweenHits]] = {}
    for job in made:
        if progress:
            progress(job.name)
        found.setdefault(family_of(job.style), []).append(between_hits(_master(job)))
    return rows_of(found)


def rows_of(found: Mapping[str, Sequence[BetweenHits]]) -> list[Row]:
    """For each family and measure the tracks' median, and how far it lies outside the middle half of the references."""
    rows: list[Row] = []
    for family, tracks in found.items():
        for measure in MEASURES:
            low, high = band(family, measure)
            value = float(np.median([getattr(track, measure) for track in tracks]))
            outside = max(low - value, value - high, 0.0)
            name = f"between hits: {family}, {measure}"
            rows.append(observed(name, value, _UNITS[measure], len(tracks)))
            rows.append(at_most(f"{name} off {low:.4g} to {high:.4g}", outside, 0.0, _UNITS[measure], len(tracks)))
    return rows


def band(family: str, measure: str) -> tuple[float, float]:
    """25th and 75th percentile of a measure over the tracks that judge the family, which no mix is moved towards."""
    values = [getattr(reference_values()[name], measure) for name in halves(family).judging]
    low, high = np.percentile(values, (25.0, 75.0))
    return float(low), float(high)


@lru_cache(maxsize=1)
def reference_values() -> Mapping[str, BetweenHits]:
    """What `measure_references` found, which ships in place of the sound."""
    data = json.loads((data_dir() / "evaluation" / "between_hits.json").read_text(encoding="utf-8"))
    return {name: BetweenHits(**values) for name, values in data.items()}


def measure_references(folder: Path) -> dict[str, dict[str, float]]:
    """Values of the middle minute of every track of a folder, by file name, as they are kept in the data folder."""
    return {
        path.stem: {name: round(value, 4) for name, value in asdict(between_hits(_middle(read_audio(path)))).items()}
        for path in sorted(files_below(folder))
    }


def _middle(audio: Audio) -> Audio:
    length = round(MEASURED_SECONDS * audio.sample_rate_hz)
    start = max(0, (audio.samples.shape[1] - length) // 2)
    return Audio(np.ascontiguousarray(audio.samples[:, start : start + length]), audio.sample_rate_hz)


def _master(job: TrackJob) -> Audio:
    from workbench.dsp.headroom import within_full_scale
    from workbench.mixing import mix
    from workbench.pipeline import deliver
    from workbench.rendering import render

    plan, score = compose_job(job)
    return deliver(within_full_scale(mix(render(score, plan), score, plan)), plan)[1]
