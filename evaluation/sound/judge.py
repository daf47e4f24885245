"""The sound engine against its bars: finished tracks, and chain, oscillators, meters and parameters by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from evaluation.criteria import Row, rows_form, rows_table
from evaluation.sound.aliasing import judge_aliasing
from evaluation.sound.between import jobs as between_jobs
from evaluation.sound.between import judge_between
from evaluation.sound.chain import judge_chain
from evaluation.sound.delivered import judge_tracks
from evaluation.sound.families import deviation, judging_half_text, target
from evaluation.sound.meters import judge_meters
from evaluation.sound.parameter_checks import judge_parameters
from evaluation.sound.tracks import TrackJob, TrackValues, compose_job, judge_track
from workbench.analysis.reference_halves import family_names, judges
from workbench.domain.clock import Tell

STATIC: dict[str, Callable[[], list[Row]]] = {
    "meters": judge_meters,
    "chain": judge_chain,
    "aliasing": judge_aliasing,
    "parameters": judge_parameters,
}
"""Judges that need no song, by name."""

PARTS = ("tracks", *STATIC)
"""What is judged where nothing is named, in order."""

BY_NAME = ("between",)
"""What is judged only where it is named: goals that are not reached in every family yet."""


def evaluate_tracks(jobs: Sequence[TrackJob], *, progress: Tell | None = None) -> list[TrackValues]:
    """Make and measure tracks one after the other; only values are kept."""
    found = []
    for job in jobs:
        if progress:
            progress(job.name)
        found.append(judge_track(job.name, *compose_job(job)))
    return found


def evaluate_sound(
    parts: Sequence[str] = PARTS,
    jobs: Sequence[TrackJob] = (),
    *,
    between: Sequence[TrackJob] = (),
    progress: Tell | None = None,
) -> tuple[list[Row], list[TrackValues]]:
    """Judge the parts asked for.

    Parameters
    ----------
    parts : sequence of str
        Names of `PARTS` and `BY_NAME`.
    jobs : sequence of TrackJob
        Tracks to make for "tracks".
    between : sequence of TrackJob
        Tracks to make for "between"; by default a preview of 24 s of each of its styles.
    progress : callable, optional
        Called with what begins.

    Returns
    -------
    tuple of rows and of the values of each track
    """
    tracks = evaluate_tracks(jobs, progress=progress) if "tracks" in parts else []
    rows = judge_tracks(tracks) if tracks else []
    for name, judge in STATIC.items():
        if name in parts:
            if progress:
                progress(name)
            rows += judge()
    if "between" in parts:
        rows += judge_between(between or between_jobs(24.0, 7), progress=progress)
    return rows, tracks


def to_json(rows: Sequence[Row], tracks: Sequence[TrackValues]) -> dict[str, Any]:
    """Bars and values, and beside them what was measured of each track."""
    return {
        **rows_form(rows),
        "tracks": [asdict(track) for track in tracks],
        "judged_by": {family: [one.id for one in judges(family)] for family in family_names()},
    }


def to_table(rows: Sequence[Row], tracks: Sequence[TrackValues]) -> str:
    """A plain table: each track in a line, then every bar and value."""
    lines = []
    if tracks:
        lines.append(f"{'track':18}{'LUFS':>8}{'PLR':>6}{'crest':>7}{'corr':>6}{'spectrum':>10}{'worst band':>11}")
        lines += [_track_line(track) for track in tracks]
        lines += ["", judging_half_text(), ""]
    return "\n".join([*lines, rows_table(rows)])


def _track_line(track: TrackValues) -> str:
    file, gap = track.files["wav"], abs(deviation(track.third_octave_db, target(track.family)))
    ratio = file.own_true_peak_dbtp - file.pyloudnorm_lufs
    return (
        f"{track.name:18}{file.pyloudnorm_lufs:8.2f}{ratio:6.1f}{track.mix_crest_db:7.1f}{track.correlation_min:6.2f}"
        f"{gap.mean():10.1f}{gap.max():11.1f}"
    )
