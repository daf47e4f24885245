"""Notebook front ends. All computation stays in Python; the page draws, plays and listens.

Names are imported when they are first used, so that the command line can start JupyterLab without loading widgets.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.widgets.arranger.arranger import Arranger
    from workbench.widgets.concept_views import concepts_table, macro_curves, mood_plane, pull_table, starters_table
    from workbench.widgets.designer.designer import SoundDesigner
    from workbench.widgets.doctor.doctor import Doctor
    from workbench.widgets.explorer.explorer import Explorer
    from workbench.widgets.keyboard.keyboard import Keyboard
    from workbench.widgets.lab import launch_lab
    from workbench.widgets.listening import (
        SoundSwitcher,
        kit_sound,
        music_picture,
        patch_sound,
        second_ear_table,
        sounds_table,
        spectra_picture,
    )
    from workbench.widgets.mixer.mixer import Mixer
    from workbench.widgets.networks.networks import ModelBrowser
    from workbench.widgets.progress import ProgressBar
    from workbench.widgets.roll import PianoRoll
    from workbench.widgets.shelf.shelf import Songs, songs_at_hand
    from workbench.widgets.tables import (
        HtmlTable,
        QualityTable,
        before_and_after,
        decisions_table,
        measurements_table,
        picture,
        picture_names,
        references_table,
        stems_table,
    )

__all__ = [
    "Arranger",
    "Doctor",
    "Explorer",
    "HtmlTable",
    "Keyboard",
    "Mixer",
    "ModelBrowser",
    "PianoRoll",
    "ProgressBar",
    "QualityTable",
    "Songs",
    "SoundDesigner",
    "SoundSwitcher",
    "before_and_after",
    "concepts_table",
    "decisions_table",
    "kit_sound",
    "launch_lab",
    "macro_curves",
    "measurements_table",
    "mood_plane",
    "music_picture",
    "patch_sound",
    "picture",
    "picture_names",
    "pull_table",
    "references_table",
    "second_ear_table",
    "songs_at_hand",
    "sounds_table",
    "spectra_picture",
    "starters_table",
    "stems_table",
]

_HOMES = {
    "Arranger": "arranger.arranger",
    "Doctor": "doctor.doctor",
    "Explorer": "explorer.explorer",
    "Keyboard": "keyboard.keyboard",
    "Songs": "shelf.shelf",
    "SoundDesigner": "designer.designer",
    "Mixer": "mixer.mixer",
    "ModelBrowser": "networks.networks",
    "PianoRoll": "roll",
    "ProgressBar": "progress",
    "SoundSwitcher": "listening",
    "concepts_table": "concept_views",
    "kit_sound": "listening",
    "launch_lab": "lab",
    "macro_curves": "concept_views",
    "mood_plane": "concept_views",
    "music_picture": "listening",
    "patch_sound": "listening",
    "pull_table": "concept_views",
    "second_ear_table": "listening",
    "songs_at_hand": "shelf.shelf",
    "sounds_table": "listening",
    "spectra_picture": "listening",
    "starters_table": "concept_views",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'tables')}"), name)


def __dir__() -> list[str]:
    return list(__all__)
