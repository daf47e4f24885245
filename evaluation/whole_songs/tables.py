"""Features of many songs as tables, and the file that human songs are kept in: features alone, never music."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluation.whole_songs.arrangement import arrangement_features
from evaluation.whole_songs.chordal import pad_features
from evaluation.whole_songs.drums import drum_features
from evaluation.whole_songs.lines import line_features
from evaluation.whole_songs.voices import Row, voice_of
from workbench.domain.arrays import Floats
from workbench.domain.errors import ParameterError
from workbench.domain.score import Score

FEATURES: Mapping[str, Callable[[Score], Row]] = {
    "leads": lambda score: line_features(voice_of(score, "leads"), score.chords, highest=True),
    "percussion": lambda score: drum_features(voice_of(score, "percussion")),
    "bass": lambda score: line_features(voice_of(score, "bass"), score.chords, highest=False),
    "pads": lambda score: pad_features(voice_of(score, "pads")),
    "arrangement": arrangement_features,
}
"""What is compared, and how its features are read from a score; empty where the song has no such part."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Features of one kind, (songs, features), each row with its song and the set that it comes from."""

    names: tuple[str, ...]
    values: Floats
    songs: tuple[str, ...]
    origins: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.songs)

    def column(self, name: str) -> Floats:
        """One feature of every song."""
        found: Floats = self.values[:, self.names.index(name)]
        return found

    def only(self, kept: np.ndarray) -> Table:
        """Some of the songs."""
        index = np.flatnonzero(kept) if kept.dtype == np.bool_ else kept
        return Table(
            self.names,
            self.values[index],
            tuple(self.songs[one] for one in index),
            tuple(self.origins[one] for one in index),
        )


def table_of(rows: Sequence[tuple[str, str, Row]]) -> Table:
    """Rows of (song, origin, features) as a table.

    Raises
    ------
    ParameterError
        If there are none, or their features differ.
    """
    if not rows:
        raise ParameterError("whole songs: expected songs with this part, got none")
    names = tuple(rows[0][2])
    if any(tuple(row) != names for _, _, row in rows):
        raise ParameterError("whole songs: expected the same features of every song")
    values = np.array([[row[name] for name in names] for _, _, row in rows])
    return Table(names, values, tuple(song for song, _, _ in rows), tuple(origin for _, origin, _ in rows))


def tables_of(scores: Iterable[tuple[str, str, Score]]) -> dict[str, Table]:
    """A table of each kind from (song, origin, score); a song without a part is not in that part's table."""
    rows: dict[str, list[tuple[str, str, Row]]] = {kind: [] for kind in FEATURES}
    for song, origin, score in scores:
        for kind, features in FEATURES.items():
            if kind != "arrangement" or {"percussion", "bass"} < set(score.parts):
                row = features(score)
                rows[kind] += [(song, origin, row)] if row else []
    return {kind: table_of(found) for kind, found in rows.items() if found}


def write_tables(tables: Mapping[str, Table], folder: Path) -> None:
    """Write one CSV file for each kind, with four digits after the point."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, table in tables.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["origin", "song", *table.names])
        for origin, song, values in zip(table.origins, table.songs, table.values.tolist(), strict=True):
            writer.writerow([origin, song, *(f"{value:.4g}" for value in values)])
        (folder / f"{kind}.csv").write_text(text.getvalue(), encoding="utf-8")


def read_tables(folder: Path) -> dict[str, Table]:
    """Read what `write_tables` wrote.

    Raises
    ------
    ParameterError
        If a file is missing.
    """
    return {kind: _read(folder / f"{kind}.csv") for kind in FEATURES}


def _read(path: Path) -> Table:
    if not path.is_file():
        raise ParameterError(f"human features {path} are not there: `evaluate songs --measure-human DIR` measures them")
    head, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    values = np.array([[float(value) for value in row[2:]] for row in rows])
    return Table(tuple(head[2:]), values, tuple(row[1] for row in rows), tuple(row[0] for row in rows))
