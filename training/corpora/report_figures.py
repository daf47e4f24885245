"""The picture of a data report: histograms of a corpus. Importing this module imports matplotlib."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from training.corpora.tally import DEVIATION_EDGES_MS, SLOTS_PER_BEAT, TEMPO_EDGES_BPM, CorpusTally
from workbench.domain.elements import is_drums
from workbench.domain.theory import NOTE_NAMES_FLAT, Key
from workbench.output.figures.drawing import DPI, look, to_png
from workbench.output.figures.palette import ACCENT, MUTED, element_colour

_MODES = (("major", ACCENT), ("minor", MUTED))
_LEAST_SHARE = 0.01
_MOST_QUALITIES = 12


Panel = tuple[str, Callable[[Axes, CorpusTally], None]]


def draw_report(tally: CorpusTally) -> bytes:
    """PNG bytes: tempi, keys, onsets by slot, velocities, microtiming, pitch ranges; chords if there are no notes."""
    panels: list[Panel] = [("Tempo", _tempi), ("Key", _keys)]
    if tally.elements:
        panels += [("Onsets within the bar", _onsets), ("Velocity", _velocities)]
        panels += [("Deviation from the nearest 16th", _deviations), ("Pitch range", _pitches)]
    else:
        panels += [("Chord qualities", _qualities)]
    with look():
        rows = len(panels) // 3
        figure = Figure(figsize=(13.0, 3.3 * rows), dpi=DPI, layout="constrained")
        for axes, (title, draw) in zip(figure.subplots(rows, 3).flat, panels, strict=True):
            axes.set_title(title)
            axes.grid(axis="y")
            draw(axes, tally)
        if tally.elements:
            handles = [Patch(color=element_colour(name)) for name in tally.elements]
            figure.legend(handles, list(tally.elements), loc="outside lower center", ncols=len(handles))
        return to_png(figure)


def _tempi(axes: Axes, tally: CorpusTally) -> None:
    low, high = TEMPO_EDGES_BPM[0], TEMPO_EDGES_BPM[-1] - 0.01
    axes.hist(np.clip(tally.tempi_bpm, low, high), bins=list(TEMPO_EDGES_BPM), color=ACCENT)
    axes.set_xlabel("BPM (faster ones in the last bar)")
    axes.set_ylabel("songs")


def _keys(axes: Axes, tally: CorpusTally) -> None:
    counted = {Key.parse(name): count for name, count in tally.keys.items() if name != "none"}
    if not counted:
        _say_none(axes, "no song tells a key")
        return
    for shift, (word, colour) in zip((-0.2, 0.2), _MODES, strict=True):
        minor = word == "minor"
        heights = [
            sum(count for key, count in counted.items() if key.tonic == tonic and key.has_minor_third == minor)
            for tonic in range(12)
        ]
        axes.bar(np.arange(12) + shift, heights, 0.4, color=colour, label=word)
    axes.set_xticks(range(12), NOTE_NAMES_FLAT)
    axes.set_ylabel("songs")
    axes.legend()


def _onsets(axes: Axes, tally: CorpusTally) -> None:
    places = np.arange(4 * SLOTS_PER_BEAT + 1) / SLOTS_PER_BEAT
    for row, (name, element) in enumerate(reversed(list(tally.elements.items()))):
        height = row + 0.85 * element.onsets / element.onsets.max()
        axes.stairs(height, places, baseline=row, color=element_colour(name), fill=True)
    axes.set_yticks(range(len(tally.elements)), list(tally.elements)[::-1])
    axes.set_xticks(range(5), ["1", "2", "3", "4", ""])
    axes.set_xlabel("beat (each element's height is its own)")


def _velocities(axes: Axes, tally: CorpusTally) -> None:
    for name, element in tally.elements.items():
        classes = element.velocities.reshape(-1, 8).sum(axis=1)
        axes.stairs(100 * classes / element.notes, np.arange(0, 129, 8), color=element_colour(name), lw=1.5)
    axes.set_xlabel("MIDI velocity")
    axes.set_ylabel("% of notes")


def _deviations(axes: Axes, tally: CorpusTally) -> None:
    # Logarithmic, since sequenced music lies on the grid but for a few notes.
    for name, element in tally.elements.items():
        share = 100 * element.deviations / max(int(element.deviations.sum()), 1)
        axes.stairs(np.maximum(share, _LEAST_SHARE), DEVIATION_EDGES_MS, color=element_colour(name), lw=1.5)
    axes.set_yscale("log")
    axes.set_ylim(_LEAST_SHARE, 130)
    axes.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    axes.minorticks_off()
    axes.set_xlabel("ms (positive is late)")
    axes.set_ylabel("% of notes near a 16th")


def _qualities(axes: Axes, tally: CorpusTally) -> None:
    shown = list(tally.qualities.items())[:_MOST_QUALITIES]
    if not shown:
        _say_none(axes, "no chords")
        return
    axes.barh([name for name, _ in reversed(shown)], [count for _, count in reversed(shown)], color=ACCENT)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.set_xlabel("chords")


def _pitches(axes: Axes, tally: CorpusTally) -> None:
    pitched = {name: element for name, element in tally.elements.items() if not is_drums(name)}
    if not pitched:
        _say_none(axes, "no pitched notes")
        return
    for place, (name, element) in enumerate(pitched.items()):
        running = np.cumsum(element.pitches) / element.notes
        low, early, middle, late, high = (int(np.searchsorted(running, q)) for q in (0.005, 0.1, 0.5, 0.9, 0.995))
        colour = element_colour(name)
        axes.plot([low, high], [place, place], color=colour, lw=2)
        axes.plot([early, late], [place, place], color=colour, lw=9, solid_capstyle="butt", alpha=0.55)
        axes.plot([middle], [place], "o", color=colour, ms=6)
    axes.set_yticks(range(len(pitched)), list(pitched))
    axes.set_ylim(len(pitched) - 0.4, -0.6)
    axes.set_xticks(range(24, 109, 12), [f"C{octave}" for octave in range(1, 9)])
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    axes.set_xlabel("99 %, 80 % and median of the notes")


def _say_none(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
