"""What leaves the workbench, on four floors; the only room that writes audio and MIDI.

::

    daw/      sessions of studio programs, written and read
    files/    sound, MIDI, documents, tags, seals, and the bundle that holds them
    report/   the page of a track, its tables and players; what notebooks show
    figures/  pictures, palette, labels

This module is the interface of `files/` for the stages and commands above. Each name is loaded when it is first
used: a bundle that was made before is copied without any library of sound.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.output.files.audio_files import decode, delivery_of, encode, roundtrip, write_audio
    from workbench.output.files.bundle import export, export_composition, master_as_heard, outputs_of
    from workbench.output.files.documents import to_json
    from workbench.output.files.folder import check_target, read_manifest
    from workbench.output.files.loading import has_sound, load, load_song
    from workbench.output.files.midi_files import midi_bytes, write_midi
    from workbench.output.files.stored_bundles import bundle_again, keep_bundle, outputs_in

_PLACES = {
    "files.audio_files": ("decode", "delivery_of", "encode", "roundtrip", "write_audio"),
    "files.bundle": ("export", "export_composition", "master_as_heard", "outputs_of"),
    "files.documents": ("to_json",),
    "files.folder": ("check_target", "read_manifest"),
    "files.loading": ("has_sound", "load", "load_song"),
    "files.midi_files": ("midi_bytes", "write_midi"),
    "files.stored_bundles": ("bundle_again", "keep_bundle", "outputs_in"),
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "bundle_again",
    "check_target",
    "decode",
    "delivery_of",
    "encode",
    "export",
    "export_composition",
    "has_sound",
    "keep_bundle",
    "load",
    "load_song",
    "master_as_heard",
    "midi_bytes",
    "outputs_in",
    "outputs_of",
    "read_manifest",
    "roundtrip",
    "to_json",
    "write_audio",
    "write_midi",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    return found
