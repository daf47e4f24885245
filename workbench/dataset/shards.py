"""Shards in WebDataset's layout: tar files in which the files of a sample stand beside each other under one key."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench.batch import Place

Sample = tuple[str, Iterable[tuple[str, bytes]]]
"""A key, and for each of its files what follows the key in its name, with the bytes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a sample: its shard, its name in it, and the MD5 of its bytes, as indexes of mirdata hold them."""

    key: str
    shard: str
    name: str
    md5: str
    bytes: int


def write_shards(samples: Iterable[Sample], place: Place, prefix: str, *, shard_bytes: int) -> Iterator[Stored]:
    """Write samples into shards `PREFIX-000000.tar` and on; one is closed once it holds `shard_bytes` or more.

    The same samples give the same bytes: files have no owner and the time 0. One shard lies on disk at a time.
    """
    number, source = 0, iter(samples)
    sample = next(source, None)
    while sample is not None:
        shard, held = f"{prefix}-{number:06d}.tar", 0
        with TemporaryDirectory() as beside:
            path = Path(beside) / shard
            with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
                while sample is not None and held < shard_bytes:
                    for stored in _added(tar, shard, *sample):
                        held += stored.bytes
                        yield stored
                    sample = next(source, None)
            place.put(path, f"shards/{shard}")
        number += 1


def _added(tar: tarfile.TarFile, shard: str, key: str, files: Iterable[tuple[str, bytes]]) -> Iterator[Stored]:
    for ending, data in files:
        entry = tarfile.TarInfo(f"{key}.{ending}")
        entry.size, entry.mode = len(data), 0o644
        tar.addfile(entry, io.BytesIO(data))
        yield Stored(key, shard, entry.name, hashlib.md5(data, usedforsecurity=False).hexdigest(), len(data))
