"""Uploads: written to a temporary file under a name of the server's own, as far as the tier allows, and sniffed."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import UploadFile

from workbench.api.problems import ApiError

_CHUNK_BYTES = 1 << 20

_SIGNATURES = {
    ".wav": (b"RIFF", b"RF64", b"BW64"),
    ".aiff": (b"FORM",),
    ".flac": (b"fLaC",),
    ".ogg": (b"OggS",),
    ".mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"),
}


def sniffed_suffix(head: bytes) -> str | None:
    """What an audio file is by its first bytes, whatever it is called; None if it is none that is read here.

    Examples
    --------
    >>> sniffed_suffix(b"fLaC...."), sniffed_suffix(b"<html>")
    ('.flac', None)
    """
    return next((suffix for suffix, marks in _SIGNATURES.items() if head.startswith(marks)), None)


@asynccontextmanager
async def stored_upload(upload: UploadFile, limit_bytes: int) -> AsyncIterator[Path]:
    """The upload as a file that is gone afterwards.

    Raises
    ------
    ApiError
        413 if it is larger than the limit, 422 if it is no audio file.
    """
    with tempfile.TemporaryDirectory(prefix="beatsfoundry-") as folder:
        first = await upload.read(_CHUNK_BYTES)
        suffix = sniffed_suffix(first)
        if suffix is None:
            raise ApiError(422, "the upload is no WAV, AIFF, FLAC, Ogg or MP3 file", field="file")
        path, size = Path(folder) / f"upload{suffix}", 0
        with path.open("wb") as file:
            chunk = first
            while chunk:
                size += len(chunk)
                if size > limit_bytes:
                    raise ApiError(413, f"the upload is larger than the {limit_bytes / 1e6:g} MB that the tier allows")
                file.write(chunk)
                chunk = await upload.read(_CHUNK_BYTES)
        yield path
