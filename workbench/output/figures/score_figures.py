"""Pictures of the score: the piano roll with its chords and drum lanes, and the shape of the song."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from workbench.domain.elements import is_drums
from workbench.domain.plan import SectionPlan
from workbench.domain.score import Note, Score
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.output.figures.drawing import canvas, look, section_bands, time_axis
from workbench.output.figures.palette import ACCENT, GRID, INK, MUTED, element_colour

_LANE_ORDER = tuple(DRUM_ROLES)
_PITCHES_INCHES = 4.6
_CHORDS_INCHES, _SECTIONS_INCHES = 0.069, 0.345
"""How far above the topmost axes chords and section names stand."""

_LEGEND_SHARE = 0.12
"""Room for the legend above the notes, as a share of their range."""


def piano_roll(score: Score) -> Figure:
    """Every note of the song: pitched elements above, drums as lanes below, chords and sections on top.

    A song of drums alone has no room for pitches.
    """
    melodic = {name: part.notes for name, part in score.parts.items() if not is_drums(name) and part.notes}
    drums = score.parts["percussion"].notes if "percussion" in score.parts else ()
    lanes = [role for role in _LANE_ORDER if any(drum_role(note.pitch) == role for note in drums)]
    ratios = [_PITCHES_INCHES] if melodic or not lanes else []
    ratios += [max(0.6, 0.24 * len(lanes))] if lanes else []
    with look():
        figure, axes = canvas(sum(ratios) + 0.75, len(ratios), heights=ratios)
        if melodic or not lanes:
            _draw_melodic(axes[0], score, melodic)
        if lanes:
            _draw_drums(axes[-1], score, drums, lanes)
        _write_chords(axes[0], score, ratios[0])
        _section_names(axes[0], score, ratios[0])
        time_axis(axes[-1], score.duration_seconds)
    return figure


def structure_timeline(
    sections: Sequence[SectionPlan], palette: Sequence[str], seconds_at_bar: Callable[[float], float]
) -> Figure:
    """The shape of the song: energy as a stepped line over the sections, and below it which element plays where."""
    end = seconds_at_bar(sections[-1].end_bar)
    with look():
        figure, (energy, lanes) = canvas(1.9 + 0.24 * len(palette), 2, heights=[1.5, 0.24 * len(palette) + 0.1])
        section_bands(energy, sections, seconds_at_bar, end, labels=True)
        edges = [seconds_at_bar(section.start_bar) for section in sections] + [end]
        energy.stairs([section.energy for section in sections], edges, fill=True, color=ACCENT, alpha=0.25)
        energy.stairs([section.energy for section in sections], edges, color=ACCENT, linewidth=1.8, baseline=None)
        energy.set(ylim=(0, 1.0), yticks=[0, 0.5, 1.0], ylabel="energy")
        _draw_presence(lanes, sections, palette, seconds_at_bar)
        time_axis(lanes, end)
    return figure


def _draw_presence(
    axes: Axes, sections: Sequence[SectionPlan], palette: Sequence[str], seconds_at_bar: Callable[[float], float]
) -> None:
    for row, element in enumerate(palette):
        spans = [
            (seconds_at_bar(section.start_bar), seconds_at_bar(section.end_bar) - seconds_at_bar(section.start_bar))
            for section in sections
            if element in section.elements
        ]
        axes.broken_barh(spans, (row - 0.34, 0.68), facecolor=element_colour(element), linewidth=0)
    section_bands(axes, sections, seconds_at_bar, seconds_at_bar(sections[-1].end_bar), shade=False)
    axes.set(ylim=(len(palette) - 0.5, -0.5), yticks=range(len(palette)))
    axes.set_yticklabels(palette, color=INK)
    axes.spines["left"].set_visible(False)


def _draw_melodic(axes: Axes, score: Score, melodic: dict[str, tuple[Note, ...]]) -> None:
    pitches = [note.pitch for notes in melodic.values() for note in notes] or [60]
    low, high = min(pitches) - 2, max(pitches) + 2
    # The legend lies above the highest note.
    high += math.ceil(_LEGEND_SHARE * (high - low))
    section_bands(axes, score.sections, score.seconds_at_bar, score.duration_seconds)
    for name, notes in melodic.items():
        rows = [(note.pitch - 0.44, note.pitch + 0.44) for note in notes]
        _add_notes(axes, score, notes, rows, element_colour(name), name)
    octaves = [pitch for pitch in range(low, high + 1) if pitch % 12 == 0]
    axes.set(xlim=(0, score.duration_seconds), ylim=(low, high))
    axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.grid(axis="y")
    if melodic:
        axes.legend(
            loc="upper left", ncols=len(melodic), handlelength=1.0, frameon=True, framealpha=0.85, edgecolor=GRID
        )


def _add_notes(
    axes: Axes, score: Score, notes: Sequence[Note], rows: Sequence[tuple[float, float]], colour: str, label: str
) -> None:
    seconds_at = score.tempo_map.seconds_at
    starts = np.array([seconds_at(note.start_beats) for note in notes])
    ends = np.array([seconds_at(note.end_beats) for note in notes])
    bottoms, tops = np.array(rows).T
    corners = np.stack([[starts, bottoms], [starts, tops], [ends, tops], [ends, bottoms]]).transpose(2, 0, 1)
    alpha = 0.45 + 0.55 * np.array([note.velocity for note in notes]) / 127.0
    faces = np.column_stack([np.tile(to_rgb(colour), (len(notes), 1)), alpha])
    axes.add_collection(PolyCollection(list(corners), facecolors=faces, linewidths=0, label=label, zorder=2))


def _write_chords(axes: Axes, score: Score, height_inches: float) -> None:
    shown, end = "", -1e9
    # About 95 chord names fit beside each other; a name that would run into its neighbour is left out.
    room = score.duration_seconds / 60.0
    for chord in score.chords:
        symbol = chord.symbol(score.key_at(chord.onset_beats))
        start = score.tempo_map.seconds_at(chord.onset_beats)
        if start >= end and symbol != shown:
            axes.text(
                start, 1.0 + _CHORDS_INCHES / height_inches, " " + symbol, transform=axes.get_xaxis_transform(),
                fontsize=7.5, color=INK, clip_on=False,
            )  # fmt: skip
            end, shown = start + room * max(1.0, 0.3 * len(symbol)), symbol


def _section_names(axes: Axes, score: Score, height_inches: float) -> None:
    for section in score.sections:
        axes.text(
            score.seconds_at_bar(section.start_bar), 1.0 + _SECTIONS_INCHES / height_inches, " " + section.name,
            transform=axes.get_xaxis_transform(), fontsize=9, color=MUTED, fontweight="bold", clip_on=False,
        )  # fmt: skip


def _draw_drums(axes: Axes, score: Score, notes: Sequence[Note], lanes: Sequence[str]) -> None:
    section_bands(axes, score.sections, score.seconds_at_bar, score.duration_seconds)
    row = {role: index for index, role in enumerate(lanes)}
    # A drum hit has no length of its own: it is drawn as wide as a 32nd so that rolls stay apart.
    hits = [Note(note.start_beats, note.pitch, 0.125, note.velocity) for note in notes]
    rows = [(row[drum_role(note.pitch)] - 0.38, row[drum_role(note.pitch)] + 0.38) for note in hits]
    _add_notes(axes, score, hits, rows, element_colour("percussion"), "percussion")
    axes.set(ylim=(-0.6, len(lanes) - 0.4))
    axes.set_yticks(range(len(lanes)), [role.replace("_", " ") for role in lanes])
    axes.grid(axis="y", alpha=0.6)
