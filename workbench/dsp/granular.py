"""Granular synthesis: a cloud of short windowed grains of one wave, each with its own pitch, phase and place."""

from __future__ import annotations

import numba
import numpy as np

from workbench.domain.arrays import Control, Signal
from workbench.domain.errors import ParameterError
from workbench.dsp.oscillators import CONTROL_SAMPLES, WaveTables


@numba.njit(nogil=True, cache=True)
def _grains(out, samples, harmonics, starts, steps, phases, left, right, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    width = samples.shape[1] - 1
    top = samples.shape[0] - 1
    for grain in range(starts.shape[0]):
        level = 0
        while level < top and harmonics[level] * steps[grain] > 0.49:
            level += 1
        row = samples[level]
        place = phases[grain]
        for i in range(min(size, out.shape[1] - starts[grain])):
            window = np.sin(np.pi * i / size) ** 2
            index = int(place * width)
            fraction = place * width - index
            value = window * (row[index] + fraction * (row[index + 1] - row[index]))
            out[0, starts[grain] + i] += left[grain] * value
            out[1, starts[grain] + i] += right[grain] * value
            place += steps[grain]
            place -= np.floor(place)


def grain_cloud(
    tables: WaveTables,
    frequency_hz: Control,
    *,
    length: int,
    sample_rate_hz: int,
    density_hz: float,
    grain_ms: float,
    scatter_cents: float,
    octave_share: float,
    width: float,
    rng: np.random.Generator,
) -> Signal:
    """Scatter grains over time, pitch and place (C. Roads, "Microsound", 2001: asynchronous granular synthesis).

    Parameters
    ----------
    tables : WaveTables
        Wave of the grains.
    frequency_hz : array of shape (control_length(length),)
        Pitch by control block; a grain keeps the pitch of its start.
    length, sample_rate_hz : int
        Samples to make and their rate.
    density_hz : float
        Grains a second, above 0.
    grain_ms : float
        Length of a grain, above 0.
    scatter_cents : float
        Standard deviation of the grains' tuning.
    octave_share : float
        Share of grains an octave higher, 0 to 1.
    width : float
        How far grains lie apart, 0 to 1.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    array of shape (2, length), float32; a root mean square of about 0.5

    Raises
    ------
    ParameterError
        If density or length of the grains are not above 0.
    """
    if density_hz <= 0.0 or grain_ms <= 0.0:
        raise ParameterError(f"grains: expected density and length above 0, got {density_hz:g} and {grain_ms:g}")
    out = np.zeros((2, length), dtype=np.float32)
    count = max(1, round(density_hz * length / sample_rate_hz))
    size = max(32, round(grain_ms / 1000.0 * sample_rate_hz))
    # One grain in each share of the time, anywhere in it: dense and even without a rhythm.
    starts = ((np.arange(count) + rng.random(count)) / count * length).astype(np.int64)
    cents = scatter_cents * rng.standard_normal(count) + 1200.0 * (rng.random(count) < octave_share)
    pitch = frequency_hz[np.minimum(starts // CONTROL_SAMPLES, frequency_hz.size - 1)] * 2.0 ** (cents / 1200.0)
    left, right = _pan_gains(width * rng.uniform(-1.0, 1.0, count), overlap=density_hz * grain_ms / 1000.0)
    steps = np.minimum(pitch / sample_rate_hz, 0.45)
    _grains(out, tables.samples, tables.harmonics, starts, steps, rng.random(count), left, right, size)
    return out


def _pan_gains(pans: Control, *, overlap: float) -> tuple[Signal, Signal]:
    """Gains left and right at constant power, for `overlap` grains that sound at once.

    Overlapping grains add in power, and a Hann window has a mean power of 3/8.
    """
    angle = (pans + 1.0) * (np.pi / 4.0)
    gain = np.sqrt(2.0) / np.sqrt(max(0.375 * overlap, 0.05))
    return (gain * np.cos(angle)).astype(np.float32), (gain * np.sin(angle)).astype(np.float32)
