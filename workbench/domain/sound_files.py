"""Which files are sound: one list of suffixes and one scan of folders for every command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from workbench.domain.errors import ParameterError, reason

SUFFIXES = (
    ".wav", ".wave", ".bwf", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".flac", ".mp3", ".mp2", ".ogg", ".oga",
    ".opus", ".au", ".snd", ".caf",
)  # fmt: skip
"""Of files that are read as sound, in lower case; names may spell them either way."""


def files_below(folder: str | Path, suffixes: Sequence[str] = SUFFIXES) -> list[Path]:
    """Files of the given suffixes in a folder and the folders below, sorted by path.

    Hidden files and folders are passed over, and what macOS leaves beside real files (`._song.wav`, `__MACOSX`).
    Links to folders are not followed, so that the scan ends.

    Raises
    ------
    ParameterError
        If the folder is not there, or cannot be listed.

    Examples
    --------
    >>> files_below(Path(__file__).parent, (".sound",))
    []
    """
    place = Path(folder)
    try:
        if not place.is_dir():
            raise ParameterError(f"{place}: expected a folder, found {'a file' if place.exists() else 'nothing'}")
        found: list[Path] = []
        for here, folders, names in os.walk(place, onerror=_refuse):
            folders[:] = [name for name in folders if not _is_left_out(name)]
            paths = (Path(here, name) for name in names if not _is_left_out(name))
            found += [path for path in paths if path.suffix.lower() in suffixes and path.is_file()]
    except (OSError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(f"{str(place)!r} cannot be listed: {reason(error)}") from None
    return sorted(found)


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _refuse(error: OSError) -> None:
    raise error
