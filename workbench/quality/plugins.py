"""The check of plug-ins (BF060), for songs that name some: whether each of them was heard."""

from __future__ import annotations

from workbench.domain.plan import Plan
from workbench.domain.results import CheckResult
from workbench.plugins import failures, named_plugins


def plugin_checks(plan: Plan) -> tuple[CheckResult, ...]:
    """One result for a plan that names plug-ins, none for others."""
    named = named_plugins(plan)
    if not named:
        return ()
    failed = failures(named)
    reasons = "; ".join(f"{name}: {why}" for name, why in failed.items())
    return (
        CheckResult(
            code="BF060",
            title="Plug-ins",
            outcome="warn" if failed else "pass",
            value=reasons or float(0),
            limit="0 that were not heard",
            unit="" if reasons else "plug-ins",
            explanation="Plug-ins that are missing, hang or crash are left out: an effect is passed by, and in the "
            "place of an instrument a patch of our own plays. Their settings stay in the project.",
        ),
    )
