"""What the player script needs to know of a track: sections in seconds, peaks of the waveform, names and colours."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.domain.audio import Audio
from workbench.domain.results import Track
from workbench.output.figures.palette import ACCENT, MASTER_COLOUR, element_colour

PEAKS = 900


def player_data(track: Track) -> dict[str, Any]:
    """Duration, sections, peaks and what was measured of a track as plain values, ready for JSON."""
    seconds_at_bar = track.score.seconds_at_bar
    return {
        "duration": round(track.master.duration_seconds, 3),
        "sections": [
            {
                "name": section.name,
                "start": round(seconds_at_bar(section.start_bar), 4),
                "end": round(seconds_at_bar(section.end_bar), 4),
                "energy": round(section.energy, 3),
            }
            for section in track.score.sections
        ],
        "peaks": peaks(track.master),
        "accent": ACCENT,
        **_measured(track),
    }


def _measured(track: Track) -> dict[str, Any]:
    """Loudness and true peak of the master, where they were measured."""
    found = track.report.measurements
    if not {"integrated_loudness_lufs", "true_peak_dbtp"} <= found.keys():
        return {}
    loudness, peak = found["integrated_loudness_lufs"], found["true_peak_dbtp"]
    return {"measured": {"lufs": round(loudness, 1), "dbtp": round(peak, 1)}}


def track_names(track: Track) -> list[dict[str, str]]:
    """Name, label and colour of the master and of each stem, in playing order."""
    stems = [{"name": name, "label": name, "colour": element_colour(name)} for name in track.mix.stems]
    return [{"name": "master", "label": "master", "colour": MASTER_COLOUR}, *stems]


def peaks(audio: Audio, count: int = PEAKS) -> list[float]:
    """Highest magnitude in each of `count` equal slices, relative to the highest of all, three decimals.

    Examples
    --------
    >>> peaks(Audio(np.array([[0.1, 0.2, 0.4, 0.0]] * 2, np.float32), 48000), 2)
    [0.5, 1.0]
    """
    samples = audio.samples if audio.samples.size else np.zeros((1, 1), np.float32)
    length = samples.shape[1]
    edges = np.linspace(0, length, min(count, length), endpoint=False).astype(np.int64)
    both = [np.maximum(np.maximum.reduceat(row, edges), -np.minimum.reduceat(row, edges)) for row in samples]
    highest = np.max(both, axis=0)
    return [round(float(value), 3) for value in highest / max(float(highest.max()), 1e-9)]
