"""Reading shards back, as WebDataset does: for notebooks and tests that need no further package."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path


def read_samples(folder: str | Path, split: str, *, endings: Sequence[str] | None = None) -> Iterator[dict[str, bytes]]:
    """Samples of a split one after the other: `__key__`, and the bytes of each file by its ending.

    Parameters
    ----------
    folder : path
        Of a data set.
    split : str
        "train", "validation" or "test".
    endings : sequence of str, optional
        Which files are read, such as `("mix.flac", "jams")`; all if left out.
    """
    for shard in sorted((Path(folder) / "shards").glob(f"{split}-*.tar")):
        sample: dict[str, bytes] = {}
        with tarfile.open(shard) as tar:
            for entry in tar:
                key, _, ending = entry.name.partition(".")
                if sample and sample["__key__"] != key.encode():
                    yield sample
                    sample = {}
                sample["__key__"] = key.encode()
                if endings is None or ending in endings:
                    file = tar.extractfile(entry)
                    sample[ending] = b"" if file is None else file.read()
        if sample:
            yield sample
