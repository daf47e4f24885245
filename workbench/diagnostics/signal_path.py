"""Audio analyzer: a project's signal path from the stems over their sum to the master, each stage measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from workbench.analysis.defects import clicks, clipped_samples
from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.peaks import true_peak_dbtp
from workbench.analysis.stereo import stereo_image
from workbench.diagnostics.findings import Diagnosis
from workbench.diagnostics.plugins import examine_plugins
from workbench.domain.audio import Audio, summed
from workbench.domain.errors import WorkbenchError
from workbench.domain.score import Score
from workbench.output import has_sound, load
from workbench.output.files.verifying import verify
from workbench.quality.facts import unexplained_clicks

TOOL = "signal path"
_OPPOSED = 0.0
"""Correlation below which more cancels in mono than stays."""


def examine_project(folder: Path) -> list[Diagnosis]:
    """Files of a bundle by its manifest; if they are as they were written, its sound stage by stage.

    Raises
    ------
    OutputError
        If the folder is no bundle.
    """
    changed = [
        Diagnosis("files", finding.path, "fail", finding.verdict, "BFD030")
        for finding in verify(folder)
        if not finding.is_untouched
    ]
    if changed:
        left_out = "not measured: the sound is that of another song once its files were changed"
        return [*changed, Diagnosis(TOOL, str(folder), "warn", left_out)]
    findings = [Diagnosis("files", str(folder), "ok", "every file is as it was written")]
    if not has_sound(folder):
        return [*findings, Diagnosis(TOOL, str(folder), "ok", "notes without sound")]
    try:
        track = load(folder)
    except WorkbenchError as error:
        return [*findings, Diagnosis("files", str(folder), "fail", str(error), "BFD030")]
    return [*findings, *examine_plugins(track.plan), *examine_stages({**track.mix.stems}, track.master, track.score)]


def examine_stages(stems: Mapping[str, Audio], master: Audio, score: Score | None = None) -> list[Diagnosis]:
    """Each stem, their sum where they fit together, and the master; what the score begins there is no click."""
    rates = {name: audio.sample_rate_hz for name, audio in {**stems, "master": master}.items()}
    if len(set(rates.values())) > 1:
        message = ", ".join(f"{name} {rate} Hz" for name, rate in rates.items())
        return [Diagnosis(TOOL, "sample rates", "fail", message, "BFD031")]
    stages = dict(stems)
    if len({audio.samples.shape for audio in stems.values()}) == 1:
        stages["mix"] = summed(stems.values())
    return [finding for name, audio in {**stages, "master": master}.items() for finding in _stage(name, audio, score)]


def _stage(name: str, audio: Audio, score: Score | None) -> Iterator[Diagnosis]:
    image = stereo_image(audio)
    loudness, peak = integrated_loudness(audio), true_peak_dbtp(audio)
    yield Diagnosis(
        TOOL, name, "ok", f"{loudness:.1f} LUFS, {peak:.1f} dBTP, correlation {image.correlation:.2f}"
    )  # fmt: skip
    clipped = clipped_samples(audio)
    if clipped:
        yield Diagnosis(TOOL, name, "fail", f"{clipped} samples are clipped", "BFD032")
    found = _unexplained(clicks(audio), name, score)
    if found:
        first = ", ".join(f"{at:.2f} s" for at in found[:5])
        yield Diagnosis(TOOL, name, "warn", f"{len(found)} click{'s' * (len(found) > 1)}, at {first}", "BFD033")
    if image.correlation < _OPPOSED:
        yield Diagnosis(TOOL, name, "warn", f"correlation {image.correlation:.2f}", "BFD034")


def _unexplained(times: tuple[float, ...], name: str, score: Score | None) -> tuple[float, ...]:
    """Clicks that no note of the stem begins with, or none at all in what holds several stems."""
    if score is None:
        return times
    heard = replace(score, parts={name: score.parts[name]}) if name in score.parts else score
    return unexplained_clicks(times, heard)
