"""Unpack an archive from elsewhere: only plain files, only inside the target, only so much."""

from __future__ import annotations

import hashlib
import json
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from workbench.domain.errors import CorpusError, reason
from workbench.domain.files import atomic_folder

MANIFEST = ".beatsfoundry.json"
"""Written beside the unpacked files: where they came from, and the SHA-256 of each."""

MOST_FILES = 100_000
MOST_BYTES = 2 << 30
_CHUNK_BYTES = 1 << 20

Member = tuple[str, bool, IO[bytes] | None]


def unpack(archive: Path, target: Path, *, keep: tuple[str, ...] = (), origin: dict[str, Any] | None = None) -> int:
    """Unpack a zip or tar archive into a folder that is not there yet; it appears at once and whole.

    The archive's outermost folder is left out. Links, devices and names that lead out of the target are refused, and
    so is an archive whose files hold more than `MOST_BYTES`, counted as they are written: what its headers say is not
    trusted.

    Parameters
    ----------
    archive, target : Path
    keep : tuple of str
        Patterns of the files that are unpacked, such as "musics/*.mid"; all if empty.
    origin : dict, optional
        Written into the manifest.

    Returns
    -------
    int
        Files unpacked.

    Raises
    ------
    CorpusError
        If the target is there, or if the archive is damaged, unsafe, or holds nothing that is wanted.
    """
    if target.exists():
        raise CorpusError(f"{target} is there already: remove it to have the set anew")
    try:
        with atomic_folder(target) as draft:
            files = _write_members(archive, draft, keep)
            if not files:
                raise CorpusError(f"{archive.name} holds none of the files that are read: it is not the set")
            manifest = {**(origin or {}), "files": files}
            (draft / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        why = reason(error) if isinstance(error, OSError) else error
        raise CorpusError(f"{archive.name} cannot be unpacked: {why}") from None
    return len(files)


def check_manifest(folder: Path) -> tuple[int, list[str]] | None:
    """How many files an unpacked set should hold, and those that are missing or changed; None without a manifest."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return len(files), [name for name, sha256 in files.items() if _sha256(folder / name) != sha256]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _write_members(archive: Path, draft: Path, keep: tuple[str, ...]) -> dict[str, str]:
    files: dict[str, str] = {}
    written = 0
    for name, plain, content in _members(archive):
        inside = _safe_name(name, archive)
        if inside is None or (keep and not any(inside.match(pattern) for pattern in keep)):
            continue
        if not plain or content is None:
            raise CorpusError(f"{archive.name} holds {name!r}, which is no plain file: it is not unpacked")
        if len(files) >= MOST_FILES:
            raise CorpusError(f"{archive.name} holds more than {MOST_FILES:,} files: it is not unpacked")
        path = draft / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with path.open("wb") as file:
            while chunk := content.read(_CHUNK_BYTES):
                written += len(chunk)
                if written > MOST_BYTES:
                    raise CorpusError(f"{archive.name} unpacks to more than {MOST_BYTES:,} bytes: it is not unpacked")
                digest.update(chunk)
                file.write(chunk)
        files[inside.as_posix()] = digest.hexdigest()
    return files


def _members(archive: Path) -> Iterator[Member]:
    """(name, whether it is a plain file, its content) of each member that is no folder."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for entry in zipped.infolist():
                if not entry.is_dir():
                    mode = entry.external_attr >> 16
                    plain = not stat.S_IFMT(mode) or stat.S_ISREG(mode)
                    with zipped.open(entry) as content:
                        yield entry.filename, plain, content
        return
    with tarfile.open(archive, "r:*") as tarred:
        for member in tarred:
            if not member.isdir() and member.type != tarfile.XGLTYPE:
                yield member.name, member.isreg(), tarred.extractfile(member) if member.isreg() else None


def _safe_name(name: str, archive: Path) -> PurePosixPath | None:
    """The name below the archive's outermost folder; None for what lies beside that folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or ":" in path.parts[0]:
        raise CorpusError(f"{archive.name} holds {name!r}, which leads out of its folder: it is not unpacked")
    return PurePosixPath(*path.parts[1:]) if len(path.parts) > 1 else None
