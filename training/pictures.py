"""Pictures of training: what the data holds, how the loss falls, where the nats lie. Import it only to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.dataset import EncodedPart
from workbench.domain.elements import is_drums
from workbench.domain.song import DRUM_ROLES
from workbench.models.grid import SLOTS_PER_BAR, SLOTS_PER_BEAT, slot_to_beats
from workbench.models.history import FIRST_ATTRIBUTE, SLOT_COLUMN, STEP_COLUMN, SYMBOL_COLUMN
from workbench.models.spec import BAR_STEP, ElementSpec
from workbench.output.figures.drawing import DPI, WIDTH_INCHES, look
from workbench.output.figures.palette import ACCENT, ELEMENT_COLOURS, INK, MUTED, REFERENCE_COLOURS, element_colour

Points = Sequence[tuple[int, float]]
"""Pairs of step and value."""

_SHADES = (ACCENT, *ELEMENT_COLOURS.values(), *REFERENCE_COLOURS)
_SMOOTHED = 15
"""Steps that the smoothed curve averages at most; an eighth of what there is at first."""


def loss_curves(training: Points, validation: Mapping[str, Points], steps: int) -> Figure:
    """Nats a row while training, each step and smoothed, and nats a note on validation, by field and in total.

    Parameters
    ----------
    training : points
    validation : mapping field -> points
        "nll" is the total.
    steps : int
        Steps of the whole run, the right edge.
    """
    with look():
        figure, (left, right) = _panels(3.1, 2)
        _draw_training(left, training)
        for index, (name, points) in enumerate(validation.items()):
            total = name == "nll"
            colour, label = (INK, "total") if total else (_SHADES[index % len(_SHADES)], name)
            at, values = zip(*points, strict=True)
            right.plot(at, values, "o-", color=colour, linewidth=2.0 if total else 1.2, markersize=3, label=label)
        left.set(title="Training, nats a row", xlim=(0, steps), xlabel="step")
        right.set(title="Validation, nats a note", xlim=(0, steps * 1.02), xlabel="step")
        if validation:
            # Room for the legend above the total.
            right.set_ylim(0.0, 1.3 * max(value for points in validation.values() for _, value in points))
            right.legend(ncols=3, loc="upper right")
    return figure


def _draw_training(axes: Axes, points: Points) -> None:
    axes.grid(axis="y")
    if not points:
        return
    steps, values = np.array(points).T
    axes.plot(steps, values, color=MUTED, alpha=0.35, linewidth=0.8)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(sums))
    begins = np.maximum(ends - max(2, min(_SMOOTHED, len(values) // 8)), 0)
    axes.plot(steps, (sums[ends] - sums[begins]) / (ends - begins), color=ACCENT, linewidth=2.0)
    axes.set_ylim(0.9 * values.min(), np.quantile(values, 0.98) * 1.05 + 1e-6)


def field_bars(figures: Mapping[str, Mapping[str, float]], title: str) -> Figure:
    """Nats a note by field, one colour a network: lower is better. "nll" stands last, as the total.

    Parameters
    ----------
    figures : mapping network -> field -> nats
    title : str
    """
    fields = [name for name in next(iter(figures.values())) if name != "nll"] + ["nll"]
    with look():
        figure, (axes,) = _panels(2.9, 1)
        width = 0.8 / len(figures)
        for index, (label, nats) in enumerate(figures.items()):
            places = np.arange(len(fields)) - 0.4 + width * (index + 0.5)
            bars = axes.bar(places, [nats.get(name, 0.0) for name in fields], 0.92 * width, label=label)
            for bar in bars:
                bar.set_facecolor(_SHADES[index % len(_SHADES)])
            axes.bar_label(bars, fmt="%.2f", fontsize=7.5, color=MUTED, padding=1)
        axes.set_xticks(range(len(fields)), [*fields[:-1], "total"], color=INK)
        axes.set(title=title, ylabel="nats a note")
        axes.legend(ncols=len(figures), loc="upper left")
    return figure


def data_picture(parts: Sequence[EncodedPart], spec: ElementSpec) -> Figure:
    """What the rows of an element hold: where in the bar notes begin, which symbols they are, how long or how loud."""
    rows = np.concatenate([part.rows for part in parts])
    rows = rows[rows[:, STEP_COLUMN] != BAR_STEP]
    attribute = "velocity" if "velocity" in spec.attributes else next(iter(spec.attributes))
    values = rows[:, FIRST_ATTRIBUTE + list(spec.attributes).index(attribute)]
    with look():
        figure, (place, symbol, value) = _panels(2.6, 3)
        starts = [slot_to_beats(slot) for slot in range(SLOTS_PER_BAR)]
        counts = np.bincount(rows[:, SLOT_COLUMN], minlength=SLOTS_PER_BAR)[:SLOTS_PER_BAR]
        _bars(place, starts, counts, 0.9 / SLOTS_PER_BEAT, spec.name)
        place.set(title="Where notes begin (beat of the bar)", xticks=range(4), xticklabels=["1", "2", "3", "4"])
        _draw_symbols(symbol, rows[:, SYMBOL_COLUMN], spec)
        _bars(value, range(spec.attributes[attribute]), np.bincount(values), 0.9, spec.name)
        value.set(title=f"{attribute.capitalize()} class")
        for axes in (place, symbol, value):
            axes.set_yticks([])
    return figure


def _draw_symbols(axes: Axes, symbols: np.ndarray, spec: ElementSpec) -> None:
    if is_drums(spec.name):
        counts, names = np.bincount(symbols, minlength=len(DRUM_ROLES)), [name.replace("_", " ") for name in DRUM_ROLES]
        axes.set(title="Drums")
    else:
        lowest = 0 if spec.name == "harmony" else spec.lowest_pitch
        counts = np.bincount((symbols + lowest) % 12, minlength=12)
        names = [str(step) for step in range(12)]
        axes.set(title=f"Semitones above the {'chord root' if spec.relative_to_root else 'tonic'}")
    _bars(axes, range(len(counts)), counts, 0.9, spec.name)
    axes.set_xticks(range(len(names)), names, rotation=60 if is_drums(spec.name) else 0, fontsize=7.5)


def _bars(axes: Axes, places: Sequence[float] | range, counts: np.ndarray, width: float, element: str) -> None:
    heights = np.zeros(len(places))
    heights[: len(counts)] = counts[: len(places)]
    axes.bar(list(places), heights, width, color=element_colour(element), align="center")


def _panels(height_inches: float, columns: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), dpi=DPI, layout="constrained")
    return figure, list(figure.subplots(1, columns, squeeze=False)[0])
