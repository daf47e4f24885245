"""A tiny corpus in the layout of the Groove MIDI Dataset, made here."""

from __future__ import annotations

import csv
from pathlib import Path

import mido
import numpy as np
import pytest

_FIELDS = ("drummer", "session", "id", "style", "bpm", "beat_type", "time_signature", "midi_filename", "split")


def write_drums(path: Path, bars: int, seed: int) -> None:
    """A rock beat of `bars` bars with human velocities and deviations."""
    rng = np.random.default_rng(seed)
    hits = []
    for bar in range(bars):
        for eighth in range(8):
            beat = 4 * bar + eighth / 2
            hits.append((beat, 42))
            hits += [(beat, 36)] if eighth in (0, 4, 5) else [(beat, 38)] if eighth in (2, 6) else []
    events = []
    for beat, pitch in hits:
        start = max(0, round((beat + rng.normal(0, 0.01)) * 480))
        events += [(start, mido.Message("note_on", channel=9, note=pitch, velocity=int(rng.integers(50, 120))))]
        events += [(start + 40, mido.Message("note_off", channel=9, note=pitch))]
    track, now = mido.MidiTrack(), 0
    for time, message in sorted(events, key=lambda event: event[0]):
        track.append(message.copy(time=time - now))
        now = time
    midi = mido.MidiFile(ticks_per_beat=480)
    midi.tracks.append(track)
    midi.save(path)


@pytest.fixture(scope="session")
def groove_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds five train and two validation performances, and one in 6/8 that is not read."""
    data = tmp_path_factory.mktemp("data")
    folder = data / "groove_gmd"
    folder.mkdir()
    with (folder / "info.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _FIELDS)
        writer.writeheader()
        for number in range(8):
            write_drums(folder / f"{number}.mid", bars=8, seed=number)
            row = {"id": f"take{number}", "style": "rock/shuffle" if number else "punk", "bpm": "100"}
            row |= {"beat_type": "fill" if number == 1 else "beat", "midi_filename": f"{number}.mid"}
            row |= {"split": "train" if number < 5 else "validation"}
            writer.writerow({**row, "time_signature": "6-8" if number == 7 else "4-4"})
    return data
