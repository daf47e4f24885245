"""Entries on disk: each a folder that appears whole or not at all, checked when it is read.

::

    ab/abcd...ef/entry.json     size and CRC-32 of every file; its time of change is when the entry was last used
    ab/abcd...ef/master.wav     what was kept

Several processes may share a store without a lock: an entry is renamed into place and renamed away before it is
removed, so that nobody ever sees half of one. An entry that cannot be read, or whose bytes changed, is dropped and made
again. A store that cannot be written keeps nothing: results are slower to come by, and still the same.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from workbench.domain.cores import thread_count

if TYPE_CHECKING:
    from workbench.domain.arrays import Signal

_INDEX = "entry.json"
_ARRAY, _DOCUMENT = "samples.npy", "document.json"
_DRAFT, _GONE = ".draft-", ".gone-"
_ROOM_AFTER_EVICTION = 0.9
"""Share of the limit that is left after making room, so that not every write has to."""
_CHUNK_BYTES = 1 << 22
_DRAFT_SECONDS = 3600.0
"""Nobody writes one entry for longer."""
_FILES_A_CORE = 2

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class StoreSize:
    """How much a store holds: whole entries, and their bytes."""

    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Entry:
    folder: Path
    bytes: int
    used: float


@dataclass(frozen=True, slots=True)
class Store:
    """Results by their key (`content_key`), at most `limit_bytes` of them; those unused for longest go first."""

    folder: Path
    limit_bytes: int

    def samples(self, key: str, make: Callable[[], Signal]) -> Signal:
        """The samples of a key; made, and kept, if they are not there."""
        kept: Signal | None = self._read(key, _as_samples)
        if kept is not None:
            return kept
        import numpy as np

        made = make()
        self._write(key, made.nbytes, lambda draft: np.save(draft / _ARRAY, made, allow_pickle=False))
        return made

    def document(self, key: str, make: Callable[[], Any]) -> Any:
        """The same for a value that JSON can hold."""
        kept = self.known(key)
        if kept is not None:
            return kept
        made = make()
        text = json.dumps(made)
        self._write(key, len(text), lambda draft: _write_text(draft / _DOCUMENT, text))
        return made

    def known(self, key: str) -> Any:
        """The document of a key, or None if it is not there."""
        return self._read(key, _as_document)

    def holds(self, key: str) -> bool:
        """Whether there is an entry, whole or not."""
        return (self._place(key) / _INDEX).is_file()

    def copy_to(self, key: str, target: Path) -> bool:
        """Copy the files of a key into an existing folder; False, and none of them there, if they are not whole.

        They are read once: what is written is also added up.
        """

        def copy(folder: Path, index: Mapping[str, Sequence[int]]) -> bool:
            found = dict(_side_by_side(lambda path: _copied(path, folder, target), _files(folder)))
            if found == index:
                return True
            for name in found:
                (target / name).unlink()
            return False

        return self._read(key, lambda folder: True, whole=copy) is not None

    def keep_folder(self, key: str, source: Path, beside: Mapping[str, str]) -> None:
        """Keep all files below a folder, and further texts by name.

        Where the file system can, the files are linked and take no room. Should one be changed in place later, its
        entry is found damaged and dropped; what `copy_to` gives out is never linked.
        """

        def fill(draft: Path) -> None:
            _copy_files(source, draft, link=True)
            for name, text in beside.items():
                _write_text(draft / name, text)

        self._write(key, sum(path.stat().st_size for path in source.rglob("*") if path.is_file()), fill)

    def size(self) -> StoreSize:
        """How much there is."""
        entries = list(self._entries())
        return StoreSize(len(entries), sum(entry.bytes for entry in entries))

    def clear(self) -> StoreSize:
        """Remove every entry; tells what there was."""
        entries = list(self._entries())
        for entry in entries:
            _remove(entry.folder)
        self._sweep()
        return StoreSize(len(entries), sum(entry.bytes for entry in entries))

    def make_room(self, wanted_bytes: int) -> None:
        """Remove the entries unused for longest until `wanted_bytes` more fit below the limit."""
        entries = sorted(self._entries(), key=lambda entry: entry.used)
        held = sum(entry.bytes for entry in entries)
        if held + wanted_bytes <= self.limit_bytes:
            return
        self._sweep()
        for entry in entries:
            if held + wanted_bytes <= _ROOM_AFTER_EVICTION * self.limit_bytes:
                return
            _remove(entry.folder)
            held -= entry.bytes

    def _sweep(self) -> None:
        """Remove what processes that were killed had begun to write."""
        for draft in self.folder.glob(f"{_DRAFT}*"):
            if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
                shutil.rmtree(draft, ignore_errors=True)

    def _place(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def _read(
        self,
        key: str,
        load: Callable[[Path], Any],
        whole: Callable[[Path, Mapping[str, Sequence[int]]], bool] = lambda place, index: index == _index(place),
    ) -> Any:
        """What `load` reads from an entry whose bytes are those that were written; None, and no entry, otherwise.

        `whole` tells whether they are.
        """
        place = self._place(key)
        try:
            index = json.loads((place / _INDEX).read_text(encoding="utf-8"))
            if not whole(place, index):
                raise ValueError("other bytes than were written")
            found = load(place)
            os.utime(place / _INDEX)
        except FileNotFoundError:
            return _remove(place) if place.exists() else None
        except (OSError, ValueError, EOFError):
            return _remove(place)
        return found

    def _write(self, key: str, size: int, fill: Callable[[Path], object]) -> None:
        place = self._place(key)
        draft: Path | None = None
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if size > self.limit_bytes // 2 or 2 * size > shutil.disk_usage(place.parent).free:
                return
            self.make_room(size)
            draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self.folder))
            fill(draft)
            _write_text(draft / _INDEX, json.dumps(_index(draft)))
            draft.rename(place)
        except OSError:
            return  # no room, no right to write, or another process was first: the result is had all the same
        finally:
            if draft is not None:
                shutil.rmtree(draft, ignore_errors=True)

    def _entries(self) -> Iterator[_Entry]:
        for index in self.folder.glob(f"[0-9a-f][0-9a-f]/*/{_INDEX}"):
            try:
                files = json.loads(index.read_text(encoding="utf-8"))
                yield _Entry(index.parent, sum(size for size, _ in files.values()), index.stat().st_mtime)
            except (OSError, ValueError, TypeError, AttributeError):
                _remove(index.parent)


def _index(folder: Path) -> dict[str, list[int]]:
    """Size and CRC-32 of each file of an entry, by its path in it."""
    paths = _files(folder)
    found = _side_by_side(_checksum, paths)
    return {path.relative_to(folder).as_posix(): entry for path, entry in zip(paths, found, strict=True)}


def _files(folder: Path) -> list[Path]:
    """All files of an entry but its index."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / _INDEX]


