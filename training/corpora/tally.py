"""The figures of a data report: what a corpus holds, counted song by song."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.corpora.items import CorpusReading
from training.corpora.near import near_counts
from training.corpora.song import CorpusSong, NoteTable
from workbench.domain.arrays import Integers
from workbench.domain.elements import ELEMENTS

TEMPO_EDGES_BPM = np.arange(30.0, 251.0, 10.0)
DEVIATION_EDGES_MS = np.arange(-62.5, 62.6, 5.0)
SLOTS_PER_BEAT = 12
_BESIDE_SIXTEENTH_BEATS = 1 / 16
"""Onsets farther than this from a 16th lie on another subdivision and say nothing about microtiming."""


@dataclass(frozen=True, slots=True)
class ElementTally:
    """One element in a corpus.

    `onsets` (48,) counts notes by slot of a bar, 12 a beat; `velocities` (128,) and `pitches` (128,) by MIDI value;
    `deviations` by `DEVIATION_EDGES_MS` from the nearest 16th. `distinct_bars` counts the different bars by slot and
    pitch among `bars` with notes.
    """

    songs: int
    notes: int
    bars: int
    distinct_bars: int
    onsets: Integers
    velocities: Integers
    pitches: Integers
    deviations: Integers


@dataclass(frozen=True, slots=True)
class CorpusTally:
    """A corpus in figures; the mappings count songs, but `sections` counts bars and `near` is that of `near_counts`."""

    corpus: str
    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    splits: Mapping[str, int]
    styles: Mapping[str, int]
    keys: Mapping[str, int]
    metres: Mapping[str, int]
    moods: Mapping[str, int]
    sections: Mapping[str, int]
    qualities: Mapping[str, int]
    tempi_bpm: tuple[float, ...]
    elements: Mapping[str, ElementTally]
    near: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """The figures as plain values."""
        form = asdict(self)
        form["tempi_bpm"] = tempo_summary(self.tempi_bpm)
        for element in form["elements"].values():
            for name, value in element.items():
                element[name] = value.tolist() if isinstance(value, np.ndarray) else value
        return form


def tempo_summary(tempi_bpm: Iterable[float]) -> dict[str, float]:
    """Least, median and greatest tempo; empty without songs.

    Examples
    --------
    >>> tempo_summary([100.0, 120.0, 140.0])
    {'least': 100.0, 'median': 120.0, 'greatest': 140.0}
    """
    values = np.array(list(tempi_bpm), np.float64)
    if not len(values):
        return {}
    figures = {"least": values.min(), "median": np.median(values), "greatest": values.max()}
    return {name: round(float(value), 2) for name, value in figures.items()}


def tally(reading: CorpusReading) -> CorpusTally:
    """Count what was read."""
    songs = reading.songs
    names = [name for name in ELEMENTS if any(name in song.parts for song in songs)]
    qualities = Counter(chord.quality for song in songs for chord in song.chords)
    return CorpusTally(
        corpus=reading.corpus,
        counts=reading.counts(),
        reasons=reading.reasons,
        splits=_ordered(song.split for song in songs),
        styles=_ordered(song.style or "not stated" for song in songs),
        keys=_ordered(str(song.key) if song.key else "none" for song in songs),
        metres=_ordered(f"{song.bar_beats}/4" for song in songs),
        moods=_ordered(word for song in songs for word in song.mood.split()),
        sections=_ordered(name or "not stated" for song in songs for name in song.sections),
        qualities=dict(qualities.most_common()),
        tempi_bpm=tuple(song.tempo_bpm for song in songs),
        elements={name: _tally_element(name, songs) for name in names},
        near=near_counts(songs),
    )


def _ordered(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda pair: (-pair[1], pair[0])))


def _tally_element(name: str, songs: tuple[CorpusSong, ...]) -> ElementTally:
    held = [(song, song.parts[name]) for song in songs if len(song.parts.get(name, ())) > 0]
    onsets, deviations = np.zeros(4 * SLOTS_PER_BEAT, np.int64), np.zeros(len(DEVIATION_EDGES_MS) - 1, np.int64)
    distinct: set[bytes] = set()
    bars = 0
    for song, part in held:
        slots = np.maximum(np.rint(part.onsets_beats * SLOTS_PER_BEAT), 0).astype(np.int64)
        bar, place = np.divmod(slots, song.bar_beats * SLOTS_PER_BEAT)
        onsets += np.bincount(place, minlength=len(onsets))
        deviations += np.histogram(deviations_ms(part, song.tempo_bpm), DEVIATION_EDGES_MS)[0]
        contents = _bar_contents(bar, place, part.pitches)
        bars += len(contents)
        distinct.update(contents)
    pitches, velocities = (
        np.bincount(np.concatenate([getattr(part, column) for _, part in held]), minlength=128)
        for column in ("pitches", "velocities")
    )
    notes = sum(len(part) for _, part in held)
    return ElementTally(len(held), notes, bars, len(distinct), onsets, velocities, pitches, deviations)


def deviations_ms(part: NoteTable, tempo_bpm: float) -> npt.NDArray[np.float64]:
    """How late (positive) or early notes are against the nearest 16th, in ms; those beside the 16ths are left out."""
    beats = part.onsets_beats - np.rint(part.onsets_beats * 4) / 4
    inside = np.abs(beats) <= _BESIDE_SIXTEENTH_BEATS
    return np.asarray(beats[inside] * 60_000 / tempo_bpm, np.float64)


def _bar_contents(bar: Integers, place: Integers, pitches: Integers) -> list[bytes]:
    """For each bar with notes what it holds, as bytes that are equal for equal bars."""
    order = np.lexsort((pitches, place, bar))
    cells = (place[order] * 128 + pitches[order]).astype(np.int32)
    borders = np.flatnonzero(np.diff(bar[order])) + 1
    return [np.unique(block).tobytes() for block in np.split(cells, borders)]
