"""What leaves the workbench, on four floors; the only room that writes audio and MIDI.

::

    daw/      sessions of studio programs, written and read
    files/    sound, MIDI, documents, tags, seals, and the bundle that holds them
    report/   the page of a track, its tables and players; what notebooks show
    figures/  pictures, palette, labels

This module is the interface of `files/` for the stages and commands above.
"""

from workbench.output.files.audio_files import decode, delivery_of, encode, roundtrip, write_audio
from workbench.output.files.bundle import export, export_composition, master_as_heard, outputs_of, read_manifest
from workbench.output.files.documents import to_json
from workbench.output.files.folder import check_target
from workbench.output.files.loading import has_sound, load, load_song
from workbench.output.files.midi_files import midi_bytes, write_midi
from workbench.output.files.stored_bundles import bundle_again, keep_bundle, outputs_in

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
