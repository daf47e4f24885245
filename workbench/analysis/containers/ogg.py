"""Ogg files that hold several streams one after the other (RFC 3533, "chaining"), as radio recordings and joins do.

libsndfile decodes the first stream and stops; each is handed to it as a file of its own.
"""

from __future__ import annotations

from typing import BinaryIO

from workbench.analysis.containers.spliced import Mended, Spliced

_BEGINS, _ENDS = 0x02, 0x04
_SEARCH = 1 << 16


def mend(file: BinaryIO, size: int) -> Mended | None:
    """How to read an Ogg file (RFC 3533, 2003) of several links, or one that stops before its last page.

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
    A lone page that opens a stream, without one that ends it:

    >>> import io
    >>> page = b"OggS" + bytes([0, 2]) + bytes(20) + bytes([1, 10]) + bytes(10)
    >>> mend(io.BytesIO(page), len(page)).notes
    ('it ends without its last page: it may be cut short',)
    """
    if file.read(4) != b"OggS":
        return None
    links, ended = _links(file, size)
    notes = () if ended else ("it ends without its last page: it may be cut short",)
    if len(links) < 2 and not notes:
        return None
    bounds = zip(links, [*links[1:], size], strict=True)
    streams = tuple(Spliced(file, b"", start, end - start) for start, end in bounds)
    if len(links) > 1:
        notes = (f"{len(links)} streams one after the other are read as one", *notes)
    return Mended(streams, notes=notes)  # type: ignore[arg-type]


def _links(file: BinaryIO, size: int) -> tuple[list[int], bool]:
    """Where links begin, at a page that opens a stream behind one that does not; and whether the last page ends one."""
    places: list[int] = []
    place, opening, flags = 0, False, 0
    while place + 27 <= size:
        file.seek(place)
        head = file.read(27)
        if head[:4] != b"OggS":
            place = _next_page(file, place + 1, size)
            continue
        flags = head[5]
        begins = bool(flags & _BEGINS)
        if begins and not opening:
            places.append(place)
        opening = begins
        place += 27 + head[26] + sum(file.read(head[26]))
    return places or [0], bool(flags & _ENDS) and place <= size


def _next_page(file: BinaryIO, place: int, size: int) -> int:
    """The next page behind foreign bytes; the file's end if there is none."""
    while place < size:
        file.seek(place)
        found = file.read(_SEARCH + 3).find(b"OggS")
        if found >= 0:
            return place + found
        place += _SEARCH
    return size
