"""A folder that appears whole or not at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.domain.drafts import REPLACED, draft_beside
from workbench.domain.errors import OutputError, reason
from workbench.domain.files import nearest_folder, parents_made, swap_folder
from workbench.domain.paths import is_file, is_folder

MANIFEST = "manifest.json"
"""The file by which a folder is known as a bundle, and so may be replaced."""


def check_target(directory: str | Path, *, overwrite: bool = False, known_by: str = MANIFEST) -> Path:
    """See that a bundle can be written to `directory`, before the work that fills it; return its absolute path.

    `known_by` is the file by which a folder is known as one that may be replaced.

    Raises
    ------
    OutputError
        If it is a file, holds something (unless `overwrite` and it is a bundle), or cannot be written to.
    """
    if "\0" in str(directory):
        raise OutputError(f"folder {str(directory)!r} cannot be written: the path holds a NUL byte")
    target = Path(directory).expanduser().absolute()
    try:
        _refuse_occupied(target, overwrite, known_by)
        with tempfile.TemporaryDirectory(prefix=".beatsfoundry-", dir=nearest_folder(target)):
            return target
    except OSError as error:
        raise OutputError(f"folder {directory} cannot be written: {error.strerror or error}") from None


@contextmanager
def appearing(directory: str | Path, *, overwrite: bool = False, known_by: str = MANIFEST) -> Iterator[Path]:
    """Give a new folder beside `directory`; at the end of the block rename it into place.

    If the block fails, is interrupted, or the folder cannot be put in place, nothing is left and what was there stays.
    What a process that was killed left there is cleared away first.

    Raises
    ------
    OutputError
        As `check_target`, or if writing fails (a full disk, for instance).
    """
    target = check_target(directory, overwrite=overwrite, known_by=known_by)
    try:
        with parents_made(target), draft_beside(target) as draft:
            content = draft / "bundle"
            content.mkdir()
            yield content
            _refuse_occupied(target, overwrite, known_by)
            swap_folder(content, target, draft / REPLACED)
    except OSError as error:
        raise OutputError(f"folder {directory} cannot be written: {error.strerror or error}") from None


def _refuse_occupied(target: Path, overwrite: bool, known_by: str) -> None:
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} is a file: name a folder")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not overwrite:
        raise OutputError(f"folder {target} is not empty: name another, or overwrite it (--overwrite)")
    if not (target / known_by).is_file():
        what = "a bundle" if known_by == MANIFEST else "an earlier session"
        raise OutputError(f"folder {target} holds no {known_by}, so it is not {what} and will not be overwritten")


def read_manifest(directory: str | Path) -> dict[str, Any]:
    """The manifest of a bundle.

    Raises
    ------
    OutputError
        If the folder holds none that can be read.
    """
    folder = Path(directory)
    path = folder / MANIFEST
    if not is_file(path):
        found = f"holds no {MANIFEST}" if is_folder(folder) else "is no folder" if is_file(folder) else "does not exist"
        raise OutputError(f"{_shown(folder)} {found}: expected a bundle, as generate and compose write it")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(manifest, dict):
            raise ValueError("expected an object")
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {reason(error)}") from None
    except ValueError as error:
        raise OutputError(f"{path} cannot be read as a bundle's manifest: {error}") from None
    return manifest


def _shown(path: Path) -> str:
    """A path as it was given, in quotes if it would spoil the line."""
    return str(path) if str(path).isprintable() else repr(str(path))
