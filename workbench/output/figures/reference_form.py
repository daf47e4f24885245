"""Form and harmony of a track above those of references: sections, chords, tempo and key over time."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from workbench.analysis.chords import HeardChord, triad_of
from workbench.domain.score import Score
from workbench.domain.theory import Key
from workbench.output.figures.drawing import canvas, look, time_axis
from workbench.output.figures.labels import format_number
from workbench.output.figures.palette import INK, MUTED
from workbench.output.figures.reference_texts import tempo_text

if TYPE_CHECKING:
    from workbench.analysis.references import ReferenceProfile

_ROW_INCHES, _BAND = 0.42, 0.62
_SHORTEST_LABEL = 0.02
"""Share of the width from which a stretch has room for the name of its chord."""


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    label: str
    chords: Sequence[HeardChord]
    key: Key | None
    boundaries_seconds: Sequence[float]
    end_seconds: float


def forms(score: Score | None, references: Sequence[ReferenceProfile]) -> Figure:
    """One row for the track, as it is written, if there is one, and one for each reference, as it was heard.

    Colours are roots, paler for major and darker for minor; lines are the beginnings of sections.
    """
    rows = [*([_written(score)] if score else []), *(_heard(profile) for profile in references)]
    end = max(row.end_seconds for row in rows)
    with look():
        figure, (axes,) = canvas(0.9 + _ROW_INCHES * len(rows))
        for place, row in enumerate(rows):
            _draw(axes, row, -float(place), end)
        axes.set_yticks([-float(place) for place in range(len(rows))], [f"{row.name}\n{row.label}" for row in rows])
        axes.tick_params(axis="y", labelsize=7.5, labelcolor=INK)
        axes.set_ylim(0.5 - len(rows), 0.6)
        axes.spines["left"].set_visible(False)
        roots = [HeardChord(0.0, 0.0, (fifth * 7 % 12, "maj")) for fifth in range(12)]
        marks = [Patch(color=_colour(root), label=root.symbol) for root in roots]
        figure.legend(handles=marks, loc="outside upper right", ncols=12, handlelength=1.0, columnspacing=1.0)
        time_axis(axes, end)
    return figure


def _written(score: Score) -> _Row:
    clock = score.tempo_map.seconds_at
    chords = [
        HeardChord(clock(chord.onset_beats), clock(chord.end_beats), triad_of(chord.root, chord.quality))
        for chord in score.chords
    ]
    starts = [score.seconds_at_bar(section.start_bar) for section in score.sections[1:]]
    label = f"{format_number(score.tempo_bpm)} BPM, {score.key}"
    return _Row("this track", label, chords, score.key, starts, score.duration_seconds)


def _heard(profile: ReferenceProfile) -> _Row:
    tempo = "no steady pulse" if profile.tempo_bpm is None else f"{tempo_text(profile)} BPM"
    label = f"{tempo}, {profile.key or 'no key'}"
    key = Key.parse(profile.key) if profile.key else None
    return _Row(profile.id, label, profile.heard_chords(), key, profile.boundaries_seconds, profile.duration_seconds)


def _draw(axes: Axes, row: _Row, height: float, end_seconds: float) -> None:
    for chord in row.chords:
        length = chord.end_seconds - chord.start_seconds
        axes.barh(
            height, length, _BAND, chord.start_seconds, color=_colour(chord), edgecolor="white", linewidth=0.3, zorder=2
        )
        if length > _SHORTEST_LABEL * end_seconds and chord.triad is not None:
            middle = chord.start_seconds + length / 2.0
            name = chord.spelled(row.key) if row.key else chord.symbol
            axes.text(middle, height, name, ha="center", va="center", fontsize=7.0, color=INK, zorder=4)
    axes.vlines([0.0, *row.boundaries_seconds], height - 0.42, height + 0.42, color=INK, linewidth=1.4, zorder=3)
    axes.hlines(height - 0.5, 0.0, row.end_seconds, color=MUTED, linewidth=0.4, alpha=0.5)


def _colour(chord: HeardChord) -> str:
    """A hue for each root along the circle of fifths, so that neighbours in harmony are neighbours in colour."""
    if chord.triad is None:
        return "#eef0f4"
    root, quality = chord.triad
    hue = (root * 7 % 12) / 12.0
    paler, darker = (0.34, 0.96), (0.42, 0.74)
    return to_hex(colorsys.hsv_to_rgb(hue, *(paler if quality == "maj" else darker)))
