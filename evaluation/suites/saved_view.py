"""The charts in which runs of suites stand beside each other in MLflow: what became worse is seen first."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.suites.catalogue import metric
from workbench.tracking.dashboard import SUITES_QUERY, SUITES_VIEW
from workbench.tracking.saved_views import ChartSection, SavedView

_GLANCE = ("quality/checks_failed", "quality/checks_warned", "suite/outlying_tracks")
_GROUPS = {
    "adherence": "Kept to the plan",
    "stems": "Stems play what is written",
    "delivery": "What the files promise",
    "reference": "Distance from the references",
    "score": "Written notes",
}
_SETS = ("set/kernel_distance", "set/frechet_distance")
_RUN = ("suite/seconds", "suite/peak_memory_mb", "suite/failed_tracks")
_FOLDED = ("quality", "set", "suite", "stems", "score", "sound", "time")


def suites_view(names: Sequence[str]) -> SavedView:
    """The view of runs that hold these metrics: a section for each group and better way.

    Examples
    --------
    >>> for section in suites_view(["adherence/key_exact", "stems/bass_lag_ms", "sound/width"]).sections:
    ...     print(section.title, len(section.metrics))
    At a glance: lower is better 3
    Kept to the plan: higher is better 1
    Stems play what is written: lower is better 1
    All tracks against all references: lower is better 2
    The run itself: lower is better 3
    """
    known = [metric(name) for name in names]
    sections = [ChartSection("At a glance: lower is better", _GLANCE)]
    for group, title in _GROUPS.items():
        for way in ("higher", "lower"):
            found = tuple(one.name for one in known if one.group == group and one.direction == way)
            sections += [ChartSection(f"{title}: {way} is better", found)] * bool(found)
    sections.append(ChartSection("All tracks against all references: lower is better", _SETS))
    sections.append(ChartSection("The run itself: lower is better", _RUN))
    return SavedView(SUITES_VIEW, "Suites beside each other", tuple(sections), SUITES_QUERY, folded=_FOLDED)
