"""Samples: folders of one-shots and multisamples, SFZ, SF2 and SF3, indexed, checked, mapped and played."""

from workbench.rendering.sampler.index import SampleFacts, index_folder, index_instrument, inspect
from workbench.rendering.sampler.instrument import Instrument, Zone
from workbench.rendering.sampler.loading import check_in_library, load_instrument, look_at, missing_text, near_names
from workbench.rendering.sampler.player import render_instrument
from workbench.rendering.sampler.soundfont import list_presets

__all__ = [
    "Instrument",
    "SampleFacts",
    "Zone",
    "check_in_library",
    "index_folder",
    "index_instrument",
    "inspect",
    "list_presets",
    "load_instrument",
    "look_at",
    "missing_text",
    "near_names",
    "render_instrument",
]
