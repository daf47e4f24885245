"""The report: all facts gathered once, every check judged, distances to the references added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.analysis.references import ReferenceProfile, distance
from workbench.domain.audio import Audio, Mix
from workbench.domain.plan import Plan
from workbench.domain.recordings import plays_recording
from workbench.domain.results import CheckResult, QualityReport
from workbench.domain.score import Score
from workbench.quality import defects, delivery, musical, notes, sound
from workbench.quality.facts import Check, Facts, gather
from workbench.quality.plugins import plugin_checks

CHECKS: tuple[Check, ...] = (
    *delivery.CHECKS,
    *defects.CHECKS,
    *sound.CHECKS,
    *musical.CHECKS,
    *notes.CHECKS,
)
"""Every check in the order of its code."""


def check(
    *, master: Audio, mix: Mix, score: Score, plan: Plan, references: Sequence[ReferenceProfile] = ()
) -> QualityReport:
    """Judge a finished track.

    Parameters
    ----------
    master : Audio of shape (2, n)
        The master as the listener gets it.
    mix : Mix
        The mix before the master, with its stems.
    score, plan : Score, Plan
        What was meant.
    references : sequence of ReferenceProfile
        Tracks whose distance is reported.

    Returns
    -------
    QualityReport
        One result a check, in the order of `CHECKS`, all measurements, and distances by reference id. The same input
        gives the same report.
    """
    facts = gather(master=master, mix=mix, score=_written(score, plan), plan=plan)
    return QualityReport(
        checks=(*(_result(item, facts) for item in CHECKS), *plugin_checks(plan)),
        measurements=facts.numbers,
        references={profile.id: distance(facts.measured, profile) for profile in references},
    )


def _written(score: Score, plan: Plan) -> Score:
    """The score without recordings, whose notes nobody knows."""
    parts = {name: part for name, part in score.parts.items() if not plays_recording(plan.patches.get(name))}
    return score if len(parts) == len(score.parts) else replace(score, parts=parts)


def _result(item: Check, facts: Facts) -> CheckResult:
    finding = item.judge(facts)
    return CheckResult(
        code=item.code,
        title=item.title,
        outcome=finding.outcome,
        value=finding.value,
        limit=finding.limit,
        unit=item.unit,
        explanation=item.explanation,
    )
