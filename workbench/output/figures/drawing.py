"""What all pictures share: the look, the canvas, section bands, and files whose bytes never change.

Importing this module imports matplotlib; import it only from code that draws. No global matplotlib state is touched:
figures are plain `Figure` objects and the look is set in a context.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.domain.plan import SectionPlan
from workbench.output.figures.palette import ACCENT, GRID, INK, MUTED, PAPER

DPI = 110
WIDTH_INCHES = 12.0

_LOOK: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.facecolor": PAPER,
    "axes.linewidth": 0.8,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": PAPER,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0.0,
    "ytick.major.size": 0.0,
    "path.simplify": True,
}


@contextmanager
def look() -> Iterator[None]:
    """Draw within the house look; settings outside stay as they were."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_LOOK)  # type: ignore[arg-type]
        yield


def canvas(height_inches: float, rows: int = 1, *, heights: Sequence[float] | None = None) -> tuple[Figure, list[Axes]]:
    """A figure of house width with `rows` axes that share their x axis."""
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(h_pad=0.03, w_pad=0.04, hspace=0.0)  # type: ignore[union-attr, call-arg]
    grid = figure.subplots(
        rows, 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": list(heights) if heights else [1.0] * rows}
    )
    return figure, [axes for row in grid for axes in row]


def to_png(figure: Figure) -> bytes:
    """The figure as PNG; the same figure gives the same bytes (no software name, no date)."""
    buffer = io.BytesIO()
    with look():
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def section_bands(
    axes: Axes,
    sections: Sequence[SectionPlan],
    seconds_at_bar: Callable[[float], float],
    end_seconds: float,
    *,
    labels: bool = False,
    shade: bool = True,
) -> None:
    """Shade each section up to `end_seconds` by its energy; `labels` writes the names above the axes."""
    for section in sections:
        start, end = seconds_at_bar(section.start_bar), min(seconds_at_bar(section.end_bar), end_seconds)
        if start >= end:
            continue
        if shade:
            axes.axvspan(start, end, facecolor=ACCENT, alpha=0.02 + 0.10 * section.energy, linewidth=0, zorder=0)
        axes.axvline(start, color=MUTED, linewidth=0.7, alpha=0.55, zorder=1)
        if labels:
            _section_label(axes, section.name, (start + end) / 2.0)


def _section_label(axes: Axes, name: str, middle_seconds: float) -> None:
    axes.text(
        middle_seconds, 1.01, name, transform=axes.get_xaxis_transform(), ha="center", va="bottom",
        fontsize=8.5, color=MUTED, clip_on=False,
    )  # fmt: skip


def time_axis(axes: Axes, end_seconds: float) -> None:
    """Label the x axis in minutes and seconds."""
    steps = np.array([1, 2, 5, 10, 15, 20, 30, 60, 120])
    step = float(steps[np.searchsorted(steps, end_seconds / 14.0).clip(0, steps.size - 1)])
    ticks = np.arange(0.0, end_seconds + 1e-9, step)
    axes.set_xticks(ticks, [f"{int(t // 60)}:{int(t % 60):02d}" for t in ticks])
    axes.set_xlim(0.0, end_seconds)


def envelope(signal: npt.NDArray[np.floating[Any]], columns: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Lowest and highest sample of each of `columns` equal slices of a signal of shape (n,)."""
    edges = np.linspace(0, signal.size, min(columns, max(signal.size, 1)), endpoint=False).astype(np.int64)
    return np.minimum.reduceat(signal, edges), np.maximum.reduceat(signal, edges)
