"""Songs that were read once are kept below the user's folder, each under the hash of everything that decides it.

The files are safetensors with JSON in their header: reading one runs no code. The folder can be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.items import Item, Outcome, Reader
from training.corpora.song import CorpusSong, NoteTable
from workbench.domain.files import atomic_file
from workbench.domain.paths import home_dir
from workbench.domain.theory import Chord, Key

_FORMAT = 3
"""Counted up when the form of the files or the shared reading functions change."""

_PLAIN = ("song_id", "corpus", "tier", "split", "style", "source", "tempo_bpm", "bar_beats", "bars", "mood")


def cache_dir() -> Path:
    """Where songs are kept: `cache/corpora` in the user's own folder (`BEATSFOUNDRY_HOME`, else `~/.beatsfoundry`)."""
    return home_dir() / "cache" / "corpora"


def item_key(item: Item, reader: Reader) -> str:
    """The hash of reader, version, facts and file contents; a file that cannot be read counts as absent."""
    read = f"{reader.read.__module__}.{reader.read.__qualname__}"
    identity = [_FORMAT, read, reader.version, item.name, dict(item.facts), item.dropped]
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode())
    digest.update(content_digest(item).encode())
    return digest.hexdigest()


def content_digest(item: Item) -> str:
    """SHA-256 over the bytes of the item's files."""
    digest = hashlib.sha256()
    for path in item.files:
        with contextlib.suppress(OSError):
            if path.is_file():
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def load_outcome(key: str) -> Outcome | None:
    """What was kept under a key; None if there is nothing, or if it is damaged."""
    from safetensors import SafetensorError, safe_open

    path = _path(key)
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            header = json.loads(file.metadata()["outcome"])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no mapping)
        return _unpack(header, arrays)
    except (SafetensorError, OSError, KeyError, ValueError, TypeError):
        return None


def save_outcome(key: str, outcome: Outcome) -> None:
    """Keep an outcome; a folder that cannot be written only costs the time that it would have saved."""
    from safetensors.numpy import save

    header, arrays = _pack(outcome)
    data = save(arrays, {"outcome": json.dumps(header)})
    path = _path(key)
    with contextlib.suppress(OSError), atomic_file(path) as place:
        place.write_bytes(data)


def _path(key: str) -> Path:
    return cache_dir() / key[:2] / f"{key}.safetensors"


def _pack(outcome: Outcome) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    header: dict[str, Any] = {
        "name": outcome.name,
        "reason": outcome.reason,
        "notes_found": outcome.notes_found,
        "bars_found": outcome.bars_found,
        "digest": outcome.digest,
        "song": None,
    }
    song = outcome.song
    if song is None:
        return header, {}
    header["song"] = {name: getattr(song, name) for name in _PLAIN}
    header["song"] |= {"key": song.key and asdict(song.key), "sections": song.sections, "parts": list(song.parts)}
    header["song"]["chords"] = [
        (chord.onset_beats, chord.duration_beats, chord.root, chord.quality, chord.bass) for chord in song.chords
    ]
    arrays: dict[str, np.ndarray[Any, Any]] = {"remaining": np.asarray(song.remaining, np.int64)}
    for element, part in song.parts.items():
        arrays[f"{element}/times"] = np.stack([part.onsets_beats, part.durations_beats])
        arrays[f"{element}/notes"] = np.stack([part.pitches, part.velocities]).astype(np.uint8)
    return header, arrays


def _unpack(header: dict[str, Any], arrays: dict[str, np.ndarray[Any, Any]]) -> Outcome:
    song = header.pop("song")
    if song is None:
        return Outcome(**header, song=None)
    parts = {name: _table(arrays[f"{name}/times"], arrays[f"{name}/notes"]) for name in song.pop("parts")}
    key, chords, sections = song.pop("key"), song.pop("chords"), song.pop("sections")
    song = CorpusSong(
        **song,
        key=Key(**key) if key else None,
        chords=tuple(Chord(*chord) for chord in chords),
        sections=tuple(sections),
        remaining=arrays["remaining"],
        parts=parts,
    )
    return Outcome(**header, song=song)


def _table(times: np.ndarray[Any, Any], notes: np.ndarray[Any, Any]) -> NoteTable:
    pitches, velocities = notes.astype(np.int64)
    return NoteTable(times[0].astype(np.float64), times[1].astype(np.float64), pitches, velocities)
