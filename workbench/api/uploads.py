"""Uploads: written to a temporary file under a name of the server's own, as far as the tier allows."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import UploadFile

from workbench.api.problems import ApiError
from workbench.domain.file_formats import HEAD_BYTES, is_sound, named_format

_CHUNK_BYTES = 1 << 20


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
        # What is plainly something else goes no further; the rest is opened where it can do no harm.
        named = named_format(first[:HEAD_BYTES])
        if not first or not is_sound(named):
            found = f"it is {named}" if first else "it is empty"
            raise ApiError(422, f"the upload is no audio file: {found}", field="file")
        path, size = Path(folder) / "upload", 0
        with path.open("wb") as file:
            chunk = first
            while chunk:
                size += len(chunk)
                if size > limit_bytes:
                    raise ApiError(413, f"the upload is larger than the {limit_bytes / 1e6:g} MB that the tier allows")
                file.write(chunk)
                chunk = await upload.read(_CHUNK_BYTES)
        yield path
