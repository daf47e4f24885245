"""Groove MIDI Dataset (Gillick et al., ICML 2019; CC BY 4.0): drummers with velocity and microtiming."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.corpora.corpus import Corpus, Source
from training.corpora.items import Item, Reader, SkippedError
from training.corpora.note_tables import note_table, read_midi
from training.corpora.song import CorpusSong, NoteTable

_STYLES = {
    "punk": "rock", "blues": "rock", "neworleans": "funk", "afrobeat": "funk", "afrocuban": "latin",
    "highlife": "latin", "middleeastern": "latin", "gospel": "soul",
}  # fmt: skip
_USUAL_LATENESS_SECONDS = -0.0132
_FEWEST_NOTES = 4


def find(root: Path) -> Iterator[Item]:
    """Every performance that `info.csv` names; those in 4/4 of the train and validation parts are read."""
    with (root / "info.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Item(row["midi_filename"], (root / row["midi_filename"],), _facts(row), _why_not(row))


def _facts(row: dict[str, str]) -> dict[str, str]:
    return {name: row[name] for name in ("id", "style", "bpm", "beat_type", "split")}


def _why_not(row: dict[str, str]) -> str:
    if row["split"] == "test":
        return "official test part"
    return "" if row["time_signature"] == "4-4" else "the metre is not 4/4"


def read(item: Item) -> CorpusSong:
    """One performance.

    A fill is encoded as the last bar of a section; the section of a beat is unknown. The mean deviation of a drummer
    from the click is taken out of each file, so that what remains is music and not latency.
    """
    row = item.facts
    score = read_midi(item.files[0])
    table = note_table(score.parts, score.ticks_per_beat)
    if len(table) < _FEWEST_NOTES:
        raise SkippedError(f"fewer than {_FEWEST_NOTES} notes")
    tempo = float(row["bpm"])
    table = _without_lateness(table, tempo)
    bars = int((table.onsets_beats[-1] + 1 / 16) // 4) + 1
    style = row["style"].split("/")[0]
    fill = row["beat_type"] == "fill"
    return CorpusSong(
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


CORPUS = Corpus(
    name="groove",
    folders=("groove_gmd", "groove"),
    reader=Reader(find, read),
    tier="A",
    licence="CC BY 4.0",
    citation="Gillick, Roberts, Engel, Eck, Bamman: "
    "Learning to Groove with Inverse Sequence Transformations, ICML 2019",
    source=Source(
        page="https://magenta.tensorflow.org/datasets/groove",
        songs=1150,
        url="https://storage.googleapis.com/magentadata/datasets/groove/groove-v1.0.0-midionly.zip",
        folder="groove",
        checksum="sha256:651cbc524ffb891be1a3e46d89dc82a1cecb09a57c748c7b45b844c4841dcc1e",
        note="checksum as on the set's page",
    ),
)


def _without_lateness(table: NoteTable, tempo_bpm: float) -> NoteTable:
    # The mean phase against the 16th grid is only to be trusted when the hits agree on it.
    phase = np.exp(2j * np.pi * table.onsets_beats * 4).mean()
    agreed = abs(phase) > 0.15 and len(table) >= 16
    lateness_seconds = np.angle(phase) / (2 * np.pi * 4) * 60 / tempo_bpm if agreed else _USUAL_LATENESS_SECONDS
    shift_beats = float(np.clip(lateness_seconds, -0.045, 0.03)) * tempo_bpm / 60
    return NoteTable(table.onsets_beats - shift_beats, table.durations_beats, table.pitches, table.velocities)
