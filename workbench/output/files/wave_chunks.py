"""Chunks that a WAV file has beside its sound: BWF's `bext`, cue points with names, and the INFO list.

They follow the sound, so that adding them moves no sample. EBU Tech 3285 (2011) tells `bext`, the Multimedia
Programming Interface and Data Specifications 1.0 (1991) the others.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.domain.errors import AudioFileError

Chunk = tuple[bytes, bytes]
"""Four letters, and what the chunk holds."""

_HEAD_BYTES, _MOST_BYTES = 44, (1 << 32) - 1
_BEXT_VERSION = 2
_UNKNOWN_LEVEL = 0x7FFF
"""What EBU Tech 3285 writes where a loudness is not given."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """What a `bext` chunk tells; no date, so that the same song gives the same bytes.

    `time_reference_samples` is where the file begins on the song's time line.
    """

    description: str
    originator: str
    reference: str = ""
    time_reference_samples: int = 0
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None


def add_chunks(path: Path, chunks: Iterable[Chunk]) -> None:
    """Append chunks to a WAV file.

    Raises
    ------
    AudioFileError
        If it is no plain RIFF file.
    OSError
        If it cannot be written.
    """
    with path.open("r+b") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise AudioFileError(f"{path}: expected a RIFF WAV file to add chunks to")
        end = file.seek(0, 2)
        file.write(b"\0" * (end % 2) + b"".join(_laid(*chunk) for chunk in chunks))
        size = file.tell() - 8
        file.seek(4)
        file.write(struct.pack("<I", size))


def wave_head(frames: int, sample_rate_hz: int, bit_depth: int) -> bytes:
    """What stands before the sound of a stereo WAV file of integers.

    Raises
    ------
    AudioFileError
        If the sound is larger than a RIFF file can tell.
    """
    frame = 2 * bit_depth // 8
    size = frames * frame
    if size + _HEAD_BYTES > _MOST_BYTES:
        raise AudioFileError(f"WAV: expected at most {_MOST_BYTES} bytes, got {size}: write FLAC, or shorter pieces")
    form = struct.pack("<HHIIHH", 1, 2, sample_rate_hz, sample_rate_hz * frame, frame, bit_depth)
    riff = b"RIFF" + struct.pack("<I", size + _HEAD_BYTES - 8) + b"WAVE"
    return riff + _laid(b"fmt ", form) + b"data" + struct.pack("<I", size)


def broadcast_chunk(broadcast: Broadcast) -> Chunk:
    """The `bext` chunk of version 2, 602 bytes and no coding history."""
    levels = (broadcast.loudness_lufs, None, broadcast.true_peak_dbtp, None, None)
    return b"bext", struct.pack(
        "<256s32s32s10s8sIIH64s5H180x",
        _ascii(broadcast.description, 256),
        _ascii(broadcast.originator, 32),
        _ascii(broadcast.reference, 32),
        b"",
        b"",
        broadcast.time_reference_samples & 0xFFFFFFFF,
        broadcast.time_reference_samples >> 32,
        _BEXT_VERSION,
        b"",
        *(_UNKNOWN_LEVEL if level is None else round(100 * level) & 0xFFFF for level in levels),
    )


def cue_chunks(markers: Sequence[tuple[int, str]]) -> list[Chunk]:
    """Cue points at samples, and their names in a list beside them; nothing where there are none."""
    if not markers:
        return []
    points = b"".join(
        struct.pack("<II4sIII", number, sample, b"data", 0, 0, sample)
        for number, (sample, _) in enumerate(markers, start=1)
    )
    labels = b"".join(
        _laid(b"labl", struct.pack("<I", number) + name.encode() + b"\0")
        for number, (_, name) in enumerate(markers, start=1)
    )
    return [(b"cue ", struct.pack("<I", len(markers)) + points), (b"LIST", b"adtl" + labels)]


def info_chunk(texts: Mapping[str, str]) -> Chunk:
    """The INFO list: texts by their four letters, such as `INAM` for the title."""
    return b"LIST", b"INFO" + b"".join(_laid(name.encode(), text.encode() + b"\0") for name, text in texts.items())


def isrc_chunk(isrc: str) -> Chunk:
    """The `axml` chunk that tells an International Standard Recording Code, as EBU Tech 3352 (2012) lays it out."""
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ebuCoreMain xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="urn:ebu:metadata-schema:ebuCore_2012">'
        '<coreMetadata><identifier typeLabel="GUID" typeDefinition="Globally Unique Identifier" formatLabel="ISRC" '
        'formatDefinition="International Standard Recording Code" '
        'formatLink="http://www.ebu.ch/metadata/cs/ebu_IdentifierTypeCodeCS.xml#3.7">'
        f"<dc:identifier>ISRC:{isrc}</dc:identifier></identifier></coreMetadata></ebuCoreMain>\n"
    )
    return b"axml", document.encode()


def _laid(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _ascii(text: str, size: int) -> bytes:
    from anyascii import anyascii

    return str(anyascii(text)).encode("ascii")[:size]
