"""Notebook front ends. All computation stays in Python; the page draws, plays and listens.

Names are imported when they are first used, so that the command line can start JupyterLab without loading widgets.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.widgets.concept_views import macro_curves, mood_plane
    from workbench.widgets.desk import Workbench
    from workbench.widgets.form import RequestForm
    from workbench.widgets.lab import launch_lab
    from workbench.widgets.player import TrackPlayer
    from workbench.widgets.progress import ProgressBar
    from workbench.widgets.roll import PianoRoll
    from workbench.widgets.tables import (
        HtmlTable,
        QualityTable,
        before_and_after,
        decisions_table,
        measurements_table,
        picture,
        picture_names,
        references_table,
    )

__all__ = [
    "HtmlTable",
    "PianoRoll",
    "ProgressBar",
    "QualityTable",
    "RequestForm",
    "TrackPlayer",
    "Workbench",
    "before_and_after",
    "decisions_table",
    "launch_lab",
    "macro_curves",
    "measurements_table",
    "mood_plane",
    "picture",
    "picture_names",
    "references_table",
]

_HOMES = {
    "PianoRoll": "roll",
    "ProgressBar": "progress",
    "RequestForm": "form",
    "TrackPlayer": "player",
    "Workbench": "desk",
    "launch_lab": "lab",
    "macro_curves": "concept_views",
    "mood_plane": "concept_views",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'tables')}"), name)
