"""Band-limited oscillators: wavetables read at control-rate frequency.

Every wave is a sum of harmonics, stored once a third of an octave, so that no harmonic reaches half the sample
rate; what aliasing is left comes from linear interpolation and lies below -80 dB (tested).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numba
import numpy as np
import numpy.typing as npt

from workbench.domain.arrays import Control, Signal
from workbench.domain.errors import ParameterError, unknown_name

CONTROL_SAMPLES = 32
"""Samples for which frequency, morph and filter controls hold one value (0.67 ms at 48 kHz)."""

_TABLE_SIZE = 4096
_MOST_HARMONICS = 1024
_LEVELS_PER_OCTAVE = 3
_LEVELS = 10 * _LEVELS_PER_OCTAVE + 1
_FRACTION_BITS = 28
_CYCLE = float(_TABLE_SIZE << _FRACTION_BITS)
_FRACTION_MASK = (1 << _FRACTION_BITS) - 1
_FRACTION_UNIT = np.float32(1.0 / (1 << _FRACTION_BITS))

WAVES = ("sine", "triangle", "saw", "square", "pulse", "organ", "hollow", "reed", "glass", "vocal")
"""Waves by name; `pulse` has a quarter duty cycle."""


def control_length(length: int) -> int:
    """Count the control values that cover `length` samples, one more than blocks so that kernels may interpolate.

    Returns
    -------
    int

    Examples
    --------
    >>> control_length(64), control_length(65)
    (3, 4)
    """
    return -(-length // CONTROL_SAMPLES) + 1


def control_seconds(length: int, sample_rate_hz: int) -> Control:
    """Times of the control values of `length` samples, in seconds.

    Returns
    -------
    array of shape (control_length(length),), float64

    Examples
    --------
    >>> control_seconds(64, 32000).tolist()
    [0.0, 0.001, 0.002]
    """
    return np.arange(control_length(length), dtype=np.float64) * (CONTROL_SAMPLES / sample_rate_hz)


@dataclass(frozen=True, slots=True, eq=False)
class WaveTables:
    """One wave at falling bandwidth: `samples` (levels, 4097) with a guard point, `harmonics` (levels,)."""

    samples: Signal
    harmonics: npt.NDArray[np.int64]


def make_tables(amplitudes: npt.ArrayLike, phases: npt.ArrayLike | None = None) -> WaveTables:
    """Build wave tables from the harmonics' amplitudes.

    Parameters
    ----------
    amplitudes : array_like of shape (h,)
        Linear amplitude of harmonic 1, 2, ..., at most 1024.
    phases : array_like of shape (h,), optional
        Phase of each in radians as sine; 0 where left out.

    Returns
    -------
    WaveTables
        Scaled so that the full wave has a root mean square of 0.5.

    Raises
    ------
    ParameterError
        If there is no harmonic or more than 1024.

    Examples
    --------
    >>> wave = make_tables([1.0, 0.5]).samples[0, :-1]
    >>> round(float(np.sqrt(np.square(wave).mean())), 4)
    0.5
    """
    strength = np.asarray(amplitudes, dtype=np.float64)
    if not 1 <= strength.size <= _MOST_HARMONICS:
        raise ParameterError(f"wave: expected 1 to {_MOST_HARMONICS} harmonics, got {strength.size}")
    turn = np.zeros(strength.size) if phases is None else np.asarray(phases, dtype=np.float64)
    harmonics = np.floor(_MOST_HARMONICS / 2.0 ** (np.arange(_LEVELS) / _LEVELS_PER_OCTAVE)).astype(np.int64)
    scale = 0.5 / math.sqrt(0.5 * float(np.sum(strength**2)))
    samples = np.empty((_LEVELS, _TABLE_SIZE + 1), dtype=np.float32)
    for level, count in enumerate(harmonics):
        kept = min(int(count), strength.size)
        spectrum = np.zeros(_TABLE_SIZE // 2 + 1, dtype=np.complex128)
        spectrum[1 : kept + 1] = strength[:kept] * np.exp(1j * (turn[:kept] - np.pi / 2.0)) * scale
        samples[level, :-1] = np.fft.irfft(spectrum, _TABLE_SIZE) * (_TABLE_SIZE / 2.0)
        samples[level, -1] = samples[level, 0]
    return WaveTables(samples, harmonics)


@cache
def wave_tables(name: str) -> WaveTables:
    """Return the tables of a wave by its name, one of `WAVES`.

    Returns
    -------
    WaveTables

    Raises
    ------
    ParameterError
        If the name is not known.

    Examples
    --------
    A square wave has no even harmonics: its second half is its first, upside down.

    >>> wave = wave_tables("square").samples[0]
    >>> bool(np.allclose(wave[:2048], -wave[2048:4096], atol=1e-6))
    True
    """
    k = np.arange(1, _MOST_HARMONICS + 1, dtype=np.float64)
    odd = k % 2.0 == 1.0
    if name == "sine":
        return make_tables([1.0])
    if name == "triangle":
        return make_tables(np.where(odd, 1.0 / k**2, 0.0), np.where(k % 4.0 == 3.0, np.pi, 0.0))
    if name == "saw":
        return make_tables(1.0 / k)
    if name == "square":
        return make_tables(np.where(odd, 1.0 / k, 0.0))
    if name == "pulse":
        return make_tables(np.abs(np.sin(np.pi * k * 0.25)) / k)
    if name == "organ":  # drawbars 16' to 1 3/5' as harmonics of the sub-octave's double
        return make_tables([1.0, 0.8, 0.55, 0.4, 0.0, 0.25, 0.0, 0.22])
    if name == "hollow":
        return make_tables([1.0, 0.05, 0.35, 0.02, 0.12, 0.0, 0.05])
    if name == "reed":
        return make_tables(np.exp(-0.5 * ((k - 3.0) / 3.5) ** 2) + 0.4 / k**1.6)
    if name == "glass":
        return make_tables([1.0, 0.0, 0.12, 0.3, 0.0, 0.0, 0.08, 0.15, 0.0, 0.0, 0.0, 0.06, 0.0, 0.0, 0.0, 0.05])
    if name == "vocal":
        return make_tables(1.0 / k**1.35, np.pi * k * (k - 1.0) / 24.0)
    raise unknown_name("wave", name, WAVES)


@numba.njit(nogil=True, cache=True)
def _read_tables(  # type: ignore[no-untyped-def]
    out, table_a, table_b, harmonics, increments, morph, ratios, phases, left, right
):  # pragma: no cover - compiled
    length = out.shape[1]
    size = table_a.shape[1] - 1
    top = table_a.shape[0] - 1
    morphing = morph.shape[0] > 1
    stereo = out.shape[0] == 2
    for voice in range(ratios.shape[0]):
        phase = phases[voice]
        gain_left = left[voice]
        gain_right = right[voice]
        level = 0
        for block in range(-(-length // CONTROL_SAMPLES)):
            step = increments[block] * ratios[voice]
            while level < top and harmonics[level] * step > 0.49:
                level += 1
            while level > 0 and harmonics[level - 1] * step <= 0.49:
                level -= 1
            begin = block * CONTROL_SAMPLES
            count = min(CONTROL_SAMPLES, length - begin)
            row = table_a[level]
            other = table_b[level]
            # Within a block the phase is a whole number, 2^40 to a cycle: it wraps by itself, and needs no rounding.
            place = np.int64(phase * _CYCLE)
            stride = np.int64(step * _CYCLE)
            for i in range(count):
                here = place + stride * i
                index = (here >> _FRACTION_BITS) & (size - 1)
                fraction = np.float32(here & _FRACTION_MASK) * _FRACTION_UNIT
                value = row[index] + fraction * (row[index + 1] - row[index])
                if morphing:
                    value += np.float32(morph[block]) * (
                        other[index] + fraction * (other[index + 1] - other[index]) - value
                    )
                out[0, begin + i] += gain_left * value
                if stereo:
                    out[1, begin + i] += gain_right * value
            phase += step * count
            phase -= math.floor(phase)


def wavetable_oscillator(
    tables: WaveTables,
    frequency_hz: Control,
    *,
    length: int,
    sample_rate_hz: int,
    detune_ratios: Sequence[float] | Control = (1.0,),
    phases: Sequence[float] | Control = (0.0,),
    pans: Sequence[float] | Control | None = None,
    morph_tables: WaveTables | None = None,
    morph: Control | None = None,
) -> Signal:
    """Sum detuned readers of one wave (unison), each with its own phase and place.

    Parameters
    ----------
    tables : WaveTables
        The wave.
    frequency_hz : array of shape (control_length(length),)
        Fundamental by control block, 0 to half the sample rate.
    length, sample_rate_hz : int
        Samples to make and their rate.
    detune_ratios, phases, pans : sequences of shape (v,)
        Frequency ratio, start phase in cycles and pan (-1 left to 1 right, constant power) by voice; without pans
        the result is mono.
    morph_tables, morph : WaveTables and array of shape (control_length(length),), optional
        A second wave and how much of it sounds, 0 to 1, by control block.

    Returns
    -------
    array of shape (2, length), or (1, length) without pans, float32; a root mean square of about 0.5 over all

    Raises
    ------
    ParameterError
        If the sequences differ in length or the control array is too short.

    Examples
    --------
    >>> sine = wavetable_oscillator(wave_tables("sine"), np.full(3, 12e3), length=64, sample_rate_hz=48_000)
    >>> (sine[0, :4].astype(float).round(3) + 0.0).tolist()
    [0.0, 0.707, 0.0, -0.707]
    """
    ratios = np.asarray(detune_ratios, dtype=np.float64)
    starts = np.asarray(phases, dtype=np.float64)
    places = np.zeros(ratios.size) if pans is None else np.asarray(pans, dtype=np.float64)
    if not ratios.size == starts.size == places.size or frequency_hz.size < control_length(length):
        raise ParameterError(
            f"oscillator: expected as many ratios, phases and pans, and {control_length(length)} control values; "
            f"got {ratios.size}, {starts.size}, {places.size} and {frequency_hz.size}"
        )
    out = np.zeros((1 if pans is None else 2, length), dtype=np.float32)
    left, right = _voice_gains(places, stereo=pans is not None)
    second = tables if morph_tables is None else morph_tables
    amount = np.zeros(1) if morph_tables is None or morph is None else np.asarray(morph, dtype=np.float64)
    steps = np.asarray(frequency_hz, dtype=np.float64) / sample_rate_hz
    _read_tables(
        out, tables.samples, second.samples, tables.harmonics, steps, amount, ratios, starts, left, right
    )  # fmt: skip
    return out


def _voice_gains(pans: Control, *, stereo: bool) -> tuple[Signal, Signal]:
    """Gains left and right by voice, at constant power over all voices; the left one serves mono."""
    angle = (pans + 1.0) * (np.pi / 4.0)
    gain = 1.0 / math.sqrt(pans.size)
    left = np.cos(angle) * gain if stereo else np.full(pans.size, gain)
    return left.astype(np.float32), (np.sin(angle) * gain).astype(np.float32)
