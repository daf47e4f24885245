"""The translation table of a plan: each parameter with its value, where it came from and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.concept.extraction import NEAREST
from workbench.domain.plan import Decision, Plan

_VALUES: Mapping[str, tuple[Callable[[Plan], Any], str]] = {
    "valence": (lambda plan: plan.valence, "-1 to 1"),
    "arousal": (lambda plan: plan.arousal, "-1 to 1"),
    "tempo": (lambda plan: plan.tempo_bpm, "BPM"),
    "duration": (lambda plan: round(plan.duration_seconds, 3), "seconds"),
    "structure": (lambda plan: [section.name for section in plan.sections], ""),
    "swing": (lambda plan: plan.groove.swing_percent, "percent"),
    "backbeat_late": (lambda plan: plan.groove.late_ms, "ms"),
    "looseness": (lambda plan: plan.groove.looseness, "0 to 1"),
    "pattern_adherence": (lambda plan: plan.groove.adherence, "0 to 1"),
    "palette": (lambda plan: list(plan.palette), ""),
    "texture_density": (lambda plan: plan.texture_density, "0 to 1"),
    "brightness": (lambda plan: plan.sound.tilt_db, "dB"),
    "low_end": (lambda plan: plan.sound.low_db, "dB"),
    "width": (lambda plan: plan.sound.side_db, "dB"),
    "space": (lambda plan: plan.sound.reverb_db, "dB"),
    "drive": (lambda plan: plan.sound.drive_db, "dB"),
    "dynamics": (lambda plan: plan.sound.contrast_lu, "LU"),
    "sample_rate": (lambda plan: plan.delivery.sample_rate_hz, "Hz"),
    "target_loudness": (lambda plan: plan.delivery.target_lufs, "LUFS"),
    "true_peak_ceiling": (lambda plan: plan.delivery.ceiling_dbtp, "dBTP"),
}
"""Parameters that are numbers or lists, and their units; the others are text."""


def explain(plan: Plan) -> dict[str, Any]:
    """The table of a plan as plain data.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to object
        The concept, a row for each parameter by name, and a list of every contradiction. A row holds `value` (a number
        or a list where there is one, with its `unit`), `shown` (the value as text), `source` (stated, text, mood,
        style, reference or default) and `reason`.

    Examples
    --------
    >>> from workbench.concept import translate
    >>> from workbench.domain.request import GenerationRequest
    >>> table = explain(translate(GenerationRequest.from_concept("calm ambient at 180 bpm")))
    >>> table["tempo"]["value"], table["tempo"]["source"], table["contradictions"][0]["parameter"]
    (180.0, 'text', 'tempo')
    """
    rows: dict[str, Any] = {decision.parameter: _row(decision, plan) for decision in plan.decisions}
    return {"concept": plan.concept} | rows | {"contradictions": contradictions(plan)}


def bent(plan: Plan) -> tuple[Decision, ...]:
    """The decisions whose value was asked for beyond what can be made, so that the nearest one was taken."""
    return tuple(decision for decision in plan.decisions if decision.contradiction.startswith(NEAREST))


def contradictions(plan: Plan) -> list[dict[str, str]]:
    """What speaks against a decision, by parameter."""
    return [
        {"parameter": decision.parameter, "value": decision.value, "contradiction": decision.contradiction}
        for decision in plan.decisions
        if decision.contradiction
    ]


def _row(decision: Decision, plan: Plan) -> dict[str, Any]:
    read, unit = _VALUES.get(decision.parameter, (lambda _: decision.value, ""))
    row = {"value": read(plan), "shown": decision.value, "source": decision.source, "reason": decision.reason}
    return row | ({"unit": unit} if unit else {})
