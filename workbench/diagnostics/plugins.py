"""Plug-ins that a project names: whether this machine has them, and what those that failed did."""

from __future__ import annotations

from workbench.diagnostics.findings import Diagnosis
from workbench.domain.errors import ParameterError
from workbench.domain.plan import Plan
from workbench.plugins import find_plugin, named_plugins

TOOL = "plug-ins"


def examine_plugins(plan: Plan) -> list[Diagnosis]:
    """One finding for each plug-in that a plan names; one that hung or crashed before is refused until it changes."""
    findings = []
    for name in dict.fromkeys(named_plugins(plan)):
        try:
            plugin = find_plugin(name)
            findings.append(Diagnosis(TOOL, name, "ok", f"{plugin.format} {plugin.kind}, {plugin.path}"))
        except ParameterError as error:
            findings.append(Diagnosis(TOOL, name, "warn", str(error), "BFD037"))
    return findings
