"""Any number of MIDI files into Parquet: in parallel, with memory that does not grow, going on where it stopped.

::

    songs/000012-1f3a9c20.parquet   a row for each file: name, SHA-256, notes, tempo, signature, or why not
    notes/000012-1f3a9c20.parquet   a row for each note: song, track, program, onset, length, pitch ...
    split.parquet                   group and side of each song, once all parts are there

A part holds the files of one task; the second half of its name is a hash of their names, sizes and times. Its songs are
written last: a part that has them is whole, and is not read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from training.corpora.items import SkippedError
from training.corpora.note_tables import parse_midi, read_bytes
from training.corpora.sets.folder import midi_files
from training.corpora.splits import split_by_content
from workbench.backends import Backend, carry_out
from workbench.backends.carrying_out import in_chunks
from workbench.domain.clock import Progress
from workbench.domain.drafts import sweep
from workbench.domain.errors import CorpusError
from workbench.domain.files import replaced_file
from workbench.midi.file import MidiFile

SONGS, NOTES, SPLIT = "songs", "notes", "split.parquet"
FILES_PER_PART = 256
_NOTE_TYPES = {
    "song": np.int64, "track": np.int32, "channel": np.uint8, "program": np.uint8, "drum": np.bool_,
    "onset_beats": np.float64, "length_beats": np.float64, "pitch": np.uint8, "velocity": np.uint8,
}  # fmt: skip
_BY_NOTE = ("onset_beats", "length_beats", "pitch", "velocity")
_USUAL_BPM, _USUAL_BAR_BEATS = 120.0, 4.0


@dataclass(frozen=True, slots=True)
class TaskFiles:
    """The files of one task, as names below a root; `first` is the number of the first of them."""

    name: str
    first: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsingSummary:
    """What came of a folder: files, those that are no readable MIDI, notes, and near duplicates.

    `near` songs have near duplicates, in `groups` groups of two and more; all of a group stand on one side.
    """

    files: int
    left_out: int
    notes: int
    near: int
    groups: int
    parts_kept: int


def parts_of(root: Path, *, size: int = FILES_PER_PART) -> Iterator[TaskFiles]:
    """The tasks of a folder, in the order of the files' paths."""
    first = 0
    for number, paths in enumerate(in_chunks(midi_files(root), size)):
        facts = [(path.relative_to(root).as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
        digest = hashlib.sha256(repr(facts).encode()).hexdigest()[:8]
        yield TaskFiles(f"{number:06d}-{digest}", first, tuple(name for name, _, _ in facts))
        first += len(paths)


def parse_folder(
    root: Path, out: Path, backend: Backend, *, size: int = FILES_PER_PART, progress: Progress | None = None
) -> ParsingSummary:
    """Parse every MIDI file below a folder into `out`, and part the songs so that near duplicates share a side.

    Raises
    ------
    CorpusError
        If the folder is not there or holds no MIDI file, or if a part could not be written.
    """
    for folder in (SONGS, NOTES):
        (out / folder).mkdir(parents=True, exist_ok=True)
    parts = list(parts_of(root, size=size))
    if not parts:
        raise CorpusError(f"folder {root} holds no MIDI file: expected .mid, .midi, .smf, .kar or .rmi")
    _remove_others(out, {part.name for part in parts})
    missing = [part for part in parts if not (out / SONGS / f"{part.name}.parquet").is_file()]
    for number, settled in enumerate(carry_out(backend, partial(parse_part, root=root, out=out), missing), start=1):
        if settled.reason:
            raise CorpusError(f"part {settled.item.name} of {root} could not be parsed: {settled.reason}")
        if progress is not None:
            progress(number / len(missing), f"{number} of {len(missing)} parts of {size} files")
    return _parted(out, parts, len(parts) - len(missing))


def parse_part(part: TaskFiles, *, root: Path, out: Path) -> int:
    """Parse the files of a part; returns how many notes they hold."""
    songs: list[dict[str, Any]] = []
    tables: list[dict[str, Any]] = []
    for number, name in enumerate(part.files, start=part.first):
        row, columns = _read(root / name)
        songs.append({"song": number, "file": name, **row})
        tables += [{"song": number, **table} for table in columns]
    counts = [len(table["pitch"]) for table in tables]
    joined: dict[str, Any] = {
        name: np.concatenate([np.zeros(0, kind), *(table[name] for table in tables)], dtype=kind, casting="unsafe")
        if name in _BY_NOTE
        else np.repeat(np.array([table[name] for table in tables], kind), counts)
        for name, kind in _NOTE_TYPES.items()
    }
    # Times have too many values for a dictionary, and little in common but their upper bytes.
    by_bytes = ["onset_beats", "length_beats"]
    others = [name for name in joined if name not in by_bytes]
    _write(
        joined, out / NOTES / f"{part.name}.parquet",
        use_dictionary=others, use_byte_stream_split=by_bytes, write_statistics=["song"],
    )  # fmt: skip
    _write({name: [row[name] for row in songs] for name in songs[0]}, out / SONGS / f"{part.name}.parquet")
    return sum(int(row["notes"]) for row in songs)


def _read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from workbench.analysis.near_duplicates import bar_shingles, signature_of

    row = {"sha256": "", "reason": "", "notes": 0, "beats": 0.0, "bpm": 0.0, "bar_beats": 0.0}
    try:
        data = read_bytes(path)
        row["sha256"] = hashlib.sha256(data).hexdigest()
        music = parse_midi(data)
    except SkippedError as skipped:
        return {**row, "reason": skipped.reason, "signature": signature_of(())}, []
    bar_beats = _bar_beats(music)
    tables = [_columns(music, number) for number in range(len(music.parts))]
    shingles = [bar_shingles(table["onset_beats"], table["pitch"], bar_beats) for table in tables]
    row |= {
        "notes": music.note_count,
        "beats": float(music.end_beats),
        "bpm": float(music.tempi[0][1]) if music.tempi else _USUAL_BPM,
        "bar_beats": bar_beats,
        "signature": signature_of(shingles),
    }
    return row, tables


def _bar_beats(music: MidiFile) -> float:
    """The length of the first bar in quarter notes."""
    if not music.metres:
        return _USUAL_BAR_BEATS
    numerator, denominator = music.metres[0][1]
    return 4.0 * numerator / denominator


def _columns(music: MidiFile, number: int) -> dict[str, Any]:
    part = music.parts[number]
    ticks = music.ticks_per_beat
    return {
        "track": part.track,
        "channel": part.channel,
        "program": part.program,
        "drum": part.is_drum,
        "onset_beats": part.notes.onsets / ticks,
        "length_beats": part.notes.lengths / ticks,
        "pitch": part.notes.pitches,
        "velocity": part.notes.velocities,
    }


def _write(columns: dict[str, Any], path: Path, **encoding: Any) -> None:
    """Write a table in an encoding of `pyarrow.parquet.write_table`; the file appears whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with replaced_file(path) as place:
        pq.write_table(pa.table(columns), place, compression="zstd", **encoding)
    # Arrow keeps what it freed for its next table, and holds more of it with every larger one.
    pa.default_memory_pool().release_unused()


def _remove_others(out: Path, names: set[str]) -> None:
    """Remove parts of files that changed or are gone, and what was half written."""
    for folder in (SONGS, NOTES):
        sweep(out / folder)
        for path in (out / folder).iterdir():
            if path.is_file() and (path.name.startswith(".") or path.stem not in names):
                path.unlink()


def _parted(out: Path, parts: Sequence[TaskFiles], kept: int) -> ParsingSummary:
    """Write group and side of each song; of all songs together only signatures and hashes are held."""
    from workbench.analysis.near_duplicates import SIGNATURE_SIZE, group_names, near_duplicate_groups

    count = parts[-1].first + len(parts[-1].files)
    signatures = np.zeros((count, SIGNATURE_SIZE), np.uint32)
    digests: list[str] = []
    left_out, notes = 0, 0
    for part in parts:
        rows = _read_songs(out / SONGS / f"{part.name}.parquet")
        signatures[part.first : part.first + len(part.files)] = np.stack(rows["signature"])
        digests += rows["sha256"]
        left_out += sum(bool(reason) for reason in rows["reason"])
        notes += sum(rows["notes"])
    groups = near_duplicate_groups(signatures)
    names = group_names(groups, digests)
    _write({"song": np.arange(count), "group": groups, "split": split_by_content(names)}, out / SPLIT)
    sizes = np.bincount(groups)
    return ParsingSummary(count, left_out, notes, int(sizes[sizes > 1].sum()), int((sizes > 1).sum()), kept)


def _read_songs(path: Path) -> dict[str, list[Any]]:
    import pyarrow.parquet as pq

    columns: dict[str, list[Any]] = pq.read_table(path).to_pydict()
    return columns


def read_parsed(out: Path, split: str | None = None) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Songs of a parsed folder one after the other, with their notes; one part is in memory at a time.

    Parameters
    ----------
    out : Path
        What `parse_folder` wrote.
    split : str, optional
        "train" or "validation"; both if left out.

    Yields
    ------
    tuple of dict
        The row of the song, and the columns of its notes as arrays.
    """
    import pyarrow.parquet as pq

    sides = pq.read_table(out / SPLIT, columns=["split"])["split"].to_pylist()
    for path in sorted((out / SONGS).glob("*.parquet")):
        songs = pq.read_table(path).drop_columns(["signature"]).to_pylist()
        table = pq.read_table(out / NOTES / path.name)
        columns = {name: table[name].to_numpy() for name in table.column_names}
        for row in songs:
            if row["reason"] or (split is not None and sides[row["song"]] != split):
                continue
            begin, end = np.searchsorted(columns["song"], [row["song"], row["song"] + 1])
            yield row, {name: values[begin:end] for name, values in columns.items()}
