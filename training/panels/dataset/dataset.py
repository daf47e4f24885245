"""A data set in a notebook: every song to look through and to hear bar by bar, and what was dropped and why."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from training.audition import sound
from training.corpora import CORPORA, CorpusReading, find_corpora, place_of, read_corpus, read_folder
from training.corpora.items import Outcome
from training.excerpts import song_score
from workbench.domain.audio import Audio
from workbench.domain.errors import CorpusError, ParameterError
from workbench.output.report.roll_data import roll_data
from workbench.widgets.instrument import Answering, action, front_end, loop_of, sheet

_HERE = Path(__file__).resolve().parent
HEARD_BARS = 8
"""Bars that are heard and drawn at once."""
MOST_ROWS = 200
"""Songs that the page lists at once; a search finds the others."""


class DatasetBrowser(Answering):
    """Songs of corpora with key, tempo, metre and notes by element, eight bars at a time; and what was dropped.

    Parameters
    ----------
    data : path or CorpusReading
        A folder of corpora, a folder of your own MIDI files, or what `training.corpora` read.
    names : sequence of str
        Corpora of the folder; all that are there if left out.
    """

    _esm = front_end(_HERE / "dataset.js", "roll.js")
    _css = sheet("player.css", "roll.css")
    corpora: Any = traitlets.List().tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    found = traitlets.Int(0).tag(sync=True)
    reasons: Any = traitlets.List().tag(sync=True)
    roll: Any = traitlets.Dict().tag(sync=True)
    shown: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, data: str | Path | CorpusReading, names: tuple[str, ...] | None = None) -> None:
        super().__init__()
        self._readings = _read(data, names)
        self.corpora = [
            {"name": name, **{key: int(value) for key, value in reading.counts().items()}}
            for name, reading in self._readings.items()
        ]
        self._kept = [
            (name, number, outcome)
            for name, reading in self._readings.items()
            for number, outcome in enumerate(reading.outcomes)
            if outcome.song is not None
        ]
        self.reasons = [
            {"corpus": name, "reason": reason, "count": count, "examples": _examples(reading, reason)}
            for name, reading in self._readings.items()
            for reason, count in reading.reasons.items()
        ]
        self.search("")

    @action
    def search(self, text: str) -> None:
        """List the songs whose name, corpus, style, key, split or elements hold every word; the first 200 of them."""
        words = str(text).casefold().split()
        rows = [(name, number, _row(name, outcome)) for name, number, outcome in self._kept]
        hits = [
            {"corpus": name, "number": number, "cells": row}
            for name, number, row in rows
            if all(word in " ".join(row).casefold() for word in words)
        ]
        self.rows, self.found = hits[:MOST_ROWS], len(hits)
        self.tell(
            f"{len(hits)} of {len(rows)} songs"
            + (f", the first {MOST_ROWS} are listed" if len(hits) > MOST_ROWS else "")
        )

    @action
    def hear(self, corpus: str, number: int, bar: int = 1) -> None:
        """Send eight bars of a song, from a bar on (from 1): notes and sound."""
        outcomes = self._readings[corpus].outcomes if corpus in self._readings else ()
        song = outcomes[number].song if isinstance(number, int) and 0 <= number < len(outcomes) else None
        if song is None:
            raise ParameterError(f"song {number!r} of {corpus!r} is not there")
        if not isinstance(bar, int) or not 1 <= bar <= song.bars:
            raise ParameterError(f"bar {bar!r}: {song.song_id} has bars 1 to {song.bars}")
        last = min(song.bars, bar + HEARD_BARS - 1)
        score = song_score(song, bar - 1, HEARD_BARS)
        self.roll = roll_data(score)
        self.shown = {
            "corpus": corpus, "number": number, "first": bar, "last": last, "bars": song.bars, "title": song.song_id,
        }  # fmt: skip
        # Of the tail nothing is heard, so that the bars loop in time.
        heard = sound(score)
        length = round(score.duration_seconds * heard.sample_rate_hz)
        message, buffers = loop_of({"song": Audio(heard.samples[:, :length], heard.sample_rate_hz)}, (bar, last))
        self.send(message, buffers)
        self.tell(f"{song.song_id}, bars {bar} to {last} of {song.bars}")


def _read(data: str | Path | CorpusReading, names: tuple[str, ...] | None) -> Mapping[str, CorpusReading]:
    if isinstance(data, CorpusReading):
        return {data.corpus: data}
    folder = Path(data)
    found = tuple(
        names or (name for name, one in CORPORA.items() if place_of(one, folder).is_dir() and name != "folder")
    )
    if found or not folder.is_dir():
        return {corpus.name: read_corpus(folder, corpus.name) for corpus in find_corpora(folder, found or None)}
    reading = read_folder(folder)
    if not reading.outcomes:
        raise CorpusError(f"{folder} holds neither a corpus nor MIDI files")
    return {reading.corpus: reading}


def _row(corpus: str, outcome: Outcome) -> list[str]:
    song = outcome.song
    if song is None:
        raise ParameterError(f"{outcome.name} was dropped: {outcome.reason}")
    notes = ", ".join(f"{len(table)} {element}" for element, table in song.parts.items())
    return [
        song.song_id, corpus, song.split, song.style, str(song.key or ""), f"{song.tempo_bpm:.0f}",
        f"{song.bar_beats}/4", str(song.bars), notes,
    ]  # fmt: skip


def _examples(reading: CorpusReading, reason: str) -> str:
    names = [outcome.name for outcome in reading.dropped if outcome.reason == reason]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
