"""POP909 as it is published: a folder a song with `001.mid`, `beat_midi.txt`, `beat_audio.txt`, `chord_midi.txt`,
`key_audio.txt` (https://github.com/music-x-lab/POP909-Dataset).

The bar lines of the MIDI files are not those of the music (Dai, Zhang and Dannenberg, 2020): beats are taken from
`beat_midi.txt`, and bars begin on that beat of three or four on which most chords change.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.corpora.harte import chords_from_labels
from training.corpora.items import Item, SkippedError
from training.corpora.note_tables import guess_key, note_table, parse_midi, read_bytes, top_line
from training.corpora.song import CorpusSong, NoteTable
from training.corpora.splits import source_split
from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError
from workbench.domain.theory import Chord, Key

_LEAST_ROOT_MATCH = 0.8
_FEWEST_BEATS = 32
_TRACKS = {"MELODY": "leads", "PIANO": "pads"}
_TEXTS = ("beat_midi.txt", "beat_audio.txt", "chord_midi.txt", "key_audio.txt")


def find(root: Path) -> Iterator[Item]:
    """Every song folder below `POP909/`, or below the folder itself."""
    base = root / "POP909" if (root / "POP909").is_dir() else root
    for folder in sorted(path for path in base.iterdir() if path.is_dir() and path.name.isdigit()):
        song = f"pop909_{folder.name}"
        split = source_split(song)
        files = (folder / f"{folder.name}.mid", *(folder / name for name in _TEXTS))
        facts = {"id": song, "split": split}
        yield Item(f"{folder.name}/{folder.name}.mid", files, facts, "test part" if split == "test" else "")


def read(item: Item) -> CorpusSong:
    """One song; it is skipped where the lowest downbeat note is the chord's root or bass in less than 80 % of bars."""
    midi, *texts = item.files
    beat_rows, order_rows, chord_rows, key_rows = (_rows(path) for path in texts)
    times = np.array([float(row[0]) for row in beat_rows])
    if len(times) < _FEWEST_BEATS or np.any(np.diff(times) <= 0):
        raise SkippedError(f"fewer than {_FEWEST_BEATS} beats")
    bar_beats = _bar_beats(order_rows)
    chords = [(float(start), label) for start, _, label in chord_rows]
    changes = np.rint(beats_at(np.array([start for start, _ in chords]), times)).astype(np.int64)
    phase = int(np.bincount(changes % bar_beats, minlength=bar_beats).argmax())
    tables = {name: _in_beats(table, times) for name, table in _in_seconds(midi).items()}
    first = min(float(table.onsets_beats[0]) for table in tables.values())
    start = phase + np.floor((first + 1 / 16 - phase) / bar_beats) * bar_beats
    tables = {name: _shifted(table, float(start)) for name, table in tables.items()}
    if "leads" in tables:
        tables["leads"] = top_line(tables["leads"])
    bars = int(max(float(table.onsets_beats[-1]) for table in tables.values()) // bar_beats) + 1
    labels = [(max(0.0, float(beat - start)), label) for beat, (_, label) in zip(changes, chords, strict=True)]
    harmony = chords_from_labels(labels, float(bars * bar_beats))
    if "pads" not in tables or root_match(tables["pads"], harmony, bar_beats) < _LEAST_ROOT_MATCH:
        raise SkippedError("the alignment is not trusted")
    return CorpusSong(
        song_id=item.facts["id"],
        corpus="pop909",
        tier="A",
        split="train" if item.facts["split"] == "train" else "validation",
        style="pop",
        source="played",
        tempo_bpm=round(60.0 / float(np.median(np.diff(times))), 2),
        bar_beats=bar_beats,
        bars=bars,
        key=_key(key_rows) or guess_key(list(tables.values())),
        chords=harmony,
        sections=("",) * bars,
        remaining=np.zeros(bars, np.int64),
        parts=tables,
    )


def beats_at(seconds: Floats, times: Floats) -> Floats:
    """Where moments lie among beats, as numbers of the beats before them; steady beyond the first and the last.

    Examples
    --------
    >>> beats_at(np.array([0.0, 1.5, 3.0]), np.array([1.0, 2.0])).tolist()
    [-1.0, 0.5, 2.0]
    """
    period = float(np.median(np.diff(times)))
    inside = np.interp(seconds, times, np.arange(len(times), dtype=np.float64))
    early, late = np.minimum(seconds - times[0], 0.0), np.maximum(seconds - times[-1], 0.0)
    return np.asarray(inside + (early + late) / period, np.float64)


def root_match(pads: NoteTable, chords: tuple[Chord, ...], bar_beats: int) -> float:
    """Share of downbeats whose lowest note is the root or the bass of the chord that begins or holds there."""
    hits, bars = 0, 0
    starts = np.array([chord.onset_beats for chord in chords])
    for beat in range(0, int(chords[-1].end_beats) if chords else 0, bar_beats):
        sounding = pads.pitches[np.abs(pads.onsets_beats - beat) < 1 / 4]
        index = int(np.searchsorted(starts, beat + 0.01)) - 1
        if len(sounding) and index >= 0:
            bars += 1
            hits += int(sounding.min()) % 12 in (chords[index].root, chords[index].bass)
    return hits / bars if bars else 0.0


def _rows(path: Path) -> list[list[str]]:
    """The fields of a text file's lines; a label without the other fields, or no number, makes the song unreadable."""
    rows = [line.split() for line in read_bytes(path).decode("utf-8", errors="replace").splitlines() if line.strip()]
    try:
        for row in rows:
            float(row[0]), float(row[1])
    except (ValueError, IndexError):
        raise SkippedError(f"{path.name} is damaged") from None
    if path.name.startswith(("chord", "key")) and any(len(row) != 3 for row in rows):
        raise SkippedError(f"{path.name} is damaged")
    return rows


def _bar_beats(order_rows: list[list[str]]) -> int:
    orders = [round(float(row[1])) for row in order_rows]
    lasts = [order for order, following in itertools.pairwise(orders) if following == 1]
    beats = int(np.bincount(lasts).argmax()) if lasts else 4
    if beats not in (3, 4):
        raise SkippedError("the metre is neither 4/4 nor 3/4")
    return beats


def _in_seconds(path: Path) -> dict[str, NoteTable]:
    score = parse_midi(read_bytes(path))
    tables = {}
    for part in score.parts:
        if part.name in _TRACKS:
            table = note_table([part], score.ticks_per_beat)
            onsets = score.seconds_at(table.onsets_beats)
            ends = score.seconds_at(table.onsets_beats + table.durations_beats)
            tables[_TRACKS[part.name]] = NoteTable(onsets, ends - onsets, table.pitches, table.velocities)
    if not tables:
        raise SkippedError("no track is named MELODY or PIANO")
    return tables


def _in_beats(table: NoteTable, times: Floats) -> NoteTable:
    onsets = beats_at(table.onsets_beats, times)
    ends = beats_at(table.onsets_beats + table.durations_beats, times)
    return NoteTable(onsets, ends - onsets, table.pitches, table.velocities)


def _shifted(table: NoteTable, start: float) -> NoteTable:
    return NoteTable(table.onsets_beats - start, table.durations_beats, table.pitches, table.velocities)


def _key(rows: list[list[str]]) -> Key | None:
    """The key that holds longest."""
    if not rows:
        return None
    tonic, _, mode = max(rows, key=lambda row: float(row[1]) - float(row[0]))[2].partition(":")
    try:
        return Key.parse(f"{tonic} {mode or 'maj'}")
    except ParameterError:
        return None
