"""FLAC streams (RFC 9639) whose header does not know how long they are, as an encoder that writes into a pipe leaves.

The last frame says which samples it holds: its end is the length, which is written into a copy of the header.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from workbench.analysis.containers.spliced import Mended, Spliced

_REACH = 1 << 18
"""Bytes from the end in which the last frame begins: frames are far shorter than that."""
_MOST_BLOCKS = 1024
_BLOCK_SAMPLES = {1: 192, **{n: 576 << (n - 2) for n in range(2, 6)}, **{n: 256 << (n - 8) for n in range(8, 16)}}
_TAG_BYTES = 128
"""An ID3v1 tag, which some programs hang on."""


@dataclass(frozen=True, slots=True)
class _Head:
    """STREAMINFO, and where the audio begins."""

    place: int
    least_block: int
    total: int
    rate_hz: int
    audio_start: int


def mend(file: BinaryIO, size: int) -> Mended | None:
    """How to read a FLAC stream (RFC 9639, 2024) whose header states no length, or too short a one.

    Parameters
    ----------
    file : binary file
        At its beginning; it stays open.
    size : int
        Bytes.

    Returns
    -------
    Mended or None
        None for all others.

    Examples
    --------
    >>> import io
    >>> mend(io.BytesIO(b"no FLAC stream"), 14) is None
    True
    """
    start = _past_tag(file)
    file.seek(start)
    if file.read(4) != b"fLaC":
        return None
    head = _head(file, start + 4, size)
    if head is None:
        return None
    end = _last_sample(file, size, head)
    if end is None or end <= head.total:
        return None
    file.seek(start)
    bytes_before = bytearray(file.read(head.audio_start - start))
    _write_total(bytes_before, head.place - start, end)
    stream = Spliced(file, bytes(bytes_before), head.audio_start, size - head.audio_start)
    seconds = end / head.rate_hz if head.rate_hz else None
    notes = () if head.total == 0 else (f"its header states {head.total} samples, all {end} are read",)
    return Mended((stream,), seconds, notes)  # type: ignore[arg-type]


def _past_tag(file: BinaryIO) -> int:
    """Where the stream begins: behind an ID3v2 tag if there is one."""
    head = file.read(10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def _head(file: BinaryIO, place: int, size: int) -> _Head | None:
    info, at = b"", 0
    for _ in range(_MOST_BLOCKS):
        file.seek(place)
        block = file.read(4)
        if len(block) < 4:
            return None
        length = int.from_bytes(block[1:], "big")
        if block[0] & 0x7F == 0:
            info, at = file.read(length), place + 4
        place += 4 + length
        if block[0] & 0x80:
            break
    if len(info) < 18 or place >= size:
        return None
    packed = int.from_bytes(info[10:18], "big")
    return _Head(at, int.from_bytes(info[:2], "big"), packed & ((1 << 36) - 1), packed >> 44, place)


def _write_total(head: bytearray, info: int, total: int) -> None:
    packed = int.from_bytes(head[info + 10 : info + 18], "big")
    head[info + 10 : info + 18] = (packed >> 36 << 36 | total).to_bytes(8, "big")


def _last_sample(file: BinaryIO, size: int, head: _Head) -> int | None:
    """Where the last whole frame ends, in samples; None if none is found."""
    first = max(head.audio_start, size - _REACH)
    file.seek(first)
    data = file.read(size - first)
    ends = [len(data)]
    if data[-_TAG_BYTES:][:3] == b"TAG":
        ends.insert(0, len(data) - _TAG_BYTES)
    place = len(data)
    while (place := data.rfind(b"\xff", 0, place)) >= 0:
        if place + 1 < len(data) and data[place + 1] in (0xF8, 0xF9):
            found = _frame_end(data, place, ends, head.least_block)
            if found is not None:
                return found
    return None


def _frame_end(data: bytes, place: int, ends: list[int], least_block: int) -> int | None:
    """The sample behind the frame that begins at `place`, if its header and the whole frame check out."""
    code = data[place + 2] >> 4 if place + 2 < len(data) else 0
    number, place_behind = _coded_number(data, place + 4)
    if number is None or code == 0:
        return None
    samples = _BLOCK_SAMPLES.get(code, 0)
    if code in (6, 7):
        samples = int.from_bytes(data[place_behind : place_behind + code - 5], "big") + 1
        place_behind += code - 5
    place_behind += {12: 1, 13: 2, 14: 2}.get(data[place + 2] & 15, 0)
    if place_behind >= len(data) or _crc(data[place:place_behind], 8, 0x07) != data[place_behind]:
        return None
    whole = any(_crc(data[place : end - 2], 16, 0x8005) == int.from_bytes(data[end - 2 : end], "big") for end in ends)
    if not whole:
        return None
    return number + samples if data[place + 1] & 1 else number * least_block + samples


def _coded_number(data: bytes, place: int) -> tuple[int | None, int]:
    """A number coded as UTF-8 codes characters, up to 36 bits; and the place behind it."""
    if place >= len(data):
        return None, place
    lead = data[place]
    more = 8 - (~lead & 0xFF).bit_length() - 1 if lead & 0x80 else 0
    if lead & 0x80 and not 1 <= more <= 6:
        return None, place
    number = lead & (0x7F >> (more + 1) if more else 0x7F)
    for byte in data[place + 1 : place + 1 + more]:
        if byte >> 6 != 2:
            return None, place
        number = number << 6 | byte & 0x3F
    return number, place + 1 + more


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    table, value, mask = _crc_table(bits, polynomial), 0, (1 << bits) - 1
    for byte in data:
        value = (value << 8 & mask) ^ table[value >> (bits - 8) ^ byte]
    return value


@lru_cache(maxsize=2)
def _crc_table(bits: int, polynomial: int) -> tuple[int, ...]:
    top, mask, table = 1 << (bits - 1), (1 << bits) - 1, []
    for byte in range(256):
        value = byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & top else 0)) & mask
        table.append(value)
    return tuple(table)
