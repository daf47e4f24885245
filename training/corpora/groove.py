"""Groove MIDI Dataset (Gillick et al., ICML 2019; CC BY 4.0): drummers with velocity and microtiming."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.corpora.reading import note_table, read_midi
from training.corpora.song import CorpusSong, NoteTable

_STYLES = {
    "punk": "rock", "blues": "rock", "neworleans": "funk", "afrobeat": "funk", "afrocuban": "latin",
    "highlife": "latin", "middleeastern": "latin", "gospel": "soul",
}  # fmt: skip
_USUAL_LATENESS_SECONDS = -0.0132


def read(root: Path) -> Iterator[CorpusSong]:
    """Every 4/4 performance of the train and validation parts.

    A fill is told as the last bar of a section; the section of a beat is unknown. The mean deviation of a drummer from
    the click is taken out of each file, so that what remains is music and not latency.
    """
    with (root / "info.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["time_signature"] == "4-4" and row["split"] != "test"]
    for row in rows:
        score = read_midi(root / row["midi_filename"])
        table = note_table([track.notes for track in score.tracks], score.tpq)
        if len(table) < 4:
            continue
        tempo = float(row["bpm"])
        table = _without_lateness(table, tempo)
        bars = int((table.onsets_beats[-1] + 1 / 16) // 4) + 1
        style = row["style"].split("/")[0]
        fill = row["beat_type"] == "fill"
        yield CorpusSong(
            song_id=row["id"],
            corpus="groove",
            tier="A",
            split="train" if row["split"] == "train" else "validation",
            style=_STYLES.get(style, style),
            source="played",
            tempo_bpm=tempo,
            bar_beats=4,
            bars=bars,
            key=None,
            chords=(),
            sections=("",) * bars,
            remaining=np.arange(bars, 0, -1) if fill else np.zeros(bars, np.int64),
            parts={"percussion": table},
        )


def _without_lateness(table: NoteTable, tempo_bpm: float) -> NoteTable:
    # The mean phase against the 16th grid is only to be trusted when the hits agree on it.
    phase = np.exp(2j * np.pi * table.onsets_beats * 4).mean()
    agreed = abs(phase) > 0.15 and len(table) >= 16
    lateness_seconds = np.angle(phase) / (2 * np.pi * 4) * 60 / tempo_bpm if agreed else _USUAL_LATENESS_SECONDS
    shift_beats = float(np.clip(lateness_seconds, -0.045, 0.03)) * tempo_bpm / 60
    return NoteTable(table.onsets_beats - shift_beats, table.durations_beats, table.pitches, table.velocities)
