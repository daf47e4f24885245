"""A track among reference tracks: its spectrum over their range, and a radar of where it lies in their spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from workbench.analysis.profile import Measurements
from workbench.output.figures.drawing import DPI, canvas, look
from workbench.output.figures.palette import ACCENT, GRID, INK, MASTER_COLOUR, MUTED

AXES: tuple[tuple[str, str], ...] = (
    ("integrated_loudness_lufs", "loud"),
    ("loudness_range_lu", "loudness range"),
    ("plr_db", "peak to loudness"),
    ("spectral_centroid_hz", "bright"),
    ("spectral_tilt_db_per_octave", "treble over bass"),
    ("width", "wide"),
    ("correlation", "mono-like"),
    ("onset_rate_hz", "busy"),
    ("tempo_bpm", "fast"),
)
"""Measurements on the radar, and what more of each is called."""

_SPAN_DB = 66.0
_TICKS_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
_INNER, _OUTER = 0.25, 0.75
"""Where the 10th and the 90th percentile of the references lie on a spoke."""


def spectrum_in_range(
    bands_hz: Sequence[float], levels_db: Sequence[float], references: Sequence[Sequence[float]]
) -> Figure:
    """Third-octave spectrum of a track over the range of the references: all of them, and the middle half."""
    centres = np.log2(np.asarray(bands_hz, dtype=np.float64))
    table = np.asarray(references, dtype=np.float64)
    low, q1, middle, q3, high = np.percentile(table, [0, 25, 50, 75, 100], axis=0)
    with look():
        figure, (axes,) = canvas(3.3)
        axes.fill_between(centres, low, high, color=MUTED, alpha=0.14, linewidth=0, label="all references")
        axes.fill_between(centres, q1, q3, color=MUTED, alpha=0.25, linewidth=0, label="middle half")
        axes.plot(centres, middle, color=MUTED, linewidth=1.2, linestyle="--", label="median")
        axes.plot(centres, levels_db, color=MASTER_COLOUR, linewidth=2.4, marker="o", markersize=3, label="this track")
        top = max(float(q3.max()), max(levels_db)) + 4.0
        axes.set_ylim(top - _SPAN_DB, top + 2.0)
        axes.set_xticks(np.log2(_TICKS_HZ), [f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}" for hz in _TICKS_HZ])
        axes.set(xlim=(centres[0] - 0.2, centres[-1] + 0.2), xlabel="Hz", ylabel="dB below total")
        axes.grid(True)
        axes.legend(loc="lower left", ncols=2)
    return figure


def radar(track: Measurements, references: Sequence[Measurements]) -> Figure:
    """Where a track lies in the spread of the references: the ring holds the middle four fifths of them."""
    places = [_place(track[name], [one[name] for one in references]) for name, _ in AXES]
    angles = np.linspace(0.0, 2.0 * np.pi, len(AXES), endpoint=False)
    closed = np.append(angles, angles[0])
    with look():
        figure = Figure(figsize=(6.2, 5.2), dpi=DPI, layout="constrained")
        axes = figure.add_subplot(projection="polar")
        axes.set_theta_offset(np.pi / 2.0)  # type: ignore[attr-defined]
        axes.set_theta_direction(-1)  # type: ignore[attr-defined]
        round_angles = np.linspace(0.0, 2.0 * np.pi, 181)
        axes.fill_between(round_angles, _INNER, _OUTER, color=MUTED, alpha=0.14, linewidth=0)
        axes.plot(round_angles, np.full(181, 0.5), color=MUTED, linewidth=1.0, linestyle="--")
        axes.plot(closed, [*places, places[0]], color=MASTER_COLOUR, linewidth=2.0)
        axes.fill(closed, [*places, places[0]], color=ACCENT, alpha=0.12)
        outside = [not _INNER <= place <= _OUTER for place in places]
        colours = ["#d08a1d" if out else MASTER_COLOUR for out in outside]
        axes.scatter(angles, places, color=colours, s=34, zorder=3)
        axes.set_xticks(angles, [_label(name, word, track) for name, word in AXES])
        axes.tick_params(axis="x", labelcolor=INK, pad=9)
        axes.set_yticks([])
        axes.set_ylim(0.0, 1.0)
        axes.spines["polar"].set_color(GRID)
        axes.grid(color=GRID)
    return figure


def outside_range(track: Measurements, references: Sequence[Measurements]) -> list[str]:
    """What of the radar lies beyond the middle four fifths of the references, such as "more bright"."""
    words = []
    for name, word in AXES:
        place = _place(track[name], [one[name] for one in references])
        if not _INNER <= place <= _OUTER:
            words.append(f"{'more' if place > _OUTER else 'less'} {word}")
    return words


def _label(name: str, word: str, track: Measurements) -> str:
    from workbench.output.figures.labels import format_number, label_and_unit

    return f"{word}\n{format_number(track[name])} {label_and_unit(name)[1]}".rstrip()


def _place(value: float, others: Sequence[float]) -> float:
    """0 to 1 along a spoke: 0.25 and 0.75 at the references' 10th and 90th percentile, 0.5 at their median."""
    low, middle, high = (float(np.percentile(others, share)) for share in (10, 50, 90))
    below, above = max(middle - low, 1e-9), max(high - middle, 1e-9)
    step = (value - middle) / (above if value >= middle else below)
    return float(np.clip(0.5 + (_OUTER - 0.5) * step, 0.02, 0.98))
