"""How well density is kept to: the class of notes a bar that each section asks for, against what was written.

Conventions
-----------
Classes 1 (sparse) to 8 (dense) are those that the element's network is conditioned on; their edges in notes a bar are
the element's. The error is the mean distance in classes over all sections that an element plays in, weighted by bars; 0
is best. Bars in which the plan lets an element rest count as written.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from workbench.analysis.symbolic import notes_per_bar
from workbench.composition.conditioning import density_class
from workbench.domain.plan import Plan
from workbench.domain.score import Score
from workbench.models.elements import get_spec


def class_error(plan: Plan, score: Score, element: str) -> float | None:
    """Mean distance of an element's density classes, asked against written.

    A class is that of the section's mean over the bars that hold notes, since presence is asked for apart.

    Parameters
    ----------
    plan : Plan
        What was asked.
    score : Score
        What was written, with a part of the element.
    element : str
        Name of an element.

    Returns
    -------
    float or None
        Classes, 0 (best) to 7; None where the element plays in no section.
    """
    edges = get_spec(element).density_edges
    counts = notes_per_bar(score.parts[element], score)
    gaps, weights = [], []
    for section in plan.sections:
        inside = counts[section.start_bar : section.end_bar]
        if element in section.elements and inside.any():
            written = bisect_right(edges, float(inside[inside > 0].mean())) + 1
            gaps.append(abs(written - density_class(plan, element, section)))
            weights.append(section.bars)
    return float(np.average(gaps, weights=weights)) if gaps else None
