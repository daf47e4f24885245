"""Diagnostics of any sound: spectrum, spectrogram, loudness, phase correlation and mono loss, as pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from workbench.analysis.loudness import loudness_series
from workbench.analysis.spectrum import THIRD_OCTAVE_HZ, stereo_spectrum, third_octave_db
from workbench.domain.arrays import Floats
from workbench.domain.audio import Audio, check_audible
from workbench.output.figures.audio_figures import log_spectrogram_db
from workbench.output.figures.drawing import canvas, look, time_axis
from workbench.output.figures.palette import (
    ACCENT,
    CURVE_COLOURS,
    ELEMENT_COLOURS,
    MASTER_COLOUR,
    MUTED,
    element_colour,
)

HOP_SECONDS = 0.25
WINDOW_SECONDS = 1.0
_SILENT = 1e-10
_TICKS_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
_DRAWN = (np.array(THIRD_OCTAVE_HZ) > 39.0) & (np.array(THIRD_OCTAVE_HZ) < 16_200.0)
_TICK_NAMES = ("31", "63", "125", "250", "500", "1k", "2k", "4k", "8k", "16k")


@dataclass(frozen=True, slots=True, eq=False)
class StereoOverTime:
    """Figures every `HOP_SECONDS` over the second from there: correlation -1..1, and dB lost when folded to mono."""

    seconds: Floats
    correlation: Floats
    mono_loss_db: Floats


def stereo_over_time(audio: Audio) -> StereoOverTime:
    """Phase correlation and mono fold-down loss over time; silence counts as mono.

    Examples
    --------
    >>> tone = np.sin(np.arange(96000) / 20).astype(np.float32)
    >>> stereo_over_time(Audio(np.stack([tone, -tone]), 48000)).correlation.round(3).tolist()[:2]
    [-1.0, -1.0]
    """
    hop = max(1, round(HOP_SECONDS * audio.sample_rate_hz))
    count = max(1, audio.samples.shape[1] // hop)
    left, right = (np.pad(side, (0, max(0, count * hop - side.size)))[: count * hop] for side in audio.samples)
    width = min(count, round(WINDOW_SECONDS / HOP_SECONDS))
    products = [_running(a, b, hop, count, width) for a, b in ((left, left), (right, right), (left, right))]
    both, cross = products[0] + products[1], products[2]
    loud = both > _SILENT * hop
    correlation = np.where(loud, cross / np.sqrt(np.maximum(products[0] * products[1], _SILENT)), 1.0)
    mono = np.maximum(both + 2.0 * cross, 1e-10 * np.maximum(both, _SILENT)) / 4.0
    loss = np.where(loud, 10.0 * np.log10(np.maximum(both, _SILENT) / 2.0 / mono), 0.0)
    seconds = np.arange(both.size, dtype=np.float64) * np.float64(HOP_SECONDS)
    return StereoOverTime(seconds, np.clip(correlation, -1.0, 1.0), loss)


def _running(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32], hop: int, count: int, width: int
) -> Floats:
    blocks = np.einsum("ij,ij->i", first.reshape(count, hop), second.reshape(count, hop), dtype=np.float64)
    return np.convolve(blocks, np.ones(width), mode="valid")


def diagnostics(audio: Audio) -> Figure:
    """Spectrogram, loudness, phase correlation and mono loss, one above the other over the same time."""
    end = audio.duration_seconds
    moving = stereo_over_time(audio)
    with look():
        figure, (image, loud, phase, mono) = canvas(7.6, 4, heights=[2.2, 1.2, 1.0, 0.8])
        extent = (0.0, end, np.log2(30.0), np.log2(20000.0))
        image.imshow(
            log_spectrogram_db(audio), origin="lower", aspect="auto", extent=extent, cmap="magma", vmin=-70.0,
            vmax=0.0, interpolation="nearest",
        )  # fmt: skip
        image.set_yticks(np.log2(_TICKS_HZ), _TICK_NAMES)
        image.set_ylabel("Hz")
        momentary, short_term = loudness_series(audio)
        for series, length, colour, width, name in (
            (momentary, 0.4, MUTED, 0.8, "momentary"),
            (short_term, 3.0, MASTER_COLOUR, 2.2, "short-term"),
        ):
            loud.plot(np.arange(series.size) * 0.1 + length, series, color=colour, linewidth=width, label=name)
        loud.set(ylabel="LUFS", ylim=(-48, 0))
        loud.legend(loc="lower right", ncols=2)
        phase.axhline(0.0, color=MUTED, linewidth=0.7)
        phase.plot(moving.seconds + WINDOW_SECONDS / 2.0, moving.correlation, color=ACCENT, linewidth=1.0)
        phase.set(ylabel="correlation", ylim=(-1.05, 1.05), yticks=[-1, 0, 1])
        mono.fill_between(moving.seconds + WINDOW_SECONDS / 2.0, moving.mono_loss_db, color=ACCENT, alpha=0.5)
        mono.set(ylabel="mono loss, dB", ylim=(0, max(4.0, float(moving.mono_loss_db.max()) * 1.05)))
        time_axis(mono, max(end, 0.1))
    return figure


def spectra(sounds: Mapping[str, Audio], *, title: str = "") -> Figure:
    """Long-term third-octave spectra of several sounds, each about its mean level from 40 Hz to 16 kHz."""
    check_audible(sounds)
    curves = {name: third_octave_db(stereo_spectrum(audio)) for name, audio in sounds.items()}
    return spectrum_curves(curves, title=title)


def spectrum_steps(sounds: Mapping[str, Audio]) -> Figure:
    """How far the spectrum of each sound lies from the first one's, about their mean levels: the steps of a chain."""
    check_audible(sounds)
    curves = [third_octave_db(stereo_spectrum(audio)) for audio in sounds.values()]
    differences = {
        name: _about_mean(curve) - _about_mean(curves[0]) for name, curve in zip(sounds, curves, strict=True)
    }
    return _drawn(differences, f"dB beside {next(iter(sounds))!r}", "")


