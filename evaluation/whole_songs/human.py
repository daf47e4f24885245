"""Whole songs that people wrote or played: which, and their features as they ship in `data/suites/whole_songs`.

Generated accompaniment (MMA) is measured beside them under its own name and is never counted as human.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evaluation.whole_songs.reading import LONGEST_BARS
from evaluation.whole_songs.tables import Table, read_tables, tables_of, write_tables
from training.corpora import find_corpora, read_corpora
from training.excerpts import song_score
from workbench.domain.paths import data_dir
from workbench.domain.score import Score

MULTITRACK = ("freedoom", "easyrpg", "simutrans", "openmsx", "planetblupi", "lmms")
"""Corpora whose parts were written by people, each in a track of its own."""
GENERATED = "accompaniment"
"""The origin that is generated from patterns."""


@dataclass(frozen=True, slots=True)
class _Share:
    """How a corpus is read: each `every`-th of its songs that have `least_bars` or more."""

    every: int = 1
    least_bars: int = 16


_SHARES: Mapping[str, _Share] = {
    **{name: _Share() for name in MULTITRACK},
    "freedoom": _Share(every=2),
    "pop909": _Share(every=8),
    "groove": _Share(every=2),
    GENERATED: _Share(every=16),
}


def human_folder() -> Path:
    """Where the features lie."""
    return data_dir() / "suites" / "whole_songs"


def load_human() -> dict[str, Table]:
    """Features of the human songs, without what is generated."""
    tables = read_tables(human_folder())
    return {kind: table.only(_origin_is(table, generated=False)) for kind, table in tables.items()}


def load_generated() -> dict[str, Table]:
    """Features of the generated accompaniment."""
    tables = read_tables(human_folder())
    return {kind: table.only(_origin_is(table, generated=True)) for kind, table in tables.items()}


def _origin_is(table: Table, *, generated: bool) -> npt.NDArray[np.bool_]:
    return np.array([(origin == GENERATED) == generated for origin in table.origins], np.bool_)


def human_scores(data: Path) -> Iterator[tuple[str, str, Score]]:
    """(song, corpus, score) of every song that is measured from the corpora below `data`."""
    there = {corpus.name for corpus in find_corpora(data)}
    for name, rule in _SHARES.items():
        if name not in there:
            continue
        songs = [song for song in read_corpora(data, (name,)) if song.bars >= rule.least_bars and song.bar_beats == 4]
        for song in songs[:: rule.every]:
            yield song.song_id, name, song_score(song, 0, min(song.bars, LONGEST_BARS))


def measure_human(data: Path) -> dict[str, Table]:
    """Measure the corpora below a folder, and keep what was found.

    Raises
    ------
    ParameterError
        If there are none.
    """
    tables = tables_of(human_scores(data))
    write_tables(tables, human_folder())
    return tables
