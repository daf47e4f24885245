"""WAV files as programs really leave them: RIFF, RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088).

A header that was never closed states a size of 0, or of nearly 2 or 4 GiB where the writer had a pipe before it; a
chunk of odd size may lack its pad byte. The sound is there all the same, and is read behind a header of our own.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from workbench.analysis.containers.spliced import Mended, Spliced

_UNSTATED = 0xFFFFFFFF
_PIPED = ((0x7FFFF000, 0x80000000), (0xFFFFF000, 0xFFFFFFFF))
"""Data sizes that programs write where they cannot go back to the header: just below 2 and 4 GiB."""
_NAMES = (
    "data,fmt ,ds64,LIST,fact,bext,cue ,smpl,inst,id3 ,ID3 ,iXML,PEAK,junk,JUNK,axml,chna,cart,acid,FLLR,minf,elm1,"
    "regn,umid,DISP,PAD ,slnt,plst,levl,_PMX,SyLp,strc"
)
_KNOWN = frozenset(name.encode() for name in _NAMES.split(","))
_MOST_FORMAT_BYTES = 1 << 12
_MOST_CHUNKS = 4096
_WORTH_TELLING_BYTES = 4096


@dataclass(slots=True)
class _Layout:
    """Where things lie in a file, and what is odd about it."""

    form: bytes = b""
    data_start: int = 0
    stated: int = 0
    long_sizes: bytes = b""
    odd: list[str] = field(default_factory=list)


def mend(file: BinaryIO, size: int) -> Mended | None:
    """How to read a WAV file that libsndfile would misread.

    Parameters
    ----------
    file : binary file
        At its beginning; it stays open.
    size : int
        Bytes.

    Returns
    -------
    Mended or None
        None for a plain one, and for what is no WAV file.

    Raises
    ------
    ValueError
        If the header promises more bytes than there are.

    Examples
    --------
    A header that states no sizes, before a hundred frames of 16-bit stereo:

    >>> import io
    >>> form = struct.pack("<IHHIIHH", 16, 1, 2, 48000, 192000, 4, 16)
    >>> data = b"RIFF" + bytes(4) + b"WAVEfmt " + form + b"data" + bytes(4) + b"hum " * 100
    >>> mend(io.BytesIO(data), len(data)).notes
    ('its header was never closed: all that follows it is read',)
    """
    head = file.read(12)
    kind = head[:4]
    if kind not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return None
    layout = _walk(file, size)
    if len(layout.form) < 16 or not layout.data_start:
        return None
    length = _data_bytes(file, layout, size, long_sizes=kind != b"RIFF")
    if length is None:
        return None
    if kind == b"BW64":
        layout.odd.append("")  # nothing that a listener needs to know
    notes = [note for note in layout.odd if note] + _left_behind(file, layout.data_start + length, size)
    if not layout.odd:
        return Mended((_whole(file, size),), notes=tuple(notes)) if notes else None
    length -= length % max(1, struct.unpack_from("<H", layout.form, 12)[0])
    header = _header(layout.form, length)
    return Mended((_stream(file, header, layout.data_start, length),), notes=tuple(notes))


def _walk(file: BinaryIO, size: int) -> _Layout:
    """Go from chunk to chunk as far as the sound."""
    layout, place = _Layout(), 12
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        name, length = _chunk(file)
        if name == b"data":
            layout.data_start, layout.stated = place + 8, length
            break
        if name == b"fmt ":
            layout.form = file.read(min(length, _MOST_FORMAT_BYTES))
        elif name == b"ds64":
            layout.long_sizes = file.read(min(length, 28))
        following = _following(file, place + 8 + length, length)
        if following != place + 8 + length + length % 2:
            layout.odd.append(f"the chunk {name.decode('latin-1').strip()!r} is not padded to an even size")
        place = following
        if not name or place + 8 > size:
            break
    return layout


def _chunk(file: BinaryIO) -> tuple[bytes, int]:
    head = file.read(8)
    return (head[:4], int.from_bytes(head[4:], "little")) if len(head) == 8 else (b"", 0)


def _following(file: BinaryIO, end: int, length: int) -> int:
    """Where the next chunk begins: behind the pad byte as the standard says, or where one is seen beside that place."""
    expected = end + length % 2
    for place in (expected, end, end + 1):
        file.seek(place)
        if file.read(4) in _KNOWN:
            return place
    return expected


def _data_bytes(file: BinaryIO, layout: _Layout, size: int, *, long_sizes: bool) -> int | None:
    """How many bytes of sound there are; None if the file says that there are none, and tells the truth."""
    there, stated = size - layout.data_start, layout.stated
    if long_sizes and stated in (0, _UNSTATED) and len(layout.long_sizes) >= 16:
        stated = struct.unpack_from("<Q", layout.long_sizes, 8)[0]
    if stated > there and any(low <= stated <= high for low, high in _PIPED):
        layout.odd.append("")  # a pipe: all of it is there
        return there
    if stated > there:
        raise ValueError(f"the header promises {stated} bytes, the file holds {there}: it is cut short")
    if stated:
        return stated
    if _are_chunks(file, layout.data_start, size):
        return None
    layout.odd.append("its header was never closed: all that follows it is read")
    return there


def _are_chunks(file: BinaryIO, place: int, size: int) -> bool:
    """Whether whole chunks of known names, or nothing, fill the file from here on."""
    for _ in range(_MOST_CHUNKS):
        if place >= size - 1:
            return True
        file.seek(place)
        name, length = _chunk(file)
        if not _is_name(name) or place + 8 + length > size:
            return False
        place = _following(file, place + 8 + length, length)
    return False


def _is_name(name: bytes) -> bool:
    """Whether four bytes could name a chunk."""
    return len(name) == 4 and name.isascii() and name.decode("ascii").isprintable()


def _left_behind(file: BinaryIO, end: int, size: int) -> list[str]:
    """What lies behind the sound and is no chunk: a header that was closed too early, or foreign bytes."""
    end += end % 2
    if size - end < _WORTH_TELLING_BYTES or _are_chunks(file, end, size):
        return []
    return [f"{size - end} bytes behind the sound belong to no chunk and are left out: its header may be out of date"]


def _header(form: bytes, length: int) -> bytes:
    """A header for `length` bytes of sound: RIFF, or RF64 where 32 bits are too few."""
    form_chunk = b"fmt " + struct.pack("<I", len(form)) + form + b"\0" * (len(form) % 2)
    if length < _UNSTATED - 4096:
        body = b"WAVE" + form_chunk + b"data" + struct.pack("<I", length)
        return b"RIFF" + struct.pack("<I", len(body) + length) + body
    sizes = b"ds64" + struct.pack("<IQQQI", 28, 48 + len(form_chunk) + length, length, 0, 0)
    rest = sizes + form_chunk + b"data" + struct.pack("<I", _UNSTATED)
    return b"RF64" + struct.pack("<I", _UNSTATED) + b"WAVE" + rest


def _whole(file: BinaryIO, size: int) -> BinaryIO:
    return _stream(file, b"", 0, size)


def _stream(file: BinaryIO, head: bytes, start: int, length: int) -> BinaryIO:
    return Spliced(file, head, start, length)  # type: ignore[return-value]
