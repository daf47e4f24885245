"""A song before and after an edit: what stayed is grey, what came or went has its element's colour."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.domain.elements import is_drums
from workbench.domain.score import Note, Score
from workbench.domain.song import DRUM_ROLES, drum_role
from workbench.output.figures.drawing import canvas, look
from workbench.output.figures.palette import ACCENT, GRID, INK, MUTED, element_colour

_STAYED = "#b4bac6"
_PITCHES_INCHES, _LANE_INCHES = 2.4, 0.13


def before_and_after(before: Score, after: Score) -> Figure:
    """Piano rolls of two scores of one song, above each other, on an axis of bars.

    A note that both have at the same place is grey; one that only one of them has is drawn in its element's colour, and
    its bar is shaded.
    """
    lanes = [role for role in DRUM_ROLES if any(role in _roles(score) for score in (before, after))]
    drums = max(0.4, _LANE_INCHES * len(lanes))
    pitches = [n.pitch for score in (before, after) for _, n in _pitched(score)] or [60]
    with look():
        figure, axes = canvas(2 * (_PITCHES_INCHES + drums) + 0.9, 4, heights=[_PITCHES_INCHES, drums] * 2)
        for title, score, other, rows in (("before", before, after, axes[:2]), ("after", after, before, axes[2:])):
            _draw_pitched(rows[0], score, other, title)
            rows[0].set_ylim(min(pitches) - 2, max(pitches) + 2)
            _draw_drums(rows[1], score, other, lanes)
            _shade(rows, score, other)
        bars = max(before.bars, after.bars)
        step = max(1, bars // 32)
        axes[-1].set_xlim(0, bars)
        axes[-1].set_xticks([bar + 0.5 for bar in range(0, bars, step)], [str(bar + 1) for bar in range(0, bars, step)])
        axes[-1].set_xlabel("bar")
    return figure


def changed_bars(score: Score, other: Score) -> dict[str, set[int]]:
    """Bars, from 0, in which an element of a score has a note that the other score has not, by element."""
    bars = {}
    for name, part in score.parts.items():
        gone = set(part.notes) - _notes(other, name)
        bars[name] = {int((note.onset_beats + 1e-6) // score.metre.bar_beats) for note in gone}
    return bars


def _draw_pitched(axes: Axes, score: Score, other: Score, title: str) -> None:
    bar = score.metre.bar_beats
    for name, note in _pitched(score):
        colour = _STAYED if note in _notes(other, name) else element_colour(name)
        axes.hlines(note.pitch, note.start_beats / bar, note.end_beats / bar, colors=colour, linewidth=2.6, zorder=3)
    octaves = list(range(12, 121, 12))
    axes.set_yticks(octaves, [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.grid(axis="y", color=GRID)
    axes.set_title(title, color=INK, pad=16)
    for section in score.sections:
        axes.text(
            section.start_bar, 1.02, f" {section.name}", transform=axes.get_xaxis_transform(), color=MUTED, fontsize=8.5
        )


def _draw_drums(axes: Axes, score: Score, other: Score, lanes: list[str]) -> None:
    bar = score.metre.bar_beats
    standing = _notes(other, "percussion")
    for note in score.parts["percussion"].notes if "percussion" in score.parts else ():
        colour = _STAYED if note in standing else element_colour("percussion")
        axes.plot(note.start_beats / bar, lanes.index(drum_role(note.pitch)), marker="|", color=colour, markersize=4)
    axes.set_ylim(-0.7, len(lanes) - 0.3)
    axes.set_yticks([])
    axes.set_ylabel("drums", fontsize=8)


def _shade(rows: list[Axes], score: Score, other: Score) -> None:
    changed = changed_bars(score, other)
    drums = changed.pop("percussion", set())
    for axes, bars in ((rows[0], set().union(*changed.values())), (rows[1], drums)):
        for bar in bars:
            axes.axvspan(bar, bar + 1, facecolor=ACCENT, alpha=0.10, linewidth=0, zorder=0)
        for section in score.sections:
            axes.axvline(section.start_bar, color=MUTED, linewidth=0.7, alpha=0.55, zorder=1)


def _pitched(score: Score) -> list[tuple[str, Note]]:
    return [(name, note) for name, part in score.parts.items() if not is_drums(name) for note in part.notes]


def _roles(score: Score) -> set[str]:
    part = score.parts.get("percussion")
    return {drum_role(note.pitch) for note in part.notes} if part else set()


def _notes(score: Score, element: str) -> set[Note]:
    return set(score.parts[element].notes) if element in score.parts else set()
