"""Whether files and bundles are as they were written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.domain.errors import OutputError, reason
from workbench.domain.paths import is_file, is_folder
from workbench.output.bundle import read_manifest
from workbench.output.folder import MANIFEST
from workbench.output.stamping import Verdict, verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """A file, and what was found of it; `missing` is what a manifest names and nobody finds."""

    path: str
    verdict: Verdict | Literal["missing"]

    @property
    def is_untouched(self) -> bool:
        """Whether it is ours, and as it was written."""
        return self.verdict == "untouched"


def verify(path: str | Path) -> list[Finding]:
    """Look at a sound file by its seal, or at every file of a bundle by the manifest's hashes.

    Raises
    ------
    OutputError
        If there is nothing, if a folder is no bundle, or if a file cannot be read.
    """
    if is_folder(path):
        return _bundle(Path(path))
    if not is_file(path):
        raise OutputError(f"{path!s:.300} is neither a file nor a folder: name a sound file or a bundle")
    return [Finding(str(path), verdict(path))]


def _bundle(folder: Path) -> list[Finding]:
    manifest = read_manifest(folder)
    files = manifest.get("files")
    if not isinstance(files, dict):
        raise OutputError(f"{folder / MANIFEST} names no files, so {folder} is not a bundle")
    found = [Finding(name, _as_written(folder / name, entry)) for name, entry in files.items()]
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [*found, *(Finding(name, "foreign") for name in there if name not in files and name != MANIFEST)]


def _as_written(path: Path, entry: object) -> Verdict | Literal["missing"]:
    if not is_file(path):
        return "missing"
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {reason(error)}") from None
    return "untouched" if isinstance(entry, dict) and entry.get("sha256") == digest else "edited"
