"""Where a batch lies: a folder or an object store, by its address.

::

    batch.json              what made it, so that no other version goes on with it
    songs/ID/...            the bundle of each line that is done
    journal/ID.json         what a line came to; it appears after the bundle
    attempts/ID/NAME.json   one for each time that a line was begun, with the reason where it failed
    table.parquet           all of it as one table

A bundle is whole once its manifest is there: on disk its folder is renamed into place, in an object store the manifest
is written last. Whoever finds a whole bundle without a journal entry writes the entry and makes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.domain.errors import OutputError
from workbench.domain.files import atomic_file

SONGS, JOURNAL, ATTEMPTS = "songs", "journal", "attempts"
TABLE, BATCH = "table.parquet", "batch.json"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder by its address: a path, or `file:`, `s3:`, `gs:` and whatever else fsspec knows."""

    url: str

    def at(self, name: str) -> str:
        """The address of something in it."""
        return f"{self.url.rstrip('/')}/{name}"

    @property
    def folder(self) -> Path | None:
        """Where it lies on disk; None if it does not."""
        system, path = self._system("")
        return Path(path) if _is_local(system) else None

    @property
    def mark(self) -> str:
        """Eight hex digits that tell this place from others."""
        where = self.url if self.folder is None else str(self.folder.resolve())
        return hashlib.sha256(where.encode()).hexdigest()[:8]

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None if it is not there."""
        system, path = self._system(name)
        try:
            return bytes(system.cat_file(path))
        except FileNotFoundError:
            return None

    def document(self, name: str) -> dict[str, Any] | None:
        """A JSON document; None if it is not there or not whole."""
        data = self.read(name)
        try:
            found = None if data is None else json.loads(data)
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def documents(self, folder: str) -> dict[str, dict[str, Any]]:
        """Every JSON document below a folder, by its path there without the suffix."""
        system, root = self._system(folder)
        system.invalidate_cache()
        paths = [path for path in system.find(root) if path.endswith(".json")]
        found = system.cat(paths, on_error="omit") if paths else {}
        start = len(root.rstrip("/")) + 1
        return {path[start:-5]: json.loads(data) for path, data in found.items()}

    def write(self, name: str, data: bytes) -> None:
        """Write a file; it appears whole.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        system, path = self._system(name)
        try:
            if not _is_local(system):
                system.pipe_file(path, data)
                return
            with atomic_file(Path(path)) as draft:
                draft.write_bytes(data)
        except OSError as error:
            raise OutputError(f"{self.at(name)} cannot be written: {error.strerror or error}") from None

    def write_document(self, name: str, value: Mapping[str, Any]) -> None:
        """Write a JSON document; it appears whole."""
        self.write(name, (json.dumps(value, ensure_ascii=False) + "\n").encode())

    def put(self, path: Path, name: str) -> None:
        """Copy a file of this machine; it appears whole.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        system, target = self._system(name)
        try:
            if not _is_local(system):
                system.put_file(str(path), target)
                return
            with atomic_file(Path(target)) as draft:
                shutil.copyfile(path, draft)
        except OSError as error:
            raise OutputError(f"{self.at(name)} cannot be written: {error.strerror or error}") from None

    def upload(self, folder: Path, name: str) -> None:
        """Copy the files of a bundle, its manifest last.

        Raises
        ------
        OutputError
            If they cannot be written.
        """
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST]
        system, root = self._system(name)
        try:
            for path in [*files, folder / MANIFEST]:
                system.put_file(str(path), f"{root}/{path.relative_to(folder).as_posix()}")
        except OSError as error:
            raise OutputError(f"{self.at(name)} cannot be written: {error.strerror or error}") from None

    def check(self) -> None:
        """See that something can be written, before the work that fills it.

        Raises
        ------
        OutputError
            If the address is not understood, its library is not installed, or nothing can be written.
        """
        try:
            system, root = self._system("")
            probe = f"{root.rstrip('/')}/.beatsfoundry-{uuid.uuid4().hex[:8]}"
            if _is_local(system):
                Path(root).mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryFile(dir=root):
                    return
            system.pipe_file(probe, b"")
            system.rm_file(probe)
        except (ImportError, OSError, ValueError) as error:
            raise OutputError(f"{self.url} cannot be written: {' '.join(str(error).split())[:200]}") from None

    def _system(self, name: str) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(self.at(name) if name else self.url)
        return system, str(path)


def _is_local(system: Any) -> bool:
    protocols = system.protocol if isinstance(system.protocol, tuple) else (system.protocol,)
    return "file" in protocols


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a line was begun, how often nothing more was heard of it, and why it failed last."""

    begun: int = 0
    lost: int = 0
    reason: str = ""


def begin_attempt(place: Place, line_id: str, facts: Mapping[str, Any]) -> str:
    """Note that a line is begun; returns the name of the note."""
    name = f"{ATTEMPTS}/{line_id}/{facts['began_ns']}-{os.getpid()}.json"
    place.write_document(name, {**facts, "outcome": "begun"})
    return name


def attempts_of(place: Place) -> dict[str, Attempts]:
    """What the notes tell of each line that was begun, by its id."""
    begun: Counter[str] = Counter()
    open_ended: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for path, note in sorted(place.documents(ATTEMPTS).items()):
        line_id = path.split("/")[0]
        begun[line_id] += 1
        open_ended[line_id] += note["outcome"] == "begun"
        reasons[line_id] = note.get("reason") or reasons.get(line_id, "")
    return {line_id: Attempts(count, open_ended[line_id], reasons[line_id]) for line_id, count in begun.items()}
