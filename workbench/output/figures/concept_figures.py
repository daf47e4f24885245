"""How words become parameters, in pictures: the plane of feeling, and how macros bend a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from workbench.output.figures.drawing import DPI, WIDTH_INCHES, look
from workbench.output.figures.palette import ACCENT, ELEMENT_COLOURS, GRID, INK, MUTED, PAPER

Place = tuple[float, float]

_CORNERS = (
    (-1.0, 1.0, "tense, angry"),
    (1.0, 1.0, "joyful, euphoric"),
    (-1.0, -1.0, "sad, weary"),
    (1.0, -1.0, "calm, tender"),
)
_HALO = [withStroke(linewidth=2.5, foreground=PAPER)]
_MARKS = ("o", "s", "^", "D", "v", "P")


def mood_plane(words: Mapping[str, Place], styles: Mapping[str, Place], concepts: Mapping[str, Place]) -> Figure:
    """Valence and arousal: words of feeling as points, styles by name, concepts with their numbers.

    Parameters
    ----------
    words, styles, concepts
        (valence, arousal), each -1 to 1, by name.
    """
    with look():
        figure = Figure(figsize=(WIDTH_INCHES, 6.4), dpi=DPI, layout="constrained")
        axes = figure.subplots()
        axes.axhline(0.0, color=GRID, linewidth=1.2, zorder=0)
        axes.axvline(0.0, color=GRID, linewidth=1.2, zorder=0)
        for x, y, text in _CORNERS:
            side = "left" if x < 0 else "right"
            axes.text(x * 1.03, y * 1.03, text, color=MUTED, ha=side, va="center", style="italic", fontsize=9.5)
        axes.scatter(*_columns(words), s=9, color=MUTED, alpha=0.3, linewidth=0, label="mood words")
        axes.scatter(*_columns(styles), s=26, color=ELEMENT_COLOURS["pads"], label="styles, as usual")
        for place, lines in _together(styles).items():
            axes.annotate(
                "\n".join(lines), place, (5, 0), textcoords="offset points", color=ELEMENT_COLOURS["pads"], fontsize=8,
                va="center", linespacing=1.1, path_effects=_HALO, zorder=3,
            )  # fmt: skip
        for number, (text, (x, y)) in enumerate(concepts.items(), start=1):
            axes.scatter([x], [y], s=210, color=ACCENT, zorder=4, label=f"{number}  {text}")
            axes.text(x, y, str(number), color="white", ha="center", va="center", weight="bold", zorder=5)
        axes.set(
            xlim=(-1.08, 1.08), ylim=(-1.12, 1.12), xlabel="valence: sad to happy", ylabel="arousal: still to excited"
        )
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), labelcolor=INK, markerscale=0.7, labelspacing=1.1)
    return figure


def _columns(places: Mapping[str, Place]) -> tuple[list[float], list[float]]:
    return [valence for valence, _ in places.values()], [arousal for _, arousal in places.values()]


def _together(styles: Mapping[str, Place]) -> dict[Place, list[str]]:
    """Names by place; those too near to each other to be read apart share one label."""
    labels: dict[Place, list[str]] = {}
    for name, (x, y) in sorted(styles.items(), key=lambda item: -item[1][0]):
        near = next((place for place in labels if 0 <= place[0] - x < 0.16 and abs(place[1] - y) < 0.06), None)
        labels.setdefault(near or (x, y), []).append(name)
    return labels


def macro_curves(amounts: Sequence[float], readings: Mapping[str, Mapping[str, Sequence[float]]]) -> Figure:
    """What each macro does to a plan: one panel a macro, one line a parameter, each on its own range.

    Parameters
    ----------
    amounts
        Positions of the macros, -1 to 1.
    readings
        Macro -> parameter -> its value at each amount.
    """
    with look():
        rows = (len(readings) + 2) // 3
        figure = Figure(figsize=(WIDTH_INCHES, 2.9 * rows), dpi=DPI, layout="constrained")
        panels: list[Axes] = figure.subplots(rows, 3, squeeze=False).ravel().tolist()
        for axes, (name, lines) in zip(panels, readings.items(), strict=False):
            _panel(axes, name, amounts, lines)
        for axes in panels[len(readings) :]:
            axes.set_visible(False)
    return figure


def _panel(axes: Axes, name: str, amounts: Sequence[float], lines: Mapping[str, Sequence[float]]) -> None:
    colours = (*ELEMENT_COLOURS.values(), ACCENT, INK)
    for (parameter, values), colour, mark in zip(lines.items(), colours, _MARKS, strict=False):
        low, high = min(values), max(values)
        span = (high - low) or 1.0
        label = f"{parameter}: {values[0]:.3g} to {values[-1]:.3g}"
        axes.plot(
            amounts, [(value - low) / span for value in values], color=colour, marker=mark, markersize=4, label=label
        )
    axes.axvline(0.0, color=GRID, linewidth=1.2, zorder=0)
    axes.set(title=name, xlim=(-1.05, 1.05), ylim=(-0.08, 1.75), yticks=[], xticks=(-1, -0.5, 0, 0.5, 1))
    axes.legend(loc="upper left", fontsize=7.5)
