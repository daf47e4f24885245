"""Aliasing of oscillators and saturators: what lies beside the harmonics of a steady tone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from evaluation.criteria import Row, at_most
from workbench.domain.arrays import Floats, Signal
from workbench.dsp.fm import fm_oscillator
from workbench.dsp.limiter import soft_clip
from workbench.dsp.oscillators import WAVES, control_length, wave_tables, wavetable_oscillator
from workbench.dsp.saturation import saturate
from workbench.dsp.voice_filters import ladder_filter
from workbench.mixing.strip import saturated

RATE = 48000

A_NOTES_HZ = tuple(27.5 * 2.0**octave for octave in range(1, 8))
"""A1 to A7."""

_LENGTH = 1 << 16
_SETTLE = 1 << 14
_GUARD_BINS = 14
_HEARD_HZ = 20_000.0


def judge_aliasing() -> list[Row]:
    """The worst note of each oscillator and saturator."""
    rows: list[Row] = []
    for name, play in _oscillators():
        worst = max(alias_db(play(hz), hz) for hz in A_NOTES_HZ)
        rows.append(at_most(f"aliasing: oscillator {name}", worst, -80.0, "dB", len(A_NOTES_HZ)))
    for name, shape in _saturators():
        worst = max(alias_db(shape(sine(hz)), hz) for hz in A_NOTES_HZ)
        rows.append(at_most(f"aliasing: {name}", worst, -80.0, "dB", len(A_NOTES_HZ)))
    return rows


def sine(hz: float, amplitude: float = 1.0) -> npt.NDArray[np.float32]:
    """A stereo sine."""
    wave = amplitude * np.sin(2.0 * np.pi * snapped(hz) * np.arange(_LENGTH + _SETTLE) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def snapped(hz: float) -> float:
    """The nearest frequency that falls on an odd bin, so that harmonics and their mirror images lie apart."""
    bin_hz = RATE / _LENGTH
    return (2 * round(hz / bin_hz / 2.0) + 1) * bin_hz


def alias_db(sound: npt.NDArray[np.floating], hz: float, *, grid: float = 1.0) -> float:
    """Strongest component up to 20 kHz that is no harmonic of `hz` (of `hz` times `grid`), under the strongest one.

    A Blackman-Harris window (side lobes at -92 dB) over 65,536 samples after the attack.
    """
    piece = np.asarray(np.atleast_2d(sound)[0], dtype=np.float64)[_SETTLE : _SETTLE + _LENGTH]
    level = np.abs(np.fft.rfft(piece * blackman_harris(_LENGTH)))
    step = snapped(hz) * grid * _LENGTH / RATE
    bins = np.arange(level.size)
    beside = np.abs(bins - np.round(bins / step) * step) > _GUARD_BINS
    beside &= (bins > _GUARD_BINS) & (bins < _HEARD_HZ * _LENGTH / RATE)
    return float(20.0 * np.log10(max(level[beside].max(initial=0.0), 1e-12) / level.max()))


def blackman_harris(length: int) -> Floats:
    """Four-term window whose side lobes lie below -92 dB."""
    place = 2.0 * np.pi * np.arange(length) / length
    terms = 0.35875 - 0.48829 * np.cos(place) + 0.14128 * np.cos(2 * place) - 0.01168 * np.cos(3 * place)
    return np.asarray(terms)


def _oscillators() -> Iterator[tuple[str, Callable[[float], Signal]]]:
    length = _LENGTH + _SETTLE
    flat = np.ones(control_length(length))

    def wave(name: str) -> Callable[[float], Signal]:
        def play(hz: float) -> Signal:
            return wavetable_oscillator(wave_tables(name), flat * snapped(hz), length=length, sample_rate_hz=RATE)

        return play

    def modulated(hz: float) -> Signal:
        return fm_oscillator(
            flat * snapped(hz), length=length, sample_rate_hz=RATE, ratio=1.0, modulator_ratio=2.0, index=4.0 * flat
        )

    yield from ((name, wave(name)) for name in WAVES)
    yield "frequency modulation, index 4", modulated


def _saturators() -> Iterator[tuple[str, Callable[[Signal], Signal]]]:
    """Every saturating stage with a full-scale sine and as much drive as a shipped sound or style uses, and more."""
    for drive_db in (6.0, 12.0, 24.0):
        yield f"saturation of voices, {drive_db:g} dB", partial(saturate, drive_db=drive_db)
        yield (
            f"saturation of strips, {drive_db:g} dB",
            partial(saturated, drive_db=drive_db, bias=0.3, sample_rate_hz=RATE),
        )
    yield (
        "ladder filter, 12 dB",
        partial(ladder_filter, cutoff_hz=8000.0, sample_rate_hz=RATE, resonance=0.3, drive_db=12.0, factor=2),
    )
    yield "soft clip, 6 dB over", partial(soft_clip, ceiling_db=-6.0, knee_db=3.0)
