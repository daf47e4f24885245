"""Everything that is known of one finished track, as flat named metrics: what suites collect and compare.

Names are `group/name` with the unit as suffix. Groups: `delivery` (does the file keep what was agreed), `quality`
(coded checks), `adherence` (does the music keep to its plan), `stems` (does each stem play what is written),
`reference` (distances), `sound` and `score` (how it is, neither good nor bad), `time`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from evaluation.metrics import beats, key, stem_presence, stem_timing, stem_tuning, tempo
from evaluation.metrics.chord_overlap import chord_overlap
from evaluation.metrics.embedding import standardised
from evaluation.metrics.timbre import window_distance
from workbench.analysis.distances import distance
from workbench.analysis.embedding import embed
from workbench.analysis.groove import groove_distance, groove_profile
from workbench.analysis.key import chroma
from workbench.analysis.loudness import integrated_loudness
from workbench.analysis.profile import Measurements, measure
from workbench.analysis.references import ReferenceProfile
from workbench.analysis.rhythm import TempoFit, fit_tempo, onset_envelope, tempo_of_envelope
from workbench.analysis.symbolic import PERCUSSION, symbolic_numbers
from workbench.domain.audio import Audio
from workbench.domain.elements import ELEMENTS
from workbench.domain.plan import Plan
from workbench.domain.results import Track
from workbench.domain.score import Score, in_one_tempo
from workbench.domain.theory import Key
from workbench.quality.facts import mix_numbers


def track_values(
    track: Track, *, heard: Audio | None = None, references: Sequence[ReferenceProfile] = ()
) -> dict[str, float]:
    """Measure a track.

    Parameters
    ----------
    track
        The track, with its report.
    heard
        The master as its file sounds; by default the master itself.
    references
        Tracks that it is compared with; the mean of their distances is reported.
    """
    return {
        **written_values(track.plan, track.score),
        **sounding_values(track, heard=heard, references=references),
    }


def written_values(plan: Plan, score: Score) -> dict[str, float]:
    """What the notes alone tell: groups `score`, and of `adherence` the density."""
    from evaluation.metrics.density import class_error

    errors = {f"{element}_density_class_error": class_error(plan, score, element) for element in score.parts}
    return _flat({"adherence": errors, "score": symbolic_numbers(score)})


def sounding_values(
    track: Track, *, heard: Audio | None = None, references: Sequence[ReferenceProfile] = ()
) -> dict[str, float]:
    """What is to be heard: every metric of `track_values` but the written ones. PyTorch is not loaded for it."""
    audio = heard or track.master
    measured = measure(audio, expected_bpm=track.plan.tempo_bpm)
    return _flat(
        {
            "delivery": _delivery(track, measured),
            "quality": _quality(track),
            "adherence": _adherence(track, audio, measured),
            "stems": _stems(track),
            "reference": _references(measured, audio, references),
            "sound": _sound(measured.numbers),
            "time": {f"{stage}_seconds": value for stage, value in track.provenance.seconds_by_stage.items()},
        }
    )


def _flat(groups: Mapping[str, Mapping[str, float | None]]) -> dict[str, float]:
    """Names with their groups; metrics that could not be measured are left out."""
    return {
        f"{group}/{name}": round(float(value), 6)
        for group, metrics in groups.items()
        for name, value in metrics.items()
        if value is not None and math.isfinite(value)
    }


def _delivery(track: Track, measured: Measurements) -> dict[str, float]:
    wanted = track.plan.delivery
    return {
        "loudness_error_lu": abs(measured["integrated_loudness_lufs"] - wanted.target_lufs),
        "true_peak_excess_db": max(0.0, measured["true_peak_dbtp"] - wanted.ceiling_dbtp),
        "clipped_samples": measured["clipped_samples"],
        "non_finite_samples": measured["non_finite_samples"],
        # Below, what is left is rounding.
        "stem_residual_db": max(mix_numbers(track.mix)["stem_residual_db"], -90.0),
    }


def _quality(track: Track) -> dict[str, float]:
    outcomes = [check.outcome for check in track.report.checks]
    return {"checks_failed": outcomes.count("fail"), "checks_warned": outcomes.count("warn")}


def _adherence(track: Track, audio: Audio, measured: Measurements) -> dict[str, float | None]:
    plan, score = track.plan, track.score
    metrics: dict[str, float | None] = {}
    # A song of several tempi or keys has no one that a detector could hear.
    steady = len(set(score.tempo_map.tempi_bpm)) == 1
    if steady and PERCUSSION in score.parts and score.parts[PERCUSSION].notes:
        envelope = onset_envelope(audio)
        metrics |= tempo.evaluate(plan.tempo_bpm, tempo_of_envelope(envelope).bpm)
        metrics["tempo_fit_error_percent"] = tempo.error_percent(plan.tempo_bpm, measured["tempo_bpm"])
        metrics["beat_f_measure"] = _beat_f_measure(track, tempo_of_envelope(envelope, plan.tempo_bpm))
    if any(part.notes for element, part in score.parts.items() if element != PERCUSSION):
        heard_key = Key.parse(measured.key) if measured.key else None
        if len({score.key_at(section.start_bar * score.metre.bar_beats) for section in score.sections}) == 1:
            metrics |= key.evaluate(plan.key, heard_key, chroma(audio)[0])
        metrics["chord_overlap"] = chord_overlap(score, audio)
    metrics["energy_correlation"] = _checked(track, "BF033")
    return metrics


def _checked(track: Track, code: str) -> float | None:
    """The value of a coded check; None where it did not apply."""
    values = [check.value for check in track.report.checks if check.code == code]
    return float(values[0]) if values and isinstance(values[0], int | float) else None


def _beat_f_measure(track: Track, fit: TempoFit) -> float:
    if fit.bpm <= 0.0:
        return 0.0
    period = 60.0 / track.plan.tempo_bpm
    written = np.arange(0.0, track.score.duration_seconds, period)
    return beats.f_measure(written, beats.grid(fit.beat_seconds, 60.0 / fit.bpm, track.score.duration_seconds))


def _stems(track: Track) -> dict[str, float | None]:
    mix_lufs = integrated_loudness(track.mix.audio)
    metrics: dict[str, float | None] = {}
    score = in_one_tempo(track.score)
    bpm = score.tempo_bpm
    for element, part in score.parts.items():
        stem = track.mix.stems.get(element)
        if stem is None:
            continue
        metrics[f"{element}_notes_heard"] = stem_presence.heard_share(stem, part, bpm)
        metrics[f"{element}_below_mix_lu"] = mix_lufs - integrated_loudness(stem)
        metrics[f"{element}_lag_ms"] = stem_timing.lag_ms(stem, part, bpm)
        if element != PERCUSSION:
            metrics[f"{element}_detuning_cents"] = stem_tuning.deviation_cents(stem, part, bpm)
    return metrics


def _references(measured: Measurements, audio: Audio, references: Sequence[ReferenceProfile]) -> dict[str, float]:
    """Mean distance by name; distances that one of them lacks (no pulse, no key) are means of the rest."""
    if not references:
        return {}
    windows = standardised(embed(audio))
    groove = groove_profile(audio, fit_tempo(audio, measured["tempo_bpm"])) if measured["tempo_bpm"] else None
    found: dict[str, list[float]] = {}
    for profile in references:
        distances = distance(measured, profile.measured)
        if len(windows) and profile.embedding:
            distances["timbre"] = window_distance(windows, standardised(profile.embedding))
        if groove is not None and groove.size and profile.groove:
            distances["rhythm"] = groove_distance(groove, np.array(profile.groove))
        for name, value in distances.items():
            found.setdefault(name, []).append(value)
    return {name: float(np.mean(values)) for name, values in found.items()}


def _sound(measurements: Mapping[str, float]) -> dict[str, float]:
    skipped = ("score_", "key_", "tempo_", "beat_", "non_finite", "clipped", "unexplained")
    stems = tuple(f"{element}_" for element in (*ELEMENTS, "stem"))
    return {name: value for name, value in measurements.items() if not name.startswith((*skipped, *stems))}
