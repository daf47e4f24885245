"""Score to stems: patches, synthesiser voices and drum voices."""

from workbench.rendering.library import list_kits, list_patches, load_kit, load_patch, save_sound
from workbench.rendering.recordings import keep_recording
from workbench.rendering.stems import load_sounds, render

__all__ = [
    "keep_recording",
    "list_kits",
    "list_patches",
    "load_kit",
    "load_patch",
    "load_sounds",
    "render",
    "save_sound",
]