def spectrum_curves(curves: Mapping[str, npt.ArrayLike], *, title: str = "") -> Figure:
    """The same from spectra in the bands of `analysis.spectrum.THIRD_OCTAVE_HZ`, in dB."""
    return _drawn({name: _about_mean(levels) for name, levels in curves.items()}, "dB about the mean", title)


def _about_mean(levels: npt.ArrayLike) -> Floats:
    """Levels of the bands that are drawn, about their mean."""
    values = np.maximum(np.asarray(levels, dtype=np.float64)[_DRAWN], -90.0)
    return np.asarray(values - values.mean())


def _drawn(curves: Mapping[str, Floats], unit: str, title: str) -> Figure:
    hz = np.array(THIRD_OCTAVE_HZ)[_DRAWN]
    with look():
        figure, (axes,) = canvas(3.4)
        for number, (name, levels) in enumerate(curves.items()):
            axes.plot(
                hz,
                levels,
                color=_curve_colour(name, number),
                linestyle=_dashes(name, number),
                linewidth=1.6,
                label=name,
            )
        axes.set_xscale("log")
        axes.set_xticks(_TICKS_HZ[1:], _TICK_NAMES[1:])
        axes.minorticks_off()
        axes.grid(visible=True)
        axes.set(xlabel="Hz", ylabel=unit, title=title)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def _curve_colour(name: str, number: int) -> str:
    return element_colour(name) if name in ELEMENT_COLOURS else CURVE_COLOURS[number % len(CURVE_COLOURS)]


def _dashes(name: str, number: int) -> str:
    """Elements part by their colours; others also by dashes, as their curves may lie on each other."""
    return "-" if name in ELEMENT_COLOURS else ("-", "--", "-.", ":")[number % 4]
