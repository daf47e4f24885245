"""Filters and equaliser bands of a zone: second-order sections whose cutoff may move.

Formulae: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients", for whole arrays of
cutoffs at once; `workbench.dsp.equaliser` holds those of filters that stand still in a mix.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from workbench.domain.arrays import Floats, Signal
from workbench.domain.units import db_to_gain
from workbench.rendering.sampler.shapes import EqualiserBand, FilterKind, ZoneFilter

CONTROL_SAMPLES = 64
"""Samples between two values of a moving cutoff."""
_LOWEST_HZ = 5.0
_HIGHEST_OF_RATE = 0.45


def control_times(count: int, rate: int) -> Floats:
    """Seconds of the control values that `count` samples need."""
    return np.asarray(np.arange(-(-count // CONTROL_SAMPLES) + 1) * (CONTROL_SAMPLES / rate), dtype=np.float64)


def filtered(sound: Signal, shape: ZoneFilter, cents: Floats, rate: int) -> Signal:
    """Filter (c, n) samples; `cents` moves the cutoff, one value each `CONTROL_SAMPLES` or a single one."""
    hertz = np.clip(shape.cutoff_hz * 2.0 ** (cents / 1200.0), _LOWEST_HZ, min(20000.0, _HIGHEST_OF_RATE * rate))
    quality = db_to_gain(shape.resonance_db)
    sections = coefficients(shape.kind, hertz, rate, quality, shape.gain_db)
    for _ in range(shape.times):
        sound = _run(sound, sections)
    return sound * np.float32(db_to_gain(shape.level_db)) if shape.level_db else sound


def equalised(sound: Signal, band: EqualiserBand, velocity: float, rate: int) -> Signal:
    """Filter (c, n) samples by one band at a velocity of 0..1."""
    hertz = min(max(band.frequency_hz + velocity * band.velocity_hz, 1.0), 0.49 * rate)
    turn = 2.0 * math.pi * hertz / rate
    octaves = min(max(band.bandwidth, 0.01), 12.0)
    quality = 0.5 / math.sinh(0.5 * math.log(2.0) * octaves * turn / math.sin(turn))
    gain = band.gain_db + velocity * band.velocity_db
    return _run(sound, coefficients(band.kind, np.array([hertz]), rate, quality, gain))


def coefficients(kind: FilterKind, hertz: Floats, rate: int, quality: float, gain_db: float = 0.0) -> Floats:
    """Rows of b0, b1, b2, a1, a2 (a0 is 1) for each frequency, shape (n, 5)."""
    turn = 2.0 * np.pi * np.asarray(hertz, dtype=np.float64) / rate
    if kind.endswith("_1"):
        return _first_order(kind, turn)
    cosine, alpha = np.cos(turn), np.sin(turn) / (2.0 * max(quality, 0.001))
    root = 10.0 ** (gain_db / 40.0)
    rows: tuple[Floats, ...]
    if kind == "peak":
        rows = (1 + alpha * root, -2 * cosine, 1 - alpha * root, 1 + alpha / root, -2 * cosine, 1 - alpha / root)
    elif kind in ("low_shelf", "high_shelf"):
        rows = _shelf(root, cosine, 2.0 * math.sqrt(root) * alpha, 1.0 if kind == "low_shelf" else -1.0)
    else:
        rows = (*_numerator(kind, cosine, alpha), 1 + alpha, -2 * cosine, 1 - alpha)
    b0, b1, b2, a0, a1, a2 = rows
    return np.stack([b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0], axis=1)


def _numerator(kind: str, cosine: Floats, alpha: Floats) -> tuple[Floats, Floats, Floats]:
    if kind == "lowpass":
        return (1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2
    if kind == "highpass":
        return (1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2
    if kind == "bandpass":
        return alpha, 0 * alpha, -alpha
    return np.ones_like(cosine), -2 * cosine, np.ones_like(cosine)


def _shelf(a: float, cosine: Floats, slope: Floats, side: float) -> tuple[Floats, ...]:
    """A low shelf; the high shelf is its mirror, with the signs of the cosine and of the odd terms changed."""
    c = side * cosine
    return (
        a * ((a + 1) - (a - 1) * c + slope),
        side * 2 * a * ((a - 1) - (a + 1) * c),
        a * ((a + 1) - (a - 1) * c - slope),
        (a + 1) + (a - 1) * c + slope,
        side * -2 * ((a - 1) + (a + 1) * c),
        (a + 1) + (a - 1) * c - slope,
    )


def _first_order(kind: str, turn: Floats) -> Floats:
    pole = np.exp(-turn)
    zero = np.zeros_like(pole)
    if kind == "lowpass_1":
        return np.stack([1 - pole, zero, zero, -pole, zero], axis=1)
    if kind == "highpass_1":
        return np.stack([0.5 * (1 + pole), -0.5 * (1 + pole), zero, -pole, zero], axis=1)
    turned = turn - 1.0
    return np.stack([turned, np.ones_like(turn), zero, turned, zero], axis=1)


def _run(sound: Signal, sections: Floats) -> Signal:
    needed = -(-sound.shape[1] // CONTROL_SAMPLES) + 1
    rows = np.ascontiguousarray(np.broadcast_to(sections, (needed, 5)) if len(sections) == 1 else sections)
    out = np.empty_like(sound)
    _biquad(np.ascontiguousarray(sound), rows, CONTROL_SAMPLES, out)
    return out


@numba.njit(cache=True, nogil=True)
def _biquad(sound, rows, block, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Transposed direct form II; the coefficients move in a straight line from one row to the next."""
    for channel in range(sound.shape[0]):
        first = 0.0
        second = 0.0
        for start in range(0, sound.shape[1], block):
            here = rows[start // block]
            there = rows[start // block + 1]
            for i in range(start, min(start + block, sound.shape[1])):
                share = (i - start) / block
                x = sound[channel, i]
                y = (here[0] + share * (there[0] - here[0])) * x + first
                first = (
                    (here[1] + share * (there[1] - here[1])) * x - (here[3] + share * (there[3] - here[3])) * y + second
                )
                second = (here[2] + share * (there[2] - here[2])) * x - (here[4] + share * (there[4] - here[4])) * y
                out[channel, i] = y
