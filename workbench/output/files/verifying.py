"""Whether files and bundles are as they were written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.domain.errors import OutputError, reason
from workbench.domain.paths import is_file, is_folder
from workbench.output.files.credentials import SIGNED_SUFFIXES, can_read, names_credentials, read_credentials
from workbench.output.files.folder import MANIFEST, read_manifest
from workbench.output.files.stamping import Verdict, verdict


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """A file, and what was found of it; `missing` is what a manifest names and nobody finds. `remark` says more."""

    path: str
    verdict: Verdict | Literal["missing"]
    remark: str = ""

    @property
    def is_untouched(self) -> bool:
        """Whether it is ours, and as it was written."""
        return self.verdict == "untouched"


def verify(path: str | Path) -> list[FileVerdict]:
    """Look at a sound file by its seal or its content credentials, or at a bundle's files by the manifest's hashes.

    Parameters
    ----------
    path : path
        A sound file or the folder of a bundle.

    Returns
    -------
    list of FileVerdict
        One of a file; of a bundle, one for each file that its manifest names or that lies there.

    Raises
    ------
    OutputError
        If there is nothing, if a folder is no bundle, or if a file cannot be read.

    Examples
    --------
    One changed byte breaks the seal:

    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> import workbench
    >>> from workbench.output.files.tags import Tags
    >>> tone = workbench.Audio(np.full((2, 480), 0.25, np.float32), 48000)
    >>> with TemporaryDirectory() as folder:
    ...     file = workbench.write_audio(tone, f"{folder}/tone.wav", tags=Tags("Tone", "made here"))
    ...     before = verify(file)[0].verdict
    ...     data = bytearray(file.read_bytes())
    ...     data[1000] ^= 1
    ...     size = file.write_bytes(data)
    ...     before, verify(file)[0].verdict
    ('untouched', 'edited')
    """
    if is_folder(path):
        return _bundle(Path(path))
    if not is_file(path):
        raise OutputError(f"{path!s:.300} is neither a file nor a folder: name a sound file or a bundle")
    return [_of_file(Path(path))]


def _of_file(path: Path) -> FileVerdict:
    """A file by its seal, or by content credentials of ours: who signs a file writes it anew, and breaks its seal."""
    found = verdict(path)
    if found == "untouched":
        return FileVerdict(str(path), found)
    held = read_credentials(path) if names_credentials(path) else None
    if held is None:
        signed = not can_read() and path.suffix.lower() in SIGNED_SUFFIXES and names_credentials(path)
        return FileVerdict(str(path), found, "content credentials are not read without c2pa-python" if signed else "")
    if held.is_ours:
        return FileVerdict(str(path), "untouched" if held.valid else "edited", str(held))
    return FileVerdict(str(path), found, str(held))


def _bundle(folder: Path) -> list[FileVerdict]:
    manifest = read_manifest(folder)
    files = manifest.get("files")
    if not isinstance(files, dict):
        raise OutputError(f"{folder / MANIFEST} names no files, so {folder} is not a bundle")
    found = [FileVerdict(name, _as_written(folder / name, entry)) for name, entry in files.items()]
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return [*found, *(FileVerdict(name, "foreign") for name in there if name not in files and name != MANIFEST)]


def _as_written(path: Path, entry: object) -> Verdict | Literal["missing"]:
    if not is_file(path):
        return "missing"
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {reason(error)}") from None
    return "untouched" if isinstance(entry, dict) and entry.get("sha256") == digest else "edited"
