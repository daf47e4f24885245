"""Files: audio, MIDI, report, and the bundle that holds them. The only room that writes audio and MIDI."""

from workbench.output.audio_files import decode, delivery_of, encode, roundtrip, write_audio
from workbench.output.bundle import export, export_composition, master_as_heard, outputs_of, read_manifest
from workbench.output.documents import to_json
from workbench.output.folder import check_target
from workbench.output.loading import has_sound, load, load_song
from workbench.output.midi_files import midi_bytes, write_midi
from workbench.output.stored_bundles import bundle_again, keep_bundle, outputs_in

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
