"""Which plug-ins a plan names."""

from __future__ import annotations

from workbench.domain.plan import Plan
from workbench.plugins.facts import PLUGIN_PREFIX


def named_plugins(plan: Plan) -> list[str]:
    """Names of the instruments that play, and of the effects that are not bypassed."""
    instruments = [
        name.removeprefix(PLUGIN_PREFIX)
        for element, name in plan.patches.items()
        if name.startswith(PLUGIN_PREFIX) and element in plan.palette
    ]
    inserts = [insert for element, move in plan.mix.items() if element in plan.palette for insert in move.inserts]
    return [*instruments, *(insert.plugin for insert in inserts if not insert.bypass)]