def _checksum(path: Path, target: BinaryIO | None = None) -> list[int]:
    """Size and CRC-32 of a file; as it is read, it is written to `target`."""
    size, value, chunk = 0, 0, memoryview(bytearray(_CHUNK_BYTES))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(chunk):
            size, value = size + count, zlib.crc32(chunk[:count], value)
            if target is not None:
                target.write(chunk[:count])
    return [size, value]


def _copied(path: Path, folder: Path, target: Path) -> tuple[str, list[int]]:
    """Copy a file of an entry; its path there, and its size and CRC-32."""
    name = path.relative_to(folder)
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    with (target / name).open("wb") as file:
        return name.as_posix(), _checksum(path, file)


def _as_document(folder: Path) -> Any:
    return json.loads((folder / _DOCUMENT).read_text(encoding="utf-8"))


def _as_samples(folder: Path) -> Signal:
    import numpy as np

    samples: Signal = np.load(folder / _ARRAY, allow_pickle=False)
    return samples


def _copy_files(source: Path, target: Path, *, link: bool = False) -> Mapping[str, int]:
    def copy(path: Path) -> tuple[str, int]:
        name = path.relative_to(source)
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if not (link and _linked(path, target / name)):
            shutil.copyfile(path, target / name)
        return str(name), path.stat().st_size

    return dict(_side_by_side(copy, _files(source)))


def _side_by_side(work: Callable[[Path], _Result], paths: Sequence[Path]) -> list[_Result]:
    """`work` of each file, in order; reading, adding up and writing let go of the interpreter's lock."""
    with ThreadPoolExecutor(_FILES_A_CORE * thread_count()) as pool:
        return list(pool.map(work, paths))


def _linked(path: Path, name: Path) -> bool:
    try:
        os.link(path, name)
    except OSError:  # another file system, or one without links
        return False
    return True


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _remove(folder: Path) -> None:
    """Remove an entry: it is renamed first, so that no other process finds half of it."""
    away = folder.with_name(f"{_GONE}{folder.name[:8]}-{os.getpid()}")
    try:
        folder.rename(away)
    except OSError:
        return
    shutil.rmtree(away, ignore_errors=True)
