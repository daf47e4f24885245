"""MPEG audio (ISO/IEC 11172-3, 13818-3) whose length nobody wrote down, or wrote down wrongly.

The frames themselves are counted. A file of changing bit rate that was written into a pipe has no info header, or one
that was never filled, and files that were joined have that of the first: decoders then guess the length and stop
there. Such a file is read behind an info header of our own that states what was counted.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import BinaryIO

from workbench.analysis.containers.spliced import Mended, Spliced

_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBITS = {
    (3, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Bit rates by version (3 is MPEG-1, 2 MPEG-2; 2.5 as 2) and layer bits (3 is layer I, 1 layer III)."""
_LAYER_III = 1
_SURE = 3
"""Frames in a row that make it sure that a place is one."""
_SEARCH = 1 << 20
_TOLERANCE = 2


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a frame header says."""

    version: int
    layer: int
    rate_hz: int
    channels: int
    samples: int
    length: int

    def is_like(self, other: _Frame) -> bool:
        """Whether both belong to one stream."""
        return (self.version, self.layer, self.rate_hz) == (other.version, other.layer, other.rate_hz)


@dataclass(frozen=True, slots=True)
class _Walk:
    """The frames of a file: the first and its place, how many follow it, and the places of foreign streams."""

    first: _Frame
    place: int
    count: int
    changes: _Frame | None


def mend(file: BinaryIO, size: int) -> Mended | None:
    """How to read an MPEG file whose header states another length than its frames have, or that begins otherwise.

    Parameters
    ----------
    file : binary file
        At its beginning, on disk; it stays open.
    size : int
        Bytes.

    Returns
    -------
    Mended or None
        None where the file is read as it is.

    Raises
    ------
    ValueError
        If the sample rate or the number of channels changes on the way, where a decoder would stop.

    Examples
    --------
    >>> import io
    >>> mend(io.BytesIO(b"RIFF" + bytes(200)), 204) is None
    True
    """
    head = file.read(12)
    if size < 128 or head[:4] in (b"RIFF", b"RF64", b"BW64", b"FORM", b"fLaC", b"OggS", b"caff", b"riff", b".snd"):
        return None
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        walk = _walk(data)
        if walk is None or walk.first.layer != _LAYER_III:
            return None
        if walk.changes is not None:
            raise ValueError(_change_text(walk.first, walk.changes))
        tag, stated = _info(data, walk)
        plain = walk.place == _past_tags(data)
    counted = walk.count - tag
    seconds = counted * walk.first.samples / walk.first.rate_hz
    if stated is not None and abs(stated - counted) <= _TOLERANCE:
        if plain:
            return None
        # Behind anything but tags decoders take it for MPEG by its name alone, if at all.
        return Mended((Spliced(file, b"", walk.place, size - walk.place),), None)  # type: ignore[arg-type]
    notes = []
    if stated is not None and stated > counted:
        promised = stated * walk.first.samples / walk.first.rate_hz
        notes = [f"its header promises {promised:.1f} s, frames of {seconds:.1f} s are there: it may be cut short"]
    start = walk.place + (walk.first.length if tag else 0)
    file.seek(walk.place)
    own = _info_frame(file.read(4), walk.first, counted, size - start)
    stream = Spliced(file, own, start, size - start)
    return Mended((stream,), seconds, tuple(notes))  # type: ignore[arg-type]


def _walk(data: mmap.mmap) -> _Walk | None:
    place = _first_frame(data, _past_tags(data))
    first = _frame(data, place) if place is not None else None
    if first is None or place is None:
        return None
    begin, count, foreign = place, 0, 0
    while place is not None and place + 4 <= len(data):
        frame = _frame(data, place)
        if frame is None:
            place = _first_frame(data, place + 1)
            continue
        count += 1
        foreign = foreign + 1 if not frame.is_like(first) or frame.channels != first.channels else 0
        if foreign > _SURE:
            return _Walk(first, begin, count, frame)
        place += frame.length
    return _Walk(first, begin, count, None)


def _past_tags(data: mmap.mmap) -> int:
    """Behind the ID3v2 tags in front."""
    place = 0
    while data[place : place + 3] == b"ID3" and place + 10 <= len(data):
        size = data[place + 6 : place + 10]
        place += 10 + sum((byte & 0x7F) << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
    return place


def _first_frame(data: mmap.mmap, place: int) -> int | None:
    """The next place from which some frames of one stream follow each other; None if there is none near."""
    last = min(len(data), place + _SEARCH)
    while (place := data.find(b"\xff", place, last)) >= 0:
        if _is_sure(data, place):
            return place
        place += 1
    return None


def _is_sure(data: mmap.mmap, place: int) -> bool:
    first = _frame(data, place)
    frame = first
    for _ in range(_SURE - 1):
        if first is None or frame is None or not frame.is_like(first):
            return False
        place += frame.length
        if place >= len(data):
            return True
        frame = _frame(data, place)
    return first is not None and frame is not None and frame.is_like(first)


def _frame(data: mmap.mmap | bytes, place: int) -> _Frame | None:
    """The frame header at a place; None if there is none, and for a free bit rate, which tells no length."""
    head = data[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    speed, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 0 or speed in (0, 15) or rate == 3:
        return None
    rate_hz = _RATES_HZ[version][rate]
    kbits = _KBITS[3 if version == 3 else 2, layer][speed - 1]
    pad = head[2] >> 1 & 1
    if layer == 3:
        length, samples = (12000 * kbits // rate_hz + pad) * 4, 384
    else:
        samples = 576 if layer == 1 and version != 3 else 1152
        length = samples // 8 * 1000 * kbits // rate_hz + pad
    return _Frame(version, layer, rate_hz, 1 if head[3] >> 6 == 3 else 2, samples, length)


def _info(data: mmap.mmap, walk: _Walk) -> tuple[bool, int | None]:
    """Whether the first frame is an info header (Xing, Info or VBRI), and how many frames it states."""
    frame = data[walk.place : walk.place + walk.first.length]
    at = 4 + _side_bytes(walk.first)
    if frame[at : at + 4] in (b"Xing", b"Info"):
        flags, count = struct.unpack_from(">II", frame.ljust(at + 12, b"\0"), at + 4)
        return True, count if flags & 1 and count else None
    if frame[36:40] == b"VBRI" and len(frame) >= 54:
        return True, struct.unpack_from(">I", frame, 50)[0] or None
    return False, None


def _side_bytes(frame: _Frame) -> int:
    if frame.version == 3:
        return 17 if frame.channels == 1 else 32
    return 9 if frame.channels == 1 else 17


def _info_frame(head: bytes, frame: _Frame, count: int, size: int) -> bytes:
    """A silent frame of the same stream that states how many frames and bytes follow it."""
    # At a middling bit rate and without a checksum: the info has room in it at every sample rate.
    own = bytes([head[0], head[1] | 1, head[2] & 0x0D | 8 << 4, head[3]])
    parsed = _frame(own, 0)
    length = parsed.length if parsed is not None else len(own)
    info = own + b"\0" * _side_bytes(frame) + b"Xing"
    return (info + struct.pack(">III", 3, count, min(length + size, 0xFFFFFFFF))).ljust(length, b"\0")


def _change_text(first: _Frame, other: _Frame) -> str:
    if first.rate_hz != other.rate_hz:
        return f"its sample rate changes from {first.rate_hz} to {other.rate_hz} Hz on the way: convert it to one"
    return f"its channels change from {first.channels} to {other.channels} on the way: convert it to one number"
