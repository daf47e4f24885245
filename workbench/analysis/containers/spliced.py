"""A part of a file with other bytes before it, read as if it were a file of its own."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO


@dataclass(frozen=True, slots=True)
class Mended:
    """How the sound of a file is to be read.

    `streams` are decoded one after the other and joined. `seconds` is how long the whole lasts by the container's own
    frames, None where they were not counted. `notes` tell what was repaired or left out.
    """

    streams: tuple[BinaryIO, ...]
    seconds: float | None = None
    notes: tuple[str, ...] = ()


class Spliced(io.RawIOBase):
    """`head`, then `length` bytes of a file from `start` on; the file stays open and is not copied.

    Examples
    --------
    >>> Spliced(io.BytesIO(b"0123456789"), b"ab", 4, 3).read()
    b'ab456'
    """

    def __init__(self, file: BinaryIO, head: bytes, start: int, length: int) -> None:
        super().__init__()
        self._file, self._head, self._start, self._length = file, head, start, length
        self._place = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The place from the first byte of `head`."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place, as any file does."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: len(self._head) + self._length}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as there are bytes; returns how many."""
        view = memoryview(buffer).cast("B")
        wanted = len(view)
        data = self._head[self._place : self._place + wanted]
        inside = max(0, self._place - len(self._head))
        rest = min(wanted - len(data), self._length - inside)
        if rest > 0:
            self._file.seek(self._start + inside)
            data += self._file.read(rest)
        view[: len(data)] = data
        self._place += len(data)
        return len(data)
