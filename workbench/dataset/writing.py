"""A finished batch becomes a data set: shards by split, an index with checksums, a card.

::

    shards/train-000000.tar   samples in WebDataset's layout: ID.mix.flac, ID.bass.flac, ID.mid, ID.plan.json, ID.jams
    index.json                every file with its MD5, as mirdata's indexes are
    table.parquet             the table of the batch (written by the command)
    README.md                 the card: what it holds, how it was made, what it may be used for
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.batch import BatchSummary, Place
from workbench.dataset.card import DatasetSummary, card_of
from workbench.dataset.groups import SPLITS, Shares, joined_groups, material_of, score_signature, split_groups
from workbench.dataset.samples import SongFiles, read_song, sample_files
from workbench.dataset.shards import Sample, Stored, write_shards
from workbench.domain.errors import OutputError
from workbench.domain.request import GenerationRequest

INDEX, CARD = "index.json", "README.md"
SHARD_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class _Song:
    """What must be known of each song before the first is written; its notes are not kept."""

    id: str
    request: GenerationRequest
    signature: Any
    seconds: float
    row: Mapping[str, Any]


def write_dataset(
    batch: BatchSummary,
    source: Place,
    place: Place,
    *,
    name: str,
    shares: Shares | None = None,
    shard_bytes: int = SHARD_BYTES,
) -> DatasetSummary:
    """Write the songs of a batch as a data set; songs that failed are left out.

    Parameters
    ----------
    batch : BatchSummary
    source, place : Place
        Where the batch lies, and where the data set goes.
    name : str
        What the card calls it.
    shares : Shares, optional
        Of validation and test; groups of songs that have notes or origin in common are never parted.
    shard_bytes : int
        A shard is closed once it holds this much.

    Raises
    ------
    OutputError
        If no song is done, or if the place cannot be written.
    """
    songs = [_known(batch, source, line_id) for line_id in batch.ids if not _failed(batch, line_id)]
    if not songs:
        raise OutputError(f"{source.url} holds no finished song of these requests: nothing to write")
    groups = joined_groups(
        [song.id for song in songs],
        np.stack([song.signature for song in songs]),
        [material_of(song.request) for song in songs],
    )
    sides = split_groups(groups, shares or Shares())
    stored = [
        one
        for split in SPLITS
        for one in write_shards(_samples(source, songs, sides, split), place, split, shard_bytes=shard_bytes)
    ]
    summary = DatasetSummary(
        songs={split: sum(side == split for side in sides.values()) for split in SPLITS},
        groups=len(set(groups.values())),
        shards=len({one.shard for one in stored}),
        bytes=sum(one.bytes for one in stored),
        seconds=round(sum(song.seconds for song in songs), 3),
    )
    facts = {
        song.id: {"split": sides[song.id], "group": groups[song.id], "seed": song.request.options.seed}
        for song in songs
    }
    place.write(INDEX, _index(stored, facts, sides))
    place.write(CARD, card_of(name, summary, [song.request for song in songs], [song.row for song in songs]).encode())
    return summary


def _failed(batch: BatchSummary, line_id: str) -> bool:
    result = batch.results.get(line_id)
    return result is None or bool(result.failure)


def _known(batch: BatchSummary, source: Place, line_id: str) -> _Song:
    score = read_song(source, line_id).score
    request = next(line.request for line in batch.lines if line.id == line_id and line.request is not None)
    return _Song(line_id, request, score_signature(score), score.duration_seconds, batch.results[line_id].row)


def _samples(source: Place, songs: list[_Song], sides: Mapping[str, str], split: str) -> Iterator[Sample]:
    for song in songs:
        if sides[song.id] == split:
            files: SongFiles = read_song(source, song.id)
            yield song.id, sample_files(source, files)


def _index(stored: list[Stored], facts: Mapping[str, Mapping[str, Any]], sides: Mapping[str, str]) -> bytes:
    """The index: paths as they are when the shards of a split are unpacked into a folder of its name."""
    tracks: dict[str, dict[str, list[str]]] = {}
    shards: dict[str, str] = {}
    for one in stored:
        kind = one.name.partition(".")[2]
        tracks.setdefault(one.key, {})[kind] = [f"{sides[one.key]}/{one.name}", one.md5]
        shards[one.key] = one.shard
    metadata = {key: {**fact, "shard": shards[key]} for key, fact in facts.items()}
    return (json.dumps({"version": "1.0", "tracks": tracks, "metadata": metadata}, indent=1) + "\n").encode()
