"""Pictures of the sound: waveform and loudness, spectrogram, long-term spectrum, stereo image."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.analysis.loudness import loudness_series
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio
from workbench.domain.plan import Delivery, SectionPlan
from workbench.dsp.frames import FRAMES_TOGETHER, spectra
from workbench.dsp.memory import fresh
from workbench.dsp.parallel import each_block
from workbench.output.figures.drawing import canvas, envelope, look, section_bands, time_axis
from workbench.output.figures.palette import ACCENT, MASTER_COLOUR, MUTED, OUTCOME_COLOURS, REFERENCE_COLOURS

_LOWEST_HZ, _HIGHEST_HZ = 30.0, 20000.0
_SPECTRUM_SPAN_DB = 60.0
_SPECTROGRAM_FRAME = 4096
_CORRELATION_SECONDS = 0.5
_TICKS_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
_TICK_NAMES = ("31", "63", "125", "250", "500", "1k", "2k", "4k", "8k", "16k")


def waveform(
    audio: Audio, sections: Sequence[SectionPlan], seconds_at_bar: Callable[[float], float], delivery: Delivery
) -> Figure:
    """Waveform of the master, and beneath it momentary and short-term loudness against the target."""
    end = audio.duration_seconds
    with look():
        figure, (wave, loudness) = canvas(4.2, 2, heights=[1.0, 1.35])
        section_bands(wave, sections, seconds_at_bar, end, labels=True)
        low, high = envelope(np.mean(audio.samples, axis=0, out=fresh(audio.samples[0].shape)), 1600)
        times = np.linspace(0.0, end, low.size)
        wave.fill_between(times, low, high, color=MASTER_COLOUR, linewidth=0.3, zorder=2)
        wave.set(ylim=(-1, 1), yticks=[-1, 0, 1], ylabel="level")
        section_bands(loudness, sections, seconds_at_bar, end)
        _draw_loudness(loudness, audio, delivery.target_lufs)
        time_axis(loudness, end)
    return figure


def spectrogram(audio: Audio, sections: Sequence[SectionPlan], seconds_at_bar: Callable[[float], float]) -> Figure:
    """Level over time and frequency (logarithmic, 30 Hz to 20 kHz), 70 dB below the loudest cell to that cell."""
    image_db = log_spectrogram_db(audio)
    end = audio.duration_seconds
    with look():
        figure, (axes,) = canvas(3.6)
        extent = (0.0, end, np.log2(_LOWEST_HZ), np.log2(_HIGHEST_HZ))
        image = axes.imshow(
            image_db, origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=-70.0, vmax=0.0,
            interpolation="nearest",
        )  # fmt: skip
        section_bands(axes, sections, seconds_at_bar, end, labels=True, shade=False)
        axes.set_yticks(np.log2(_TICKS_HZ), _TICK_NAMES)
        axes.set_ylabel("Hz")
        figure.colorbar(image, ax=axes, label="dB", pad=0.01, aspect=28, shrink=0.95)
        time_axis(axes, end)
    return figure


def stereo_image(audio: Audio, sections: Sequence[SectionPlan], seconds_at_bar: Callable[[float], float]) -> Figure:
    """Correlation of the two channels over time; below zero the sound thins out in mono."""
    values = correlation_over_time(audio)
    end = audio.duration_seconds
    times = (np.arange(values.size) + 0.5) * _CORRELATION_SECONDS
    with look():
        figure, (axes,) = canvas(2.1)
        section_bands(axes, sections, seconds_at_bar, end, labels=True)
        axes.axhspan(-1.0, 0.0, facecolor=OUTCOME_COLOURS["fail"], alpha=0.06, linewidth=0)
        axes.axhline(0.0, color=MUTED, linewidth=0.8)
        axes.plot(times, values, color=MASTER_COLOUR, linewidth=1.4)
        axes.set(ylim=(-1.02, 1.02), yticks=[-1, 0, 1], ylabel="correlation")
        axes.set_yticks([-1, 0, 1], ["-1 opposed", "0", "+1 mono"])
        time_axis(axes, end)
    return figure


def long_term_spectrum(
    bands_hz: Sequence[float], levels_db: Sequence[float], references: Mapping[str, Sequence[float]]
) -> Figure:
    """Third-octave spectrum of the master over that of each reference, each relative to its own total power."""
    centres = np.log2(np.asarray(bands_hz, dtype=np.float64))
    with look():
        figure, (axes,) = canvas(3.3)
        for colour, (name, levels) in zip(_cycle(len(references)), sorted(references.items()), strict=True):
            axes.plot(centres, levels, color=colour, linewidth=1.4, label=name)
        axes.plot(
            centres, levels_db, color=MASTER_COLOUR, linewidth=2.4, marker="o", markersize=3.5, label="this track"
        )
        axes.fill_between(centres, levels_db, min(levels_db) - 100.0, color=ACCENT, alpha=0.08, linewidth=0)
        highest = max(level for line in (levels_db, *references.values()) for level in line)
        axes.set_ylim(highest - _SPECTRUM_SPAN_DB, highest + 4.0)
        axes.set_xticks(np.log2(_TICKS_HZ), _TICK_NAMES)
        axes.set(xlim=(centres[0] - 0.2, centres[-1] + 0.2), xlabel="Hz", ylabel="dB below total")
        axes.grid(True)
        axes.legend(loc="lower left")
    return figure


def log_spectrogram_db(audio: Audio, *, rows: int = 180, columns: int = 1100) -> Floats:
    """Spectrogram in dB below its loudest cell, shape (rows, columns or fewer); rows are evenly spaced in octaves."""
    size = _SPECTROGRAM_FRAME
    mono = np.mean(audio.samples, axis=0, keepdims=True)
    hop = min(size, max(size // 4, mono.size // columns))
    starts = range(0, max(1, mono.size - size + hop), hop)
    centres = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, rows) / audio.sample_rate_hz * size
    # Interpolated where a row is narrower than a bin, so that the bass shows no stairs.
    low = np.clip(np.floor(centres).astype(np.int64), 0, size // 2 - 1)
    part = np.clip(centres - low, 0.0, 1.0)
    window = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size)).astype(np.float32)

    def levels(first: int, last: int) -> Floats:
        power = np.square(np.abs(spectra(mono, starts[first:last], window)[0]))
        return np.asarray((1.0 - part) * power[:, low] + part * power[:, low + 1])

    found = np.concatenate(each_block(levels, len(starts), FRAMES_TOGETHER)).T
    level = 10.0 * np.log10(np.maximum(found, 1e-20 * max(float(found.max()), 1e-20)))
    return np.asarray(level - level.max(), dtype=np.float64)


def correlation_over_time(audio: Audio) -> Floats:
    """Correlation of left and right in windows of half a second, -1 to 1; silence counts as 1.

    Examples
    --------
    >>> tone = np.sin(np.arange(48000, dtype=np.float32))
    >>> correlation_over_time(Audio(np.stack([tone, -tone]), 48000)).round(3).tolist()
    [-1.0, -1.0]
    """
    size = int(_CORRELATION_SECONDS * audio.sample_rate_hz)
    count = audio.samples.shape[1] // size
    left, right = (channel[: count * size].reshape(count, size) for channel in audio.samples)
    own, other, product = (
        np.einsum("ij,ij->i", first, second, dtype=np.float64)
        for first, second in ((left, left), (right, right), (left, right))
    )
    power = np.sqrt(own * other)
    return np.where(power > 1e-9, product / np.maximum(power, 1e-9), 1.0)


def _draw_loudness(axes: Axes, audio: Audio, target_lufs: float) -> None:
    momentary, short_term = loudness_series(audio)
    for values, window_seconds, style in (
        (momentary, 0.4, {"color": MUTED, "linewidth": 0.7, "alpha": 0.75, "label": "momentary"}),
        (short_term, 3.0, {"color": MASTER_COLOUR, "linewidth": 2.0, "label": "short-term"}),
    ):
        _plot_series(axes, values, window_seconds, style)
    label = f"target {target_lufs:g} LUFS"
    axes.axhline(target_lufs, color=OUTCOME_COLOURS["pass"], linewidth=1.2, linestyle=(0, (5, 3)), label=label)
    axes.set(ylim=(target_lufs - 26.0, target_lufs + 12.0), ylabel="LUFS")
    axes.grid(axis="y")
    axes.legend(loc="lower right", ncols=3)


def _plot_series(axes: Axes, values: Floats, window_seconds: float, style: Mapping[str, Any]) -> None:
    axes.plot(np.arange(values.size) * 0.1 + window_seconds / 2.0, np.maximum(values, -80.0), **style)


def _cycle(count: int) -> list[str]:
    return [REFERENCE_COLOURS[index % len(REFERENCE_COLOURS)] for index in range(count)]
