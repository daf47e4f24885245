"""What each metric of a track is called, which way is better, and from what difference on it matters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workbench.output.figures.labels import label_and_unit

Direction = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: `group/name`, what it is called, its unit, which way is better, and the least difference that counts.

    `least` is in the metric's own unit: below it nobody hears or minds the difference, however sure it is. `estimator`
    names the estimator whose own error stands beside the metric (see `estimator_errors.py`), if there is one.
    """

    name: str
    title: str
    unit: str
    direction: Direction
    least: float
    estimator: str | None = None

    @property
    def group(self) -> str:
        """The part before the stroke."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    title: str
    direction: Direction
    least: float
    unit: str | None = None
    estimator: str | None = None


_E = r"(?P<e>[a-z]+)"
_RULES = (
    _Rule("delivery/loudness_error_lu", "Loudness away from its target", "lower", 0.2, estimator="loudness"),
    _Rule("delivery/true_peak_excess_db", "True peak above its ceiling", "lower", 0.05, estimator="true peak"),
    _Rule("delivery/clipped_samples", "Clipped samples", "lower", 0.5),
    _Rule("delivery/non_finite_samples", "Samples that are no numbers", "lower", 0.5),
    _Rule("delivery/stem_residual_db", "Mix less the sum of its stems", "lower", 6.0, "dB"),
    _Rule("quality/checks_failed", "Failed checks", "lower", 0.1, "checks"),
    _Rule("quality/checks_warned", "Checks to look at", "lower", 0.25, "checks"),
    _Rule("adherence/tempo_error_percent", "Tempo heard, off the plan", "lower", 1.0, estimator="tempo"),
    _Rule("adherence/tempo_fit_error_percent", "Tempo fitted, off the plan", "lower", 0.1, estimator="tempo, expected"),
    _Rule("adherence/tempo_accuracy_1", "Tempo within 4 %", "higher", 0.1, estimator="tempo accuracy 1"),
    _Rule("adherence/tempo_accuracy_2", "Tempo within 4 %, octaves alike", "higher", 0.1, estimator="tempo accuracy 2"),
    _Rule("adherence/tempo_bin", "Tempo in its bin", "higher", 0.1, estimator="tempo bin"),
    _Rule("adherence/tempo_bin_tolerant", "Tempo in its bin or the next", "higher", 0.1, estimator="tempo bin, next"),
    _Rule("adherence/beat_f_measure", "Beats on the grid (F-measure)", "higher", 0.05, estimator="beats"),
    _Rule("adherence/key_score", "Key (MIREX weighted)", "higher", 0.1, estimator="key score"),
    _Rule("adherence/key_exact", "Key right", "higher", 0.1, estimator="key exact"),
    _Rule("adherence/key_family", "Key right or relative", "higher", 0.1, estimator="key family"),
    _Rule("adherence/scale_share", "Pitch energy on the planned scale", "higher", 0.02, estimator="scale share"),
    _Rule("adherence/chord_overlap", "Chords heard as written (overlap)", "higher", 0.05, estimator="chords"),
    _Rule("adherence/energy_correlation", "Loudness follows planned energy", "higher", 0.1),
    _Rule(rf"adherence/{_E}_density_class_error", "{e}: density off the plan", "lower", 0.25, "classes"),
    _Rule(rf"stems/{_E}_notes_heard", "{e}: written notes that are heard", "higher", 0.02, "share"),
    _Rule(rf"stems/{_E}_detuning_cents", "{e}: detuned", "lower", 5.0, "cents", "detuning"),
    _Rule(r"stems/(?P<e>percussion|bass|leads)_lag_ms", "{e}: off its written onsets", "lower", 3.0, "ms", "stem lag"),
    _Rule(rf"stems/{_E}_lag_ms", "{e}: late against its onsets", "neither", 10.0, "ms", "stem lag"),
    _Rule(rf"stems/{_E}_below_mix_lu", "{e}: level below the mix", "neither", 1.0, "LU"),
    _Rule("reference/overall", "Distance from the references, overall", "lower", 0.05),
    _Rule("reference/spectrum_db", "Spectrum off the references", "lower", 0.3),
    _Rule("reference/timbre", "Timbre off the references", "lower", 0.1),
    _Rule("reference/rhythm", "Rhythm off the references", "lower", 0.05),
    _Rule("reference/.*", "", "lower", 0.0),
    _Rule("score/score_scale_consistency", "Written notes on the scale", "higher", 0.02, "share"),
    _Rule("score/score_chord_coverage", "Song under chords", "higher", 0.001, "share"),
    _Rule(rf"score/{_E}_chord_tone_share", "{e}: notes on chord tones", "higher", 0.03, "share"),
    _Rule("score/.*", "", "neither", 0.05),
    _Rule("sound/duration_seconds", "", "neither", 0.5),
    _Rule("sound/dc_offset", "", "lower", 0.001),
    _Rule("sound/.*_(db|dbtp|lu|lufs|db_per_octave)", "", "neither", 0.5),
    _Rule("sound/(correlation|width).*", "", "neither", 0.03),
    _Rule("sound/.*_hz", "", "neither", 0.5),
    _Rule("time/.*", "", "neither", 0.5),
)
"""First match wins; an empty title is made of the name."""

ABSOLUTE = re.compile(r"stems/[a-z]+_(detuning_cents|lag_ms)")
"""Metrics with a sign of which 0 is best: what is compared is their size."""


def metric(name: str) -> Metric:
    """What is known of a metric; one without a rule is neither good nor bad.

    Examples
    --------
    >>> metric("stems/bass_detuning_cents").title, metric("stems/bass_detuning_cents").direction
    ('Bass: detuned', 'lower')
    """
    label, unit = label_and_unit(name.partition("/")[2])
    for rule in _RULES:
        match = re.fullmatch(rule.pattern, name)
        if match:
            title = rule.title.format(**match.groupdict()) if rule.title else label
            shown = unit if rule.unit is None else rule.unit
            return Metric(name, title[:1].upper() + title[1:], shown, rule.direction, rule.least, rule.estimator)
    return Metric(name, label, unit, "neither", 0.0)


def comparable(name: str, value: float) -> float:
    """The value that is compared: the size of a metric of which 0 is best."""
    return abs(value) if ABSOLUTE.fullmatch(name) else value
