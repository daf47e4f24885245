"""Bars of finished tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from evaluation.criteria import Row, at_least, at_most, observed
from evaluation.sound.families import deviation, human_deviations, target
from evaluation.sound.second_meter import MISSING, is_installed
from evaluation.sound.tracks import FORMATS, TrackValues

Tracks = Sequence[TrackValues]


def judge_tracks(tracks: Tracks) -> list[Row]:
    """Every bar of the delivered tracks; the worst track decides."""
    parts: tuple[Callable[[Tracks], list[Row]], ...] = (
        _loudness, _peaks, _dynamics, _stereo, _spectrum, _faults, _stems,
    )  # fmt: skip
    return [row for part in parts for row in part(tracks)]


def _loudness(tracks: Tracks) -> list[Row]:
    rows: list[Row] = []
    for kind in FORMATS:
        files = [track.files[kind] for track in tracks]
        first = max(abs(file.pyloudnorm_lufs - file.target_lufs) for file in files)
        second = max(abs(file.ebur128_lufs - file.target_lufs) for file in files)
        rows.append(at_most(f"{kind}: loudness off target, pyloudnorm", first, 0.1, "LU", len(files)))
        if is_installed():
            rows.append(at_most(f"{kind}: loudness off target, pyebur128", second, 0.2, "LU", len(files)))
    return rows


def _peaks(tracks: Tracks) -> list[Row]:
    rows: list[Row] = []
    for kind in FORMATS:
        files = [track.files[kind] for track in tracks]
        own = max(file.own_true_peak_dbtp for file in files)
        other = max(file.ebur128_true_peak_dbtp for file in files)
        rows.append(at_most(f"{kind}: true peak, 4x polyphase", own, -1.0, "dBTP", len(files)))
        if is_installed():
            rows.append(at_most(f"{kind}: true peak, pyebur128", other, -1.0, "dBTP", len(files)))
    if not is_installed():
        return [*rows, observed(MISSING, 2.0 * len(FORMATS) + 1.0, "criteria", 0)]
    files = [track.files[kind] for kind in FORMATS for track in tracks]
    gap = max(abs(file.own_true_peak_dbtp - file.ebur128_true_peak_dbtp) for file in files)
    return [*rows, at_most("true peak, own meter against pyebur128", gap, 0.2, "dB", len(files))]


def _dynamics(tracks: Tracks) -> list[Row]:
    ratios = [track.files["wav"].own_true_peak_dbtp - track.files["wav"].pyloudnorm_lufs for track in tracks]
    crests = [track.mix_crest_db for track in tracks]
    return [
        at_least("master: peak to loudness, least", min(ratios), 12.0, "dB", len(tracks)),
        observed("master: peak to loudness, mean", float(np.mean(ratios)), "dB", len(tracks)),
        at_least("mix: crest factor, least", min(crests), 14.0, "dB", len(tracks)),
        at_most("mix: crest factor, greatest", max(crests), 18.0, "dB", len(tracks)),
    ]


def _stereo(tracks: Tracks) -> list[Row]:
    n = len(tracks)
    return [
        at_least("stereo: lowest correlation in 3 s", min(t.correlation_min for t in tracks), 0.0, "", n),
        at_least("stereo: correlation below 120 Hz, least", min(t.correlation_low for t in tracks), 0.9, "", n),
        at_most("stereo: mono fold-down loss, greatest", max(t.mono_loss_db for t in tracks), 3.0, "dB", n),
    ]


def _spectrum(tracks: Tracks) -> list[Row]:
    gaps = [deviation(track.third_octave_db, target(track.family)) for track in tracks]
    means = [float(np.abs(gap).mean()) for gap in gaps]
    worst = [float(np.abs(gap).max()) for gap in gaps]
    people = human_deviations()
    return [
        at_most("spectrum: mean deviation from references, worst track", max(means), 4.0, "dB", len(tracks)),
        observed("spectrum: mean deviation from references, mean", float(np.mean(means)), "dB", len(tracks)),
        at_most("spectrum: a band's deviation, worst of all", max(worst), 9.0, "dB", len(tracks)),
        observed("spectrum: a track's worst band, mean", float(np.mean(worst)), "dB", len(tracks)),
        observed(
            "spectrum: mean deviation of people's tracks, mean",
            float(np.mean([np.abs(gap).mean() for gap in people])), "dB", len(people),
        ),
        observed(
            "spectrum: mean deviation of people's tracks, worst track",
            float(max(np.abs(gap).mean() for gap in people)), "dB", len(people),
        ),
        observed(
            "spectrum: people's worst band, mean",
            float(np.mean([np.abs(gap).max() for gap in people])), "dB", len(people),
        ),
        observed(
            "spectrum: people's tracks with a band beyond 9 dB",
            float(np.mean([np.abs(gap).max() > 9.0 for gap in people])), "share", len(people),
        ),
        observed(
            "spectrum: our tracks with a band beyond 9 dB",
            float(np.mean([gap > 9.0 for gap in worst])), "share", len(tracks),
        ),
    ]  # fmt: skip


def _faults(tracks: Tracks) -> list[Row]:
    kinds = tracks[0].faults
    return [at_most(f"faults: {kind}", sum(t.faults[kind] for t in tracks), 0.0, "", len(tracks)) for kind in kinds]


def _stems(tracks: Tracks) -> list[Row]:
    n = len(tracks)
    kept = [track for track in tracks if track.overlap_unequalised > 0.0]
    ratio = float(np.mean([track.overlap / track.overlap_unequalised for track in kept]))
    return [
        at_most("stems: their sum off the mix", max(t.stem_residual_db for t in tracks), -90.0, "dBFS", n),
        at_most("stems: kick off the middle below 120 Hz", max(t.kick_offset_db for t in tracks), 0.5, "dB", n),
        at_most("stems: bass off the middle below 120 Hz", max(t.bass_offset_db for t in tracks), 0.5, "dB", n),
        observed("stems: overlap of spectra", float(np.mean([t.overlap for t in tracks])), "", n),
        observed(
            "stems: overlap without equalising", float(np.mean([t.overlap_unequalised for t in tracks])), "", n
        ),
        at_most("stems: overlap, equalised over unequalised", ratio, 1.0, "", len(kept)),
    ]  # fmt: skip
