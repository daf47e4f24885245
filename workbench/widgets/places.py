"""Sections of a plan by their bars, as every widget that plays a part of a song shows them."""

from __future__ import annotations

from typing import Any

from workbench.domain.plan import Plan
from workbench.editing import section_names


def sections_of(plan: Plan) -> list[dict[str, Any]]:
    """Name, first and last bar (from 1) of each section."""
    names = section_names(plan.sections)
    return [
        {"name": name, "first": section.start_bar + 1, "last": section.end_bar}
        for name, section in zip(names, plan.sections, strict=True)
    ]
